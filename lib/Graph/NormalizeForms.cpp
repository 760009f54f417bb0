//===- NormalizeForms.cpp - Forms without a kernel, by those that have one -===//
#include "Constants.h"
#include "Normalize.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

bool areAll(ArrayRef<int64_t> values, int64_t wanted) {
  return llvm::all_of(values, [&](int64_t v) { return v == wanted; });
}

/// A pool whose one window is the whole image is a global pool.
template <typename PoolT, typename GlobalT> struct WholeImagePool : OpRewritePattern<PoolT> {
  using OpRewritePattern<PoolT>::OpRewritePattern;

  LogicalResult matchAndRewrite(PoolT op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || !isStatic(op.getInput()) || !isStatic(op->getResult(0)) ||
        shapeOf(op.getInput()).size() != 4 || op.getAutoPad() != "NOTSET" ||
        op.getKernelShape() != shapeOf(op.getInput()).drop_front(2) ||
        !areAll(shapeOf(op->getResult(0)).drop_front(2), 1) || !areAll(op.getPads(), 0) ||
        !areAll(op.getDilations(), 1))
      return failure();
    rewriter.replaceOpWithNewOp<GlobalT>(op, op->getResult(0).getType(), op.getInput());
    return success();
  }
};

/// Axes that lie apart are reduced one run of neighbours after the other, last first.
template <typename ReduceT> struct SplitReduction : OpRewritePattern<ReduceT> {
  using OpRewritePattern<ReduceT>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceT op, PatternRewriter &rewriter) const override {
    if (!op.getAxes() || !isStatic(op.getInput()) || !isStatic(op.getOutput()))
      return failure();
    std::optional<SmallVector<int64_t>> axes = getConstantIntegers(op.getAxes());
    if (!axes || axes->size() < 2)
      return failure();
    SmallVector<int64_t> shape(shapeOf(op.getInput()));
    for (int64_t &a : *axes)
      a += a < 0 ? int64_t(shape.size()) : 0;
    llvm::sort(*axes);
    size_t first = axes->size() - 1;
    while (first > 0 && (*axes)[first] - (*axes)[first - 1] == 1)
      --first;
    if (first == 0)
      return failure();
    ArrayRef<int64_t> last = ArrayRef(*axes).drop_front(first);
    for (int64_t a : last)
      shape[size_t(a)] = 1;
    auto type = RankedTensorType::get(shape, elementOf(op.getInput()));
    Location loc = op.getLoc();
    Value inner = ReduceT::create(rewriter, loc, type, op.getInput(),
                                  createIntegers(rewriter, loc, last), /*keepdims=*/true,
                                  /*noop_with_empty_axes=*/false);
    for (int64_t a : *axes)
      shape[size_t(a)] = 1;
    Value outer = ReduceT::create(
        rewriter, loc, RankedTensorType::get(shape, elementOf(op.getInput())), inner,
        createIntegers(rewriter, loc, ArrayRef(*axes).take_front(first)), /*keepdims=*/true,
        /*noop_with_empty_axes=*/false);
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, outer, shapeOf(op.getOutput())));
    return success();
  }
};

/// [N, C, L] is resized as [N, C, 1, L].
struct OneDimensionalResize : OpRewritePattern<ResizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ResizeOp op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getInput()) || !isStatic(op.getOutput()) || op.getRoi() ||
        shapeOf(op.getInput()).size() != 3 || !op.getAxes().empty() ||
        op.getKeepAspectRatioPolicy() != "stretch")
      return failure();
    Location loc = op.getLoc();
    Value scales = op.getScales(), sizes = op.getSizes();
    if (sizes) {
      std::optional<SmallVector<int64_t>> values = getConstantIntegers(sizes);
      if (scales || !values || values->size() != 3)
        return failure();
      sizes = createIntegers(rewriter, loc, {(*values)[0], (*values)[1], 1, (*values)[2]});
    } else {
      std::optional<std::vector<float>> values = readFloats(scales);
      if (!values || values->size() != 3)
        return failure();
      scales = makeFloats(rewriter, loc, RankedTensorType::get({4}, rewriter.getF32Type()),
                          {(*values)[0], (*values)[1], 1, (*values)[2]});
    }
    auto with1 = [](Value v) {
      ArrayRef<int64_t> s = shapeOf(v);
      return SmallVector<int64_t>{s[0], s[1], 1, s[2]};
    };
    Value image = reshapeTo(rewriter, loc, op.getInput(), with1(op.getInput()));
    auto type = RankedTensorType::get(with1(op.getOutput()), elementOf(op.getOutput()));
    Value result =
        ResizeOp::create(rewriter, loc, type, image, Value(), scales, sizes, op.getMode(),
                         op.getCoordinateTransformationMode(), op.getNearestMode(),
                         op.getCubicCoeffA(), op.getExcludeOutside(), op.getExtrapolationValue(),
                         op.getAntialias(), ArrayRef<int64_t>(), op.getKeepAspectRatioPolicy());
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, result, shapeOf(op.getOutput())));
    return success();
  }
};

} // namespace

void populateFormPatterns(RewritePatternSet &patterns) {
  patterns.add<WholeImagePool<AveragePoolOp, GlobalAveragePoolOp>,
               WholeImagePool<MaxPoolOp, GlobalMaxPoolOp>, SplitReduction<ReduceMeanOp>,
               SplitReduction<ReduceSumOp>, SplitReduction<ReduceMaxOp>,
               SplitReduction<ReduceMinOp>, OneDimensionalResize>(patterns.getContext());
}

} // namespace openatc::graph
