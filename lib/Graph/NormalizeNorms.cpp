//===- NormalizeNorms.cpp - Normalisations written out as arithmetic ------===//
//
// Exporters below opset 17 write layer normalisation as about nine ops, each of which
// would read and write the whole tensor. As one op it has a kernel of its own.
//
//===----------------------------------------------------------------------===//
#include "Constants.h"
#include "Normalize.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// x of `value` = mean of x over its last dimension, which stays with extent 1.
Value operandOfMean(Value value) {
  auto mean = value.getDefiningOp<ReduceMeanOp>();
  if (!mean || !mean.getKeepdims() || !mean.getAxes() || !isStatic(mean.getInput()))
    return {};
  std::optional<SmallVector<int64_t>> axes = getConstantIntegers(mean.getAxes());
  int64_t last = int64_t(shapeOf(mean.getInput()).size()) - 1;
  bool isLast = axes && axes->size() == 1 && ((*axes)[0] == -1 || (*axes)[0] == last);
  return isLast ? Value(mean.getInput()) : Value();
}

/// x of `value` = x - mean(x).
Value operandOfCentred(Value value) {
  auto sub = value.getDefiningOp<SubOp>();
  return sub && operandOfMean(sub.getRhs()) == sub.getLhs() ? Value(sub.getLhs()) : Value();
}

/// The operand of `value` = operand^2.
Value operandOfSquare(Value value) {
  if (auto mul = value.getDefiningOp<MulOp>())
    return mul.getLhs() == mul.getRhs() ? Value(mul.getLhs()) : Value();
  auto pow = value.getDefiningOp<PowOp>();
  if (!pow)
    return {};
  std::optional<double> exponent = readSplat(pow.getRhs());
  if (!exponent)
    if (std::optional<SmallVector<int64_t>> whole = getConstantIntegers(pow.getRhs());
        whole && whole->size() == 1)
      exponent = double(whole->front());
  return exponent == 2.0 ? Value(pow.getLhs()) : Value();
}

/// (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) becomes layer_norm with a scale of
/// ones. Some exporters compute the difference twice.
struct RecogniseLayerNorm : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    Value x = operandOfCentred(op.getLhs());
    auto root = op.getRhs().getDefiningOp<SqrtOp>();
    auto sum = root ? root.getInput().getDefiningOp<AddOp>() : AddOp();
    if (!x || !sum || shapeOf(x).size() < 2 || x.getType() != op.getOutput().getType())
      return failure();
    std::optional<double> epsilon = readSplat(sum.getRhs());
    Value variance = sum.getLhs();
    if (!epsilon) {
      epsilon = readSplat(sum.getLhs());
      variance = sum.getRhs();
    }
    Value squares = operandOfMean(variance);
    Value centred = squares ? operandOfSquare(squares) : Value();
    if (!epsilon || !(*epsilon >= 0) || !centred || operandOfCentred(centred) != x)
      return failure();
    int64_t columns = shapeOf(x).back();
    auto scaleType = RankedTensorType::get({columns}, elementOf(x));
    auto one = DenseElementsAttr::get(scaleType, rewriter.getFloatAttr(elementOf(x), 1.0));
    Value ones = ConstantOp::create(rewriter, op.getLoc(), one);
    Location loc = rewriter.getFusedLoc({op.getLhs().getLoc(), squares.getLoc(), variance.getLoc(),
                                         sum.getLoc(), root.getLoc(), op.getLoc()});
    auto norm =
        LayerNormOp::create(rewriter, loc, op.getOutput().getType(), TypeRange(), x, ones, Value(),
                            rewriter.getI64IntegerAttr(-1), rewriter.getF64FloatAttr(*epsilon),
                            rewriter.getI64IntegerAttr(1));
    rewriter.replaceOp(op, norm.getOutput());
    return success();
  }
};

/// The other operand of a commutative op and its constant, when that has one value for
/// each column of `row`.
template <typename OpT> std::pair<Value, Value> columnConstant(OpT op) {
  for (auto [data, constant] : {std::pair<Value, Value>(op.getLhs(), op.getRhs()),
                                std::pair<Value, Value>(op.getRhs(), op.getLhs())}) {
    if (!constantOf(constant) || !isStatic(data) || shapeOf(data).empty())
      continue;
    ArrayRef<int64_t> shape = shapeOf(constant);
    int64_t columns = shapeOf(data).back();
    bool isRow = !shape.empty() && shape.back() == columns &&
                 llvm::all_of(shape.drop_back(), [](int64_t d) { return d == 1; });
    if (isRow && data.getType() == op.getOutput().getType())
      return {data, constant};
  }
  return {};
}

/// The layer_norm behind `data` that takes a scale or bias from its only user.
LayerNormOp plainNorm(Value data) {
  auto norm = data ? data.getDefiningOp<LayerNormOp>() : LayerNormOp();
  bool takes = norm && norm.getNumResults() == 1 && data.hasOneUse() && !norm.getBias() &&
               (int64_t(norm.getAxis()) == -1 || norm.getAxis() + 1 == shapeOf(data).size());
  return takes ? norm : LayerNormOp();
}

LayerNormOp replaceNorm(Operation *op, LayerNormOp norm, Value scale, Value bias,
                        PatternRewriter &rewriter) {
  auto result =
      LayerNormOp::create(rewriter, rewriter.getFusedLoc({norm.getLoc(), op->getLoc()}),
                          norm.getOutput().getType(), TypeRange(), norm.getInput(), scale, bias,
                          norm.getAxisAttr(), norm.getEpsilonAttr(), norm.getNumResultsAttr());
  rewriter.replaceOp(op, result.getOutput());
  rewriter.eraseOp(norm);
  return result;
}

/// layer_norm with a scale of ones, times a row of constants.
struct FoldScale : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto [data, constant] = columnConstant(op);
    LayerNormOp norm = plainNorm(data);
    if (!norm || readSplat(norm.getScale()) != 1.0)
      return failure();
    Value scale = reshapeTo(rewriter, op.getLoc(), constant, {shapeOf(data).back()});
    replaceNorm(op, norm, scale, Value(), rewriter);
    return success();
  }
};

/// layer_norm without a bias, plus a row of constants.
struct FoldBias : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    auto [data, constant] = columnConstant(op);
    LayerNormOp norm = plainNorm(data);
    if (!norm)
      return failure();
    Value bias = reshapeTo(rewriter, op.getLoc(), constant, {shapeOf(data).back()});
    replaceNorm(op, norm, norm.getScale(), bias, rewriter);
    return success();
  }
};

} // namespace

void populateNormPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseLayerNorm, FoldScale, FoldBias>(patterns.getContext());
}

} // namespace openatc::graph
