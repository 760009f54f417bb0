//===- NormalizeWindows.cpp - Convolutions and pools in one form ----------===//
#include "Constants.h"
#include "Normalize.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// Attribute of a window op as a list of `count` values, `fallback` when it is empty.
SmallVector<int64_t> listOf(Operation *op, StringRef name, size_t count, int64_t fallback) {
  auto attr = op->getAttrOfType<DenseI64ArrayAttr>(name);
  if (!attr || attr.empty())
    return SmallVector<int64_t>(count, fallback);
  return SmallVector<int64_t>(attr.asArrayRef());
}

void setList(Operation *op, StringRef name, ArrayRef<int64_t> values) {
  op->setAttr(name, DenseI64ArrayAttr::get(op->getContext(), values));
}

/// Extents of the window: of the filter, or the attribute of a pool.
SmallVector<int64_t> windowOf(Operation *op) {
  if (isa<ConvOp, ConvTransposeOp>(op))
    return SmallVector<int64_t>(shapeOf(op->getOperand(1)).drop_front(2));
  return SmallVector<int64_t>(op->getAttrOfType<DenseI64ArrayAttr>("kernel_shape").asArrayRef());
}

bool isWindowOp(Operation *op) {
  return isa<ConvOp, ConvTransposeOp, MaxPoolOp, AveragePoolOp>(op);
}

bool hasStaticTypes(Operation *op) {
  return llvm::all_of(op->getOperands(), isStatic) && llvm::all_of(op->getResults(), isStatic);
}

/// Writes strides, dilations and pads out and resolves auto_pad, output_shape and
/// (where padding means nothing but room) the ceil mode from the result's shape.
struct ExplicitWindow : RewritePattern {
  ExplicitWindow(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isWindowOp(op) || !hasStaticTypes(op) || shapeOf(op->getOperand(0)).size() < 3)
      return failure();
    ArrayRef<int64_t> in = shapeOf(op->getOperand(0)).drop_front(2);
    ArrayRef<int64_t> out = shapeOf(op->getResult(0)).drop_front(2);
    size_t rank = in.size();
    SmallVector<int64_t> window = windowOf(op);
    SmallVector<int64_t> strides = listOf(op, "strides", rank, 1);
    SmallVector<int64_t> dilations = listOf(op, "dilations", rank, 1);
    SmallVector<int64_t> pads = listOf(op, "pads", 2 * rank, 0);
    if (window.size() != rank || strides.size() != rank || dilations.size() != rank ||
        pads.size() != 2 * rank)
      return failure();
    auto autoPad = op->getAttrOfType<StringAttr>("auto_pad");
    StringRef mode = autoPad ? autoPad.getValue() : "NOTSET";
    bool transposed = isa<ConvTransposeOp>(op);
    SmallVector<int64_t> outputPadding = listOf(op, "output_padding", rank, 0);
    bool fixedOutput = transposed && !listOf(op, "output_shape", 0, 0).empty();
    if (mode == "VALID" && !fixedOutput)
      pads.assign(2 * rank, 0);
    bool compute = fixedOutput || mode == "SAME_UPPER" || mode == "SAME_LOWER";
    for (size_t d = 0; compute && d < rank; ++d) {
      int64_t extent = (window[d] - 1) * dilations[d] + 1;
      int64_t total = transposed ? strides[d] * (in[d] - 1) + outputPadding[d] + extent - out[d]
                                 : std::max<int64_t>((out[d] - 1) * strides[d] + extent - in[d], 0);
      if (total < 0)
        return failure();
      // Of an odd total, the larger half goes behind, but before for SAME_LOWER; a
      // transposed convolution with a fixed output and no mode pads like SAME_LOWER.
      bool before = mode == "SAME_LOWER" || (transposed && mode != "SAME_UPPER");
      pads[d] = before ? total - total / 2 : total / 2;
      pads[rank + d] = total - pads[d];
    }
    auto ceil = op->getAttrOfType<BoolAttr>("ceil_mode");
    bool ceilMode = ceil && ceil.getValue();
    auto counts = op->getAttrOfType<BoolAttr>("count_include_pad");
    SmallVector<int64_t> room(pads);
    bool fits = true;
    for (size_t d = 0; ceilMode && d < rank; ++d) {
      int64_t need =
          (out[d] - 1) * strides[d] + (window[d] - 1) * dilations[d] + 1 - in[d] - pads[d];
      fits &= need <= pads[rank + d];
      room[rank + d] = std::max(pads[rank + d], need);
    }
    // The extra room of the ceil mode is no padding that an average would count.
    if (ceilMode && (fits || !counts || !counts.getValue())) {
      pads = room;
      ceilMode = false;
    }

    auto isNow = [&](StringRef name, ArrayRef<int64_t> values) {
      auto attr = op->getAttrOfType<DenseI64ArrayAttr>(name);
      return attr && attr.asArrayRef() == values;
    };
    if (isNow("strides", strides) && isNow("dilations", dilations) && isNow("pads", pads) &&
        mode == "NOTSET" && !fixedOutput && (!ceil || ceil.getValue() == ceilMode))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      setList(op, "strides", strides);
      setList(op, "dilations", dilations);
      setList(op, "pads", pads);
      op->setAttr("auto_pad", rewriter.getStringAttr("NOTSET"));
      if (transposed) {
        setList(op, "output_padding", outputPadding);
        setList(op, "output_shape", {});
      }
      if (ceil)
        op->setAttr("ceil_mode", rewriter.getBoolAttr(ceilMode));
    });
    return success();
  }
};

/// [N, C, L] becomes [N, C, L, 1]: rows of one pixel keep the data in place.
struct OneDimensionalWindow : RewritePattern {
  OneDimensionalWindow(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    bool global = isa<GlobalAveragePoolOp, GlobalMaxPoolOp>(op);
    if ((!isWindowOp(op) && !global) || !hasStaticTypes(op) ||
        shapeOf(op->getOperand(0)).size() != 3 || op->getNumResults() != 1)
      return failure();
    auto autoPad = op->getAttrOfType<StringAttr>("auto_pad");
    auto strides = op->getAttrOfType<DenseI64ArrayAttr>("strides");
    auto pads = op->getAttrOfType<DenseI64ArrayAttr>("pads");
    auto outputShape = op->getAttrOfType<DenseI64ArrayAttr>("output_shape");
    if (!global && (!autoPad || autoPad != "NOTSET" || !strides || strides.empty() || !pads ||
                    pads.empty() || (outputShape && !outputShape.empty())))
      return failure(); // ExplicitWindow comes first
    Location loc = op->getLoc();
    auto with1 = [](ArrayRef<int64_t> shape) {
      SmallVector<int64_t> result(shape);
      result.push_back(1);
      return result;
    };
    SmallVector<Value> operands(op->getOperands());
    operands[0] = reshapeTo(rewriter, loc, operands[0], with1(shapeOf(operands[0])));
    if (isa<ConvOp, ConvTransposeOp>(op))
      operands[1] = reshapeTo(rewriter, loc, operands[1], with1(shapeOf(operands[1])));
    ArrayRef<int64_t> outShape = shapeOf(op->getResult(0));
    Operation *wide = rewriter.clone(*op);
    wide->setOperands(operands);
    wide->getResult(0).setType(RankedTensorType::get(with1(outShape), elementOf(op->getResult(0))));
    if (!global) {
      ArrayRef<int64_t> p = pads.asArrayRef();
      setList(wide, "pads", {p[0], 0, p[1], 0});
      for (auto [name, fill] : {std::pair<StringRef, int64_t>{"strides", 1},
                                {"dilations", 1},
                                {"kernel_shape", 1},
                                {"output_padding", 0}})
        if (auto attr = op->getAttrOfType<DenseI64ArrayAttr>(name); attr && !attr.empty())
          setList(wide, name, {attr[0], fill});
    }
    rewriter.replaceOp(op, reshapeTo(rewriter, loc, wide->getResult(0), outShape));
    return success();
  }
};

/// Zero padding of an image goes into the convolution that is its only user.
struct PadIntoConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || !pad->hasOneUse() || pad.getMode() != "constant" || op.getAutoPad() != "NOTSET" ||
        !hasStaticTypes(op) || !isStatic(pad.getInput()))
      return failure();
    if (pad.getValue())
      if (readSplat(pad.getValue()) != 0.0)
        return failure();
    size_t rank = shapeOf(pad.getInput()).size();
    std::optional<SmallVector<int64_t>> amounts = getConstantIntegers(pad.getPads());
    SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, int64_t(rank)));
    if (pad.getAxes()) {
      std::optional<SmallVector<int64_t>> given = getConstantIntegers(pad.getAxes());
      if (!given)
        return failure();
      axes = *given;
    }
    if (!amounts || amounts->size() != 2 * axes.size())
      return failure();
    SmallVector<int64_t> pads = listOf(op, "pads", 2 * (rank - 2), 0);
    if (pads.size() != 2 * (rank - 2))
      return failure();
    for (auto [i, axis] : llvm::enumerate(axes)) {
      int64_t a = axis < 0 ? axis + int64_t(rank) : axis;
      int64_t begin = (*amounts)[i], end = (*amounts)[axes.size() + i];
      if (begin < 0 || end < 0 || a < 0 || a >= int64_t(rank) || (a < 2 && (begin || end)))
        return failure();
      if (a < 2)
        continue;
      pads[size_t(a) - 2] += begin;
      pads[size_t(a) - 2 + rank - 2] += end;
    }
    rewriter.modifyOpInPlace(op, [&] {
      setList(op, "pads", pads);
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(rewriter.getFusedLoc({pad.getLoc(), op.getLoc()}));
    });
    rewriter.eraseOp(pad);
    return success();
  }
};

/// The mean or maximum over both dimensions of an image is a global pool.
template <typename ReduceT, typename PoolT> struct ReduceToGlobalPool : OpRewritePattern<ReduceT> {
  using OpRewritePattern<ReduceT>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceT op, PatternRewriter &rewriter) const override {
    Value input = op.getInput();
    if (!op.getAxes() || !isStatic(input) || !isStatic(op.getOutput()) ||
        shapeOf(input).size() != 4 || !isa<FloatType>(elementOf(input)))
      return failure();
    std::optional<SmallVector<int64_t>> axes = getConstantIntegers(op.getAxes());
    if (!axes || axes->size() != 2)
      return failure();
    for (int64_t &a : *axes)
      a += a < 0 ? 4 : 0;
    llvm::sort(*axes);
    if ((*axes)[0] != 2 || (*axes)[1] != 3)
      return failure();
    ArrayRef<int64_t> shape = shapeOf(input);
    auto type = RankedTensorType::get({shape[0], shape[1], 1, 1}, elementOf(input));
    Value pool = PoolT::create(rewriter, op.getLoc(), type, input);
    rewriter.replaceOp(op, reshapeTo(rewriter, op.getLoc(), pool, shapeOf(op.getOutput())));
    return success();
  }
};

/// Indices that nobody reads are not computed.
struct DropIndices : OpRewritePattern<MaxPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MaxPoolOp op, PatternRewriter &rewriter) const override {
    if (!op.getIndices() || !op.getIndices().use_empty())
      return failure();
    auto plain =
        MaxPoolOp::create(rewriter, op.getLoc(), op.getOutput().getType(), Type(), op.getInput(),
                          op.getKernelShape(), op.getStrides(), op.getDilations(), op.getPads(),
                          op.getAutoPad(), op.getCeilMode(), op.getStorageOrder(), false);
    rewriter.replaceAllUsesWith(op.getOutput(), plain.getOutput());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populateWindowPatterns(RewritePatternSet &patterns) {
  patterns.add<ExplicitWindow, OneDimensionalWindow, PadIntoConv, DropIndices,
               ReduceToGlobalPool<ReduceMeanOp, GlobalAveragePoolOp>,
               ReduceToGlobalPool<ReduceMaxOp, GlobalMaxPoolOp>>(patterns.getContext());
}

} // namespace openatc::graph
