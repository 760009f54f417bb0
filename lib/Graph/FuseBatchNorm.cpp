//===- FuseBatchNorm.cpp - Per-channel arithmetic into weights ------------===//
#include "Constants.h"

#include "openatc/Graph/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace openatc::graph {
#define GEN_PASS_DEF_FUSEBATCHNORMPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// y = scale[c] * x + shift[c] over the channels c (dimension 1).
struct Affine {
  Value input;
  std::vector<float> scale, shift;
  bool scales = true, shifts = true; ///< false when all ones, all zeros
};

/// The per-channel values of a constant operand of an op with result `shape`.
std::optional<std::vector<float>> perChannel(Value value, ArrayRef<int64_t> shape) {
  if (!constantOf(value) || shape.size() < 2)
    return std::nullopt;
  ArrayRef<int64_t> own = shapeOf(value);
  int64_t count = 1;
  for (int64_t d : own)
    count *= d;
  auto channels = size_t(shape[1]);
  if (count != 1) {
    if (count != shape[1] || own.size() + 1 < shape.size() ||
        own[own.size() + 1 - shape.size()] != shape[1])
      return std::nullopt;
  }
  std::optional<std::vector<float>> data = readFloats(value);
  if (data && count == 1)
    data = std::vector<float>(channels, data->front());
  return data;
}

std::optional<Affine> matchBatchNorm(BatchNormOp op) {
  std::optional<std::vector<float>> scale = readFloats(op.getScale()),
                                    bias = readFloats(op.getBias()),
                                    mean = readFloats(op.getMean()), var = readFloats(op.getVar());
  if (!scale || !bias || !mean || !var || !isStatic(op.getInput()) ||
      shapeOf(op.getInput()).size() < 2)
    return std::nullopt;
  auto channels = size_t(shapeOf(op.getInput())[1]);
  if (scale->size() != channels || bias->size() != channels || mean->size() != channels ||
      var->size() != channels)
    return std::nullopt;
  Affine result{op.getInput(), std::move(*scale), std::move(*bias)};
  float epsilon = float(op.getEpsilon().convertToDouble());
  for (size_t c = 0; c < channels; ++c) {
    result.scale[c] /= std::sqrt((*var)[c] + epsilon);
    result.shift[c] -= (*mean)[c] * result.scale[c];
  }
  return result;
}

/// add, sub, mul or div of a tensor and a per-channel constant.
std::optional<Affine> matchArithmetic(Operation *op) {
  if (!isa<AddOp, SubOp, MulOp, DivOp>(op) || !isStatic(op->getResult(0)))
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  for (unsigned constant : {1u, 0u}) {
    Value input = op->getOperand(1 - constant);
    if (!isStatic(input) || shapeOf(input) != shape || (constant == 0 && isa<DivOp>(op)))
      continue;
    std::optional<std::vector<float>> data = perChannel(op->getOperand(constant), shape);
    if (!data)
      continue;
    size_t channels = data->size();
    Affine result{input, std::vector<float>(channels, 1.f), std::vector<float>(channels, 0.f)};
    if (isa<MulOp>(op)) {
      result.scale = std::move(*data);
      result.shifts = false;
    } else if (isa<DivOp>(op)) {
      for (size_t c = 0; c < channels; ++c)
        result.scale[c] = 1.f / (*data)[c];
      result.shifts = false;
      if (llvm::any_of(result.scale, [](float s) { return !std::isfinite(s); }))
        return std::nullopt;
    } else {
      result.shift = std::move(*data);
      result.scales = isa<SubOp>(op) && constant == 0; // c - x
      if (result.scales)
        result.scale.assign(channels, -1.f);
      else if (isa<SubOp>(op))
        for (float &s : result.shift)
          s = -s;
    }
    return result;
  }
  return std::nullopt;
}

std::optional<Affine> matchAffine(Operation *op) {
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return matchBatchNorm(norm);
  return matchArithmetic(op);
}

/// Multiplies the part of `filter` that makes output channel c by scale[c].
void scaleFilter(Operation *conv, std::vector<float> &filter, const std::vector<float> &scale) {
  ArrayRef<int64_t> shape = shapeOf(conv->getOperand(1));
  size_t inner = filter.size() / size_t(shape[0]);
  if (isa<ConvOp>(conv)) {
    for (size_t i = 0; i < filter.size(); ++i)
      filter[i] *= scale[i / inner];
    return;
  }
  // [Cin, Cout/group, kernel...]: the output channel depends on the group of Cin.
  auto group = size_t(conv->getAttrOfType<IntegerAttr>("group").getInt());
  size_t perGroup = size_t(shape[1]), window = inner / perGroup,
         inPerGroup = size_t(shape[0]) / group;
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] *= scale[i / inner / inPerGroup * perGroup + i / window % perGroup];
}

/// conv -> affine becomes conv with other weights.
struct IntoConv : RewritePattern {
  IntoConv(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 2, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<BatchNormOp, AddOp, SubOp, MulOp, DivOp>(op))
      return failure();
    // Look before the constants are read: most ops have no convolution above.
    auto isConv = [](Value v) {
      return isa_and_present<ConvOp, ConvTransposeOp>(v.getDefiningOp()) && v.hasOneUse();
    };
    if (!llvm::any_of(op->getOperands(), isConv))
      return failure();
    std::optional<Affine> affine = matchAffine(op);
    if (!affine || !isConv(affine->input))
      return failure();
    Operation *conv = affine->input.getDefiningOp();
    Value oldFilter = conv->getOperand(1);
    Value oldBias = conv->getNumOperands() > 2 ? conv->getOperand(2) : Value();
    Type element = elementOf(oldFilter);
    if (!isStatic(oldFilter) || (!element.isF32() && !element.isF16()) ||
        (affine->scales && !constantOf(oldFilter)))
      return failure();
    std::vector<float> bias(affine->scale.size(), 0.f);
    if (oldBias) {
      std::optional<std::vector<float>> data = readFloats(oldBias);
      if (!data || data->size() != bias.size())
        return failure();
      bias = std::move(*data);
    }
    Value filter = oldFilter;
    rewriter.setInsertionPoint(conv);
    if (affine->scales) {
      std::optional<std::vector<float>> data = readFloats(oldFilter);
      if (!data)
        return failure();
      scaleFilter(conv, *data, affine->scale);
      filter = makeFloats(rewriter, oldFilter.getLoc(), cast<RankedTensorType>(oldFilter.getType()),
                          std::move(*data));
    }
    for (size_t c = 0; c < bias.size(); ++c)
      bias[c] = bias[c] * affine->scale[c] + affine->shift[c];
    Value newBias = oldBias;
    if (oldBias || affine->shifts)
      newBias = makeFloats(rewriter, op->getLoc(),
                           RankedTensorType::get({int64_t(bias.size())}, element), std::move(bias));
    rewriter.modifyOpInPlace(conv, [&] {
      SmallVector<Value> operands{conv->getOperand(0), filter};
      if (newBias)
        operands.push_back(newBias);
      conv->setOperands(operands);
      conv->setLoc(rewriter.getFusedLoc({conv->getLoc(), op->getLoc()}));
    });
    rewriter.replaceOp(op, conv->getResults());
    eraseIfDead(rewriter, oldFilter);
    return success();
  }
};

/// A batch_norm after something else: one multiplication and one addition.
struct ToMulAdd : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    Type element = elementOf(op.getInput());
    std::optional<Affine> affine = matchBatchNorm(op);
    if (!affine || (!element.isF32() && !element.isF16()))
      return failure();
    ArrayRef<int64_t> shape = shapeOf(op.getInput());
    SmallVector<int64_t> perChannelShape(shape.size() - 1, 1);
    perChannelShape[0] = shape[1];
    auto type = RankedTensorType::get(perChannelShape, element);
    Location loc = op.getLoc();
    Value scale = makeFloats(rewriter, loc, type, std::move(affine->scale));
    Value shift = makeFloats(rewriter, loc, type, std::move(affine->shift));
    Value product = MulOp::create(rewriter, loc, op.getType(), op.getInput(), scale);
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), product, shift);
    return success();
  }
};

/// matmul -> mul (or add, mul) with a constant per column scales the constant operand:
/// what remains of a normalisation behind a fully connected layer.
struct IntoMatmul : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    if (!isStatic(op.getOutput()) || shapeOf(op.getOutput()).size() != 2 ||
        !op.getLhs().hasOneUse() || op.getLhs().getType() != op.getType())
      return failure();
    Operation *above = op.getLhs().getDefiningOp();
    auto add = dyn_cast_if_present<AddOp>(above);
    if (add && (!add.getLhs().hasOneUse() || add.getLhs().getType() != op.getType()))
      return failure();
    auto matmul =
        add ? add.getLhs().getDefiningOp<MatmulOp>() : dyn_cast_if_present<MatmulOp>(above);
    if (!matmul || !constantOf(matmul.getRhs()) || shapeOf(matmul.getRhs()).size() != 2)
      return failure();
    ArrayRef<int64_t> shape = shapeOf(op.getOutput());
    std::optional<std::vector<float>> scale = perChannel(op.getRhs(), shape);
    std::optional<std::vector<float>> bias;
    if (add)
      bias = perChannel(add.getRhs(), shape);
    if (!scale || (add && !bias))
      return failure();
    Value oldRhs = matmul.getRhs();
    std::optional<std::vector<float>> data = readFloats(oldRhs);
    if (!data)
      return failure();
    for (size_t i = 0; i < data->size(); ++i)
      (*data)[i] *= (*scale)[i % scale->size()];
    rewriter.setInsertionPoint(matmul);
    Value rhs = makeFloats(rewriter, oldRhs.getLoc(), cast<RankedTensorType>(oldRhs.getType()),
                           std::move(*data));
    rewriter.modifyOpInPlace(matmul, [&] {
      matmul.getRhsMutable().assign(rhs);
      matmul->setLoc(rewriter.getFusedLoc({matmul.getLoc(), op.getLoc()}));
    });
    if (add) {
      for (size_t c = 0; c < bias->size(); ++c)
        (*bias)[c] *= (*scale)[c];
      Value newBias = makeFloats(rewriter, add.getLoc(),
                                 RankedTensorType::get({shape[1]}, elementOf(op.getOutput())),
                                 std::move(*bias));
      rewriter.modifyOpInPlace(add, [&] { add.getRhsMutable().assign(newBias); });
    }
    rewriter.replaceOp(op, above->getResults());
    eraseIfDead(rewriter, oldRhs);
    return success();
  }
};

struct FuseBatchNormPass : impl::FuseBatchNormPassBase<FuseBatchNormPass> {
  using FuseBatchNormPassBase::FuseBatchNormPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    if (fold)
      patterns.add<IntoConv, ToMulAdd, IntoMatmul>(&getContext());
    else
      patterns.add<ToMulAdd>(&getContext());
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true).setRegionSimplificationLevel(
        GreedySimplifyRegionLevel::Disabled);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace
} // namespace openatc::graph
