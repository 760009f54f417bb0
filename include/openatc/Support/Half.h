//===- Half.h - IEEE 754 binary16 as bits ---------------------------------===//
//
// The host has no portable half type, so halves travel as uint16_t. Single
// conversions are plain integer code; the bulk forms run on SIMD units and give
// the same bits on every host.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_SUPPORT_HALF_H
#define OPENATC_SUPPORT_HALF_H

#include <bit>
#include <cstddef>
#include <cstdint>

namespace openatc {

/// Exact value of the half `h`. A signalling NaN becomes quiet.
constexpr float halfToFloat(uint16_t h) {
  uint32_t sign = uint32_t(h & 0x8000u) << 16;
  uint32_t exponent = (h >> 10) & 0x1fu;
  uint32_t mantissa = h & 0x3ffu;
  if (exponent == 0x1f) {
    uint32_t quiet = mantissa ? 0x400000u : 0;
    return std::bit_cast<float>(sign | 0x7f800000u | quiet | mantissa << 13);
  }
  if (exponent == 0) {
    if (mantissa == 0)
      return std::bit_cast<float>(sign);
    // Subnormal: shift the leading one to the implicit position.
    int shift = std::countl_zero(mantissa) - 21;
    mantissa = (mantissa << shift) & 0x3ffu;
    exponent = uint32_t(1 - shift);
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

/// `f` rounded to the nearest half, ties to even; overflow gives infinity,
/// subnormals are kept, NaN stays NaN (quiet, high mantissa bits kept).
constexpr uint16_t floatToHalf(float f) {
  uint32_t bits = std::bit_cast<uint32_t>(f);
  uint16_t sign = uint16_t((bits >> 16) & 0x8000u);
  uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u)
    return uint16_t(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x477ff000u) // 65520 and above round to infinity
    return uint16_t(sign | 0x7c00u);
  if (magnitude < 0x33000000u) // below half of the smallest subnormal
    return sign;
  uint32_t exponent = magnitude >> 23;
  uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  // Bits to drop: 13 for a normal result, more for a subnormal one.
  uint32_t drop = exponent >= 113 ? 13 : 126 - exponent;
  uint32_t kept = mantissa >> drop;
  uint32_t rest = mantissa & ((1u << drop) - 1);
  uint32_t half = 1u << (drop - 1);
  if (rest > half || (rest == half && (kept & 1)))
    ++kept;
  // A normal result carries its implicit one into the exponent field.
  uint32_t base = exponent >= 113 ? (exponent - 113) << 10 : 0;
  return uint16_t(sign | (base + kept));
}

/// The half that a saturating conversion gives in place of `h`: the largest finite one
/// for an infinity, zero for NaN (isa-facts, CTRL bit 48 = 0).
constexpr uint16_t saturateHalf(uint16_t h) {
  const bool special = (h & 0x7c00) == 0x7c00;
  return special ? ((h & 0x3ff) ? uint16_t(0) : uint16_t((h & 0x8000) | 0x7bff)) : h;
}

/// saturateHalf of `count` halves in place.
inline void saturateHalves(uint16_t *halves, size_t count) {
  for (size_t i = 0; i < count; ++i)
    halves[i] = saturateHalf(halves[i]);
}

/// dst[i] = halfToFloat(src[i]). The ranges do not overlap.
void halfToFloat(const uint16_t *src, float *dst, size_t count);

/// dst[i] = floatToHalf(src[i]). The ranges do not overlap.
void floatToHalf(const float *src, uint16_t *dst, size_t count);

} // namespace openatc

#endif // OPENATC_SUPPORT_HALF_H
