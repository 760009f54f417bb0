//===- NormalizeActivations.cpp - Activations written out as arithmetic ---===//
//
// Exporters write GELU as five to nine ops. As one op it has a cheaper form, and its
// operand is read once.
//
//===----------------------------------------------------------------------===//
#include "Constants.h"
#include "Normalize.h"

#include <cmath>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// Constants in models of halves are off by up to 2^-11.
bool isNear(std::optional<double> value, double wanted) {
  return value && std::abs(*value - wanted) <= 6e-4 * std::abs(wanted);
}

/// The other operand of a commutative `OpT` that defines `value` and has a splat near
/// `wanted` as one operand; null if there is no such op.
template <typename OpT> Value otherOperand(Value value, double wanted) {
  auto op = value.getDefiningOp<OpT>();
  if (!op)
    return {};
  if (isNear(readSplat(op.getRhs()), wanted))
    return op.getLhs();
  return isNear(readSplat(op.getLhs()), wanted) ? op.getRhs() : Value();
}

/// `value` = x * factor, written as a product or a quotient.
Value scaledBy(Value value, double factor) {
  if (Value x = otherOperand<MulOp>(value, factor))
    return x;
  auto div = value.getDefiningOp<DivOp>();
  return div && isNear(readSplat(div.getRhs()), 1 / factor) ? Value(div.getLhs()) : Value();
}

/// Whether `value` is x * x * x in any form.
bool isCube(Value value, Value x) {
  if (auto pow = value.getDefiningOp<PowOp>())
    return pow.getLhs() == x && isNear(readSplat(pow.getRhs()), 3);
  auto mul = value.getDefiningOp<MulOp>();
  if (!mul)
    return false;
  auto isSquare = [&](Value v) {
    auto inner = v.getDefiningOp<MulOp>();
    return inner && inner.getLhs() == x && inner.getRhs() == x;
  };
  return (mul.getLhs() == x && isSquare(mul.getRhs())) ||
         (mul.getRhs() == x && isSquare(mul.getLhs()));
}

/// x of u = sqrt(2/pi) * (x + 0.044715 x^3); null if `u` is something else.
Value argumentOfTanh(Value u) {
  Value sum = scaledBy(u, 0.79788456080286536);
  auto add = sum ? sum.getDefiningOp<AddOp>() : AddOp();
  if (!add)
    return {};
  for (auto [x, cubic] :
       {std::pair<Value, Value>(add.getLhs(), add.getRhs()), {add.getRhs(), add.getLhs()}})
    if (Value cube = scaledBy(cubic, 0.044715); cube && isCube(cube, x))
      return x;
  return {};
}

/// The factors of a tree of products. Products with other uses are factors themselves.
void collectFactors(MulOp op, SmallVectorImpl<Value> &factors, SmallVectorImpl<Location> &locs) {
  locs.push_back(op.getLoc());
  for (Value operand : {op.getLhs(), op.getRhs()}) {
    auto inner = operand.getDefiningOp<MulOp>();
    if (inner && operand.hasOneUse() && factors.size() < 4)
      collectFactors(inner, factors, locs);
    else
      factors.push_back(operand);
  }
}

/// x * (1 + erf(x / sqrt(2))) * 0.5, and the form with tanh, in any order of the factors.
struct RecogniseGelu : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> factors;
    SmallVector<Location> locs;
    collectFactors(op, factors, locs);
    Value x, sum;
    bool tanhForm = false, isHalved = false;
    for (Value factor : factors) {
      Value curve = otherOperand<AddOp>(factor, 1.0);
      if (auto erf = curve ? curve.getDefiningOp<ErfOp>() : ErfOp())
        x = scaledBy(erf.getInput(), 0.70710678118654752);
      else if (auto tanh = curve ? curve.getDefiningOp<TanhOp>() : TanhOp())
        x = argumentOfTanh(tanh.getInput());
      if (!x)
        continue;
      sum = factor;
      tanhForm = isa<TanhOp>(curve.getDefiningOp());
      locs.insert(locs.begin(), {curve.getLoc(), sum.getLoc()});
      break;
    }
    // What is left: x once and one half.
    bool hasX = false;
    for (Value factor : factors) {
      if (factor == sum)
        continue;
      if (factor == x && !hasX)
        hasX = true;
      else if (isNear(readSplat(factor), 0.5) && !isHalved)
        isHalved = true;
      else
        return failure();
    }
    if (!sum || !hasX || !isHalved || x.getType() != op.getOutput().getType())
      return failure();
    auto gelu = GeluOp::create(rewriter, rewriter.getFusedLoc(locs), op.getOutput().getType(), x,
                               tanhForm ? "tanh" : "none");
    rewriter.replaceOp(op, gelu);
    return success();
  }
};

} // namespace

void populateActivationPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseGelu>(patterns.getContext());
}

} // namespace openatc::graph
