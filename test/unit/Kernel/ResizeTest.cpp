//===- ResizeTest.cpp - Nearest and linear resampling ---------------------===//

#include "KernelHarness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace openatc;
using namespace openatc::test;

namespace {

using Floats = std::vector<float>;

enum class Coordinates { HalfPixel, AlignCorners, Asymmetric };

struct Case {
  int64_t images, channels, inH, inW, outH, outW;
  Coordinates coordinates;
  const char *nearest = nullptr; ///< nearest_mode; null for linear
};

const char *nameOf(Coordinates c) {
  return c == Coordinates::HalfPixel      ? "half_pixel"
         : c == Coordinates::AlignCorners ? "align_corners"
                                          : "asymmetric";
}

/// Position in the input of output o, by the formulas of ONNX Resize.
double position(Coordinates c, int64_t o, int64_t in, int64_t out) {
  if (c == Coordinates::AlignCorners)
    return out == 1 ? 0 : double(o) * double(in - 1) / double(out - 1);
  if (c == Coordinates::Asymmetric)
    return double(o) * double(in) / double(out);
  return (double(o) + 0.5) * double(in) / double(out) - 0.5;
}

int64_t nearestTo(double x, const std::string &mode) {
  if (mode == "floor")
    return int64_t(std::floor(x));
  if (mode == "ceil")
    return int64_t(std::ceil(x));
  return int64_t(mode == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5));
}

/// The two inputs that an output shows and the weight of the second.
struct Pair {
  int64_t first, second;
  double weight;
};

Pair inputsOf(const Case &c, int64_t o, int64_t in, int64_t out) {
  double x = position(c.coordinates, o, in, out);
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i, 0, in - 1); };
  if (c.nearest) {
    int64_t i = clamp(nearestTo(x, c.nearest));
    return {i, i, 0};
  }
  auto whole = int64_t(std::floor(x));
  return {clamp(whole), clamp(whole + 1), x - std::floor(x)};
}

class Resize : public testing::TestWithParam<Case> {};

TEST_P(Resize, MatchesReference) {
  const Case &c = GetParam();
  auto type = [&](int64_t h, int64_t w) {
    return "tensor<" + std::to_string(c.images) + "x" + std::to_string(c.channels) + "x" +
           std::to_string(h) + "x" + std::to_string(w) + "xf16, #ascend.layout<nc1hwc0>>";
  };
  std::string in = type(c.inH, c.inW), out = type(c.outH, c.outW);
  std::string sizes = "dense<[" + std::to_string(c.outH) + ", " + std::to_string(c.outW) + "]>";
  std::string attributes = std::string("axes = array<i64: 2, 3>, mode = \"") +
                           (c.nearest ? "nearest\", nearest_mode = \"" : "linear") +
                           (c.nearest ? c.nearest : "") +
                           "\", coordinate_transformation_mode = \"" + nameOf(c.coordinates) + "\"";
  std::string module = "func.func @main(%a: " + in + ") -> " + out +
                       " {\n  %r = ascend.kernel \"k\" <resize> (%a) : (" + in + ") -> " + out +
                       " {\n  ^bb0(%x: " + in + "):\n    %s = ascend.constant " + sizes +
                       " : tensor<2xi64>\n    %y = ascend.resize %x sizes %s {" + attributes +
                       "} : (" + in + ", tensor<2xi64>) -> " + out +
                       "\n    ascend.yield %y : " + out + "\n  }\n  return %r : " + out + "\n}\n";

  int64_t planes = c.images * ((c.channels + 15) / 16);
  Floats x(size_t(planes * c.inH * c.inW * 16));
  uint32_t state = 7;
  for (float &v : x) {
    state = state * 1664525 + 1013904223;
    v = (float(state >> 16) / 65536 - 0.4f) * 6;
  }
  x = fromHalfBytes(toHalfBytes(x));
  KernelRun run = runKernel(module, {toHalfBytes(x)}, {size_t(planes * c.outH * c.outW * 16 * 2)});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]);
  size_t place = 0;
  for (int64_t p = 0; p < planes; ++p)
    for (int64_t h = 0; h < c.outH; ++h)
      for (int64_t w = 0; w < c.outW; ++w)
        for (int64_t lane = 0; lane < 16; ++lane, ++place) {
          Pair rows = inputsOf(c, h, c.inH, c.outH), columns = inputsOf(c, w, c.inW, c.outW);
          auto at = [&](int64_t r, int64_t q) {
            return double(x[size_t(((p * c.inH + r) * c.inW + q) * 16 + lane)]);
          };
          auto row = [&](int64_t r) {
            return at(r, columns.first) * (1 - columns.weight) +
                   at(r, columns.second) * columns.weight;
          };
          double want = row(rows.first) * (1 - rows.weight) + row(rows.second) * rows.weight;
          ASSERT_NEAR(got[place], want, c.nearest ? 0 : 6e-4 * std::fabs(want) + 2e-5)
              << "plane " << p << " row " << h << " column " << w;
        }
}

constexpr Coordinates kHalf = Coordinates::HalfPixel, kCorners = Coordinates::AlignCorners,
                      kPlain = Coordinates::Asymmetric;

INSTANTIATE_TEST_SUITE_P(
    Linear, Resize,
    testing::Values(Case{1, 64, 20, 20, 40, 40, kHalf}, Case{2, 20, 9, 11, 18, 22, kCorners},
                    Case{1, 16, 7, 8, 7, 16, kPlain}, Case{1, 16, 8, 7, 16, 7, kHalf},
                    Case{3, 5, 13, 17, 6, 9, kHalf}, Case{1, 16, 24, 24, 12, 6, kPlain},
                    Case{1, 16, 33, 33, 65, 129, kCorners}, Case{1, 1, 1, 1, 5, 7, kHalf},
                    Case{1, 1, 5, 7, 1, 1, kCorners}, Case{1, 16, 3, 900, 5, 1800, kHalf},
                    Case{1, 16, 2, 3, 700, 6, kHalf}, Case{1, 16, 6, 10, 4, 15, kHalf}));

INSTANTIATE_TEST_SUITE_P(Nearest, Resize,
                         testing::Values(Case{1, 64, 20, 20, 40, 40, kPlain, "floor"},
                                         Case{1, 128, 5, 4, 20, 16, kHalf, "round_prefer_floor"},
                                         Case{2, 3, 9, 11, 5, 33, kPlain, "round_prefer_floor"},
                                         Case{1, 16, 7, 10, 12, 25, kHalf, "ceil"},
                                         Case{1, 16, 7, 10, 12, 25, kCorners, "floor"},
                                         Case{1, 16, 7, 10, 12, 25, kPlain, "round_prefer_ceil"},
                                         Case{1, 16, 40, 40, 20, 10, kPlain, "floor"},
                                         Case{1, 16, 8, 30, 13, 30, kPlain, "floor"},
                                         Case{1, 3, 3, 3000, 6, 6000, kPlain, "floor"},
                                         Case{1, 16, 17, 5, 300, 5, kHalf, "round_prefer_ceil"}));

TEST(ResizeKernel, RefusesOtherModes) {
  std::string t = "tensor<1x16x4x4xf16, #ascend.layout<nc1hwc0>>";
  std::string u = "tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>";
  KernelRun run = runKernel("func.func @main(%a: " + t + ") -> " + u +
                                " {\n  %r = ascend.kernel \"k\" <resize> (%a) : (" + t + ") -> " +
                                u + " {\n  ^bb0(%x: " + t +
                                "):\n    %s = ascend.constant dense<2.0> : tensor<2xf32>\n    %y = "
                                "ascend.resize %x scales "
                                "%s {axes = array<i64: 2, 3>, mode = \"cubic\"} : (" +
                                t + ", tensor<2xf32>) -> " + u + "\n    ascend.yield %y : " + u +
                                "\n  }\n  return %r : " + u + "\n}\n",
                            {Bytes(512)}, {2048});
  EXPECT_NE(run.error.find("mode cubic"), std::string::npos) << run.error;
}

} // namespace
