//===- NormalizeProducts.cpp - Matrix products in one form ----------------===//
#include "Constants.h"
#include "Normalize.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// A matrix constant, transposed if asked and times `factor`; null when `value` is
/// something else. The element type stays.
Value foldMatrix(PatternRewriter &rewriter, Value value, bool transpose, double factor) {
  ConstantOp constant = constantOf(value);
  std::optional<std::vector<float>> data = constant ? readFloats(value) : std::nullopt;
  if (!data)
    return {};
  auto type = cast<RankedTensorType>(value.getType());
  if (factor != 1.0)
    for (float &f : *data)
      f = float(f * factor);
  if (!transpose)
    return makeFloats(rewriter, constant.getLoc(), type, std::move(*data));
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  std::vector<float> turned(data->size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      turned[size_t(c * rows + r)] = (*data)[size_t(r * columns + c)];
  return makeFloats(rewriter, constant.getLoc(),
                    RankedTensorType::get({columns, rows}, type.getElementType()),
                    std::move(turned));
}

/// `value` * factor; a constant is scaled at once.
Value scaled(PatternRewriter &rewriter, Location loc, Value value, double factor) {
  if (factor == 1.0)
    return value;
  if (Value folded = foldMatrix(rewriter, value, false, factor))
    return folded;
  return MulOp::create(rewriter, loc, value.getType(), value,
                       makeScalar(rewriter, loc, elementOf(value), factor));
}

Value transposed(PatternRewriter &rewriter, Location loc, Value value) {
  if (Value folded = foldMatrix(rewriter, value, true, 1.0))
    return folded;
  ArrayRef<int64_t> shape = shapeOf(value);
  auto type = RankedTensorType::get({shape[1], shape[0]}, elementOf(value));
  return TransposeOp::create(rewriter, loc, type, value, ArrayRef<int64_t>{1, 0});
}

struct GemmToMatmul : OpRewritePattern<GemmOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GemmOp op, PatternRewriter &rewriter) const override {
    Type element = elementOf(op.getLhs());
    if (!isStatic(op.getLhs()) || !isStatic(op.getRhs()) || !isStatic(op.getOutput()) ||
        (op.getBias() && !isStatic(op.getBias())))
      return failure();
    double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble();
    // Factors of other element types than these are left to the AI CPU.
    if (!element.isF32() && !element.isF16() && (alpha != 1.0 || beta != 1.0))
      return failure();
    Location loc = op.getLoc();
    Value oldRhs = op.getRhs(), oldBias = op.getBias();
    Value lhs = op.getTransA() ? transposed(rewriter, loc, op.getLhs()) : op.getLhs();
    Value rhs;
    // One new copy of a constant, however much there is to fold into it.
    if (op.getTransB() || alpha != 1.0)
      rhs = foldMatrix(rewriter, oldRhs, op.getTransB(), alpha);
    bool alphaFolded = bool(rhs);
    if (!rhs)
      rhs = op.getTransB() ? transposed(rewriter, loc, oldRhs) : oldRhs;
    Value result = MatmulOp::create(rewriter, loc, op.getType(), lhs, rhs);
    if (!alphaFolded)
      result = scaled(rewriter, loc, result, alpha);
    if (oldBias && beta != 0.0)
      result =
          AddOp::create(rewriter, loc, op.getType(), result, scaled(rewriter, loc, oldBias, beta));
    rewriter.replaceOp(op, result);
    eraseIfDead(rewriter, oldRhs);
    return success();
  }
};

struct MatmulVectors : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getLhs()) || !isStatic(op.getRhs()) || !isStatic(op.getOutput()))
      return failure();
    ArrayRef<int64_t> left = shapeOf(op.getLhs()), right = shapeOf(op.getRhs());
    if (left.empty() || right.empty() || (left.size() > 1 && right.size() > 1))
      return failure();
    Location loc = op.getLoc();
    SmallVector<int64_t> result(shapeOf(op.getOutput()));
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (right.size() == 1) {
      rhs = reshapeTo(rewriter, loc, rhs, {right[0], 1});
      result.push_back(1);
    }
    if (left.size() == 1) {
      lhs = reshapeTo(rewriter, loc, lhs, {1, left[0]});
      result.insert(result.end() - 1, 1);
    }
    auto type = RankedTensorType::get(result, elementOf(op.getOutput()));
    Value product = MatmulOp::create(rewriter, loc, type, lhs, rhs);
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, product, shapeOf(op.getOutput())));
    return success();
  }
};

} // namespace

void populateProductPatterns(RewritePatternSet &patterns) {
  patterns.add<GemmToMatmul, MatmulVectors>(patterns.getContext());
}

} // namespace openatc::graph
