//===- KernelForms.cpp - What each kind of kernel group holds -------------===//
#include "openatc/Graph/KernelForms.h"

#include "OpSets.h"

#include "mlir/IR/Location.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {

KernelKind kindOf(Operation *op) {
  if (isa<ConvOp, ConvTransposeOp>(op))
    return KernelKind::CubeConv;
  if (isa<MatmulOp>(op))
    return KernelKind::CubeMatmul;
  if (isElementwise(op))
    return KernelKind::Elementwise;
  if (isa<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp, ReduceProdOp, ReduceL1Op, ReduceL2Op,
          ReduceLogSumOp, ReduceLogSumExpOp, ReduceSumSquareOp, ArgMaxOp, ArgMinOp, SoftmaxOp,
          LogSoftmaxOp, LayerNormOp, InstanceNormOp, GroupNormOp, GlobalAveragePoolOp,
          GlobalMaxPoolOp>(op))
    return KernelKind::Reduce;
  if (isa<MaxPoolOp, AveragePoolOp>(op))
    return KernelKind::Pool;
  if (isa<ResizeOp>(op))
    return KernelKind::Resize;
  if (isa<AttentionOp>(op))
    return KernelKind::Attention;
  if (isa<GatherOp, GatherElementsOp, GatherNdOp>(op))
    return KernelKind::Gather;
  return KernelKind::Move;
}

SmallVector<StringAttr> nodeNames(Location loc) {
  llvm::SmallSetVector<StringAttr, 4> names;
  loc->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner))
      names.insert(name.getName());
    return WalkResult::advance();
  });
  return names.takeVector();
}

} // namespace openatc::graph
