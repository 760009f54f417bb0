//===- ElementwiseTest.cpp - Unary, binary, select and cast operators -------===//

#include "OpTester.h"

#include <cmath>

namespace openatc::host {
namespace {

TEST(Elementwise, BroadcastsBothSides) {
  Call call("add", {}, {floats({2, 1}, {1, 2}), floats({3}, {10, 20, 30})});
  expectResult<float>(call, {2, 3}, {11, 21, 31, 12, 22, 32});
}

TEST(Elementwise, BroadcastsScalarOverManyChunks) {
  std::vector<float> x(5000), want(5000);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = float(i);
    want[i] = float(i) - 2;
  }
  expectResult<float>(Call("sub", {}, {floats({5000}, x), floats({}, {2})}), {5000}, want);
}

TEST(Elementwise, HalfRoundsToNearestEven) {
  // 2048 + 1 lies between two halves; the even one is 2048.
  Call call("add", {}, {tensor<uint16_t>({1}, {0x6800}), tensor<uint16_t>({1}, {0x3c00})});
  expectResult<uint16_t>(call, {1}, {0x6800});
}

TEST(Elementwise, IntegersWrapAndTruncate) {
  expectResult<int8_t>(Call("add", {}, {tensor<int8_t>({1}, {127}), tensor<int8_t>({1}, {1})}), {1},
                       {-128});
  expectResult<int32_t>(
      Call("div", {}, {tensor<int32_t>({2}, {-7, 7}), tensor<int32_t>({2}, {2, -2})}), {2},
      {-3, -3});
  int64_t lowest = std::numeric_limits<int64_t>::min();
  expectResult<int64_t>(Call("div", {}, {ints({lowest}), ints({-1})}), {1}, {lowest});
  expectError(Call("div", {}, {ints({1}), ints({0})}), "by zero");
}

TEST(Elementwise, ModFollowsTheDivisorOrTheDividend) {
  Tensor a = tensor<int32_t>({2}, {-7, 7}), b = tensor<int32_t>({2}, {3, -3});
  expectResult<int32_t>(Call("mod", {}, {a, b}), {2}, {2, -2});
  expectResult<int32_t>(Call("mod", {{"fmod", int64_t(1)}}, {a, b}), {2}, {-1, 1});
  expectError(Call("mod", {}, {floats({1}, {1}), floats({1}, {1})}), "fmod");
}

TEST(Elementwise, PowerKeepsTheTypeOfTheBase) {
  expectResult<int32_t>(Call("pow", {}, {tensor<int32_t>({3}, {3, -2, 2}), ints({4, 3, -1})}), {3},
                        {81, -8, 0});
  expectResult<float>(Call("pow", {}, {floats({2}, {2, 9}), floats({2}, {3, 0.5f})}), {2}, {8, 3});
}

TEST(Elementwise, NaNPropagatesThroughMinimum) {
  float nan = std::nanf("");
  Call call("minimum", {}, {floats({2}, {nan, 1}), floats({2}, {0, nan})});
  ASSERT_TRUE(call.status.ok());
  for (float v : call.results[0].values<float>())
    EXPECT_TRUE(std::isnan(v));
}

TEST(Elementwise, ComparisonGivesBool) {
  Call call("less_or_equal", {}, {ints({1, 2, 3}), ints({2, 2, 2})});
  expectResult<uint8_t>(call, {3}, {1, 1, 0});
  EXPECT_EQ(call.types[0].dtype, DType::Bool);
}

TEST(Elementwise, Activations) {
  Tensor x = floats({3}, {-1, 0, 2});
  expectResult<float>(Call("leaky_relu", {{"alpha", 0.5}}, {x}), {3}, {-0.5f, 0, 2});
  expectResult<float>(Call("softplus", {}, {x}), {3}, {0.3132617f, 0.6931472f, 2.1269280f});
  expectResult<float>(Call("gelu", {}, {x}), {3}, {-0.1586553f, 0, 1.9544997f});
  expectResult<float>(Call("hard_swish", {}, {x}), {3}, {-1.f / 3, 0, 5.f / 3});
  expectResult<float>(Call("round", {}, {floats({4}, {0.5f, 1.5f, -2.5f, 2.6f})}), {4},
                      {0, 2, -2, 3});
}

TEST(Elementwise, ClipWithOneBound) {
  Tensor x = tensor<int8_t>({3}, {-100, 5, 100});
  expectResult<int8_t>(Call("clip", {}, {x, absent(), tensor<int8_t>({}, {7})}), {3}, {-100, 5, 7});
  expectResult<int8_t>(Call("clip", {}, {x, tensor<int8_t>({}, {-3})}), {3}, {-3, 5, 100});
}

TEST(Elementwise, WhereBroadcastsThreeOperands) {
  Call call("where", {}, {bools({2, 1}, {1, 0}), floats({2}, {1, 2}), floats({}, {9})});
  expectResult<float>(call, {2, 2}, {1, 2, 9, 9});
}

TEST(Elementwise, DropoutIsIdentityWithMask) {
  Call call("dropout", {{"with_mask", int64_t(1)}}, {floats({2}, {3, 4})});
  expectResult<float>(call, {2}, {3, 4});
  EXPECT_EQ(call.results[1].values<uint8_t>(), (std::vector<uint8_t>{1, 1}));
  expectError(Call("dropout", {}, {floats({1}, {1}), absent(), bools({}, {1})}), "not supported");
}

TEST(Elementwise, CastTruncatesAndSaturates) {
  auto to = [](DType t) { return Attributes{{"to", static_cast<int64_t>(t)}}; };
  Tensor x = floats({4}, {-1.9f, 2.9f, 300, -300});
  expectResult<int8_t>(Call("cast", to(DType::I8), {x}), {4}, {-1, 2, 127, -128});
  expectResult<uint8_t>(Call("cast", to(DType::Bool), {floats({2}, {0, 0.1f})}), {2}, {0, 1});
  // 1 + 2^-11 + 2^-40 is above the middle of two halves, but not once rounded to f32 first.
  Tensor fine = tensor<double>({1}, {1 + 0x1p-11 + 0x1p-40});
  expectResult<uint16_t>(Call("cast", to(DType::F16), {fine}), {1}, {0x3c01});
  expectError(Call("cast", to(static_cast<DType>(8)), {x}), "not supported");
}

} // namespace
} // namespace openatc::host
