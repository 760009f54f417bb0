//===- OpSets.cpp - Classes of ops that the passes treat alike ------------===//
#include "OpSets.h"

#include "PackWeights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {

bool broadcastsOperands(Operation *op) {
  return isa<AddOp, SubOp, MulOp, DivOp, PowOp, MinimumOp, MaximumOp, ModOp, EqualOp, GreaterOp,
             LessOp, GreaterOrEqualOp, LessOrEqualOp, AndOp, OrOp, XorOp, WhereOp, PreluOp>(op);
}

bool isElementwise(Operation *op) {
  return broadcastsOperands(op) ||
         isa<ReluOp, SigmoidOp, TanhOp, SoftplusOp, MishOp, HardSwishOp, ErfOp, SqrtOp, ExpOp,
             LogOp, AbsOp, NegOp, FloorOp, CeilOp, RoundOp, ReciprocalOp, SignOp, SinOp, CosOp,
             NotOp, LeakyReluOp, EluOp, SeluOp, HardSigmoidOp, GeluOp, ClipOp, CastOp>(op);
}

bool isStructural(Operation *op) {
  return isa<ConstantOp, KernelOp, YieldOp, func::ReturnOp, func::FuncOp>(op);
}

bool isView(Operation *op) {
  if (auto trans = dyn_cast<TransDataOp>(op)) {
    // One pixel with whole blocks of channels lies the same way in both layouts.
    auto type = cast<RankedTensorType>(trans.getOutput().getType());
    if (layoutOf(trans.getInput()) == Layout::FRACTAL_NZ ||
        layoutOf(trans.getOutput()) == Layout::FRACTAL_NZ)
      return isSameInNz(type.getShape());
    return type.getRank() == 4 && type.getDimSize(1) % 16 == 0 && type.getDimSize(2) == 1 &&
           type.getDimSize(3) == 1;
  }
  auto reshape = dyn_cast<ReshapeOp>(op);
  if (!reshape)
    return false;
  auto from = dyn_cast<RankedTensorType>(reshape.getInput().getType());
  auto to = dyn_cast<RankedTensorType>(reshape.getOutput().getType());
  if (!from || !to || !from.hasStaticShape() || !to.hasStaticShape())
    return false;
  Layout layout = layoutOf(reshape.getInput());
  return layout == layoutOf(reshape.getOutput()) &&
         (layout == Layout::ND || (layout == Layout::FRACTAL_NZ && from.getRank() && to.getRank() &&
                                   from.getShape().back() == to.getShape().back()));
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<ArrayRef<int64_t>> shapes) {
  SmallVector<int64_t> result;
  for (ArrayRef<int64_t> shape : shapes) {
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), 1);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t &out = result[result.size() - shape.size() + i];
      if (shape[i] == out || shape[i] == 1)
        continue;
      if (out != 1)
        return std::nullopt;
      out = shape[i];
    }
  }
  return result;
}

} // namespace openatc::graph
