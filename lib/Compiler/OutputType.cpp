//===- OutputType.cpp - --output_type -------------------------------------===//
#include "OutputType.h"

#include "Ascend/HostBridge.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace openatc::compiler {

void setOutputTypes(ModuleOp module, StringRef type) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (type.empty() || !main)
    return;
  DType wanted = type == "FP32" ? DType::F32 : type == "FP16" ? DType::F16 : DType::U8;
  Type element = ascend::fromDType(module.getContext(), wanted);
  Operation *end = main.getBody().front().getTerminator();
  OpBuilder builder(end);
  for (OpOperand &output : end->getOpOperands()) {
    auto from = cast<TensorType>(output.get().getType());
    if (!isa<FloatType>(from.getElementType()) || from.getElementType() == element)
      continue;
    auto cast = ascend::CastOp::create(builder, output.get().getLoc(), from.clone(element),
                                       output.get(), builder.getI64IntegerAttr(int64_t(wanted)));
    output.set(cast.getOutput());
  }
  main.setType(
      FunctionType::get(module.getContext(), main.getArgumentTypes(), end->getOperandTypes()));
}

} // namespace openatc::compiler
