//===- HalfTest.cpp - Half conversions against the definition -------------===//

#include "openatc/Support/Half.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace openatc;

namespace {

/// The value that IEEE 754 gives the bits, by arithmetic.
double valueOf(uint16_t h) {
  const double sign = h & 0x8000 ? -1 : 1;
  const int exponent = (h >> 10) & 31, mantissa = h & 1023;
  if (exponent == 31)
    return mantissa ? std::nan("") : sign * INFINITY;
  return sign * (exponent ? std::ldexp(1024 + mantissa, exponent - 25) : std::ldexp(mantissa, -24));
}

TEST(Half, EveryHalfHasItsValueAndComesBack) {
  std::vector<uint16_t> all(65536);
  for (size_t i = 0; i < all.size(); ++i)
    all[i] = uint16_t(i);
  std::vector<float> bulk(all.size());
  halfToFloat(all.data(), bulk.data(), all.size());
  for (uint16_t h : all) {
    const double expected = valueOf(h);
    const float one = halfToFloat(h);
    ASSERT_EQ(std::bit_cast<uint32_t>(one), std::bit_cast<uint32_t>(bulk[h])) << h;
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(one));
      ASSERT_EQ(floatToHalf(one), h | 0x200) << "quiet, payload kept";
      continue;
    }
    ASSERT_EQ(double(one), expected) << h;
    ASSERT_EQ(std::signbit(one), std::signbit(expected));
    ASSERT_EQ(floatToHalf(one), h);
  }
}

TEST(Half, RoundsToTheNearestTiesToEven) {
  std::mt19937 random(1);
  std::vector<float> values;
  for (int i = 0; i < 200000; ++i)
    values.push_back(std::bit_cast<float>(uint32_t(random())));
  for (int i = 0; i < 200000; ++i) // exponents around the halves' range
    values.push_back(std::ldexp(float(random() % (1 << 24)), int(random() % 45) - 50));
  for (uint32_t h = 0; h < 0x7c00; ++h) { // exact ties and their neighbours
    const float tie =
        float((valueOf(uint16_t(h)) + (h == 0x7bff ? 65536.0 : valueOf(uint16_t(h + 1)))) / 2);
    values.insert(values.end(), {tie, -tie, std::nextafter(tie, 0.0f), std::nextafter(tie, 1e9f)});
  }
  std::vector<uint16_t> bulk(values.size());
  floatToHalf(values.data(), bulk.data(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float f = values[i];
    const uint16_t h = floatToHalf(f);
    ASSERT_EQ(h, bulk[i]) << f;
    if (std::isnan(f)) {
      ASSERT_TRUE(std::isnan(valueOf(h)));
      continue;
    }
    ASSERT_EQ(bool(h & 0x8000), std::signbit(f));
    const uint16_t magnitude = h & 0x7fff;
    const double exact = std::fabs(double(f));
    // For rounding, infinity stands where the next half would be.
    auto place = [](uint16_t m) { return m == 0x7c00 ? 65536.0 : valueOf(m); };
    const double error = std::fabs(place(magnitude) - std::min(exact, 65536.0));
    for (int step : {-1, 1}) {
      const int neighbour = magnitude + step;
      if (neighbour < 0 || neighbour > 0x7c00)
        continue;
      const double other = std::fabs(place(uint16_t(neighbour)) - std::min(exact, 65536.0));
      ASSERT_TRUE(error < other || (error == other && magnitude % 2 == 0)) << f;
    }
  }
}

} // namespace
