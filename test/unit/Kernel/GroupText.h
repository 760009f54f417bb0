//===- GroupText.h - Text of one kernel group, and data for it ------------===//
#ifndef OPENATC_TEST_UNIT_KERNEL_GROUPTEXT_H
#define OPENATC_TEST_UNIT_KERNEL_GROUPTEXT_H

#include "KernelHarness.h"

#include <cstdint>
#include <string>
#include <vector>

namespace openatc::test {

using Shape = std::vector<int64_t>;
using Floats = std::vector<float>;

/// Number of elements of a shape.
int64_t sizeOf(const Shape &shape);

/// `tensor<2x3xf16>`, with a layout (`nc1hwc0`, `fractal_z`) when it is not empty.
std::string tensor(const Shape &shape, const std::string &element, const std::string &layout = "");

/// `array<i64: 1, 2>`.
std::string array(const Shape &values);

/// A module whose function passes its arguments to one group of `kind` and returns the
/// results. `body` names the arguments %a0, %a1, ... and ends with `ascend.yield`.
std::string groupModule(const std::string &kind, const std::vector<std::string> &operands,
                        const std::vector<std::string> &results, const std::string &body);

/// Multiples of 1/4 in [-limit, limit], different everywhere nearby: sums of their products
/// are exact in f32.
Floats pattern(int64_t n, int seed, int limit = 2);

/// f32 to f16 and back, as the accumulator leaves the core.
float roundToHalf(float value);

/// [N, C, plane] elements as [N, C1, plane, 16]; lanes without a channel hold `padding`.
template <typename T>
std::vector<T> toBlocks(const std::vector<T> &values, int64_t n, int64_t c, int64_t plane,
                        T padding) {
  int64_t c1 = (c + 15) / 16;
  std::vector<T> out(size_t(n * c1 * plane * 16), padding);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t k = 0; k < c; ++k)
      for (int64_t p = 0; p < plane; ++p)
        out[size_t(((i * c1 + k / 16) * plane + p) * 16 + k % 16)] =
            values[size_t((i * c + k) * plane + p)];
  return out;
}

/// The inverse of toBlocks.
template <typename T>
std::vector<T> fromBlocks(const std::vector<T> &values, int64_t n, int64_t c, int64_t plane) {
  int64_t c1 = (c + 15) / 16;
  std::vector<T> out(size_t(n * c * plane));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t k = 0; k < c; ++k)
      for (int64_t p = 0; p < plane; ++p)
        out[size_t((i * c + k) * plane + p)] =
            values[size_t(((i * c1 + k / 16) * plane + p) * 16 + k % 16)];
  return out;
}

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_KERNEL_GROUPTEXT_H
