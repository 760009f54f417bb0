//===- LaneRange.cpp - What padding lanes can hold ------------------------===//
#include "LaneRange.h"

#include "Constants.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The hull of values of which some may be not-a-number.
LaneRange hull(std::initializer_list<double> values) {
  LaneRange r{infinity, -infinity};
  for (double v : values) {
    r.mayBeNan |= std::isnan(v);
    if (std::isnan(v))
      continue;
    r.lo = std::min(r.lo, v);
    r.hi = std::max(r.hi, v);
  }
  return r.lo <= r.hi ? r : LaneRange::unknown();
}

template <typename Fn> LaneRange corners(LaneRange a, LaneRange b, Fn fn) {
  return hull({fn(a.lo, b.lo), fn(a.lo, b.hi), fn(a.hi, b.lo), fn(a.hi, b.hi)});
}

/// For functions that rise everywhere.
template <typename Fn> LaneRange rising(LaneRange a, Fn fn) { return hull({fn(a.lo), fn(a.hi)}); }

LaneRange rangeOf(Operation *op, ArrayRef<LaneRange> in) {
  LaneRange a = in[0];
  if (isa<AddOp>(op))
    return corners(a, in[1], std::plus<>());
  if (isa<SubOp>(op))
    return corners(a, in[1], std::minus<>());
  if (isa<MulOp>(op))
    return corners(a, in[1], std::multiplies<>());
  if (isa<DivOp>(op))
    return in[1].lo > 0 || in[1].hi < 0 ? corners(a, in[1], std::divides<>())
                                        : LaneRange::unknown();
  if (isa<MinimumOp>(op))
    return corners(a, in[1], [](double x, double y) { return std::min(x, y); });
  if (isa<MaximumOp>(op))
    return corners(a, in[1], [](double x, double y) { return std::max(x, y); });
  if (isa<ClipOp>(op)) {
    // Constant bounds; a missing one leaves the side open.
    auto clip = cast<ClipOp>(op);
    double lo = readSplat(clip.getMin()).value_or(-infinity);
    double hi = readSplat(clip.getMax()).value_or(infinity);
    return rising(a, [&](double x) { return std::min(std::max(x, lo), hi); });
  }
  if (isa<ReluOp>(op))
    return rising(a, [](double x) { return std::max(x, 0.0); });
  if (auto leaky = dyn_cast<LeakyReluOp>(op)) {
    double alpha = leaky.getAlpha().convertToDouble();
    auto fn = [&](double x) { return x >= 0 ? x : alpha * x; };
    return a.lo < 0 && a.hi > 0 ? hull({fn(a.lo), 0.0, fn(a.hi)}) : rising(a, fn);
  }
  if (isa<NegOp>(op))
    return hull({-a.hi, -a.lo});
  if (isa<AbsOp>(op))
    return a.lo < 0 && a.hi > 0 ? hull({0.0, -a.lo, a.hi}) : hull({std::abs(a.lo), std::abs(a.hi)});
  if (isa<ExpOp>(op))
    return rising(a, [](double x) { return std::exp(x); });
  if (isa<LogOp>(op))
    return rising(a, [](double x) { return std::log(x); });
  if (isa<SqrtOp>(op))
    return rising(a, [](double x) { return std::sqrt(x); });
  if (isa<CastOp>(op))
    return {a.lo, a.hi};
  if (isa<FloorOp, CeilOp, RoundOp>(op))
    return {std::floor(a.lo), std::ceil(a.hi)};
  return LaneRange::unknown();
}

} // namespace

LaneRange LaneRange::unknown() { return {-infinity, infinity, true}; }

bool LaneRange::isFinite() const { return !mayBeNan && std::isfinite(lo) && std::isfinite(hi); }

LaneRange rangeOfResult(Operation *op, ArrayRef<LaneRange> operands) {
  LaneRange r = rangeOf(op, operands);
  for (const LaneRange &o : operands)
    r.mayBeNan |= o.mayBeNan;
  double limit = elementOf(op->getResult(0)).isF16() ? 65504 : 3.4e38;
  if (r.hi > limit)
    r.hi = infinity;
  if (r.lo < -limit)
    r.lo = -infinity;
  return r;
}

} // namespace openatc::graph
