//===- ElementwiseTest.cpp - Elementwise kernels on the simulator ---------===//

#include "KernelHarness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

using namespace openatc;
using namespace openatc::test;

namespace {

using Shape = std::vector<int64_t>;
using Floats = std::vector<float>;

int64_t sizeOf(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
}

std::string tensor(const Shape &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t d : shape)
    text += std::to_string(d) + "x";
  return text + element + ">";
}

/// Small values that halves represent exactly, different everywhere nearby.
Floats pattern(int64_t n, int seed) {
  Floats values(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i)
    values[size_t(i)] = float((i * 37 + seed * 11) % 101 - 50) / 4;
  return values;
}

/// Element of an operand of shape `own` at position `index` of `shape` (numpy rules).
float at(const Floats &values, const Shape &own, const Shape &shape, int64_t index) {
  int64_t offset = 0, stride = 1;
  for (size_t d = shape.size(); d-- > 0; index /= shape[d]) {
    size_t missing = shape.size() - own.size();
    if (d < missing)
      continue;
    int64_t size = own[d - missing];
    if (size != 1)
      offset += index % shape[d] * stride;
    stride *= size;
  }
  return values[size_t(offset)];
}

std::string module(const std::string &arguments, const std::string &argumentTypes,
                   const std::string &results, const std::string &blockArguments,
                   const std::string &body) {
  return "func.func @main(" + arguments + ") -> (" + results +
         ") {\n  %r:" + std::to_string(1 + std::count(results.begin(), results.end(), ';')) +
         " = ascend.kernel \"k\" <elementwise> (" + argumentTypes + ") -> (" + results + ") {\n" +
         blockArguments + body + "  }\n  return %r#0 : " + results + "\n}\n";
}

/// A group with two operands and one result.
std::string binaryModule(const std::string &a, const std::string &b, const std::string &r,
                         const std::string &body) {
  return module("%a: " + a + ", %b: " + b, "%a, %b) : (" + a + ", " + b, r,
                "  ^bb0(%x: " + a + ", %y: " + b + "):\n", body);
}

std::string unaryModule(const std::string &a, const std::string &r, const std::string &body) {
  return module("%a: " + a, "%a) : (" + a, r, "  ^bb0(%x: " + a + "):\n", body);
}

void expectNear(const Floats &got, const Floats &want, float relative) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], want[i], relative * (std::fabs(want[i]) + 1e-3f)) << "element " << i;
}

struct BroadcastCase {
  Shape a, b, result;
};

class Broadcast : public testing::TestWithParam<BroadcastCase> {};

TEST_P(Broadcast, AddsHalves) {
  const auto &[a, b, r] = GetParam();
  std::string ta = tensor(a, "f16"), tb = tensor(b, "f16"), tr = tensor(r, "f16");
  Floats va = pattern(sizeOf(a), 1), vb = pattern(sizeOf(b), 2);
  KernelRun run = runKernel(binaryModule(ta, tb, tr,
                                         "    %0 = ascend.add %x, %y : (" + ta + ", " + tb +
                                             ") -> " + tr + "\n    ascend.yield %0 : " + tr + "\n"),
                            {toHalfBytes(va), toHalfBytes(vb)}, {size_t(sizeOf(r)) * 2});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]);
  for (int64_t i = 0; i < sizeOf(r); ++i)
    ASSERT_EQ(got[size_t(i)], at(va, a, r, i) + at(vb, b, r, i)) << i;
}

TEST_P(Broadcast, SubtractsFloatAndConvertedHalf) {
  const auto &[a, b, r] = GetParam();
  std::string ta = tensor(a, "f32"), tb = tensor(b, "f16"), tr = tensor(r, "f32");
  std::string tc = tensor(b, "f32");
  Floats va = pattern(sizeOf(a), 3), vb = pattern(sizeOf(b), 4);
  KernelRun run =
      runKernel(binaryModule(ta, tb, tr,
                             "    %0 = ascend.cast %y {to = 1 : i64} : (" + tb + ") -> " + tc +
                                 "\n    %1 = ascend.sub %x, %0 : (" + ta + ", " + tc + ") -> " +
                                 tr + "\n    ascend.yield %1 : " + tr + "\n"),
                {toBytes(va), toHalfBytes(vb)}, {size_t(sizeOf(r)) * 4});
  ASSERT_EQ(run.error, "");
  Floats got = fromBytes<float>(run.outputs[0]);
  for (int64_t i = 0; i < sizeOf(r); ++i)
    ASSERT_EQ(got[size_t(i)], at(va, a, r, i) - at(vb, b, r, i)) << i;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Broadcast,
                         testing::Values(BroadcastCase{{7}, {7}, {7}}, BroadcastCase{{1}, {1}, {1}},
                                         BroadcastCase{{3, 1000, 33}, {3, 1000, 33}, {3, 1000, 33}},
                                         BroadcastCase{{5, 13}, {13}, {5, 13}},
                                         BroadcastCase{{5, 13}, {5, 1}, {5, 13}},
                                         BroadcastCase{{300, 16}, {16}, {300, 16}},
                                         BroadcastCase{{300, 8}, {300, 1}, {300, 8}},
                                         BroadcastCase{{4096, 3}, {4096, 1}, {4096, 3}},
                                         BroadcastCase{{2, 3, 5, 7}, {3, 1, 1}, {2, 3, 5, 7}},
                                         BroadcastCase{{2, 3, 5, 7}, {1, 3, 5, 1}, {2, 3, 5, 7}},
                                         BroadcastCase{{4, 1, 9}, {1, 6, 1}, {4, 6, 9}},
                                         BroadcastCase{{1, 3, 60000}, {3, 1}, {1, 3, 60000}},
                                         BroadcastCase{{2, 70001}, {70001}, {2, 70001}},
                                         BroadcastCase{{64, 1000}, {1000}, {64, 1000}},
                                         BroadcastCase{{40, 5000}, {1}, {40, 5000}},
                                         BroadcastCase{{1}, {9, 9}, {9, 9}}));

TEST(Elementwise, RaggedRowsOfBytesAndFloats) {
  std::string tx = tensor({9, 5}, "f32"), ty = tensor({5}, "ui8"), tc = tensor({5}, "f32");
  Floats x = pattern(45, 5);
  KernelRun run =
      runKernel(binaryModule(tx, ty, tx,
                             "    %0 = ascend.cast %y {to = 1 : i64} : (" + ty + ") -> " + tc +
                                 "\n    %1 = ascend.mul %x, %0 : (" + tx + ", " + tc + ") -> " +
                                 tx + "\n    ascend.yield %1 : " + tx + "\n"),
                {toBytes(x), {0, 1, 7, 200, 255}}, {45 * 4});
  ASSERT_EQ(run.error, "");
  const float scale[] = {0, 1, 7, 200, 255};
  Floats got = fromBytes<float>(run.outputs[0]);
  for (size_t i = 0; i < 45; ++i)
    EXPECT_EQ(got[i], x[i] * scale[i % 5]);
}

TEST(Elementwise, ActivationInFloat) {
  // 1 / (1 + exp(-x)) between casts, as sigmoid decomposes.
  const int64_t n = 100003;
  std::string h = tensor({n}, "f16"), f = tensor({n}, "f32"), u = "(" + f + ") -> " + f + "\n";
  std::string body = "    %one = ascend.constant dense<1.0> : tensor<f32>\n"
                     "    %0 = ascend.cast %x {to = 1 : i64} : (" +
                     h + ") -> " + f + "\n" + "    %1 = ascend.neg %0 : " + u +
                     "    %2 = ascend.exp %1 : " + u + "    %3 = ascend.add %2, %one : (" + f +
                     ", tensor<f32>) -> " + f + "\n" +
                     "    %4 = ascend.div %one, %3 : (tensor<f32>, " + f + ") -> " + f + "\n" +
                     "    %5 = ascend.cast %4 {to = 10 : i64} : (" + f + ") -> " + h + "\n" +
                     "    ascend.yield %5 : " + h + "\n";
  Floats x = pattern(n, 6), want;
  KernelRun run = runKernel(unaryModule(h, h, body), {toHalfBytes(x)}, {size_t(n) * 2});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(run.blocks, 8u);
  for (float v : x)
    want.push_back(1 / (1 + std::exp(-v)));
  expectNear(fromHalfBytes(run.outputs[0]), want, 1e-3f);
}

TEST(Elementwise, LongGroupsReadAhead) {
  // Two tensors get both buffers and run ahead; six need more flags than there are.
  const int64_t n = 300007;
  std::string t = tensor({n}, "f32");
  for (size_t inputs : {size_t(2), size_t(6)}) {
    std::string arguments, names, types, blockArguments, body, last = "%b0";
    std::vector<Bytes> bytes;
    for (size_t i = 0; i < inputs; ++i) {
      std::string id = std::to_string(i), comma = i ? ", " : "";
      arguments += comma + "%a" + id + ": " + t;
      names += comma + "%a" + id;
      types += comma + t;
      blockArguments += comma + "%b" + id + ": " + t;
      bytes.push_back(toBytes(pattern(n, int(i))));
    }
    Floats x = pattern(n, 0);
    for (size_t step = 0; step < 14; ++step) {
      std::string to = "%v" + std::to_string(step);
      size_t i = step % inputs;
      body += "    " + to + " = ascend.sub " + last + ", %b" + std::to_string(i) + " : (" + t +
              ", " + t + ") -> " + t + "\n";
      last = to;
      Floats y = pattern(n, int(i));
      for (size_t k = 0; k < x.size(); ++k)
        x[k] -= y[k];
    }
    body += "    ascend.yield " + last + " : " + t + "\n";
    KernelRun run = runKernel(
        module(arguments, names + ") : (" + types, t, "  ^bb0(" + blockArguments + "):\n", body),
        bytes, {size_t(n) * 4});
    ASSERT_EQ(run.error, "");
    EXPECT_EQ(fromBytes<float>(run.outputs[0]), x);
  }
}

TEST(Elementwise, ComparisonGivesBooleans) {
  std::string f = tensor({3, 50}, "f32"), i1 = tensor({3, 50}, "i1");
  std::string body = "    %c = ascend.constant dense<2.0> : tensor<f32>\n"
                     "    %0 = ascend.greater %x, %y : (" +
                     f + ", " + f + ") -> " + i1 + "\n" +
                     "    %1 = ascend.less_or_equal %x, %c : (" + f + ", tensor<f32>) -> " + i1 +
                     "\n" + "    %2 = ascend.not %1 : (" + i1 + ") -> " + i1 + "\n" +
                     "    %3 = ascend.xor %0, %2 : (" + i1 + ", " + i1 + ") -> " + i1 + "\n" +
                     "    ascend.yield %3 : " + i1 + "\n";
  Floats x = pattern(150, 1), y = pattern(150, 9);
  KernelRun run = runKernel(binaryModule(f, f, i1, body), {toBytes(x), toBytes(y)}, {150});
  ASSERT_EQ(run.error, "");
  for (size_t i = 0; i < 150; ++i)
    ASSERT_EQ(run.outputs[0][i], (x[i] > y[i]) != (x[i] > 2.0f)) << i;
}

TEST(Elementwise, SelectsByBroadcastCondition) {
  std::string c = tensor({6, 1}, "i1"), h = tensor({6, 20}, "f16");
  std::string body = "    %k = ascend.constant dense<-3.0> : tensor<f16>\n"
                     "    %0 = ascend.where %x, %y, %k : (" +
                     c + ", " + h + ", tensor<f16>) -> " + h + "\n    ascend.yield %0 : " + h +
                     "\n";
  Floats y = pattern(120, 2);
  KernelRun run =
      runKernel(binaryModule(c, h, h, body), {{1, 0, 0, 1, 1, 0}, toHalfBytes(y)}, {240});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]);
  const bool taken[] = {true, false, false, true, true, false};
  for (size_t i = 0; i < 120; ++i)
    ASSERT_EQ(got[i], taken[i / 20] ? y[i] : -3.0f) << i;
}

TEST(Elementwise, IntegersAndRounding) {
  std::string f = tensor({333}, "f32"), s = tensor({333}, "i32");
  std::string body = "    %0 = ascend.floor %x : (" + f + ") -> " + f + "\n" +
                     "    %1 = ascend.cast %0 {to = 6 : i64} : (" + f + ") -> " + s + "\n" +
                     "    %2 = ascend.mul %1, %y : (" + s + ", " + s + ") -> " + s + "\n" +
                     "    %3 = ascend.abs %2 : (" + s + ") -> " + s + "\n" +
                     "    ascend.yield %3 : " + s + "\n";
  Floats x = pattern(333, 3);
  std::vector<int32_t> y(333);
  std::iota(y.begin(), y.end(), -100);
  KernelRun run = runKernel(binaryModule(f, s, s, body), {toBytes(x), toBytes(y)}, {333 * 4});
  ASSERT_EQ(run.error, "");
  auto got = fromBytes<int32_t>(run.outputs[0]);
  for (size_t i = 0; i < 333; ++i)
    ASSERT_EQ(got[i], std::abs(int(std::floor(x[i])) * y[i])) << i;
}

TEST(Elementwise, ChannelConstantsOfImages) {
  // Channels 0..31 of a 2 x 32 x 5 x 3 image in blocks of 16.
  std::string x = "tensor<2x32x5x3xf16, #ascend.layout<nc1hwc0>>";
  std::string b = "tensor<1x32x1x1xf16, #ascend.layout<nc1hwc0>>";
  std::string body = "    %0 = ascend.mul %x, %y : (" + x + ", " + b + ") -> " + x + "\n" +
                     "    %1 = ascend.relu %0 : (" + x + ") -> " + x + "\n" +
                     "    ascend.yield %1 : " + x + "\n";
  Floats vx = pattern(2 * 32 * 15, 1), vb = pattern(32, 4);
  KernelRun run =
      runKernel(binaryModule(x, b, x, body), {toHalfBytes(vx), toHalfBytes(vb)}, {vx.size() * 2});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]), want;
  for (size_t i = 0; i < vx.size(); ++i)
    want.push_back(std::max(0.0f, vx[i] * vb[i / 240 % 2 * 16 + i % 16]));
  expectNear(got, want, 1e-3f);
}

TEST(Elementwise, ChannelThatBroadcasts) {
  std::string x = "tensor<1x20x7x9xf16, #ascend.layout<nc1hwc0>>";
  std::string b = "tensor<1x1x7x9xf16, #ascend.layout<nc1hwc0>>";
  std::string body = "    %0 = ascend.add %x, %y : (" + x + ", " + b + ") -> " + x + "\n" +
                     "    ascend.yield %0 : " + x + "\n";
  Floats vx = pattern(32 * 63, 1), vb = pattern(16 * 63, 2);
  KernelRun run =
      runKernel(binaryModule(x, b, x, body), {toHalfBytes(vx), toHalfBytes(vb)}, {vx.size() * 2});
  ASSERT_EQ(run.error, "");
  Floats got = fromHalfBytes(run.outputs[0]);
  for (size_t i = 0; i < vx.size(); ++i)
    ASSERT_EQ(got[i], vx[i] + vb[i / 16 % 63 * 16]) << i;
}

} // namespace
