//===- ContractionTest.cpp - Convolution, matmul, pools -----------------------===//

#include "OpTester.h"

#include <cmath>

namespace openatc::host {
namespace {

/// A repeatable sequence of small integers, exact in every float type.
std::vector<float> sequence(int64_t count, int64_t seed) {
  std::vector<float> v;
  for (int64_t i = 0; i < count; ++i)
    v.push_back(static_cast<float>((i * 7 + seed * 13) % 11 - 5));
  return v;
}

/// y[n,f,oy,ox] straight from the definition of Conv.
std::vector<float> plainConv(const Tensor &x, const Tensor &w, const Shape &out, int64_t group,
                             int64_t stride, int64_t dilation, int64_t pad) {
  std::vector<float> a = x.values<float>(), b = w.values<float>(), y;
  int64_t perGroup = out[1] / group;
  for (int64_t n = 0; n < out[0]; ++n)
    for (int64_t f = 0; f < out[1]; ++f)
      for (int64_t oy = 0; oy < out[2]; ++oy)
        for (int64_t ox = 0; ox < out[3]; ++ox) {
          double sum = 0;
          for (int64_t c = 0; c < w.shape[1]; ++c)
            for (int64_t ky = 0; ky < w.shape[2]; ++ky)
              for (int64_t kx = 0; kx < w.shape[3]; ++kx) {
                int64_t iy = oy * stride + ky * dilation - pad;
                int64_t ix = ox * stride + kx * dilation - pad;
                if (iy < 0 || iy >= x.shape[2] || ix < 0 || ix >= x.shape[3])
                  continue;
                int64_t channel = f / perGroup * w.shape[1] + c;
                sum += a[size_t(((n * x.shape[1] + channel) * x.shape[2] + iy) * x.shape[3] + ix)] *
                       b[size_t(((f * w.shape[1] + c) * w.shape[2] + ky) * w.shape[3] + kx)];
              }
          y.push_back(static_cast<float>(sum));
        }
  return y;
}

struct ConvCase {
  int64_t batch, channels, size, filters, kernel, group, stride, dilation, pad;
};

class ConvTest : public testing::TestWithParam<ConvCase> {};

TEST_P(ConvTest, MatchesTheDefinition) {
  ConvCase p = GetParam();
  Shape xs{p.batch, p.channels, p.size, p.size + 3};
  Shape ws{p.filters, p.channels / p.group, p.kernel, p.kernel};
  Tensor x = floats(xs, sequence(*numElements(xs), 1)),
         w = floats(ws, sequence(*numElements(ws), 2));
  Attributes attrs{{"strides", Ints{p.stride, p.stride}},
                   {"dilations", Ints{p.dilation, p.dilation}},
                   {"pads", Ints{p.pad, p.pad, p.pad, p.pad}},
                   {"group", p.group}};
  auto outSize = [&](int64_t in) {
    return (in + 2 * p.pad - (p.kernel - 1) * p.dilation - 1) / p.stride + 1;
  };
  Shape out{p.batch, p.filters, outSize(xs[2]), outSize(xs[3])};
  expectResult<float>(Call("conv", attrs, {x, w}), out,
                      plainConv(x, w, out, p.group, p.stride, p.dilation, p.pad));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvTest,
    testing::Values(ConvCase{1, 3, 9, 7, 3, 1, 1, 1, 1}, ConvCase{2, 8, 7, 8, 3, 8, 1, 1, 1},
                    ConvCase{1, 8, 11, 16, 3, 2, 2, 1, 1}, ConvCase{1, 40, 5, 5, 3, 1, 1, 2, 2},
                    ConvCase{1, 6, 8, 6, 5, 6, 2, 1, 2}, ConvCase{1, 17, 6, 9, 1, 1, 1, 1, 0}));

TEST(Contraction, ConvAddsBiasAndPadsSame) {
  Tensor x = floats({1, 1, 3}, {1, 2, 3}), w = floats({1, 1, 2}, {1, 1});
  expectResult<float>(Call("conv", {{"auto_pad", "SAME_UPPER"}}, {x, w, floats({1}, {10})}),
                      {1, 1, 3}, {13, 15, 13});
  expectResult<float>(Call("conv", {{"auto_pad", "SAME_LOWER"}}, {x, w}), {1, 1, 3}, {1, 3, 5});
}

TEST(Contraction, ConvTransposeSpreadsTheKernel) {
  Tensor x = floats({1, 1, 2}, {1, 2}), w = floats({1, 1, 3}, {1, 10, 100});
  expectResult<float>(Call("conv_transpose", {{"strides", Ints{2}}}, {x, w}), {1, 1, 5},
                      {1, 10, 102, 20, 200});
  expectResult<float>(Call("conv_transpose", {{"strides", Ints{2}}, {"pads", Ints{1, 0}}}, {x, w}),
                      {1, 1, 4}, {10, 102, 20, 200});
}

TEST(Contraction, MatMulOfVectorsAndBatches) {
  Tensor m = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  expectResult<float>(Call("matmul", {}, {m, floats({3}, {1, 0, 1})}), {2}, {4, 10});
  expectResult<float>(Call("matmul", {}, {floats({2}, {1, 1}), m}), {3}, {5, 7, 9});
  // A batch of two left factors and one right factor that both batches share.
  Tensor a = floats({2, 1, 2}, {1, 2, 3, 4}), b = floats({1, 2, 1}, {10, 1});
  expectResult<float>(Call("matmul", {}, {a, b}), {2, 1, 1}, {12, 34});
  Tensor i = tensor<int32_t>({1, 2}, {-3, 2}), j = tensor<int32_t>({2, 1}, {4, 5});
  expectResult<int32_t>(Call("matmul", {}, {i, j}), {1, 1}, {-2});
  expectError(Call("matmul", {}, {m, m}), "inner dimensions");
}

TEST(Contraction, GemmTransposesAndScales) {
  Attributes attrs{{"trans_a", int64_t(1)}, {"alpha", 2.0}, {"beta", 0.5}};
  Call call("gemm", attrs,
            {floats({2, 1}, {1, 2}), floats({2, 2}, {1, 2, 3, 4}), floats({2}, {10, 20})});
  expectResult<float>(call, {1, 2}, {19, 30});
}

TEST(Contraction, EmptyInnerDimensionGivesZero) {
  expectResult<float>(Call("matmul", {}, {floats({2, 0}, {}), floats({0, 1}, {})}), {2, 1}, {0, 0});
}

/// Attention straight from its definition, in double.
std::vector<float> plainAttention(const Tensor &q, const Tensor &k, const Tensor &v,
                                  const std::vector<float> &mask, int64_t heads, double scale) {
  std::vector<float> a = q.values<float>(), b = k.values<float>(), c = v.values<float>();
  int64_t batch = q.shape[0], rows = q.shape[1], keys = k.shape[1], width = q.shape[2] / heads,
          valueWidth = v.shape[2] / heads;
  std::vector<float> y(size_t(batch * rows * heads * valueWidth));
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t s = 0; s < rows; ++s) {
        std::vector<double> p;
        double sum = 0;
        for (int64_t t = 0; t < keys; ++t) {
          double dot = 0;
          for (int64_t d = 0; d < width; ++d)
            dot += double(a[size_t(((n * rows + s) * heads + h) * width + d)]) *
                   b[size_t(((n * keys + t) * heads + h) * width + d)];
          p.push_back(std::exp(dot * scale + mask[size_t((n * rows + s) * keys + t)]));
          sum += p.back();
        }
        for (int64_t e = 0; e < valueWidth; ++e) {
          double total = 0;
          for (int64_t t = 0; t < keys; ++t)
            total += p[size_t(t)] / sum * c[size_t(((n * keys + t) * heads + h) * valueWidth + e)];
          y[size_t(((n * rows + s) * heads + h) * valueWidth + e)] = float(total);
        }
      }
  return y;
}

TEST(Contraction, AttentionMatchesTheDefinition) {
  Tensor q = floats({2, 3, 6}, sequence(36, 1)), k = floats({2, 5, 6}, sequence(60, 2)),
         v = floats({2, 5, 4}, sequence(40, 3));
  std::vector<float> mask = sequence(2 * 3 * 5, 4);
  Attributes attrs{{"heads", int64_t(2)}, {"scale", 0.25}};
  Call masked("attention", attrs, {q, k, v, floats({2, 1, 3, 5}, mask)});
  expectResult<float>(masked, {2, 3, 4}, plainAttention(q, k, v, mask, 2, 0.25), 1e-5);
  Call plain("attention", attrs, {q, k, v});
  expectResult<float>(plain, {2, 3, 4}, plainAttention(q, k, v, std::vector<float>(30), 2, 0.25),
                      1e-5);
  // Keys and values side by side, values first.
  std::vector<float> both;
  for (size_t r = 0; r < 10; ++r) {
    std::vector<float> left = v.values<float>(), right = k.values<float>();
    both.insert(both.end(), left.begin() + r * 4, left.begin() + r * 4 + 4);
    both.insert(both.end(), right.begin() + r * 6, right.begin() + r * 6 + 6);
  }
  Tensor kv = floats({2, 5, 10}, both);
  attrs["columns"] = Ints{0, 4, 0};
  attrs["width"] = int64_t(3);
  attrs["value_width"] = int64_t(2);
  expectResult<float>(Call("attention", attrs, {q, kv, kv}), {2, 3, 4},
                      plainAttention(q, k, v, std::vector<float>(30), 2, 0.25), 1e-5);
  attrs["columns"] = Ints{0, 5, 0};
  expectError(Call("attention", attrs, {q, kv, kv}), "from column 5 on exceed");
  attrs = {{"heads", int64_t(2)}, {"scale", 0.25}};
  expectError(Call("attention", {{"heads", int64_t(4)}}, {q, k, v}), "no multiples of 4 heads");
  expectError(Call("attention", attrs, {q, v, v}), "do not match");
  expectError(Call("attention", attrs, {q, k, v, floats({4}, {1, 2, 3, 4})}), "does not broadcast");
}

TEST(Contraction, MaxPoolWithIndices) {
  Attributes attrs{{"kernel_shape", Ints{2, 2}}, {"with_indices", int64_t(1)}};
  Call call("max_pool", attrs, {floats({1, 1, 2, 3}, {1, 5, 2, 3, 4, 6})});
  expectResult<float>(call, {1, 1, 1, 2}, {5, 6});
  EXPECT_EQ(call.results[1].values<int64_t>(), (Ints{1, 5}));
}

TEST(Contraction, AveragePoolCountsPaddingOnlyIfAsked) {
  Attributes attrs{{"kernel_shape", Ints{2}}, {"pads", Ints{1, 0}}, {"strides", Ints{2}}};
  Tensor x = floats({1, 1, 3}, {4, 2, 6});
  expectResult<float>(Call("average_pool", attrs, {x}), {1, 1, 2}, {4, 4});
  attrs["count_include_pad"] = int64_t(1);
  expectResult<float>(Call("average_pool", attrs, {x}), {1, 1, 2}, {2, 4});
}

TEST(Contraction, CeilModeDropsWindowsInThePadding) {
  Attributes attrs{{"kernel_shape", Ints{1}}, {"strides", Ints{2}}, {"ceil_mode", int64_t(1)}};
  expectResult<float>(Call("max_pool", attrs, {floats({1, 1, 2}, {1, 2})}), {1, 1, 1}, {1});
}

} // namespace
} // namespace openatc::host
