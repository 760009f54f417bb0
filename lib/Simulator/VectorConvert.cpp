//===- VectorConvert.cpp - Lanes of v.conv --------------------------------===//

#include "VectorUnit.h"

#include "openatc/Support/Half.h"

#include <cmath>
#include <limits>

namespace openatc::sim {

using isa::Round;
using isa::Type;

namespace {

/// A storage element of a half, told apart from u16.
struct Half {
  uint16_t bits;
};

template <typename T> constexpr bool isFloatType = std::is_same_v<T, float>;

/// The integral value next to x in the direction of `round`.
double roundToIntegral(double x, Round round) {
  switch (round) {
  case Round::Rint: {
    // Adding 2^52 leaves no room for a fraction; ties go to even.
    const double big = std::copysign(4503599627370496.0, x);
    return std::fabs(x) < 4503599627370496.0 ? std::copysign((x + big) - big, x) : x;
  }
  case Round::Away:
    return std::round(x);
  case Round::Floor:
    return std::floor(x);
  case Round::Ceil:
    return std::ceil(x);
  case Round::Trunc:
    return std::trunc(x);
  }
  return x;
}

/// The half next to f in the direction of `round`.
uint16_t roundToHalf(float f, Round round) {
  const uint16_t nearest = floatToHalf(f);
  if (round == Round::Rint || std::isnan(f) || std::isinf(f))
    return nearest;
  const float back = halfToFloat(nearest);
  if (back == f)
    return nearest;
  // Neighbours of the same sign differ by one in their magnitude bits.
  const bool negative = std::signbit(f);
  const bool tooLarge = std::fabs(back) > std::fabs(f);
  const uint16_t smaller = tooLarge ? uint16_t(nearest - 1) : nearest;
  const uint16_t larger = tooLarge ? nearest : uint16_t(nearest + 1);
  switch (round) {
  case Round::Floor:
    return negative ? larger : smaller;
  case Round::Ceil:
    return negative ? smaller : larger;
  case Round::Trunc:
    return smaller;
  default: { // Away differs from Rint at ties only
    if ((larger & 0x7fff) == 0x7c00)
      return nearest;
    const double below = std::fabs(halfToFloat(smaller)), above = std::fabs(halfToFloat(larger));
    return std::fabs(double(f)) - below >= above - std::fabs(double(f)) ? larger : smaller;
  }
  }
}

/// Saturating conversion; NaN becomes 0.
template <typename T> T toInteger(double x, Round round) {
  if (std::isnan(x))
    return 0;
  const double r = roundToIntegral(x, round);
  // As a double the largest s64 is 2^63, which also saturates.
  if (r >= double(std::numeric_limits<T>::max()))
    return std::numeric_limits<T>::max();
  if (r <= double(std::numeric_limits<T>::min()))
    return std::numeric_limits<T>::min();
  return T(r);
}

template <typename From, typename To> To convert(From x, Round round) {
  if constexpr (std::is_same_v<From, Half>) {
    return convert<float, To>(halfToFloat(x.bits), round);
  } else if constexpr (std::is_same_v<To, Half>) {
    return Half{roundToHalf(float(x), round)};
  } else if constexpr (isFloatType<From> && isFloatType<To>) {
    return float(roundToIntegral(x, round));
  } else if constexpr (isFloatType<From>) {
    return toInteger<To>(x, round);
  } else if constexpr (isFloatType<To>) {
    return float(x);
  } else { // between integers: saturate
    if (x > int64_t(std::numeric_limits<To>::max()))
      return std::numeric_limits<To>::max();
    if (x < int64_t(std::numeric_limits<To>::min()))
      return std::numeric_limits<To>::min();
    return To(x);
  }
}

template <typename From, typename To> bool run(Round round, const VectorArgs &args) {
  args.forEachSegment([&](uint8_t *to, const uint8_t *from, const uint8_t *, size_t n) {
    const From *a = reinterpret_cast<const From *>(from);
    To *d = reinterpret_cast<To *>(to);
    for (size_t i = 0; i < n; ++i)
      d[i] = convert<From, To>(a[i], round);
  });
  return true;
}

/// The common pair, in SIMD code. Source and destination do not overlap unless one
/// starts where the other does, which the lane loop above also could not do.
bool runHalfFloat(bool toFloat, const VectorArgs &args) {
  args.forEachSegment([&](uint8_t *to, const uint8_t *from, const uint8_t *, size_t n) {
    if (toFloat)
      halfToFloat(reinterpret_cast<const uint16_t *>(from), reinterpret_cast<float *>(to), n);
    else
      floatToHalf(reinterpret_cast<const float *>(from), reinterpret_cast<uint16_t *>(to), n);
  });
  return true;
}

template <typename From> bool runFrom(Type to, Round round, const VectorArgs &args) {
  switch (to) {
  case Type::F16:
    return run<From, Half>(round, args);
  case Type::F32:
    return run<From, float>(round, args);
  case Type::S32:
    return run<From, int32_t>(round, args);
  case Type::S16:
    return run<From, int16_t>(round, args);
  case Type::U8:
    return run<From, uint8_t>(round, args);
  case Type::S8:
    return run<From, int8_t>(round, args);
  case Type::S64:
    return run<From, int64_t>(round, args);
  default:
    return false;
  }
}

} // namespace

bool convertLanes(Type from, Type to, Round round, const VectorArgs &args) {
  if (from == Type::F16 && to == Type::F32)
    return runHalfFloat(true, args);
  if (from == Type::F32 && to == Type::F16 && round == Round::Rint)
    return runHalfFloat(false, args);
  switch (from) {
  case Type::F16:
    if (to == Type::F16) // rounding to an integral half is exact in f32
      args.forEachSegment([&](uint8_t *d, const uint8_t *a, const uint8_t *, size_t n) {
        for (size_t i = 0; i < n; ++i)
          reinterpret_cast<uint16_t *>(d)[i] = floatToHalf(
              float(roundToIntegral(halfToFloat(reinterpret_cast<const uint16_t *>(a)[i]), round)));
      });
    return to == Type::F16 || runFrom<Half>(to, round, args);
  case Type::F32:
    return runFrom<float>(to, round, args);
  case Type::S32:
    return runFrom<int32_t>(to, round, args);
  case Type::S16:
    return runFrom<int16_t>(to, round, args);
  case Type::U8:
    return runFrom<uint8_t>(to, round, args);
  case Type::S8:
    return runFrom<int8_t>(to, round, args);
  case Type::S64:
    return runFrom<int64_t>(to, round, args);
  default:
    return false;
  }
}

} // namespace openatc::sim
