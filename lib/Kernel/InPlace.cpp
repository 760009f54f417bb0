//===- InPlace.cpp - Results that may lie over an operand -----------------===//

#include "InPlace.h"

#include "CubeEpilogue.h"

using namespace mlir;

namespace openatc::kernel {

SmallVector<int64_t> overwrittenOperands(ascend::KernelOp op) {
  SmallVector<int64_t> operands(op.getOutputs().size(), -1);
  if (op.getKind() != ascend::KernelKind::CubeConv &&
      op.getKind() != ascend::KernelKind::CubeMatmul)
    return operands;
  Operation *contraction = CubeEpilogue::contraction(op);
  for (BlockArgument argument : op.getBody().front().getArguments()) {
    // Tiles of the contraction's own operands overlap.
    bool ofEpilogue = !llvm::is_contained(contraction->getOperands(), Value(argument));
    if (operands.size() == 1 && operands[0] < 0 && ofEpilogue &&
        argument.getType() == op.getOutputs()[0].getType())
      operands[0] = argument.getArgNumber();
  }
  return operands;
}

} // namespace openatc::kernel
