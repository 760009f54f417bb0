//===- AttentionFactors.cpp - Operands of the products of attention -------===//
#include "AttentionFactors.h"

#include "Constants.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {

/// The dimension order of `op`, written out.
SmallVector<int64_t> orderOf(TransposeOp op) {
  SmallVector<int64_t> order(op.getPerm());
  for (int64_t i = order.empty() ? int64_t(shapeOf(op.getInput()).size()) : 0; i-- > 0;)
    order.push_back(i);
  return order;
}

/// The only integer of a constant.
static std::optional<int64_t> integerOf(Value v) {
  std::optional<ConstantData> data = v ? getConstantData(v) : std::nullopt;
  if (!data || data->view.dtype != DType::I64 || data->values<int64_t>().size() != 1)
    return std::nullopt;
  return data->values<int64_t>()[0];
}

std::optional<Piece> pieceOf(Value v, int64_t axis) {
  int64_t rank = int64_t(shapeOf(v).size());
  auto isAxis = [&](int64_t other) { return other == axis || other + rank == axis; };
  if (auto split = v.getDefiningOp<SplitOp>()) {
    if (!isAxis(int64_t(split.getAxis())) || !isStatic(split.getInput()))
      return std::nullopt;
    int64_t first = 0;
    for (Value result : split.getOutputs().take_front(cast<OpResult>(v).getResultNumber()))
      first += shapeOf(result)[size_t(axis)];
    return Piece{split.getInput(), first};
  }
  if (auto slice = v.getDefiningOp<SliceOp>(); slice && isStatic(slice.getInput())) {
    std::optional<int64_t> start = integerOf(slice.getStarts()), along = integerOf(slice.getAxes()),
                           step = slice.getSteps() ? integerOf(slice.getSteps()) : 1;
    if (!start || !along || !step || !isAxis(*along) || *step != 1)
      return std::nullopt;
    int64_t extent = shapeOf(slice.getInput())[size_t(axis)];
    return Piece{slice.getInput(),
                 std::clamp<int64_t>(*start < 0 ? *start + extent : *start, 0, extent)};
  }
  return std::nullopt;
}

/// The operand of a cast between floats that has no other use, else `v`.
Value FactorMatcher::peelCast(Value v) {
  auto cast = v.getDefiningOp<CastOp>();
  if (!cast || !v.hasOneUse() || !isa<FloatType>(elementOf(cast.getInput())) ||
      !isa<FloatType>(elementOf(v)))
    return v;
  matched.push_back(cast);
  return cast.getInput();
}

/// Takes factors and divisors that are scalars into `scale`.
Value FactorMatcher::peelScale(Value v) {
  while (true) {
    Value x = peelCast(v);
    Operation *op = x.getDefiningOp();
    if (!op || !x.hasOneUse() || !isa<MulOp, DivOp>(op))
      return x;
    unsigned constant = isa<MulOp>(op) && readSplat(op->getOperand(0)) ? 0 : 1;
    std::optional<double> factor = readSplat(op->getOperand(constant));
    Value rest = op->getOperand(1 - constant);
    if (!factor || *factor == 0 || !std::isfinite(*factor) || !isStatic(rest) ||
        shapeOf(rest) != shapeOf(x))
      return x;
    scale *= isa<MulOp>(op) ? *factor : 1 / *factor;
    matched.push_back(op);
    v = rest;
  }
}

/// `v` [batch, heads, rows, width], or with the last two dimensions exchanged, as the
/// transpose of [batch, rows, heads, width]; the same without a batch.
std::optional<Factor> FactorMatcher::splitHeads(Value v, bool transposed) {
  v = peelScale(v);
  if (!transposed)
    if (std::optional<Factor> packed = splitPacked(v))
      return packed;
  auto op = v.getDefiningOp<TransposeOp>();
  if (!op || !isStatic(op.getInput()))
    return std::nullopt;
  SmallVector<int64_t> order = orderOf(op);
  if (transposed && (ArrayRef(order) == ArrayRef<int64_t>{0, 1, 3, 2} ||
                     ArrayRef(order) == ArrayRef<int64_t>{0, 2, 1})) {
    size_t before = matched.size();
    double oldScale = scale;
    matched.push_back(op);
    if (auto inner = splitHeads(op.getInput(), false))
      return inner;
    matched.resize(before);
    scale = oldScale;
    return std::nullopt;
  }
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  Factor f;
  if (shape.size() == 4) {
    if (ArrayRef(order) !=
        (transposed ? ArrayRef<int64_t>{0, 2, 3, 1} : ArrayRef<int64_t>{0, 2, 1, 3}))
      return std::nullopt;
    f.batch = shape[0];
    shape = shape.drop_front();
  } else if (shape.size() != 3 || ArrayRef(order) != (transposed ? ArrayRef<int64_t>{1, 2, 0}
                                                                 : ArrayRef<int64_t>{1, 0, 2})) {
    return std::nullopt;
  }
  f.rows = shape[0];
  f.heads = shape[1];
  f.width = shape[2];
  matched.push_back(op);
  f.source = peelScale(op.getInput());
  if (auto reshape = f.source.getDefiningOp<ReshapeOp>())
    matched.push_back(reshape);
  return f;
}

/// `v` as element i of [parts, batch, heads, rows, width], the transpose of
/// [batch, rows, parts, heads, width]: columns of the tensor behind it.
std::optional<Factor> FactorMatcher::splitPacked(Value v) {
  auto pick = v.getDefiningOp<ReshapeOp>();
  if (!pick || !isStatic(pick.getInput()) || shapeOf(pick.getInput()).size() != 5 ||
      shapeOf(pick.getInput())[0] != 1 || shapeOf(pick.getInput()).drop_front() != shapeOf(v))
    return std::nullopt;
  std::optional<Piece> piece = pieceOf(pick.getInput(), 0);
  auto turn = piece ? piece->whole.getDefiningOp<TransposeOp>() : TransposeOp();
  if (!turn || !isStatic(turn.getInput()) ||
      ArrayRef(orderOf(turn)) != ArrayRef<int64_t>{2, 0, 3, 1, 4})
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(turn.getInput());
  Factor f{Value(), shape[0], shape[3], shape[1], shape[4]};
  int64_t columns = f.heads * f.width, first = piece->first * columns;
  Location loc = pick.getLoc();
  rewriter.setInsertionPoint(pick);
  Value rows = reshapeTo(rewriter, loc, turn.getInput(), {f.batch, f.rows, shape[2] * columns});
  auto type = RankedTensorType::get({f.batch, f.rows, columns}, elementOf(v));
  auto slice = SliceOp::create(rewriter, loc, type, rows, createIntegers(rewriter, loc, {first}),
                               createIntegers(rewriter, loc, {first + columns}),
                               createIntegers(rewriter, loc, {2}), Value());
  created.push_back(slice);
  f.source = slice;
  matched.append({pick, pick.getInput().getDefiningOp(), turn});
  return f;
}

/// `v` as matrices that each are a batch of one head.
std::optional<Factor> FactorMatcher::asBatches(Value v, bool transposed) {
  v = peelScale(v);
  if (transposed) {
    auto op = v.getDefiningOp<TransposeOp>();
    if (!op || !isStatic(op.getInput()))
      return std::nullopt;
    SmallVector<int64_t> order = orderOf(op);
    size_t rank = order.size();
    if (rank < 2)
      return std::nullopt;
    matched.push_back(op);
    v = op.getInput();
    // Whatever the order is: the same with the last two dimensions exchanged back.
    std::swap(order[rank - 1], order[rank - 2]);
    SmallVector<int64_t> shape, moved;
    for (int64_t d : order) {
      shape.push_back(shapeOf(v)[size_t(d)]);
      if (shape.back() != 1)
        moved.push_back(d);
    }
    rewriter.setInsertionPoint(op);
    if (llvm::is_sorted(moved)) {
      v = reshapeTo(rewriter, op.getLoc(), v, shape);
    } else {
      auto turned = TransposeOp::create(rewriter, op.getLoc(),
                                        RankedTensorType::get(shape, elementOf(v)), v, order);
      created.push_back(turned);
      v = turned;
    }
  }
  ArrayRef<int64_t> shape = shapeOf(v);
  if (shape.size() < 3)
    return std::nullopt;
  Factor f;
  f.source = v;
  f.width = shape.back();
  f.rows = shape[shape.size() - 2];
  for (int64_t d : shape.drop_back(2))
    f.batch *= d;
  return f;
}

} // namespace openatc::graph
