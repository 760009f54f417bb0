//===- ReduceShape.cpp - Reductions as outer x reduced x inner ------------===//

#include "ReduceShape.h"

#include "VectorSupport.h"

#include "Ascend/AscendOps.h"

using namespace mlir;

namespace openatc::kernel {
namespace {

RankedTensorType typeOf(Value value) { return mlir::cast<RankedTensorType>(value.getType()); }

bool isImage(Value value) {
  auto layout = mlir::dyn_cast_if_present<ascend::LayoutAttr>(typeOf(value).getEncoding());
  return layout && layout.getValue() == ascend::Layout::NC1HWC0;
}

std::optional<ReduceKind> kindOf(Operation *op) {
  if (mlir::isa<ascend::ReduceSumOp>(op))
    return ReduceKind::Sum;
  if (mlir::isa<ascend::ReduceMeanOp, ascend::GlobalAveragePoolOp>(op))
    return ReduceKind::Mean;
  if (mlir::isa<ascend::ReduceMaxOp, ascend::GlobalMaxPoolOp>(op))
    return ReduceKind::Max;
  if (mlir::isa<ascend::ReduceMinOp>(op))
    return ReduceKind::Min;
  if (mlir::isa<ascend::SoftmaxOp>(op))
    return ReduceKind::Softmax;
  if (mlir::isa<ascend::LogSoftmaxOp>(op))
    return ReduceKind::LogSoftmax;
  if (mlir::isa<ascend::LayerNormOp>(op))
    return ReduceKind::LayerNorm;
  return std::nullopt;
}

/// Marks the reduced dimensions of a reduce op; false when the axes are not constant.
bool markAxes(Value axes, bool emptyMeansNone, SmallVectorImpl<bool> &reduced) {
  SmallVector<int64_t> list;
  if (axes) {
    auto constant = axes.getDefiningOp<ascend::ConstantOp>();
    auto values = constant ? mlir::dyn_cast<DenseIntElementsAttr>(constant.getValue())
                           : DenseIntElementsAttr();
    if (!values)
      return false;
    for (const APInt &v : values.getValues<APInt>())
      list.push_back(v.getSExtValue());
  }
  if (list.empty())
    reduced.assign(reduced.size(), !emptyMeansNone);
  for (int64_t axis : list) {
    axis += axis < 0 ? int64_t(reduced.size()) : 0;
    if (axis < 0 || axis >= int64_t(reduced.size()))
      return false;
    reduced[size_t(axis)] = true;
  }
  return true;
}

template <typename Op> bool markReduce(Op op, SmallVectorImpl<bool> &reduced) {
  return markAxes(op.getAxes(), op.getNoopWithEmptyAxes(), reduced);
}

/// The reduced dimensions of any of the ops.
bool markDims(Operation *op, SmallVectorImpl<bool> &reduced) {
  int64_t rank = int64_t(reduced.size());
  auto from = [&](int64_t axis, int64_t end) {
    for (int64_t d = axis; d < end; ++d)
      reduced[size_t(d)] = true;
    return true;
  };
  if (auto r = mlir::dyn_cast<ascend::ReduceSumOp>(op))
    return markReduce(r, reduced);
  if (auto r = mlir::dyn_cast<ascend::ReduceMeanOp>(op))
    return markReduce(r, reduced);
  if (auto r = mlir::dyn_cast<ascend::ReduceMaxOp>(op))
    return markReduce(r, reduced);
  if (auto r = mlir::dyn_cast<ascend::ReduceMinOp>(op))
    return markReduce(r, reduced);
  if (mlir::isa<ascend::GlobalAveragePoolOp, ascend::GlobalMaxPoolOp>(op))
    return from(2, rank);
  int64_t axis = 0;
  bool flatten = false;
  if (auto r = mlir::dyn_cast<ascend::SoftmaxOp>(op)) {
    axis = int64_t(r.getAxis());
    flatten = r.getFlatten();
  } else if (auto r = mlir::dyn_cast<ascend::LogSoftmaxOp>(op)) {
    axis = int64_t(r.getAxis());
    flatten = r.getFlatten();
  } else if (auto r = mlir::dyn_cast<ascend::LayerNormOp>(op)) {
    axis = int64_t(r.getAxis());
    flatten = true;
  }
  axis += axis < 0 ? rank : 0;
  return axis >= 0 && axis < rank && from(axis, flatten ? rank : axis + 1);
}

} // namespace

std::optional<ReduceShape> reduceShapeOf(Operation *op, std::string &why) {
  std::optional<ReduceKind> kind = kindOf(op);
  std::string name = op->getName().stripDialect().str();
  auto refuse = [&](const std::string &text) {
    why = name + " " + text;
    return std::nullopt;
  };
  if (!kind)
    return refuse("has no AI core kernel");
  Value x = op->getOperand(0);
  Type element = typeOf(x).getElementType();
  bool takesIntegers = *kind == ReduceKind::Sum || *kind == ReduceKind::Max || //
                       *kind == ReduceKind::Min;
  if (!element.isF16() && !element.isF32() && !(takesIntegers && element.isSignlessInteger(32)))
    return refuse("has no AI core kernel for this element type");
  if (auto norm = mlir::dyn_cast<ascend::LayerNormOp>(op)) {
    if (norm.getNumResults() != 1)
      return refuse("gives statistics, which the AI core kernel does not");
    int64_t axis = int64_t(norm.getAxis()), count = 1;
    axis += axis < 0 ? typeOf(x).getRank() : 0;
    for (int64_t d = std::max<int64_t>(axis, 0); d < typeOf(x).getRank(); ++d)
      count *= typeOf(x).getDimSize(d);
    for (Value v : op->getOperands().drop_front())
      if (typeOf(v).getNumElements() != count)
        return refuse("has a scale or bias that broadcasts");
  }
  SmallVector<int64_t> dims(typeOf(x).getShape());
  SmallVector<bool> reduced(dims.size(), false);
  if (!markDims(op, reduced))
    return refuse("has axes that are not constant");
  if (isImage(x)) {
    if (reduced != SmallVector<bool>{false, false, true, true})
      return refuse("over channels of an image in blocks");
    dims[1] = (dims[1] + 15) / 16;
    dims.push_back(16);
    reduced.push_back(false);
  }
  // Dimensions of size 1 belong to either side.
  ReduceShape shape;
  shape.kind = *kind;
  int part = 0; // 0 outer, 1 reduced, 2 inner
  for (auto [size, isReduced] : llvm::zip(dims, reduced)) {
    if (size == 1)
      continue;
    if (isReduced && part == 2)
      return refuse("over axes that are not next to each other");
    part = isReduced ? 1 : part == 1 ? 2 : part;
    (part == 0 ? shape.outer : part == 1 ? shape.reduced : shape.inner) *= size;
  }
  return shape;
}

} // namespace openatc::kernel
