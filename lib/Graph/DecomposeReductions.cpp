//===- DecomposeReductions.cpp - Composite reductions and norms -----------===//
#include "Decompose.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// Shape of a reduction of `x` over constant `axes` (null: all) that keeps dimensions.
std::optional<SmallVector<int64_t>> keptShape(Value x, Value axes) {
  SmallVector<int64_t> shape(shapeOf(x));
  if (!axes)
    return SmallVector<int64_t>(shape.size(), 1);
  std::optional<SmallVector<int64_t>> list = getConstantIntegers(axes);
  if (!list)
    return std::nullopt;
  if (list->empty())
    return SmallVector<int64_t>(shape.size(), 1);
  for (int64_t axis : *list) {
    axis += axis < 0 ? int64_t(shape.size()) : 0;
    if (axis < 0 || axis >= int64_t(shape.size()))
      return std::nullopt;
    shape[size_t(axis)] = 1;
  }
  return shape;
}

template <typename Op> Value decomposeReduce(Op op, PatternRewriter &rewriter) {
  Value axes = op.getAxes();
  std::optional<SmallVector<int64_t>> kept = keptShape(op.getInput(), axes);
  bool none = !axes || shapeOf(axes)[0] == 0;
  // An empty list that means "reduce nothing" is no reduction at all.
  if (!kept || (none && op.getNoopWithEmptyAxes()) || llvm::is_contained(shapeOf(op.getInput()), 0))
    return {};
  Emitter e(rewriter, op, /*inF32=*/true);
  Value x = e.enter(op.getInput());
  bool keep = op.getKeepdims();
  auto result = RankedTensorType::get(shapeOf(op.getOutput()), rewriter.getF32Type());
  auto sum = [&](Value v) { return e.reduce<ReduceSumOp>(v, axes, keep, result); };
  if constexpr (std::is_same_v<Op, ReduceL1Op>)
    return e.leave(sum(e.unary<AbsOp>(x)));
  if constexpr (std::is_same_v<Op, ReduceSumSquareOp>)
    return e.leave(sum(e.binary<MulOp>(x, x)));
  if constexpr (std::is_same_v<Op, ReduceL2Op>)
    return e.leave(e.unary<SqrtOp>(sum(e.binary<MulOp>(x, x))));
  if constexpr (std::is_same_v<Op, ReduceLogSumOp>)
    return e.leave(e.unary<LogOp>(sum(x)));
  if constexpr (std::is_same_v<Op, ReduceLogSumExpOp>) {
    // Relative to the maximum, so that no exponential overflows.
    auto keptType = RankedTensorType::get(*kept, rewriter.getF32Type());
    Value top = e.reduce<ReduceMaxOp>(x, axes, true, keptType);
    Value total =
        e.reduce<ReduceSumOp>(e.unary<ExpOp>(e.binary<SubOp>(x, top)), axes, true, keptType);
    Value full = e.leave(e.binary<AddOp>(e.unary<LogOp>(total), top));
    return reshapeTo(rewriter, op.getLoc(), full, shapeOf(op.getOutput()));
  }
  return {};
}

/// Instance and group normalisation: rows of a matrix are normalised, then each channel
/// is scaled and shifted.
Value normalizeRows(Operation *op, int64_t rows, PatternRewriter &rewriter) {
  Value x = op->getOperand(0);
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t count = 1;
  for (int64_t d : shape)
    count *= d;
  if (shape.size() < 2 || rows <= 0 || count == 0 || count % rows != 0)
    return {};
  Location loc = op->getLoc();
  Type element = elementOf(x);
  int64_t columns = count / rows;
  Value matrix = reshapeTo(rewriter, loc, x, {rows, columns});
  Value ones = makeFloats(rewriter, loc, RankedTensorType::get({columns}, element),
                          std::vector<float>(size_t(columns), 1.f));
  auto norm =
      LayerNormOp::create(rewriter, loc, matrix.getType(), TypeRange(), matrix, ones, Value(),
                          rewriter.getI64IntegerAttr(-1), op->getAttrOfType<FloatAttr>("epsilon"),
                          rewriter.getI64IntegerAttr(1));
  SmallVector<int64_t> channel(shape.size() - 1, 1);
  channel[0] = shape[1];
  Value image = reshapeTo(rewriter, loc, norm.getOutput(), shape);
  Value product = MulOp::create(rewriter, loc, x.getType(), image,
                                reshapeTo(rewriter, loc, op->getOperand(1), channel));
  return AddOp::create(rewriter, loc, x.getType(), product,
                       reshapeTo(rewriter, loc, op->getOperand(2), channel));
}

/// x * (bias + alpha / size * sum of squares over a window of channels)^-beta. The windows
/// of all channels are added up as `size` shifted copies of the squares.
Value normalizeChannels(LrnOp op, PatternRewriter &rewriter) {
  double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble(),
         bias = op.getBias().convertToDouble();
  int64_t size = op.getSize();
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  // The base must be positive; more copies than this are better left to the AI CPU.
  if (shape.size() < 2 || alpha < 0 || bias <= 0 || size < 1 || size > 16 ||
      llvm::is_contained(shape, 0))
    return {};
  Emitter e(rewriter, op, /*inF32=*/true);
  Location loc = op.getLoc();
  Value x = e.enter(op.getInput());
  Value squares = e.binary<MulOp>(x, x);
  SmallVector<int64_t> pads(2 * shape.size(), 0), padded(shape);
  pads[1] = (size - 1) / 2;
  pads[shape.size() + 1] = size - 1 - pads[1];
  padded[1] += size - 1;
  Value wide =
      PadOp::create(rewriter, loc, RankedTensorType::get(padded, rewriter.getF32Type()), squares,
                    createIntegers(rewriter, loc, pads), Value(), Value(), "constant");
  Value sum;
  for (int64_t shift = 0; shift < size; ++shift) {
    Value part =
        SliceOp::create(rewriter, loc, x.getType(), wide, createIntegers(rewriter, loc, {shift}),
                        createIntegers(rewriter, loc, {shift + shape[1]}),
                        createIntegers(rewriter, loc, {1}), Value());
    sum = sum ? e.binary<AddOp>(sum, part) : part;
  }
  Value base = e.binary<AddOp>(e.binary<MulOp>(sum, alpha / double(size)), bias);
  return e.leave(e.binary<MulOp>(x, e.binary<PowOp>(base, -beta)));
}

} // namespace

Value decomposeReduction(Operation *op, PatternRewriter &rewriter) {
  if (auto r = dyn_cast<ReduceL1Op>(op))
    return decomposeReduce(r, rewriter);
  if (auto r = dyn_cast<ReduceL2Op>(op))
    return decomposeReduce(r, rewriter);
  if (auto r = dyn_cast<ReduceSumSquareOp>(op))
    return decomposeReduce(r, rewriter);
  if (auto r = dyn_cast<ReduceLogSumOp>(op))
    return decomposeReduce(r, rewriter);
  if (auto r = dyn_cast<ReduceLogSumExpOp>(op))
    return decomposeReduce(r, rewriter);
  if (auto lrn = dyn_cast<LrnOp>(op))
    return normalizeChannels(lrn, rewriter);
  ArrayRef<int64_t> shape = shapeOf(op->getOperand(0));
  if (isa<InstanceNormOp>(op) && shape.size() >= 2)
    return normalizeRows(op, shape[0] * shape[1], rewriter);
  if (auto group = dyn_cast<GroupNormOp>(op))
    if (shape.size() >= 2 && group.getNumGroups() > 0 && shape[1] % group.getNumGroups() == 0)
      return normalizeRows(op, shape[0] * group.getNumGroups(), rewriter);
  return {};
}

} // namespace openatc::graph
