//===- BatchSlices.cpp - Kernel groups on a part of the batch -------------===//

#include "BatchSlices.h"

#include "Ascend/HostBridge.h"
#include "ReduceShape.h"
#include "VectorSupport.h"
#include "openatc/Kernel/KernelAuthor.h"

#include <numeric>

using namespace mlir;

namespace openatc::kernel {
namespace {

using Cuts = SmallVector<bool>;

ArrayRef<int64_t> shapeOf(Value value) {
  return mlir::cast<RankedTensorType>(value.getType()).getShape();
}

/// Operands that have the first dimension of a result of their rank are cut, those that
/// broadcast along it are whole.
std::optional<Cuts> cutBroadcast(Operation *op) {
  ArrayRef<int64_t> result = shapeOf(op->getResult(0));
  Cuts cuts;
  for (Value operand : op->getOperands()) {
    ArrayRef<int64_t> shape = shapeOf(operand);
    cuts.push_back(shape.size() == result.size() && !shape.empty() && shape[0] == result[0]);
  }
  return cuts;
}

Cuts firstOnly(Operation *op) {
  Cuts cuts(op->getNumOperands(), false);
  cuts[0] = true;
  return cuts;
}

/// Rows of a left operand, or matrices of both.
std::optional<Cuts> cutMatmul(ascend::MatmulOp op) {
  ArrayRef<int64_t> lhs = shapeOf(op.getLhs()), rhs = shapeOf(op.getRhs()),
                    result = shapeOf(op.getOutput());
  if (lhs.size() < 2 || rhs.size() < 2)
    return std::nullopt;
  if (result.size() == 2)
    return Cuts{true, false};
  return Cuts{lhs.size() == result.size() && lhs[0] == result[0],
              rhs.size() == result.size() && rhs[0] == result[0]};
}

bool isAxis0(int64_t axis, Value value) {
  return axis == 0 || axis == -int64_t(shapeOf(value).size());
}

/// Whether constant `axes` are given and leave the first dimension of `value` alone.
bool avoidAxis0(Value axes, Value value) {
  std::optional<SmallVector<int64_t>> list = ascend::getConstantIntegers(axes);
  return list && !list->empty() &&
         llvm::none_of(*list, [&](int64_t axis) { return isAxis0(axis, value); });
}

/// Pads of all dimensions that leave the first one alone.
bool padsOtherAxes(ascend::PadOp op) {
  if (op.getAxes())
    return avoidAxis0(op.getAxes(), op.getInput());
  std::optional<SmallVector<int64_t>> pads = ascend::getConstantIntegers(op.getPads());
  return pads && !pads->empty() && pads->size() % 2 == 0 && (*pads)[0] == 0 &&
         (*pads)[pads->size() / 2] == 0;
}

/// Which operands of `op` are cut when its results are; nothing when slices of a result
/// depend on other slices, or a parameter holds the size of the batch.
std::optional<Cuts> cutOperands(Operation *op) {
  if (op->getNumOperands() == 0)
    return std::nullopt;
  Value first = op->getOperand(0);
  if (op->getNumResults() == 1 && whyNotVector(op).empty())
    return cutBroadcast(op);
  if (mlir::isa<ascend::ConvOp, ascend::ConvTransposeOp, ascend::MaxPoolOp, ascend::AveragePoolOp,
                ascend::TransDataOp, ascend::DepthToSpaceOp, ascend::SpaceToDepthOp>(op))
    return firstOnly(op);
  if (auto matmul = mlir::dyn_cast<ascend::MatmulOp>(op))
    return cutMatmul(matmul);
  if (std::string why; std::optional<ReduceShape> shape = reduceShapeOf(op, why)) {
    // Whatever comes before the first reduced dimension is in `outer`.
    int64_t batch = shapeOf(first).empty() ? 1 : shapeOf(first)[0];
    return batch > 1 && shape->outer % batch == 0 ? std::optional(firstOnly(op)) : std::nullopt;
  }
  if (auto transpose = mlir::dyn_cast<ascend::TransposeOp>(op))
    return !transpose.getPerm().empty() && transpose.getPerm()[0] == 0
               ? std::optional(firstOnly(op))
               : std::nullopt;
  if (auto concat = mlir::dyn_cast<ascend::ConcatOp>(op))
    return isAxis0(concat.getAxis(), first) ? std::nullopt
                                            : std::optional(Cuts(op->getNumOperands(), true));
  if (auto split = mlir::dyn_cast<ascend::SplitOp>(op))
    return isAxis0(split.getAxis(), first) ? std::nullopt : std::optional(firstOnly(op));
  if (auto slice = mlir::dyn_cast<ascend::SliceOp>(op))
    return avoidAxis0(slice.getAxes(), first) ? std::optional(firstOnly(op)) : std::nullopt;
  if (auto pad = mlir::dyn_cast<ascend::PadOp>(op))
    return padsOtherAxes(pad) ? std::optional(firstOnly(op)) : std::nullopt;
  if (auto resize = mlir::dyn_cast<ascend::ResizeOp>(op))
    return resize.getScales() && layoutOf(first.getType()) == ascend::Layout::NC1HWC0
               ? std::optional(firstOnly(op))
               : std::nullopt;
  if (auto gather = mlir::dyn_cast<ascend::GatherOp>(op)) {
    if (isAxis0(gather.getAxis(), first))
      return shapeOf(gather.getIndices()).empty() ? std::nullopt : std::optional(Cuts{false, true});
    return firstOnly(op);
  }
  return std::nullopt;
}

} // namespace

RankedTensorType sliceType(Type type, int64_t count) {
  auto tensor = mlir::cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  shape[0] /= count;
  return mlir::cast<RankedTensorType>(tensor.clone(shape));
}

bool hasContiguousSlices(Type type) {
  ascend::Layout layout = layoutOf(type);
  return layout == ascend::Layout::ND || layout == ascend::Layout::NC1HWC0 ||
         layout == ascend::Layout::NC1HWC0_C04;
}

bool isReinterpretation(Operation *op) {
  return !op->hasAttr("ascend.engine") && op->getNumResults() == 1 &&
         mlir::isa<ascend::ReshapeOp, ascend::FlattenOp, ascend::SqueezeOp, ascend::UnsqueezeOp,
                   ascend::IdentityOp, ascend::DropoutOp, ascend::TransDataOp>(op);
}

/// From the results back to the operands: a value is either cut wherever it is used, or
/// whole wherever it is used.
SlicedGroup sliceGroup(ascend::KernelOp op) {
  SlicedGroup group;
  group.op = op;
  group.inputs.assign(op.getInputs().size(), false);
  SlicedGroup failed = group;
  DenseSet<Value> whole;
  bool consistent = true;
  auto demand = [&](Value value, bool isCut) {
    (isCut ? group.cut : whole).insert(value);
    consistent &= !(isCut ? whole : group.cut).contains(value);
    consistent &= !isCut || !value.getDefiningOp<ascend::ConstantOp>();
  };
  Block &body = op.getBody().front();
  for (Value value : body.getTerminator()->getOperands())
    demand(value, true);
  for (Operation &inner : llvm::reverse(body.without_terminator())) {
    if (mlir::isa<ascend::ConstantOp>(inner))
      continue;
    bool isCut = llvm::any_of(inner.getResults(), [&](Value v) { return group.cut.contains(v); });
    std::optional<Cuts> cuts =
        isCut ? cutOperands(&inner) : std::optional(Cuts(inner.getNumOperands(), false));
    if (!cuts)
      return failed;
    for (auto [operand, cut] : llvm::zip_equal(inner.getOperands(), *cuts))
      demand(operand, cut);
    if (!isCut)
      continue;
    group.cut.insert_range(inner.getResults());
    consistent &= llvm::none_of(inner.getResults(), [&](Value v) { return whole.contains(v); });
  }
  int64_t divisor = 0;
  for (Value value : group.cut) // the greatest common divisor does not depend on the order
    divisor = std::gcd(divisor, shapeOf(value).empty() ? 1 : shapeOf(value)[0]);
  for (BlockArgument argument : body.getArguments())
    group.inputs[argument.getArgNumber()] = group.cut.contains(argument);
  // A group that cuts nothing computes its results anew each time.
  if (!consistent || !llvm::is_contained(group.inputs, true))
    return failed;
  group.divisor = std::max<int64_t>(divisor, 1);
  return group;
}

ascend::KernelOp SlicedGroup::clone(OpBuilder &builder, IRMapping &mapping, int64_t count) const {
  ascend::KernelOp whole = op;
  auto copy = mlir::cast<ascend::KernelOp>(builder.clone(*whole, mapping));
  auto retype = [&](Value to) { to.setType(sliceType(to.getType(), count)); };
  for (Value result : copy.getOutputs())
    retype(result);
  Block &from = whole.getBody().front(), &to = copy.getBody().front();
  for (auto [before, after] : llvm::zip_equal(from.getArguments(), to.getArguments()))
    if (cut.contains(before))
      retype(after);
  for (auto [before, after] : llvm::zip_equal(from, to))
    for (auto [a, b] : llvm::zip_equal(before.getResults(), after.getResults()))
      if (cut.contains(a))
        retype(b);
  return copy;
}

} // namespace openatc::kernel
