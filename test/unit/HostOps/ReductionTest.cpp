//===- ReductionTest.cpp - Reductions, softmax and normalisations -------------===//

#include "OpTester.h"

#include <cmath>

namespace openatc::host {
namespace {

const Tensor kCube = floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});

TEST(Reduction, SumsOverEveryChoiceOfAxes) {
  Attributes drop{{"keepdims", int64_t(0)}};
  expectResult<float>(Call("reduce_sum", {}, {kCube}), {1, 1, 1}, {36});
  expectResult<float>(Call("reduce_sum", drop, {kCube, ints({0})}), {2, 2}, {6, 8, 10, 12});
  expectResult<float>(Call("reduce_sum", drop, {kCube, ints({1})}), {2, 2}, {4, 6, 12, 14});
  expectResult<float>(Call("reduce_sum", drop, {kCube, ints({-1})}), {2, 2}, {3, 7, 11, 15});
  expectResult<float>(Call("reduce_sum", drop, {kCube, ints({0, 2})}), {2}, {14, 22});
}

TEST(Reduction, EveryKind) {
  Tensor x = floats({1, 3}, {1, -2, 3});
  auto reduce = [&](const char *op) { return Call(op, {}, {x, ints({1})}); };
  expectResult<float>(reduce("reduce_mean"), {1, 1}, {2.f / 3});
  expectResult<float>(reduce("reduce_max"), {1, 1}, {3});
  expectResult<float>(reduce("reduce_min"), {1, 1}, {-2});
  expectResult<float>(reduce("reduce_prod"), {1, 1}, {-6});
  expectResult<float>(reduce("reduce_l1"), {1, 1}, {6});
  expectResult<float>(reduce("reduce_l2"), {1, 1}, {std::sqrt(14.f)});
  expectResult<float>(reduce("reduce_sum_square"), {1, 1}, {14});
  expectResult<float>(reduce("reduce_log_sum"), {1, 1}, {std::log(2.f)});
  expectResult<float>(reduce("reduce_log_sum_exp"), {1, 1},
                      {std::log(std::exp(1.f) + std::exp(-2.f) + std::exp(3.f))});
}

TEST(Reduction, LogSumExpOfLargeNumbersIsFinite) {
  Call call("reduce_log_sum_exp", {}, {floats({2}, {1000, 1000})});
  expectResult<float>(call, {1}, {1000.6931f}, 1e-3);
}

TEST(Reduction, EmptySetsGiveTheNeutralElement) {
  Tensor none = floats({0, 2}, {});
  float infinity = std::numeric_limits<float>::infinity();
  Call highest("reduce_max", {}, {none, ints({0})});
  ASSERT_TRUE(highest.status.ok());
  EXPECT_EQ(highest.results[0].values<float>(), (std::vector<float>{-infinity, -infinity}));
  expectResult<float>(Call("reduce_prod", {}, {none, ints({0})}), {1, 2}, {1, 1});
  Call lowest("reduce_min", {}, {tensor<int8_t>({0}, {})});
  expectResult<int8_t>(lowest, {1}, {127});
}

TEST(Reduction, ArgMaxPicksFirstOrLast) {
  Tensor x = floats({2, 3}, {1, 3, 3, 5, 4, 5});
  Attributes attrs{{"axis", int64_t(1)}, {"keepdims", int64_t(0)}};
  expectResult<int64_t>(Call("arg_max", attrs, {x}), {2}, {1, 0});
  attrs["select_last_index"] = int64_t(1);
  expectResult<int64_t>(Call("arg_max", attrs, {x}), {2}, {2, 2});
  expectResult<int64_t>(Call("arg_min", {}, {x}), {1, 3}, {0, 0, 0});
}

TEST(Reduction, SoftmaxAlongAxisOrFlattened) {
  Tensor x = floats({1, 2, 2}, {0, 1, 0, 1});
  float e = std::exp(1.f), a = 1 / (1 + e), b = e / (1 + e);
  expectResult<float>(Call("softmax", {}, {x}), {1, 2, 2}, {a, b, a, b});
  expectResult<float>(Call("softmax", {{"axis", int64_t(1)}}, {x}), {1, 2, 2},
                      {0.5f, 0.5f, 0.5f, 0.5f});
  Attributes flat{{"axis", int64_t(1)}, {"flatten", int64_t(1)}};
  expectResult<float>(Call("softmax", flat, {x}), {1, 2, 2}, {a / 2, b / 2, a / 2, b / 2});
  expectResult<float>(Call("log_softmax", {}, {floats({2}, {1000, 1000})}), {2},
                      {-0.6931472f, -0.6931472f});
}

TEST(Reduction, Normalisations) {
  Tensor x = floats({1, 2, 2}, {1, 3, 2, 6});
  Tensor one = floats({2}, {1, 1}), zero = floats({2}, {0, 0});
  Attributes exact{{"epsilon", 0.0}};
  expectResult<float>(Call("layer_norm", exact, {x, one}), {1, 2, 2}, {-1, 1, -1, 1});
  expectResult<float>(Call("instance_norm", exact, {x, one, floats({2}, {0, 10})}), {1, 2, 2},
                      {-1, 1, 9, 11});
  Tensor mean = floats({2}, {1, 2}), variance = floats({2}, {4, 1});
  expectResult<float>(Call("batch_norm", exact, {x, one, zero, mean, variance}), {1, 2, 2},
                      {0, 1, 0, 4});
  Attributes grouped{{"epsilon", 0.0}, {"num_groups", int64_t(2)}};
  expectResult<float>(Call("group_norm", grouped, {x, one, zero}), {1, 2, 2}, {-1, 1, -1, 1});
  Attributes window{{"size", int64_t(1)}, {"alpha", 1.0}, {"beta", 1.0}, {"bias", 0.0}};
  expectResult<float>(Call("lrn", window, {floats({1, 2, 1}, {2, 4})}), {1, 2, 1}, {0.5f, 0.25f});
}

TEST(Reduction, LayerNormGivesItsStatistics) {
  Call call("layer_norm", {{"epsilon", 0.0}, {"num_results", int64_t(3)}},
            {floats({1, 2}, {1, 5}), floats({2}, {1, 1})});
  expectResult<float>(call, {1, 2}, {-1, 1});
  EXPECT_EQ(call.results[1].shape, (Shape{1, 1}));
  EXPECT_FLOAT_EQ(call.results[1].values<float>()[0], 3);
  EXPECT_FLOAT_EQ(call.results[2].values<float>()[0], 0.5f);
}

} // namespace
} // namespace openatc::host
