//===- VectorFloat.cpp - SIMD lanes of f16 and f32 ------------------------===//
//
// Lanes are computed in f32 and rounded to the element type. Every step is an IEEE
// operation in a fixed order, so all instruction sets give the same bits: no fused
// multiply-add, and exp and ln in double precision from one polynomial.
//
//===----------------------------------------------------------------------===//

#include "VectorUnit.h"

#include "openatc/Support/Half.h"

#include <bit>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "VectorFloat.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "openatc/Support/NativeHalf-inl.h"

HWY_BEFORE_NAMESPACE();
namespace openatc::sim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
using DHalf = hn::Half<D>;
using DDouble = hn::Rebind<double, DHalf>;
using DInt64 = hn::RebindToSigned<DDouble>;
using VDouble = hn::Vec<DDouble>;

/// Applies a double precision function to all lanes of an f32 vector.
template <typename Fn> HWY_INLINE V inDouble(V x, Fn fn) {
  const D d;
  const DHalf half;
  const DDouble wide;
  const auto low = hn::DemoteTo(half, fn(wide, hn::PromoteTo(wide, hn::LowerHalf(half, x))));
  const auto high = hn::DemoteTo(half, fn(wide, hn::PromoteTo(wide, hn::UpperHalf(half, x))));
  return hn::Combine(d, high, low);
}

/// 1.5 * 2^52: adding it leaves the nearest integer in the low mantissa bits.
constexpr double kMagic = 6755399441055744.0;
constexpr double kLn2 = 0x1.62e42fefa39efp-1;

HWY_INLINE V nanOf(D d) { return hn::Set(d, std::numeric_limits<float>::quiet_NaN()); }
HWY_INLINE V infOf(D d) { return hn::Set(d, std::numeric_limits<float>::infinity()); }

HWY_INLINE V expOf(D d, V x) {
  // Beyond these arguments the result is 0 or infinity.
  const V bounded = hn::Min(hn::Max(x, hn::Set(d, -110.0f)), hn::Set(d, 89.0f));
  const V y = inDouble(bounded, [](DDouble w, VDouble v) {
    const DInt64 di;
    const auto magic = hn::Set(w, kMagic);
    const auto shifted = hn::Add(hn::Mul(v, hn::Set(w, 0x1.71547652b82fep+0)), magic);
    const auto n = hn::Sub(shifted, magic);
    // ln 2 in two parts; the first has zeros at its end, so that n * part is exact.
    auto r = hn::Sub(v, hn::Mul(n, hn::Set(w, 0x1.62e42fee00000p-1)));
    r = hn::Sub(r, hn::Mul(n, hn::Set(w, 0x1.a39ef35793c76p-33)));
    constexpr double kInverse[] = {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                   1.0 / 720,     1.0 / 120,    1.0 / 24,    1.0 / 6,
                                   0.5,           1.0,          1.0};
    auto sum = hn::Set(w, 1.0 / 39916800);
    for (double c : kInverse)
      sum = hn::Add(hn::Mul(sum, r), hn::Set(w, c));
    const auto exponent = hn::Sub(hn::BitCast(di, shifted), hn::BitCast(di, magic));
    const auto scale = hn::ShiftLeft<52>(hn::Add(exponent, hn::Set(di, int64_t(1023))));
    return hn::Mul(sum, hn::BitCast(w, scale));
  });
  V result = hn::IfThenElse(hn::Gt(x, hn::Set(d, 0x1.62e42ep6f)), infOf(d), y);
  return hn::IfThenElse(hn::IsNaN(x), nanOf(d), result);
}

HWY_INLINE V lnOf(D d, V x) {
  // Lanes outside (0, inf) are replaced below; keep them away from the arithmetic.
  const auto regular = hn::And(hn::Gt(x, hn::Zero(d)), hn::Lt(x, infOf(d)));
  const V safe = hn::IfThenElse(regular, x, hn::Set(d, 1.0f));
  const V y = inDouble(safe, [](DDouble w, VDouble v) {
    const DInt64 di;
    const auto bits = hn::BitCast(di, v);
    // m in [sqrt(1/2), sqrt(2)): subtract the exponent of x / sqrt(1/2).
    const auto offset = hn::Set(di, int64_t(0x3fe6a09e667f3bcd));
    const auto top = hn::ShiftRight<52>(hn::Sub(bits, offset));
    const auto m = hn::BitCast(w, hn::Sub(bits, hn::ShiftLeft<52>(top)));
    const auto magic = hn::Set(w, kMagic);
    const auto e = hn::Sub(hn::BitCast(w, hn::Add(top, hn::BitCast(di, magic))), magic);
    const auto one = hn::Set(w, 1.0);
    const auto s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
    const auto z = hn::Mul(s, s);
    constexpr double kOdd[] = {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                               1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
    auto sum = hn::Set(w, 1.0 / 17);
    for (double c : kOdd)
      sum = hn::Add(hn::Mul(sum, z), hn::Set(w, c));
    const auto fraction = hn::Mul(hn::Add(s, s), sum);
    return hn::Add(hn::Mul(e, hn::Set(w, kLn2)), fraction);
  });
  V result = hn::IfThenElse(regular, y, nanOf(d));
  result = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(infOf(d)), result);
  return hn::IfThenElse(hn::Eq(x, infOf(d)), x, result);
}

HWY_INLINE V rsqrtOf(D d, V x) {
  const V safe = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Set(d, 1.0f));
  const V y =
      inDouble(safe, [](DDouble w, VDouble v) { return hn::Div(hn::Set(w, 1.0), hn::Sqrt(v)); });
  // 1 / sqrt(+-0) is +-infinity; negative values and NaN give NaN.
  const V zero = hn::Div(hn::Set(d, 1.0f), x);
  const V result = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), y, nanOf(d));
  return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), zero, result);
}

/// a when it compares `greater`, or is NaN; else b: NaN of either side wins.
HWY_INLINE V maxOf(V a, V b) { return hn::IfThenElse(hn::Or(hn::Gt(a, b), hn::IsNaN(a)), a, b); }
HWY_INLINE V minOf(V a, V b) { return hn::IfThenElse(hn::Or(hn::Lt(a, b), hn::IsNaN(a)), a, b); }

/// Adding zero turns -0 into +0, about which compilers' select idioms disagree.
HWY_INLINE V reluOf(D d, V x) {
  const V y = hn::Add(x, hn::Zero(d));
  return hn::IfThenElse(hn::Lt(y, hn::Zero(d)), hn::Zero(d), y);
}
HWY_INLINE V lreluOf(D d, V x, V slope) {
  const V y = hn::Add(x, hn::Zero(d));
  return hn::IfThenElse(hn::Lt(y, hn::Zero(d)), hn::Mul(slope, y), y);
}

// One struct per opcode: a = src0, b = src1, c = old dst, s = scalar.
#define OPENATC_LANE(Name, needsB, needsC, expr)                                                   \
  struct Name {                                                                                    \
    static constexpr bool kB = needsB, kC = needsC;                                                \
    static HWY_INLINE V apply(D d, V a, V b, V c, V s) {                                           \
      (void)d, (void)a, (void)b, (void)c, (void)s;                                                 \
      return expr;                                                                                 \
    }                                                                                              \
  };
OPENATC_LANE(Add, true, false, hn::Add(a, b))
OPENATC_LANE(Sub, true, false, hn::Sub(a, b))
OPENATC_LANE(Mul, true, false, hn::Mul(a, b))
OPENATC_LANE(Div, true, false, hn::Div(a, b))
OPENATC_LANE(Max, true, false, maxOf(a, b))
OPENATC_LANE(Min, true, false, minOf(a, b))
OPENATC_LANE(Mla, true, true, hn::Add(hn::Mul(a, b), c))
OPENATC_LANE(Madd, true, true, hn::Add(hn::Mul(a, c), b))
OPENATC_LANE(Abs, false, false, hn::Abs(a))
OPENATC_LANE(Relu, false, false, reluOf(d, a))
OPENATC_LANE(Exp, false, false, expOf(d, a))
OPENATC_LANE(Ln, false, false, lnOf(d, a))
OPENATC_LANE(Sqrt, false, false, hn::Sqrt(a))
OPENATC_LANE(Rsqrt, false, false, rsqrtOf(d, a))
OPENATC_LANE(Rec, false, false, hn::Div(hn::Set(d, 1.0f), a))
OPENATC_LANE(Adds, false, false, hn::Add(a, s))
OPENATC_LANE(Muls, false, false, hn::Mul(a, s))
OPENATC_LANE(Maxs, false, false, maxOf(a, s))
OPENATC_LANE(Mins, false, false, minOf(a, s))
OPENATC_LANE(Lrelu, false, false, lreluOf(d, a, s))
OPENATC_LANE(Axpy, false, true, hn::Add(hn::Mul(s, a), c))
#undef OPENATC_LANE

/// Storage types: halves travel as uint16_t.
HWY_INLINE V load(D d, const float *p) { return hn::LoadU(d, p); }
HWY_INLINE void store(D d, V v, float *p) { hn::StoreU(v, d, p); }
HWY_INLINE V load(D d, const uint16_t *p) {
#if OPENATC_NATIVE_HALF
  const hn::Rebind<hwy::float16_t, D> dh;
  return hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t *>(p)));
#else
  HWY_ALIGN float values[hn::MaxLanes(D())];
  for (size_t i = 0; i < hn::Lanes(d); ++i)
    values[i] = halfToFloat(p[i]);
  return hn::Load(d, values);
#endif
}
HWY_INLINE void store(D d, V v, uint16_t *p) {
#if OPENATC_NATIVE_HALF
  const hn::Rebind<hwy::float16_t, D> dh;
  hn::StoreU(hn::DemoteTo(dh, v), dh, reinterpret_cast<hwy::float16_t *>(p));
#else
  HWY_ALIGN float values[hn::MaxLanes(D())];
  hn::Store(v, d, values);
  for (size_t i = 0; i < hn::Lanes(d); ++i)
    p[i] = floatToHalf(values[i]);
#endif
}

template <typename Op, typename Src, typename Dst>
HWY_INLINE void segment(Dst *dst, const Src *a, const Src *b, size_t n, V scalar) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  auto one = [&](Dst *to, const Src *x, const Src *y) HWY_ATTR {
    const V va = load(d, x);
    const V vb = Op::kB ? load(d, y) : va;
    const V vc = Op::kC ? load(d, to) : va;
    store(d, Op::apply(d, va, vb, vc, scalar), to);
  };
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    one(dst + i, a + i, b + i);
  if (i == n)
    return;
  // The tail goes through buffers: nothing beyond it is read or written.
  HWY_ALIGN Src tailA[hn::MaxLanes(D())] = {}, tailB[hn::MaxLanes(D())] = {};
  HWY_ALIGN Dst tailD[hn::MaxLanes(D())] = {};
  std::memcpy(tailA, a + i, (n - i) * sizeof(Src));
  if (Op::kB)
    std::memcpy(tailB, b + i, (n - i) * sizeof(Src));
  if (Op::kC)
    std::memcpy(tailD, dst + i, (n - i) * sizeof(Dst));
  one(tailD, tailA, tailB);
  std::memcpy(dst + i, tailD, (n - i) * sizeof(Dst));
}

template <typename Op, typename Src, typename Dst> void run(const VectorArgs &args) {
  const D d;
  const float s =
      sizeof(Src) == 2 ? halfToFloat(uint16_t(args.scalar)) : std::bit_cast<float>(args.scalar);
  const V scalar = hn::Set(d, s);
  args.forEachSegment([&](uint8_t *to, const uint8_t *a, const uint8_t *b, size_t n) HWY_ATTR {
    segment<Op>(reinterpret_cast<Dst *>(to), reinterpret_cast<const Src *>(a),
                reinterpret_cast<const Src *>(b), n, scalar);
  });
}

template <typename Op> void runTyped(bool half, bool widen, const VectorArgs &args) {
  if constexpr (Op::kC)
    if (widen)
      return run<Op, uint16_t, float>(args);
  half ? run<Op, uint16_t, uint16_t>(args) : run<Op, float, float>(args);
}

bool lanes(isa::Opcode op, bool half, bool widen, const VectorArgs &args) {
  using isa::Opcode;
  switch (op) {
#define OPENATC_CASE(Name)                                                                         \
  case Opcode::V##Name:                                                                            \
    runTyped<Name>(half, widen, args);                                                             \
    return true;
    OPENATC_CASE(Add)
    OPENATC_CASE(Sub)
    OPENATC_CASE(Mul)
    OPENATC_CASE(Div)
    OPENATC_CASE(Max)
    OPENATC_CASE(Min)
    OPENATC_CASE(Mla)
    OPENATC_CASE(Madd)
    OPENATC_CASE(Abs)
    OPENATC_CASE(Relu)
    OPENATC_CASE(Exp)
    OPENATC_CASE(Ln)
    OPENATC_CASE(Sqrt)
    OPENATC_CASE(Rsqrt)
    OPENATC_CASE(Rec)
    OPENATC_CASE(Adds)
    OPENATC_CASE(Muls)
    OPENATC_CASE(Maxs)
    OPENATC_CASE(Mins)
    OPENATC_CASE(Lrelu)
    OPENATC_CASE(Axpy)
#undef OPENATC_CASE
  default:
    return false;
  }
}

} // namespace openatc::sim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace openatc::sim {
HWY_EXPORT(lanes);

bool floatLanes(isa::Opcode op, isa::Type type, bool widen, const VectorArgs &args) {
  return HWY_DYNAMIC_DISPATCH(lanes)(op, type == isa::Type::F16, widen, args);
}

} // namespace openatc::sim
#endif // HWY_ONCE
