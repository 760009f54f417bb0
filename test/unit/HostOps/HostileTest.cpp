//===- HostileTest.cpp - Wrong, extreme and unknown arguments ------------------===//

#include "OpTester.h"

namespace openatc::host {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

/// Operand sets of several counts, ranks and types, empty tensors and rank 0 among them.
std::vector<std::vector<Tensor>> operandSets() {
  std::vector<Tensor> pool = {floats({1, 4, 3, 3}, std::vector<float>(36, 1)),
                              floats({4, 1, 2, 2}, std::vector<float>(16, 1)),
                              floats({}, {2}),
                              floats({0, 4}, {}),
                              floats({4}, {1, 2, 3, 4}),
                              tensor<int32_t>({2}, {-1, 7}),
                              ints({1, 2, -1, 0}),
                              ints({}),
                              ints({kLowest, kHighest}),
                              ints({kHighest, 2, 2, 2}),
                              bools({4}, {0, 1, 0, 1}),
                              absent()};
  std::vector<std::vector<Tensor>> sets{{}};
  for (const Tensor &a : pool) {
    sets.push_back({a});
    for (const Tensor &b : pool) {
      sets.push_back({a, b});
      sets.push_back({a, b, b});
      sets.push_back({a, b, b, b});
      sets.push_back({a, b, b, b, b});
      sets.push_back({a, absent(), b});
      sets.push_back({a, absent(), absent(), b});
    }
  }
  return sets;
}

std::vector<Attributes> attributeSets() {
  std::vector<Attributes> sets{{}};
  static constexpr std::string_view integers[] = {"axis",       "group",       "blocksize",
                                                  "to",         "num_outputs", "size",
                                                  "num_groups", "batch_dims",  "value_dtype"};
  for (int64_t value : {kLowest, int64_t(-1), int64_t(0), int64_t(1), int64_t(2), kHighest}) {
    Attributes all;
    for (std::string_view name : integers)
      all[std::string(name)] = value;
    sets.push_back(all);
    // Window attributes of every rank with the same value.
    for (size_t rank : {1, 2, 4}) {
      Attributes window;
      for (const char *name : {"kernel_shape", "strides", "dilations", "output_padding", "perm"})
        window[name] = Ints(rank, value);
      window["pads"] = Ints(2 * rank, value);
      window["ceil_mode"] = int64_t(1);
      sets.push_back(window);
    }
  }
  sets.push_back({{"kernel_shape", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  sets.push_back({{"mode", "linear"}, {"auto_pad", "SAME_LOWER"}, {"fmod", int64_t(1)}});
  sets.push_back({{"axis", 1.5}});
  return sets;
}

// Every operator takes every combination without a crash (the sanitizers watch), and what
// inference accepts either computes or gives an error.
TEST(Hostile, EveryOperatorSurvivesEveryArgument) {
  auto operands = operandSets();
  auto attributes = attributeSets();
  size_t accepted = 0;
  for (const std::string &op : supportedOps())
    for (const Attributes &attrs : attributes)
      for (const auto &set : operands) {
        std::vector<InferOperand> known;
        for (const Tensor &t : set)
          known.push_back({{t.dtype, t.shape}, t.bytes.data()});
        std::vector<TensorType> types;
        if (!inferTypes(op, attrs, known, types).ok())
          continue;
        bool small = true;
        for (const TensorType &type : types)
          small &= type.shape && *numElements(*type.shape) < 1 << 16;
        if (small) {
          Call call(op, attrs, set);
          accepted += call.status.ok();
        }
        for (InferOperand &operand : known)
          operand.data = nullptr;
        std::vector<TensorType> later;
        if (!inferTypes(op, attrs, known, later).ok())
          continue;
        // Without values the element types are the same and a shape is the same or unknown.
        ASSERT_EQ(later.size(), types.size()) << op;
        for (size_t i = 0; i < types.size(); ++i) {
          EXPECT_EQ(later[i].dtype, types[i].dtype) << op;
          if (later[i].shape)
            EXPECT_EQ(later[i].shape, types[i].shape) << op;
        }
      }
  EXPECT_GT(accepted, 10000u);
}

TEST(Hostile, ErrorsNameTheProblem) {
  Tensor x = floats({2, 3, 4}, std::vector<float>(24));
  expectError(Call("softmax", {{"axis", int64_t(4)}}, {x}), "axis 4 is out of range for rank 3");
  expectError(Call("relu", {}, {}), "relu has 0 operands, expected 1");
  expectError(Call("relu", {}, {bools({1}, {1})}), "does not take element type bool");
  expectError(Call("add", {}, {x, ints({1})}), "operand 1 of add has element type i64");
  expectError(Call("add", {}, {x, floats({2}, {1, 2})}), "do not broadcast");
  expectError(Call("softmax", {{"axis", std::string("1")}}, {x}), "axis is not an integer");
  expectError(Call("expand", {}, {x, ints({kHighest, 1, 1, 1})}), "more than 2^48 elements");
  expectError(Call("no_such_operator", {}, {x}), "not supported");
  expectError(Call("max_pool", {{"kernel_shape", Ints{2}}, {"strides", Ints{0}}}, {x}), "strides");
}

TEST(Hostile, UnknownShapesKeepTheElementType) {
  std::vector<InferOperand> operands{{{DType::F16, std::nullopt}, nullptr},
                                     {{DType::I64, Shape{2}}, nullptr}};
  std::vector<TensorType> results;
  ASSERT_TRUE(inferTypes("reshape", {}, operands, results).ok());
  EXPECT_EQ(results[0].dtype, DType::F16);
  EXPECT_FALSE(results[0].shape.has_value());
}

TEST(Hostile, ComputeChecksItsBuffers) {
  float in[4] = {1, 2, 3, 4}, out[4];
  TensorView x{DType::F32, {4}, in};
  MutableTensorView wrong{DType::F32, {3}, out}, missing{DType::F32, {4}, nullptr};
  EXPECT_FALSE(compute("relu", {}, {&x, 1}, {&wrong, 1}).ok());
  EXPECT_FALSE(compute("relu", {}, {&x, 1}, {&missing, 1}).ok());
  EXPECT_FALSE(compute("relu", {}, {&x, 1}, {}).ok());
  x.data = nullptr;
  MutableTensorView right{DType::F32, {4}, out};
  EXPECT_FALSE(compute("relu", {}, {&x, 1}, {&right, 1}).ok());
}

TEST(Hostile, EveryOperatorIsListedOnce) {
  std::vector<std::string> names = supportedOps();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_TRUE(isSupported("conv"));
  EXPECT_FALSE(isSupported("constant"));
}

} // namespace
} // namespace openatc::host
