//===- DecomposeActivations.cpp - Activations as primitive ops ------------===//
//
// The forms are chosen so that no intermediate overflows where the function itself is
// finite, or so that its overflow gives the right limit (1 / (1 + inf) = 0).
//
//===----------------------------------------------------------------------===//
#include "Decompose.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// c[0] * x^(n-1) + ... + c[n-1] by Horner's rule.
Value polynomial(Emitter &e, Value x, ArrayRef<double> coefficients) {
  Value sum = e.binary<MulOp>(x, coefficients[0]);
  sum = e.binary<AddOp>(sum, coefficients[1]);
  for (double c : coefficients.drop_front(2))
    sum = e.binary<AddOp>(e.binary<MulOp>(sum, x), c);
  return sum;
}

/// 1 / (1 + exp(-x)).
Value sigmoid(Emitter &e, Value x) {
  Value denominator = e.binary<AddOp>(e.unary<ExpOp>(e.unary<NegOp>(x)), 1.0);
  return e.binary<DivOp>(e.scalar(1.0), denominator);
}

/// 1 - 2 / (exp(2x) + 1): no difference of large numbers, exact limits.
Value tanh(Emitter &e, Value x) {
  Value denominator = e.binary<AddOp>(e.unary<ExpOp>(e.binary<MulOp>(x, 2.0)), 1.0);
  Value inverse = e.binary<DivOp>(e.scalar(1.0), denominator);
  return e.binary<AddOp>(e.binary<MulOp>(inverse, -2.0), 1.0);
}

/// alpha * (exp(min(x, 0)) - 1) + max(x, 0).
Value elu(Emitter &e, Value x, double alpha) {
  Value negative = e.binary<SubOp>(e.unary<ExpOp>(e.binary<MinimumOp>(x, 0.0)), 1.0);
  if (alpha != 1.0)
    negative = e.binary<MulOp>(negative, alpha);
  return e.binary<AddOp>(e.unary<ReluOp>(x), negative);
}

/// max(x, 0) + log(1 + exp(-|x|)): the exponential never overflows.
Value softplus(Emitter &e, Value x) {
  Value tail = e.unary<ExpOp>(e.unary<NegOp>(e.unary<AbsOp>(x)));
  tail = e.unary<LogOp>(e.binary<AddOp>(tail, 1.0));
  return e.binary<AddOp>(e.unary<ReluOp>(x), tail);
}

/// x * tanh(softplus(x)) = x * n / (n + 2) with n = exp(x) * (exp(x) + 2). From 20 on
/// the quotient is 1 in f32, so the exponent may stop there.
Value mish(Emitter &e, Value x) {
  Value power = e.unary<ExpOp>(e.binary<MinimumOp>(x, 20.0));
  Value n = e.binary<MulOp>(power, e.binary<AddOp>(power, 2.0));
  Value ratio = e.binary<DivOp>(n, e.binary<AddOp>(n, 2.0));
  return e.binary<MulOp>(x, ratio);
}

/// Rational minimax approximation x * P(x^2) / Q(x^2) on [-4, 4], beyond which erf is
/// 1 in f32; the coefficients are those that Eigen and XLA use. |error| < 4.2e-7.
Value erf(Emitter &e, Value x) {
  constexpr double p[] = {-2.72614225801306e-10, 2.77068142495902e-08,  -2.10102402082508e-06,
                          -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03,
                          -1.60960333262415e-02};
  constexpr double q[] = {-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03,
                          -7.37332916720468e-03, -1.42647390514189e-02};
  Value clipped = e.clip(x, -4.0, 4.0);
  Value square = e.binary<MulOp>(clipped, clipped);
  Value numerator = e.binary<MulOp>(clipped, polynomial(e, square, p));
  return e.binary<DivOp>(numerator, polynomial(e, square, q));
}

Value gelu(Emitter &e, Value x, bool tanhForm) {
  if (!tanhForm) { // x / 2 * (1 + erf(x / sqrt(2)))
    Value sum = e.binary<AddOp>(erf(e, e.binary<MulOp>(x, 0.70710678118654752)), 1.0);
    return e.binary<MulOp>(e.binary<MulOp>(x, 0.5), sum);
  }
  // (1 + tanh(u)) / 2 = sigmoid(2u), u = sqrt(2/pi) * (x + 0.044715 x^3)
  Value cubic = e.binary<AddOp>(e.binary<MulOp>(e.binary<MulOp>(x, x), 0.044715), 1.0);
  Value u = e.binary<MulOp>(e.binary<MulOp>(x, cubic), 2 * 0.79788456080286536);
  return e.binary<MulOp>(x, sigmoid(e, u));
}

/// x / (1 + exp(-x * (a + b x^2))). The tanh form is this with a = 2 sqrt(2 / pi) and b =
/// 0.044715 a, because (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)). For the form with erf, a and
/// b are fitted to it: its largest error falls from the tanh form's 4.7e-4 to 2.7e-4. With
/// every step rounded to halves no half x is off by more than 9.5e-4 * max(1, |y|), where
/// rounding the exact result alone takes 4.6e-4 (all 63488 finite halves tried); both
/// limits are exact.
Value geluInHalves(Emitter &e, Value x, bool tanhForm) {
  double a = tanhForm ? 2 * 0.79788456080286536 : 1.60028599;
  double b = tanhForm ? 0.044715 * a : 0.06941461;
  Value u = e.binary<AddOp>(e.binary<MulOp>(e.binary<MulOp>(x, x), -b), -a);
  Value power = e.unary<ExpOp>(e.binary<MulOp>(u, x));
  return e.binary<DivOp>(x, e.binary<AddOp>(power, 1.0));
}

} // namespace

Value decomposeActivation(Operation *op, PatternRewriter &rewriter, bool halves) {
  // Piecewise linear functions are as good in halves as their operands.
  Emitter same(rewriter, op, /*inF32=*/false);
  Value x = op->getOperand(0);
  if (auto hard = dyn_cast<HardSigmoidOp>(op)) {
    Value line = same.binary<AddOp>(same.binary<MulOp>(x, hard.getAlpha().convertToDouble()),
                                    hard.getBeta().convertToDouble());
    return same.clip(line, 0.0, 1.0);
  }
  if (isa<HardSwishOp>(op)) {
    Value line = same.binary<AddOp>(same.binary<MulOp>(x, 1.0 / 6), 0.5);
    return same.binary<MulOp>(x, same.clip(line, 0.0, 1.0));
  }
  if (isa<PreluOp>(op)) {
    Value negative = same.binary<MulOp>(same.binary<MinimumOp>(x, 0.0), op->getOperand(1));
    return same.binary<AddOp>(same.unary<ReluOp>(x), negative);
  }

  if (!isa<SigmoidOp, TanhOp, EluOp, SeluOp, SoftplusOp, MishOp, ErfOp, GeluOp>(op))
    return {};
  // Scores that the network gives may all be tiny; halves would lose those.
  bool isOutput = llvm::any_of(op->getUsers(), llvm::IsaPred<func::ReturnOp>);
  if (halves && isa<SigmoidOp, GeluOp>(op) && !(isa<SigmoidOp>(op) && isOutput)) {
    Emitter half(rewriter, op, /*inF32=*/false, /*inHalves=*/true);
    // Three roundings of 2^-12 each and, below -11, an exponential that overflows to 0.
    if (isa<SigmoidOp>(op))
      return sigmoid(half, x);
    return geluInHalves(half, x, cast<GeluOp>(op).getApproximate() == "tanh");
  }
  Emitter e(rewriter, op, /*inF32=*/true);
  x = e.enter(x);
  if (isa<SigmoidOp>(op))
    return e.leave(sigmoid(e, x));
  if (isa<TanhOp>(op))
    return e.leave(tanh(e, x));
  if (auto eluOp = dyn_cast<EluOp>(op))
    return e.leave(elu(e, x, eluOp.getAlpha().convertToDouble()));
  if (auto selu = dyn_cast<SeluOp>(op))
    return e.leave(e.binary<MulOp>(elu(e, x, selu.getAlpha().convertToDouble()),
                                   selu.getGamma().convertToDouble()));
  if (isa<SoftplusOp>(op))
    return e.leave(softplus(e, x));
  if (isa<MishOp>(op))
    return e.leave(mish(e, x));
  if (isa<ErfOp>(op))
    return e.leave(erf(e, x));
  return e.leave(gelu(e, x, cast<GeluOp>(op).getApproximate() == "tanh"));
}

} // namespace openatc::graph
