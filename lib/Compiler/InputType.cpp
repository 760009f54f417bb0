//===- InputType.cpp - --input_fp16_nodes ---------------------------------===//
#include "InputType.h"

#include "Ascend/HostBridge.h"
#include "openatc/Codegen/Tasks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace openatc::compiler {
namespace {

std::optional<unsigned> findInput(func::FuncOp main, StringRef name) {
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    if (auto text = main.getArgAttrOfType<StringAttr>(i, "ascend.name"); text && text == name)
      return i;
  return std::nullopt;
}

Message notAnInput(func::FuncOp main, const std::string &name) {
  bool isNode = false;
  main.walk(
      [&](Operation *op) { isNode |= llvm::is_contained(codegen::nodeNames(op->getLoc()), name); });
  std::string inputs;
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    if (auto text = main.getArgAttrOfType<StringAttr>(i, "ascend.name"))
      inputs += (inputs.empty() ? "" : ", ") + text.str();
  return {isNode ? "E10017" : "E10016",
          "Opname " + name + " specified in --input_fp16_nodes is " +
              (isNode ? "not an input of the model." : "not found in the model."),
          {},
          isNode ? "" : "The name is misspelled, or inputs are not separated by ';'.",
          "Use the names of the model's inputs: " + inputs + "."};
}

} // namespace

bool setInputTypes(ModuleOp module, const CompileOptions &options, Messages &messages) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  bool good = true;
  for (const std::string &name : options.inputFp16Nodes) {
    std::optional<unsigned> index = findInput(main, name);
    if (!index) {
      messages.error(notAnInput(main, name));
      good = false;
      continue;
    }
    BlockArgument argument = main.getArgument(*index);
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getElementType().isF16())
      continue;
    OpBuilder builder = OpBuilder::atBlockBegin(&main.getBody().front());
    argument.setType(type.clone(builder.getF16Type()));
    auto cast = ascend::CastOp::create(
        builder, argument.getLoc(), type, argument,
        builder.getI64IntegerAttr(int64_t(ascend::toDType(type.getElementType()))));
    argument.replaceAllUsesExcept(cast.getOutput(), cast);
  }
  main.setType(FunctionType::get(module.getContext(), main.getBody().front().getArgumentTypes(),
                                 main.getBody().front().getTerminator()->getOperandTypes()));
  return good;
}

} // namespace openatc::compiler
