//===- ConvolutionTest.cpp - Convolution kernels on the simulator ---------===//
//
// The reference sums in double over the definition in the ONNX operator list; data are
// such that every sum is exact, so that results are compared bit by bit.
//
//===----------------------------------------------------------------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace openatc;
using namespace openatc::test;

namespace {

struct ConvCase {
  const char *name;
  int64_t n, c, h, w, o, kh, kw;
  Shape strides = {1, 1}, pads = {0, 0, 0, 0}, dilations = {1, 1};
  int64_t groups = 1;
  bool transposed = false;
  Shape outputPadding = {0, 0};
  bool pixels = false;     ///< x in NC1HWC0_C04
  std::string planes = ""; ///< the kernel makes pixels of planes of this type itself

  int64_t out(size_t axis) const {
    int64_t in = axis ? w : h, k = ((axis ? kw : kh) - 1) * dilations[axis] + 1;
    int64_t pad = pads[axis] + pads[axis + 2];
    if (transposed)
      return strides[axis] * (in - 1) + outputPadding[axis] + k - pad;
    return (in + pad - k) / strides[axis] + 1;
  }
  Shape filterShape() const {
    return transposed ? Shape{c, o / groups, kh, kw} : Shape{o, c / groups, kh, kw};
  }
};

std::ostream &operator<<(std::ostream &os, const ConvCase &c) { return os << c.name; }

/// y[n, o, oy, ox] in double, NCHW.
std::vector<double> reference(const ConvCase &t, const Floats &x, const Floats &filter) {
  int64_t oh = t.out(0), ow = t.out(1), cg = t.c / t.groups, og = t.o / t.groups;
  std::vector<double> y(size_t(t.n * t.o * oh * ow), 0.0);
  // Every pair of an input pixel and an output pixel that a tap joins.
  auto join = [&](int64_t small, int64_t stride, int64_t tap, int64_t dilation, int64_t pad) {
    return small * stride + tap * dilation - pad;
  };
  for (int64_t n = 0; n < t.n; ++n)
    for (int64_t o = 0; o < t.o; ++o)
      for (int64_t i = 0; i < cg; ++i)
        for (int64_t ky = 0; ky < t.kh; ++ky)
          for (int64_t kx = 0; kx < t.kw; ++kx) {
            int64_t g = o / og, c = g * cg + i;
            double f = filter[size_t(
                ((t.transposed ? c * og + o % og : o * cg + i) * t.kh + ky) * t.kw + kx)];
            int64_t rows = t.transposed ? t.h : oh, columns = t.transposed ? t.w : ow;
            for (int64_t r = 0; r < rows; ++r)
              for (int64_t q = 0; q < columns; ++q) {
                int64_t y2 = join(r, t.strides[0], ky, t.dilations[0], t.pads[0]);
                int64_t x2 = join(q, t.strides[1], kx, t.dilations[1], t.pads[1]);
                if (y2 < 0 || x2 < 0 || y2 >= (t.transposed ? oh : t.h) ||
                    x2 >= (t.transposed ? ow : t.w))
                  continue;
                int64_t iy = t.transposed ? r : y2, ix = t.transposed ? q : x2;
                int64_t oy = t.transposed ? y2 : r, ox = t.transposed ? x2 : q;
                y[size_t(((n * t.o + o) * oh + oy) * ow + ox)] +=
                    f * x[size_t(((n * t.c + c) * t.h + iy) * t.w + ix)];
              }
          }
  return y;
}

/// FRACTAL_Z: (super-group, C1, KH, KW, N1, 16 of N, 16 of C); a transposed filter is turned.
Floats packFilter(const ConvCase &t, const Floats &filter) {
  int64_t cg = t.c / t.groups, og = t.o / t.groups;
  int64_t merged =
      std::min(std::lcm(std::lcm(cg, int64_t(16)) / cg, std::lcm(og, int64_t(16)) / og), t.groups);
  int64_t c1 = (merged * cg + 15) / 16, n1 = (merged * og + 15) / 16;
  int64_t super = (t.groups + merged - 1) / merged;
  Floats packed(size_t(super * c1 * t.kh * t.kw * n1 * 256), 0.0f);
  for (int64_t o = 0; o < t.o; ++o)
    for (int64_t i = 0; i < cg; ++i)
      for (int64_t ky = 0; ky < t.kh; ++ky)
        for (int64_t kx = 0; kx < t.kw; ++kx) {
          int64_t g = o / og, c = g % merged * cg + i, n = g % merged * og + o % og;
          int64_t from = t.transposed ? (g * cg + i) * og + o % og : o * cg + i;
          int64_t py = t.transposed ? t.kh - 1 - ky : ky, px = t.transposed ? t.kw - 1 - kx : kx;
          int64_t row = ((g / merged * c1 + c / 16) * t.kh + py) * t.kw + px;
          packed[size_t((row * n1 + n / 16) * 256 + n % 16 * 16 + c % 16)] =
              filter[size_t((from * t.kh + ky) * t.kw + kx)];
        }
  return packed;
}

/// FRACTAL_Z_C04: k = (ky*KW + kx)*4 + c, in (K1, N1, 16 of N, 16 of K).
Floats packFilterC04(const ConvCase &t, const Floats &filter) {
  int64_t n1 = (t.o + 15) / 16, k1 = (t.kh * t.kw * 4 + 15) / 16;
  Floats packed(size_t(k1 * n1 * 256), 0.0f);
  for (int64_t o = 0; o < t.o; ++o)
    for (int64_t c = 0; c < t.c; ++c)
      for (int64_t tap = 0; tap < t.kh * t.kw; ++tap) {
        int64_t k = tap * 4 + c;
        packed[size_t((k / 16 * n1 + o / 16) * 256 + o % 16 * 16 + k % 16)] =
            filter[size_t((o * t.c + c) * t.kh * t.kw + tap)];
      }
  return packed;
}

/// [N, C, plane] elements as [N, plane, 4].
Floats toPixels(const ConvCase &t, const Floats &x, float padding) {
  int64_t plane = t.h * t.w;
  Floats out(size_t(t.n * plane * 4), padding);
  for (int64_t n = 0; n < t.n; ++n)
    for (int64_t c = 0; c < t.c; ++c)
      for (int64_t p = 0; p < plane; ++p)
        out[size_t((n * plane + p) * 4 + c)] = x[size_t((n * t.c + c) * plane + p)];
  return out;
}

std::string convText(const ConvCase &t, const std::string &types) {
  return std::string(t.transposed ? "ascend.conv_transpose" : "ascend.conv") +
         (t.planes.empty() ? " %a0" : " %x") + ", %a1 {strides = " + array(t.strides) +
         ", pads = " + array(t.pads) + ", dilations = " + array(t.dilations) +
         ", group = " + std::to_string(t.groups) + " : i64" +
         (t.transposed ? ", output_padding = " + array(t.outputPadding) : "") + "} : " + types +
         "\n";
}

struct Data {
  Floats x, filter;
  std::vector<double> want;
  std::vector<Bytes> operands;
  std::string xType, fType, argument; ///< of the convolution, and of the group's first operand
  std::string front;                  ///< ops in front of the convolution, which then reads %x

  explicit Data(const ConvCase &t)
      : x(pattern(t.n * t.c * t.h * t.w, 1)), filter(pattern(sizeOf(t.filterShape()), 2, 1)),
        want(reference(t, x, filter)),
        // Padding lanes of the input are finite, but not zero.
        operands{
            toHalfBytes(t.pixels ? toPixels(t, x, 3.0f) : toBlocks(x, t.n, t.c, t.h * t.w, 3.0f)),
            toHalfBytes(t.pixels ? packFilterC04(t, filter) : packFilter(t, filter))},
        xType(tensor({t.n, t.c, t.h, t.w}, "f16", t.pixels ? "nc1hwc0_c04" : "nc1hwc0")),
        fType(tensor(t.filterShape(), "f16", t.pixels ? "fractal_z_c04" : "fractal_z")),
        argument(xType) {
    if (t.planes.empty())
      return;
    // Row-major planes become pixels in front of the convolution.
    operands[0] = t.planes == "f16" ? toHalfBytes(x) : toBytes(x);
    std::string nd = tensor({t.n, t.c, t.h, t.w}, t.planes);
    std::string halves = tensor({t.n, t.c, t.h, t.w}, "f16"), source = "%a0";
    if (t.planes == "f32") {
      front = "    %h = ascend.cast %a0 {to = 10 : i64} : (" + nd + ") -> " + halves + "\n";
      source = "%h";
    }
    front += "    %x = ascend.trans_data " + source + " : (" + halves + ") -> " + xType + "\n";
    argument = nd;
  }
};

class Convolution : public testing::TestWithParam<ConvCase> {};

TEST_P(Convolution, GivesHalves) {
  const ConvCase &t = GetParam();
  Data d(t);
  std::string y = tensor({t.n, t.o, t.out(0), t.out(1)}, "f16", "nc1hwc0");
  size_t bytes = size_t(t.n * ((t.o + 15) / 16) * t.out(0) * t.out(1) * 32);
  std::string text = groupModule(
      "cube_conv", {d.argument, d.fType}, {y},
      d.front + "    %0 = " + convText(t, "(" + d.xType + ", " + d.fType + ") -> " + y) +
          "    ascend.yield %0 : " + y + "\n");
  for (const char *soc : {"Ascend310P3", "Ascend310", "Ascend910A"}) {
    KernelRun run = runKernel(text, d.operands, {bytes}, soc);
    ASSERT_EQ(run.error, "") << soc;
    Floats all = fromHalfBytes(run.outputs[0]);
    ASSERT_TRUE(std::all_of(all.begin(), all.end(), [](float v) { return std::isfinite(v); }));
    Floats got = fromBlocks(all, t.n, t.o, t.out(0) * t.out(1));
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], roundToHalf(float(d.want[i]))) << soc << ", element " << i;
  }
}

TEST_P(Convolution, GivesFloatsWithEpilogue) {
  const ConvCase &t = GetParam();
  Data d(t);
  int64_t plane = t.out(0) * t.out(1);
  Floats bias = pattern(t.o, 3), residual = pattern(t.n * t.o * plane, 4);
  d.operands.push_back(toBytes(toBlocks(bias, 1, t.o, 1, 0.0f)));
  d.operands.push_back(toBytes(toBlocks(residual, t.n, t.o, plane, 0.0f)));
  std::string y = tensor({t.n, t.o, t.out(0), t.out(1)}, "f32", "nc1hwc0");
  std::string b = tensor({1, t.o, 1, 1}, "f32", "nc1hwc0");
  std::string text = groupModule(
      "cube_conv", {d.argument, d.fType, b, y}, {y},
      d.front + "    %0 = " + convText(t, "(" + d.xType + ", " + d.fType + ") -> " + y) +
          "    %1 = ascend.add %0, %a2 : (" + y + ", " + b + ") -> " + y + "\n" +
          "    %2 = ascend.add %1, %a3 : (" + y + ", " + y + ") -> " + y + "\n" +
          "    %3 = ascend.relu %2 : (" + y + ") -> " + y + "\n    ascend.yield %3 : " + y + "\n");
  size_t bytes = size_t(t.n * ((t.o + 15) / 16) * plane * 64);
  for (const char *soc : {"Ascend310P3", "Ascend310"}) {
    KernelRun run = runKernel(text, d.operands, {bytes}, soc);
    ASSERT_EQ(run.error, "") << soc;
    Floats got = fromBlocks(fromBytes<float>(run.outputs[0]), t.n, t.o, plane);
    for (size_t i = 0; i < got.size(); ++i) {
      double sum = d.want[i] + bias[i / size_t(plane) % size_t(t.o)] + residual[i];
      ASSERT_EQ(got[i], float(std::max(sum, 0.0))) << soc << ", element " << i;
    }
  }
}

class PooledConvolution : public testing::TestWithParam<ConvCase> {};

TEST_P(PooledConvolution, TakesMaximaOfWindows) {
  const ConvCase &t = GetParam();
  Data d(t);
  int64_t h = t.out(0), w = t.out(1);
  Floats bias = pattern(t.o, 3);
  d.operands.push_back(toHalfBytes(toBlocks(bias, 1, t.o, 1, 0.0f)));
  std::string y = tensor({t.n, t.o, h, w}, "f16", "nc1hwc0");
  std::string pooled = tensor({t.n, t.o, h / 2, w / 2}, "f16", "nc1hwc0");
  std::string b = tensor({1, t.o, 1, 1}, "f16", "nc1hwc0");
  std::string text = groupModule(
      "cube_conv", {d.argument, d.fType, b}, {pooled},
      d.front + "    %0 = " + convText(t, "(" + d.xType + ", " + d.fType + ") -> " + y) +
          "    %1 = ascend.add %0, %a2 : (" + y + ", " + b + ") -> " + y + "\n" +
          "    %2 = ascend.relu %1 : (" + y + ") -> " + y + "\n" +
          "    %3 = ascend.max_pool %2 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, "
          "2>} : (" +
          y + ") -> " + pooled + "\n    ascend.yield %3 : " + pooled + "\n");
  size_t bytes = size_t(t.n * ((t.o + 15) / 16) * (h / 2) * (w / 2) * 32);
  for (const char *soc : {"Ascend310P3", "Ascend310"}) {
    KernelRun run = runKernel(text, d.operands, {bytes}, soc);
    ASSERT_EQ(run.error, "") << soc;
    Floats got = fromBlocks(fromHalfBytes(run.outputs[0]), t.n, t.o, h / 2 * (w / 2));
    for (size_t i = 0; i < got.size(); ++i) {
      size_t plane = i / size_t(h / 2 * (w / 2)), row = i / size_t(w / 2) % size_t(h / 2);
      size_t corner = (plane * size_t(h) + 2 * row) * size_t(w) + i % size_t(w / 2) * 2;
      double most = std::max({d.want[corner], d.want[corner + 1], d.want[corner + size_t(w)],
                              d.want[corner + size_t(w) + 1]});
      double want = std::max(0.0, most + bias[plane % size_t(t.o)]);
      // The bias is added before the sum is rounded, or to the rounded sum.
      ASSERT_NEAR(got[i], want, std::abs(want) * 0x1p-10) << soc << ", element " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PooledConvolution,
    testing::Values(ConvCase{"same", 2, 20, 12, 10, 24, 3, 3, {1, 1}, {1, 1, 1, 1}},
                    ConvCase{"pointwise", 3, 32, 6, 14, 40, 1, 1},
                    ConvCase{"wide", 1, 16, 6, 200, 16, 3, 3, {1, 1}, {1, 1, 1, 1}},
                    ConvCase{"strided", 1, 8, 17, 21, 16, 3, 3, {2, 2}, {0, 0, 0, 0}},
                    ConvCase{"depthwise", 2, 48, 8, 8, 48, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 48}),
    [](const auto &info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Shapes, Convolution,
    testing::Values(
        ConvCase{"one", 1, 1, 1, 1, 1, 1, 1}, ConvCase{"odd", 1, 3, 7, 9, 17, 3, 3},
        ConvCase{"wide_channels", 1, 40, 6, 5, 17, 1, 1},
        ConvCase{"many_channels", 1, 200, 5, 5, 100, 3, 3, {1, 1}, {1, 1, 1, 1}},
        ConvCase{"batch", 3, 17, 5, 6, 3, 3, 3, {1, 1}, {1, 1, 1, 1}},
        ConvCase{"stride2", 1, 3, 15, 15, 16, 7, 7, {2, 2}, {3, 3, 3, 3}},
        ConvCase{"stride2_even", 1, 16, 8, 8, 16, 3, 3, {2, 2}, {0, 0, 1, 1}},
        ConvCase{"stride3", 2, 16, 10, 11, 16, 3, 2, {3, 2}, {1, 0, 0, 1}},
        ConvCase{"point_stride3", 1, 16, 11, 12, 16, 1, 1, {3, 3}},
        ConvCase{"dilated", 1, 5, 12, 13, 6, 3, 3, {1, 2}, {2, 3, 2, 3}, {2, 3}},
        ConvCase{"asymmetric", 1, 4, 6, 7, 4, 4, 2, {1, 1}, {2, 1, 1, 0}},
        ConvCase{"rows_only", 1, 16, 40, 1, 16, 5, 1, {2, 1}, {2, 0, 2, 0}},
        ConvCase{"columns_only", 1, 2, 1, 300, 4, 1, 9, {1, 1}, {0, 4, 0, 4}},
        ConvCase{"very_wide", 1, 2, 3, 9000, 3, 3, 3, {1, 1}, {1, 1, 1, 1}},
        ConvCase{"very_wide_stride", 1, 1, 2, 40001, 2, 1, 3, {1, 2}, {0, 1, 0, 1}},
        ConvCase{"very_tall", 1, 1, 70000, 2, 1, 3, 1, {1, 1}, {1, 0, 1, 0}},
        ConvCase{"large_kernel", 1, 3, 40, 40, 5, 31, 31, {1, 1}, {15, 15, 15, 15}},
        ConvCase{"kernel_of_image", 2, 20, 9, 9, 33, 9, 9},
        ConvCase{"groups8", 1, 16, 6, 6, 16, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 2},
        ConvCase{"groups_odd", 1, 15, 6, 6, 10, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 5},
        ConvCase{"groups_tail", 2, 18, 4, 5, 9, 1, 1, {1, 1}, {0, 0, 0, 0}, {1, 1}, 9},
        ConvCase{"groups_40", 1, 120, 4, 4, 81, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 3},
        ConvCase{"depthwise", 1, 35, 9, 9, 35, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 35},
        ConvCase{"depthwise_stride", 2, 32, 9, 9, 32, 5, 5, {2, 2}, {2, 2, 2, 2}, {1, 1}, 32},
        ConvCase{"multiplier", 1, 5, 6, 6, 15, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 5}));

ConvCase ofPixels(ConvCase t) {
  t.pixels = true;
  return t;
}

INSTANTIATE_TEST_SUITE_P(
    FewChannels, Convolution,
    testing::Values(
        ofPixels({"pixels_one", 1, 1, 1, 1, 1, 1, 1}),
        ofPixels({"pixels_point", 2, 3, 9, 11, 20, 1, 1}),
        ofPixels({"pixels_odd", 1, 3, 7, 9, 17, 3, 3}),
        ofPixels({"pixels_batch", 3, 3, 5, 6, 40, 3, 3, {1, 1}, {1, 1, 1, 1}}),
        ofPixels({"pixels_stride2", 1, 3, 15, 15, 16, 7, 7, {2, 2}, {3, 3, 3, 3}}),
        ofPixels({"pixels_tiles", 2, 3, 90, 61, 70, 7, 7, {2, 2}, {3, 3, 3, 3}}),
        ofPixels({"pixels_patches", 2, 3, 32, 48, 50, 16, 16, {16, 16}}),
        ofPixels({"pixels_dilated", 1, 4, 12, 13, 6, 3, 3, {1, 2}, {2, 3, 2, 3}, {2, 3}}),
        ofPixels({"pixels_asymmetric", 1, 4, 6, 7, 4, 4, 2, {1, 1}, {2, 1, 1, 0}}),
        ofPixels({"pixels_columns_only", 1, 2, 1, 300, 4, 1, 9, {1, 1}, {0, 4, 0, 4}}),
        ofPixels({"pixels_very_wide", 1, 2, 3, 9000, 3, 3, 3, {1, 1}, {1, 1, 1, 1}}),
        ofPixels({"pixels_very_wide_stride", 1, 1, 2, 20001, 2, 1, 3, {1, 2}, {0, 1, 0, 1}}),
        ofPixels({"pixels_very_tall", 1, 1, 7000, 2, 1, 3, 1, {1, 1}, {1, 0, 1, 0}})));

ConvCase ofPlanes(ConvCase t, const char *element) {
  t.pixels = true;
  t.planes = element;
  return t;
}

INSTANTIATE_TEST_SUITE_P(
    Planes, Convolution,
    testing::Values(
        ofPlanes({"planes_one", 1, 1, 1, 1, 1, 1, 1}, "f32"),
        ofPlanes({"planes_point", 2, 3, 9, 11, 20, 1, 1}, "f16"),
        ofPlanes({"planes_odd", 1, 3, 7, 9, 17, 3, 3}, "f32"),
        ofPlanes({"planes_batch", 8, 3, 5, 6, 40, 3, 3, {1, 1}, {1, 1, 1, 1}}, "f32"),
        ofPlanes({"planes_stride2", 4, 3, 64, 63, 16, 7, 7, {2, 2}, {3, 3, 3, 3}}, "f32"),
        ofPlanes({"planes_tiles", 6, 2, 90, 61, 70, 7, 7, {2, 2}, {3, 3, 3, 3}}, "f16"),
        ofPlanes({"planes_many_tiles", 8, 3, 112, 112, 33, 3, 3, {2, 2}, {0, 0, 1, 1}}, "f32"),
        ofPlanes({"planes_patches", 2, 4, 32, 48, 50, 16, 16, {16, 16}}, "f32"),
        ofPlanes({"planes_dilated", 1, 4, 12, 13, 6, 3, 3, {1, 2}, {2, 3, 2, 3}, {2, 3}}, "f16"),
        ofPlanes({"planes_wide", 1, 1, 3, 3000, 4, 3, 3, {1, 2}, {1, 1, 1, 1}}, "f32")));

INSTANTIATE_TEST_SUITE_P(
    Transposed, Convolution,
    testing::Values(
        ConvCase{"up1", 1, 5, 6, 7, 4, 3, 3, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1, true},
        ConvCase{"up2", 1, 5, 6, 7, 4, 2, 2, {2, 2}, {0, 0, 0, 0}, {1, 1}, 1, true},
        ConvCase{"up2_padded", 2, 17, 6, 7, 20, 4, 4, {2, 2}, {1, 1, 1, 1}, {1, 1}, 1, true},
        ConvCase{"up3_output_padding",
                 1,
                 4,
                 5,
                 6,
                 3,
                 3,
                 3,
                 {3, 3},
                 {1, 1, 1, 1},
                 {1, 1},
                 1,
                 true,
                 {1, 2}},
        ConvCase{"up2_dilated", 1, 4, 5, 5, 3, 3, 3, {2, 2}, {1, 2, 2, 1}, {2, 2}, 1, true, {1, 1}},
        ConvCase{"up4_gaps", 1, 3, 4, 4, 3, 2, 2, {4, 4}, {0, 0, 0, 0}, {1, 1}, 1, true, {3, 3}},
        ConvCase{"cropped_end", 1, 3, 5, 5, 3, 1, 1, {2, 2}, {0, 0, 1, 1}, {1, 1}, 1, true},
        ConvCase{"cropped_far", 1, 3, 6, 6, 3, 2, 2, {1, 1}, {0, 0, 3, 3}, {1, 1}, 1, true},
        ConvCase{"grouped", 1, 12, 4, 5, 8, 3, 3, {2, 2}, {1, 1, 1, 1}, {1, 1}, 4, true, {1, 1}},
        ConvCase{"wide", 1, 2, 2, 4000, 2, 2, 2, {2, 2}, {0, 0, 0, 0}, {1, 1}, 1, true}));

} // namespace
