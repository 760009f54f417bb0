//===- DecomposeArithmetic.cpp - Powers, quotients, sines -----------------===//
#include "Decompose.h"

#include <cmath>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// x to a whole power by repeated squaring.
Value wholePower(Emitter &e, Value x, unsigned exponent) {
  Value result;
  for (Value square = x;; square = e.binary<MulOp>(square, square)) {
    if (exponent & 1)
      result = result ? e.binary<MulOp>(result, square) : square;
    exponent >>= 1;
    if (!exponent)
      return result;
  }
}

/// pow with a constant exponent. A general exponent goes through exp and log, which
/// give not-a-number for negative x, as pow does for exponents that are not whole.
Value power(Emitter &e, Value x, double exponent) {
  double magnitude = std::abs(exponent);
  Value result;
  if (exponent == std::nearbyint(exponent))
    result = wholePower(e, x, unsigned(magnitude));
  else if (magnitude == 0.5)
    result = e.unary<SqrtOp>(x);
  else if (magnitude == 1.5)
    result = e.binary<MulOp>(x, e.unary<SqrtOp>(x));
  else
    return e.unary<ExpOp>(e.binary<MulOp>(e.unary<LogOp>(x), exponent));
  return exponent < 0 ? e.binary<DivOp>(e.scalar(1.0), result) : result;
}

/// Division by a constant is multiplication by its reciprocal, where that loses no
/// more than the last bit even in halves.
Value divideByConstant(DivOp op, PatternRewriter &rewriter) {
  Value divisor = op.getRhs();
  if (!constantOf(divisor) || constantOf(op.getLhs()))
    return {};
  std::optional<std::vector<float>> data = readFloats(divisor);
  if (!data)
    return {};
  for (float &f : *data) {
    f = 1.f / f;
    if (!(std::abs(f) >= 0x1p-14f && std::abs(f) <= 0x1p15f))
      return {};
  }
  Value reciprocal = makeFloats(rewriter, divisor.getLoc(),
                                cast<RankedTensorType>(divisor.getType()), std::move(*data));
  return MulOp::create(rewriter, op.getLoc(), op.getType(), op.getLhs(), reciprocal);
}

/// sin x, or cos x as sin(x + pi/2). With n half turns taken off in three parts of pi whose
/// products with n are exact (Cody and Waite), the rest lies in [-pi/2, pi/2], where the
/// Taylor series up to r^11 is off by less than 6e-8; odd n change the sign.
Value sine(Emitter &e, Value x, bool isCosine) {
  constexpr double kPi[] = {3.140625, 9.67502593994140625e-4, 1.509957990978376e-7};
  Value turns = e.binary<MulOp>(x, 1 / (kPi[0] + kPi[1] + kPi[2]));
  Value n = e.unary<RoundOp>(isCosine ? e.binary<AddOp>(turns, 0.5) : turns);
  Value off = isCosine ? e.binary<SubOp>(n, 0.5) : n, r = x;
  for (double part : kPi)
    r = e.binary<SubOp>(r, e.binary<MulOp>(off, part));
  Value square = e.binary<MulOp>(r, r), sum = e.binary<MulOp>(square, -1.0 / 39916800);
  for (double coefficient : {1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6})
    sum = e.binary<MulOp>(e.binary<AddOp>(sum, coefficient), square);
  Value result = e.binary<AddOp>(r, e.binary<MulOp>(r, sum));
  Value odd = e.binary<SubOp>(n, e.binary<MulOp>(e.unary<FloorOp>(e.binary<MulOp>(n, 0.5)), 2.0));
  Value sign = e.binary<AddOp>(e.binary<MulOp>(odd, -2.0), 1.0);
  return e.binary<MulOp>(result, sign);
}

} // namespace

Value decomposeArithmetic(Operation *op, PatternRewriter &rewriter) {
  if (auto div = dyn_cast<DivOp>(op))
    return divideByConstant(div, rewriter);
  Value x = op->getOperand(0);
  if (auto pow = dyn_cast<PowOp>(op)) {
    // An exponent may have any element type and must not enlarge the result.
    std::optional<double> exponent = readSplat(pow.getRhs());
    if (!exponent)
      if (std::optional<SmallVector<int64_t>> whole = getConstantIntegers(pow.getRhs());
          whole && whole->size() == 1)
        exponent = double(whole->front());
    if (!exponent || shapeOf(x) != shapeOf(pow.getOutput()))
      return {};
    if (*exponent == 1.0)
      return x;
    // Large whole exponents would need the sign of x, zero a constant result.
    if (*exponent == std::nearbyint(*exponent) && (*exponent == 0.0 || std::abs(*exponent) > 16.0))
      return {};
    Emitter e(rewriter, op, /*inF32=*/true);
    return e.leave(power(e, e.enter(x), *exponent));
  }
  if (isa<ReciprocalOp>(op)) {
    Emitter e(rewriter, op, /*inF32=*/true);
    x = e.enter(x);
    return e.leave(e.binary<DivOp>(e.scalar(1.0), x));
  }
  if (isa<SinOp, CosOp>(op)) {
    Emitter e(rewriter, op, /*inF32=*/true);
    return e.leave(sine(e, e.enter(x), isa<CosOp>(op)));
  }
  return {};
}

} // namespace openatc::graph
