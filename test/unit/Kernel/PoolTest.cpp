//===- PoolTest.cpp - Pooling kernels on the simulator --------------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace openatc;
using namespace openatc::test;

namespace {

struct PoolCase {
  const char *name;
  int64_t n, c, h, w;
  Shape kernel, strides = {1, 1}, pads = {0, 0, 0, 0}, dilations = {1, 1};
  bool ceil = false;

  int64_t out(size_t i) const {
    int64_t in = i ? w : h, extent = (kernel[i] - 1) * dilations[i] + 1;
    int64_t room = in + pads[i] + pads[i + 2] - extent;
    int64_t steps = ceil ? (room + strides[i] - 1) / strides[i] : room / strides[i];
    // A window that would begin in the padding behind the image is dropped.
    if (ceil && steps * strides[i] >= in + pads[i])
      --steps;
    return steps + 1;
  }
};

std::ostream &operator<<(std::ostream &os, const PoolCase &c) { return os << c.name; }

enum class Kind { Max, Mean, MeanOfPadded };

/// One plane of the result by the definition; ceil mode counts no position behind the padding.
void poolPlane(const PoolCase &t, Kind kind, const float *x, double *y) {
  for (int64_t oy = 0; oy < t.out(0); ++oy)
    for (int64_t ox = 0; ox < t.out(1); ++ox) {
      double most = -std::numeric_limits<double>::infinity(), sum = 0;
      int64_t count = 0;
      for (int64_t ky = 0; ky < t.kernel[0]; ++ky)
        for (int64_t kx = 0; kx < t.kernel[1]; ++kx) {
          int64_t iy = oy * t.strides[0] + ky * t.dilations[0] - t.pads[0];
          int64_t ix = ox * t.strides[1] + kx * t.dilations[1] - t.pads[1];
          bool inside = iy >= 0 && ix >= 0 && iy < t.h && ix < t.w;
          if (inside) {
            most = std::max<double>(most, x[iy * t.w + ix]);
            sum += x[iy * t.w + ix];
          }
          bool padded = iy < t.h + t.pads[2] && ix < t.w + t.pads[3];
          count += kind == Kind::MeanOfPadded ? padded : inside;
        }
      *y++ = kind == Kind::Max ? most : sum / double(count);
    }
}

class Pool : public testing::TestWithParam<PoolCase> {
protected:
  void check(Kind kind, bool halves, const char *soc) {
    const PoolCase &t = GetParam();
    int64_t plane = t.out(0) * t.out(1), planes = t.n * t.c;
    Floats x = pattern(planes * t.h * t.w, 3, 20);
    std::vector<double> want(size_t(planes * plane));
    for (int64_t p = 0; p < planes; ++p)
      poolPlane(t, kind, &x[size_t(p * t.h * t.w)], &want[size_t(p * plane)]);
    std::string element = halves ? "f16" : "f32";
    std::string in = tensor({t.n, t.c, t.h, t.w}, element, "nc1hwc0");
    std::string out = tensor({t.n, t.c, t.out(0), t.out(1)}, element, "nc1hwc0");
    std::string text = groupModule(
        "pool", {in}, {out},
        std::string("    %0 = ascend.") + (kind == Kind::Max ? "max_pool" : "average_pool") +
            " %a0 {kernel_shape = " + array(t.kernel) + ", strides = " + array(t.strides) +
            ", pads = " + array(t.pads) +
            (t.dilations == Shape{1, 1} ? "" : ", dilations = " + array(t.dilations)) +
            ", ceil_mode = " + (t.ceil ? "true" : "false") +
            (kind == Kind::MeanOfPadded ? ", count_include_pad = true" : "") + "} : (" + in +
            ") -> " + out + "\n    ascend.yield %0 : " + out + "\n");
    Floats blocks = toBlocks(x, t.n, t.c, t.h * t.w, -7.0f);
    size_t size = size_t(t.n * ((t.c + 15) / 16) * plane * 16);
    KernelRun run = runKernel(text, {halves ? toHalfBytes(blocks) : toBytes(blocks)},
                              {size * (halves ? 2 : 4)}, soc);
    ASSERT_EQ(run.error, "");
    Floats got = halves ? fromHalfBytes(run.outputs[0]) : fromBytes<float>(run.outputs[0]);
    got = fromBlocks(got, t.n, t.c, plane);
    for (size_t i = 0; i < got.size(); ++i) {
      // Means are divided in f32, then rounded: one unit of the result's type.
      double unit = kind == Kind::Max ? 0 : std::fabs(want[i]) * (halves ? 1.0 / 1024 : 1e-6);
      ASSERT_NEAR(got[i], want[i], unit) << int(kind) << " " << element << " element " << i;
    }
  }
};

TEST_P(Pool, Max) {
  check(Kind::Max, true, "Ascend310P3");
  check(Kind::Max, false, "Ascend310");
}

TEST_P(Pool, Mean) {
  check(Kind::Mean, true, "Ascend310P3");
  check(Kind::Mean, false, "Ascend910A");
}

TEST_P(Pool, MeanOfPadded) {
  check(Kind::MeanOfPadded, true, "Ascend310");
  check(Kind::MeanOfPadded, false, "Ascend310P3");
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Pool,
    testing::Values(
        PoolCase{"point", 1, 1, 1, 1, {1, 1}}, PoolCase{"two", 1, 16, 8, 8, {2, 2}, {2, 2}},
        PoolCase{"odd", 2, 17, 7, 9, {3, 3}, {2, 2}, {1, 1, 1, 1}},
        PoolCase{"resnet", 1, 64, 56, 56, {3, 3}, {2, 2}, {1, 1, 1, 1}},
        PoolCase{"stride1", 1, 3, 9, 10, {3, 3}, {1, 1}, {1, 1, 1, 1}},
        PoolCase{"stride3", 1, 3, 10, 11, {2, 3}, {3, 3}},
        PoolCase{"gaps", 1, 3, 10, 11, {1, 1}, {3, 2}},
        PoolCase{"ceil", 1, 5, 8, 9, {3, 3}, {2, 2}, {0, 0, 0, 0}, {1, 1}, true},
        PoolCase{"ceil_padded", 1, 5, 8, 10, {3, 3}, {2, 3}, {1, 1, 1, 1}, {1, 1}, true},
        PoolCase{"ceil_dropped", 1, 2, 4, 4, {1, 1}, {3, 3}, {0, 0, 0, 0}, {1, 1}, true},
        PoolCase{"asymmetric", 1, 4, 6, 7, {3, 2}, {1, 2}, {2, 0, 0, 1}},
        PoolCase{"rows", 1, 4, 30, 1, {5, 1}, {2, 1}, {2, 0, 2, 0}},
        PoolCase{"columns", 1, 4, 1, 33, {1, 5}, {1, 3}, {0, 2, 0, 2}},
        PoolCase{"large", 1, 20, 20, 20, {13, 13}, {1, 1}, {6, 6, 6, 6}},
        PoolCase{"wide", 1, 2, 3, 5000, {2, 3}, {1, 2}, {0, 1, 0, 1}},
        PoolCase{"tall", 1, 2, 6000, 2, {3, 2}, {2, 1}, {1, 0, 1, 0}}));

TEST(MaxPool, Dilated) {
  // Windows of every second pixel; the largest is found by hand on a ramp.
  std::string in = tensor({1, 16, 5, 5}, "f16", "nc1hwc0");
  std::string out = tensor({1, 16, 3, 1}, "f16", "nc1hwc0");
  Floats x(400);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = float(i / 16);
  KernelRun run =
      runKernel(groupModule("pool", {in}, {out},
                            "    %0 = ascend.max_pool %a0 {kernel_shape = array<i64: 2, 3>, "
                            "dilations = array<i64: 2, 2>} : (" +
                                in + ") -> " + out + "\n    ascend.yield %0 : " + out + "\n"),
                {toHalfBytes(x)}, {96});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]);
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_EQ(got[i], float((i / 16 + 2) * 5 + 4));
}

} // namespace
