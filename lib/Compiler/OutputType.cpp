//===- OutputType.cpp - --output_type -------------------------------------===//
#include "OutputType.h"

#include "Ascend/HostBridge.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace openatc::compiler {
namespace {

StringRef resultText(func::FuncOp main, unsigned index, StringRef attribute) {
  auto text = main.getResultAttrOfType<StringAttr>(index, attribute);
  return text ? text.getValue() : StringRef();
}

/// The type that the options give to output `index`.
std::optional<DType> wantedType(func::FuncOp main, unsigned index, const CompileOptions &options) {
  StringRef source = resultText(main, index, "ascend.source");
  for (const NodeOutputType &type : options.outputTypes)
    if (source == type.output)
      return type.type;
  return options.outputType;
}

/// False with a message when a type is given to what is no output.
bool checkOutputs(func::FuncOp main, const CompileOptions &options, Messages &messages) {
  for (const NodeOutputType &type : options.outputTypes) {
    auto isIt = [&](unsigned i) { return resultText(main, i, "ascend.source") == type.output; };
    if (llvm::any_of(llvm::seq<unsigned>(0, main.getNumResults()), isIt))
      continue;
    messages.error(invalidValue("output_type", type.output, "It is no output of --out_nodes.",
                                "Name outputs as in --out_nodes, node:index."));
    return false;
  }
  return true;
}

} // namespace

bool setOutputTypes(ModuleOp module, const CompileOptions &options, Messages &messages) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || (!options.outputType && options.outputTypes.empty()))
    return true;
  if (!checkOutputs(main, options, messages))
    return false;
  Operation *end = main.getBody().front().getTerminator();
  OpBuilder builder(end);
  for (OpOperand &output : end->getOpOperands()) {
    unsigned index = output.getOperandNumber();
    auto from = cast<TensorType>(output.get().getType());
    std::optional<DType> wanted = wantedType(main, index, options);
    if (!wanted || ascend::toDType(from.getElementType()) == *wanted)
      continue;
    Type element = ascend::fromDType(module.getContext(), *wanted);
    if (isa<FloatType>(element) && !isa<FloatType>(from.getElementType()))
      messages.warn("WARNING: Option output_type turns the whole numbers of output " +
                    resultText(main, index, "ascend.name").str() + " into floating-point ones.");
    auto cast = ascend::CastOp::create(builder, output.get().getLoc(), from.clone(element),
                                       output.get(), builder.getI64IntegerAttr(int64_t(*wanted)));
    output.set(cast.getOutput());
  }
  main.setType(
      FunctionType::get(module.getContext(), main.getArgumentTypes(), end->getOperandTypes()));
  return true;
}

} // namespace openatc::compiler
