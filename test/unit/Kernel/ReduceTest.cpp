//===- ReduceTest.cpp - Reductions, softmax, normalisation ----------------===//

#include "KernelHarness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace openatc;
using namespace openatc::test;

namespace {

using Floats = std::vector<float>;

/// A tensor [outer, reduced, inner] and the reductions' reference on it, in double.
struct Slices {
  int64_t outer, reduced, inner;

  int64_t size() const { return outer * reduced * inner; }
  std::string type(const std::string &e) const {
    return "tensor<" + std::to_string(outer) + "x" + std::to_string(reduced) + "x" +
           std::to_string(inner) + "x" + e + ">";
  }
  /// Calls fn(values of one slice) and stores what it leaves there.
  void forEach(std::vector<double> &x, std::function<void(std::vector<double> &)> fn) const {
    std::vector<double> slice(static_cast<size_t>(reduced));
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        auto at = [&](int64_t r) { return size_t((o * reduced + r) * inner + i); };
        for (int64_t r = 0; r < reduced; ++r)
          slice[size_t(r)] = x[at(r)];
        fn(slice);
        for (int64_t r = 0; r < reduced; ++r)
          x[at(r)] = slice[size_t(r)];
      }
  }
};

Floats pattern(int64_t n, float scale) {
  Floats values(static_cast<size_t>(n));
  uint32_t state = 12345;
  for (float &v : values) {
    state = state * 1664525 + 1013904223;
    v = (float(state >> 16) / 65536 - 0.4f) * scale;
  }
  return values;
}

std::string kernelModule(const std::string &in, const std::string &out, const std::string &body) {
  return "func.func @main(%a: " + in + ") -> " + out + " {\n  %r = ascend.kernel \"k\" <reduce> " +
         "(%a) : (" + in + ") -> " + out + " {\n  ^bb0(%x: " + in + "):\n" + body +
         "    ascend.yield %y : " + out + "\n  }\n  return %r : " + out + "\n}\n";
}

void check(const Floats &got, const std::vector<double> &want, double relative, double absolute) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], want[i], relative * std::fabs(want[i]) + absolute) << "element " << i;
}

Bytes encode(const Floats &x, bool half) { return half ? toHalfBytes(x) : toBytes(x); }
Floats decode(const Bytes &b, bool half) { return half ? fromHalfBytes(b) : fromBytes<float>(b); }

struct Case {
  Slices s;
  bool half;
};

class Reduce : public testing::TestWithParam<Case> {
protected:
  std::vector<double> run(const std::string &op, const std::function<double(Floats)> &fold,
                          double relative, double absolute) {
    const auto &[s, half] = GetParam();
    std::string e = half ? "f16" : "f32", in = s.type(e);
    std::string out = Slices{s.outer, 1, s.inner}.type(e);
    Floats x = pattern(s.size(), 4);
    KernelRun run = runKernel(
        kernelModule(in, out,
                     "    %c = ascend.constant dense<1> : tensor<1xi64>\n    %y = ascend." + op +
                         " %x axes %c : (" + in + ", tensor<1xi64>) -> " + out + "\n"),
        {encode(x, half)}, {size_t(s.outer * s.inner) * (half ? 2 : 4)});
    EXPECT_EQ(run.error, "");
    if (!run.error.empty())
      return {};
    x = decode(encode(x, half), half);
    std::vector<double> want;
    for (int64_t o = 0; o < s.outer; ++o)
      for (int64_t i = 0; i < s.inner; ++i) {
        Floats slice;
        for (int64_t r = 0; r < s.reduced; ++r)
          slice.push_back(x[size_t((o * s.reduced + r) * s.inner + i)]);
        want.push_back(fold(slice));
      }
    check(decode(run.outputs[0], half), want, half ? 1e-3 : relative, absolute);
    return want;
  }
};

double sumOf(const Floats &v) {
  double sum = 0;
  for (float x : v)
    sum += x;
  return sum;
}

TEST_P(Reduce, Mean) {
  run("reduce_mean", [](const Floats &v) { return sumOf(v) / double(v.size()); }, 1e-5, 1e-5);
}
TEST_P(Reduce, Sum) {
  run(
      "reduce_sum", [](const Floats &v) { return sumOf(v); }, 1e-5,
      1e-4 * double(GetParam().s.reduced) / 100 + 1e-4);
}
TEST_P(Reduce, Max) {
  run("reduce_max", [](const Floats &v) { return *std::max_element(v.begin(), v.end()); }, 0, 0);
}
TEST_P(Reduce, Min) {
  run("reduce_min", [](const Floats &v) { return *std::min_element(v.begin(), v.end()); }, 0, 0);
}

/// Operators whose result has the input's shape.
class Rowwise : public testing::TestWithParam<Case> {
protected:
  void run(const std::string &body, const std::function<void(std::vector<double> &)> &reference) {
    const auto &[s, half] = GetParam();
    std::string e = half ? "f16" : "f32", t = s.type(e);
    Floats x = pattern(s.size(), 12);
    std::string text = body;
    for (size_t at; (at = text.find("TYPE")) != std::string::npos;)
      text.replace(at, 4, t);
    for (size_t at; (at = text.find("ELEM")) != std::string::npos;)
      text.replace(at, 4, e);
    KernelRun run =
        runKernel(kernelModule(t, t, text), {encode(x, half)}, {size_t(s.size()) * (half ? 2 : 4)});
    ASSERT_EQ(run.error, "");
    x = decode(encode(x, half), half);
    std::vector<double> want(x.begin(), x.end());
    s.forEach(want, reference);
    check(decode(run.outputs[0], half), want, half ? 1.5e-3 : 1e-4, half ? 1e-4 : 1e-6);
  }
};

void softmaxOf(std::vector<double> &v, bool log) {
  double top = *std::max_element(v.begin(), v.end()), sum = 0;
  for (double x : v)
    sum += std::exp(x - top);
  for (double &x : v)
    x = log ? x - top - std::log(sum) : std::exp(x - top) / sum;
}

TEST_P(Rowwise, Softmax) {
  run("    %y = ascend.softmax %x {axis = 1 : i64} : (TYPE) -> TYPE\n",
      [](std::vector<double> &v) { softmaxOf(v, false); });
}
TEST_P(Rowwise, SoftmaxBetweenCasts) {
  std::string other = GetParam().half ? "f32" : "f16", own = GetParam().half ? "f16" : "f32";
  std::string wide = GetParam().s.type(other);
  run("    %0 = ascend.cast %x {to = " + std::string(GetParam().half ? "1" : "10") +
          " : i64} : (TYPE) -> " + wide + "\n    %1 = ascend.softmax %0 {axis = 1 : i64} : (" +
          wide + ") -> " + wide + "\n    %y = ascend.cast %1 {to = " +
          std::string(GetParam().half ? "10" : "1") + " : i64} : (" + wide + ") -> TYPE\n",
      [](std::vector<double> &v) { softmaxOf(v, false); });
}
TEST_P(Rowwise, LogSoftmax) {
  run("    %y = ascend.log_softmax %x {axis = 1 : i64} : (TYPE) -> TYPE\n",
      [](std::vector<double> &v) { softmaxOf(v, true); });
}

std::string nameOf(const testing::TestParamInfo<Case> &info) {
  const Slices &s = info.param.s;
  return std::to_string(s.outer) + "_" + std::to_string(s.reduced) + "_" + std::to_string(s.inner) +
         (info.param.half ? "_half" : "_float");
}

const Case kCases[] = {{{1, 1000, 1}, true},    {{1, 10, 1}, false},     {{5, 1, 1}, false},
                       {{37, 64, 1}, false},    {{37, 65, 1}, true},     {{300, 129, 1}, false},
                       {{1000, 7, 1}, true},    {{3, 5000, 1}, false},   {{2, 100003, 1}, true},
                       {{2, 100003, 1}, false}, {{1, 49, 16}, true},     {{128, 49, 16}, true},
                       {{3, 21, 1000}, true},   {{2, 5, 3}, false},      {{50, 2, 3}, true},
                       {{1, 3, 50021}, false},  {{2, 30011, 24}, true},  {{1, 700, 130}, false},
                       {{9, 300, 40}, false},   {{1, 1000, 1000}, true}, {{2, 1, 77}, false}};

INSTANTIATE_TEST_SUITE_P(Shapes, Reduce, testing::ValuesIn(kCases), nameOf);
INSTANTIATE_TEST_SUITE_P(Shapes, Rowwise, testing::ValuesIn(kCases), nameOf);

struct NormCase {
  int64_t rows, columns;
  bool half;
};

class LayerNorm : public testing::TestWithParam<NormCase> {};

TEST_P(LayerNorm, MatchesReference) {
  const auto &[rows, columns, half] = GetParam();
  std::string e = half ? "f16" : "f32";
  std::string t = "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) + "x" + e + ">";
  std::string p = "tensor<" + std::to_string(columns) + "x" + e + ">";
  std::string module =
      "func.func @main(%a: " + t + ", %b: " + p + ", %c: " + p + ") -> " + t +
      " {\n  %r = ascend.kernel \"k\" <reduce> (%a, %b, %c) : (" + t + ", " + p + ", " + p +
      ") -> " + t + " {\n  ^bb0(%x: " + t + ", %s: " + p + ", %o: " + p +
      "):\n    %y = ascend.layer_norm %x, %s bias %o {epsilon = 1.0e-3 : f64} : (" + t + ", " + p +
      ", " + p + ") -> " + t + "\n    ascend.yield %y : " + t + "\n  }\n  return %r : " + t +
      "\n}\n";
  Floats x = pattern(rows * columns, 5), scale = pattern(columns, 2), bias = pattern(columns, 3);
  KernelRun run = runKernel(module, {encode(x, half), encode(scale, half), encode(bias, half)},
                            {size_t(rows * columns) * (half ? 2 : 4)});
  ASSERT_EQ(run.error, "");
  x = decode(encode(x, half), half);
  scale = decode(encode(scale, half), half);
  bias = decode(encode(bias, half), half);
  std::vector<double> want(x.begin(), x.end());
  Slices{rows, columns, 1}.forEach(want, [&](std::vector<double> &v) {
    double mean = 0, variance = 0;
    for (double d : v)
      mean += d / double(columns);
    for (double d : v)
      variance += (d - mean) * (d - mean) / double(columns);
    for (size_t i = 0; i < v.size(); ++i)
      v[i] = (v[i] - mean) / std::sqrt(variance + 1e-3) * scale[i] + bias[i];
  });
  check(decode(run.outputs[0], half), want, half ? 2e-3 : 1e-4, half ? 2e-3 : 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Shapes, LayerNorm,
                         testing::Values(NormCase{1, 768, true}, NormCase{197, 768, true},
                                         NormCase{64, 100, false}, NormCase{10, 7, false},
                                         NormCase{3, 65537, true}, NormCase{2, 40000, false}),
                         [](const auto &info) {
                           return std::to_string(info.param.rows) + "_" +
                                  std::to_string(info.param.columns) +
                                  (info.param.half ? "_half" : "_float");
                         });

TEST(GlobalPool, AveragesImagesInBlocks) {
  std::string in = "tensor<2x40x7x7xf16, #ascend.layout<nc1hwc0>>";
  std::string out = "tensor<2x40x1x1xf16, #ascend.layout<nc1hwc0>>";
  Floats x = pattern(2 * 3 * 49 * 16, 4);
  KernelRun run = runKernel(
      kernelModule(in, out,
                   "    %y = ascend.global_average_pool %x : (" + in + ") -> " + out + "\n"),
      {toHalfBytes(x)}, {2 * 3 * 16 * 2});
  ASSERT_EQ(run.error, "");
  x = fromHalfBytes(toHalfBytes(x));
  std::vector<double> want(96);
  for (size_t i = 0; i < x.size(); ++i)
    want[i / (49 * 16) * 16 + i % 16] += x[i] / 49.0;
  check(fromHalfBytes(run.outputs[0]), want, 1e-3, 1e-4);
}

TEST(Reduce, ConvertsToHalf) {
  // f32 operands and f16 results differ in how their rows are padded.
  for (auto [rows, columns] : {std::pair<int64_t, int64_t>{37, 5}, {9, 130}, {200, 20}}) {
    Slices s{rows, columns, 1};
    std::string f = s.type("f32"), h = s.type("f16");
    Floats x = pattern(s.size(), 8);
    KernelRun run = runKernel(
        kernelModule(f, h,
                     "    %0 = ascend.softmax %x {axis = 1 : i64} : (" + f + ") -> " + f +
                         "\n    %y = ascend.cast %0 {to = 10 : i64} : (" + f + ") -> " + h + "\n"),
        {toBytes(x)}, {size_t(s.size()) * 2});
    ASSERT_EQ(run.error, "");
    std::vector<double> want(x.begin(), x.end());
    s.forEach(want, [](std::vector<double> &v) { softmaxOf(v, false); });
    check(fromHalfBytes(run.outputs[0]), want, 1e-3, 1e-6);
  }
}

TEST(Reduce, SumsIntegers) {
  std::string in = "tensor<6x70xi32>", out = "tensor<6xi32>";
  std::vector<int32_t> x(420);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = int32_t(i * i % 1000) - 300;
  KernelRun run = runKernel(
      kernelModule(in, out,
                   "    %c = ascend.constant dense<-1> : tensor<1xi64>\n    %y = ascend.reduce_sum "
                   "%x axes %c {keepdims = false} : (" +
                       in + ", tensor<1xi64>) -> " + out + "\n"),
      {toBytes(x)}, {24});
  ASSERT_EQ(run.error, "");
  auto got = fromBytes<int32_t>(run.outputs[0]);
  for (size_t r = 0; r < 6; ++r) {
    int32_t want = 0;
    for (size_t c = 0; c < 70; ++c)
      want += x[r * 70 + c];
    EXPECT_EQ(got[r], want);
  }
}

} // namespace
