//===- NormalizeShapes.cpp - Shape changes as reshapes --------------------===//
#include "Constants.h"
#include "Normalize.h"
#include "OpSets.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// flatten, squeeze, unsqueeze: the result's shape says it all.
template <typename Op> struct ToReshape : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getInput()) || !isStatic(op.getOutput()))
      return failure();
    rewriter.replaceOp(op,
                       reshapeTo(rewriter, op.getLoc(), op.getInput(), shapeOf(op.getOutput())));
    return success();
  }
};

struct RemoveIdentity : OpRewritePattern<IdentityOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IdentityOp op, PatternRewriter &rewriter) const override {
    if (op.getInput().getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// Softmax before operator set 13 works on a matrix: all dimensions from the axis on.
template <typename Op> struct FlattenSoftmax : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!op.getFlatten() || !isStatic(op.getInput()) || !isStatic(op.getOutput()))
      return failure();
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = shapeOf(op.getInput());
    int64_t rank = int64_t(shape.size()), axis = op.getAxis();
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis > rank)
      return failure();
    int64_t rows = 1, columns = 1;
    for (int64_t d = 0; d < rank; ++d)
      (d < axis ? rows : columns) *= shape[size_t(d)];
    Value matrix = reshapeTo(rewriter, loc, op.getInput(), {rows, columns});
    Value result = Op::create(rewriter, loc, matrix.getType(), matrix, /*axis=*/1,
                              /*flatten=*/false);
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, result, shapeOf(op.getOutput())));
    return success();
  }
};

/// A transpose that keeps the order of the dimensions greater than one moves nothing.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getInput()) || !isStatic(op.getOutput()))
      return failure();
    ArrayRef<int64_t> shape = shapeOf(op.getInput());
    SmallVector<int64_t> order(op.getPerm());
    if (order.empty())
      for (size_t i = shape.size(); i > 0; --i)
        order.push_back(int64_t(i) - 1);
    if (order.size() != shape.size())
      return failure();
    llvm::erase_if(order, [&](int64_t d) { return shape[size_t(d)] == 1; });
    if (!llvm::is_sorted(order))
      return failure();
    rewriter.replaceOp(op,
                       reshapeTo(rewriter, op.getLoc(), op.getInput(), shapeOf(op.getOutput())));
    return success();
  }
};

/// The reshape that OneDimensionalWindow puts behind a result: [.., L, 1] to [.., L].
ReshapeOp droppedLastDim(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  if (!reshape || !reshape->hasOneUse() || !isStatic(reshape.getInput()) || !isStatic(value))
    return {};
  ArrayRef<int64_t> from = shapeOf(reshape.getInput()), to = shapeOf(value);
  bool drops = from.size() == 4 && to.size() == 3 && from.back() == 1 && from.drop_back() == to;
  return drops ? reshape : ReshapeOp();
}

/// Moves that reshape below an elementwise op, towards the unsqueeze of the next
/// one-dimensional convolution.
struct SinkReshape : RewritePattern {
  SinkReshape(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    bool norm = isa<BatchNormOp>(op);
    if ((!isElementwise(op) && !norm) || op->getNumResults() != 1 || !isStatic(op->getResult(0)) ||
        !llvm::all_of(op->getOperands(), isStatic))
      return failure();
    ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
    bool found = false;
    for (Value operand : op->getOperands())
      found |= shapeOf(operand) == shape && droppedLastDim(operand);
    if (!found)
      return failure();
    SmallVector<Value> operands(op->getOperands());
    bool broadcasts = broadcastsOperands(op);
    for (auto [i, operand] : llvm::enumerate(operands)) {
      // Scalars stay: they fit every rank. Bounds of clip and statistics do too.
      if (shapeOf(operand).empty() || (i > 0 && !broadcasts))
        continue;
      SmallVector<int64_t> longer(shapeOf(operand));
      longer.push_back(1);
      operand = reshapeTo(rewriter, op->getLoc(), operand, longer);
    }
    SmallVector<int64_t> longer(shape);
    longer.push_back(1);
    Operation *wide = rewriter.clone(*op);
    wide->setOperands(operands);
    wide->getResult(0).setType(RankedTensorType::get(longer, elementOf(op->getResult(0))));
    rewriter.replaceOp(op, reshapeTo(rewriter, op->getLoc(), wide->getResult(0), shape));
    return success();
  }
};

/// An expansion is dropped where the user broadcasts by itself.
struct DropExpand : RewritePattern {
  DropExpand(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!broadcastsOperands(op) || !llvm::all_of(op->getOperands(), isStatic) ||
        !isStatic(op->getResult(0)))
      return failure();
    for (OpOperand &operand : op->getOpOperands()) {
      auto expand = operand.get().getDefiningOp<ExpandOp>();
      if (!expand || !isStatic(expand.getInput()) ||
          (isa<PreluOp>(op) && operand.getOperandNumber() == 0))
        continue;
      SmallVector<ArrayRef<int64_t>> shapes;
      for (OpOperand &other : op->getOpOperands())
        shapes.push_back(&other == &operand ? shapeOf(expand.getInput()) : shapeOf(other.get()));
      std::optional<SmallVector<int64_t>> result = broadcastShapes(shapes);
      if (!result || ArrayRef<int64_t>(*result) != shapeOf(op->getResult(0)))
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(expand.getInput()); });
      return success();
    }
    return failure();
  }
};

/// A condition that is the same everywhere chooses at compile time.
struct FoldWhere : OpRewritePattern<WhereOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(WhereOp op, PatternRewriter &rewriter) const override {
    std::optional<ConstantData> condition = getConstantData(op.getCondition());
    if (!condition)
      return failure();
    ArrayRef<uint8_t> values = condition->values<uint8_t>();
    if (values.empty() || llvm::any_of(values, [&](uint8_t v) { return v != values[0]; }))
      return failure();
    Value chosen = values[0] ? op.getOnTrue() : op.getOnFalse();
    if (chosen.getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, chosen);
    return success();
  }
};

/// Picking one index is a slice.
struct GatherToSlice : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getInput()) || !isStatic(op.getIndices()) || !isStatic(op.getOutput()))
      return failure();
    std::optional<SmallVector<int64_t>> index = getConstantIntegers(op.getIndices());
    if (!index || index->size() != 1)
      return failure();
    SmallVector<int64_t> shape(shapeOf(op.getInput()));
    int64_t rank = int64_t(shape.size()), axis = op.getAxis();
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis >= rank)
      return failure();
    int64_t extent = shape[size_t(axis)];
    int64_t at = (*index)[0] + ((*index)[0] < 0 ? extent : 0);
    if (at < 0 || at >= extent)
      return failure(); // stays an error of the run
    shape[size_t(axis)] = 1;
    Location loc = op.getLoc();
    auto type = RankedTensorType::get(shape, elementOf(op.getInput()));
    Value slice = SliceOp::create(
        rewriter, loc, type, op.getInput(), createIntegers(rewriter, loc, {at}),
        createIntegers(rewriter, loc, {at + 1}), createIntegers(rewriter, loc, {axis}), Value());
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, slice, shapeOf(op.getOutput())));
    return success();
  }
};

} // namespace

void populateShapePatterns(RewritePatternSet &patterns) {
  patterns.add<ToReshape<FlattenOp>, ToReshape<SqueezeOp>, ToReshape<UnsqueezeOp>, RemoveIdentity,
               FlattenSoftmax<SoftmaxOp>, FlattenSoftmax<LogSoftmaxOp>, TransposeToReshape,
               SinkReshape, DropExpand, FoldWhere, GatherToSlice>(patterns.getContext());
}

} // namespace openatc::graph
