//===- MovementTest.cpp - Shapes, moves, gathers, pads and resize -------------===//

#include "OpTester.h"

namespace openatc::host {
namespace {

const Tensor kSix = floats({2, 3}, {1, 2, 3, 4, 5, 6});

TEST(Movement, ReshapeCopiesAndInfers) {
  expectResult<float>(Call("reshape", {}, {kSix, ints({0, -1, 1})}), {2, 3, 1}, {1, 2, 3, 4, 5, 6});
  expectError(Call("reshape", {}, {kSix, ints({4, -1})}), "does not divide");
  expectError(Call("reshape", {}, {kSix, ints({-1, -1})}), "more than one");
}

TEST(Movement, Transpose) {
  expectResult<float>(Call("transpose", {}, {kSix}), {3, 2}, {1, 4, 2, 5, 3, 6});
  // Larger than one tile in both directions.
  Shape shape{70, 3, 45};
  std::vector<float> x, want;
  for (int i = 0; i < 70 * 3 * 45; ++i)
    x.push_back(float(i));
  for (int k = 0; k < 45; ++k)
    for (int i = 0; i < 70; ++i)
      for (int j = 0; j < 3; ++j)
        want.push_back(x[size_t((i * 3 + j) * 45 + k)]);
  expectResult<float>(Call("transpose", {{"perm", Ints{2, 0, 1}}}, {floats(shape, x)}), {45, 70, 3},
                      want);
  expectError(Call("transpose", {{"perm", Ints{0, 0}}}, {kSix}), "twice");
}

TEST(Movement, ConcatAndSplitAreInverse) {
  Tensor tail = floats({2, 1}, {8, 9});
  Call joined("concat", {{"axis", int64_t(-1)}}, {kSix, tail});
  expectResult<float>(joined, {2, 4}, {1, 2, 3, 8, 4, 5, 6, 9});
  Call parts("split", {{"axis", int64_t(1)}, {"num_outputs", int64_t(2)}},
             {joined.results[0], ints({3, 1})});
  expectResult<float>(parts, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(parts.results[1].values<float>(), tail.values<float>());
  Call uneven("split", {{"num_outputs", int64_t(2)}}, {floats({3}, {1, 2, 3})});
  expectResult<float>(uneven, {2}, {1, 2});
}

TEST(Movement, SliceBackwardsAndBeyondTheEnds) {
  int64_t lowest = std::numeric_limits<int64_t>::min(), highest = -(lowest + 1);
  expectResult<float>(
      Call("slice", {}, {kSix, ints({highest}), ints({lowest}), ints({1}), ints({-2})}), {2, 2},
      {3, 1, 6, 4});
  expectResult<float>(Call("slice", {}, {kSix, ints({-1}), ints({highest}), ints({0})}), {1, 3},
                      {4, 5, 6});
  expectResult<float>(Call("slice", {}, {kSix, ints({2}), ints({1}), ints({1})}), {2, 0}, {});
  expectResult<float>(Call("slice", {}, {kSix, ints({2}), ints({-1}), ints({1}), ints({lowest})}),
                      {2, 0}, {});
  expectError(Call("slice", {}, {kSix, ints({0}), ints({1}), ints({1}), ints({0})}), "steps");
}

TEST(Movement, PadModes) {
  Tensor x = floats({3}, {1, 2, 3});
  auto pad = [&](const char *mode, const Ints &pads) {
    return Call("pad", {{"mode", mode}}, {x, ints(pads)});
  };
  expectResult<float>(pad("constant", {1, 2}), {6}, {0, 1, 2, 3, 0, 0});
  expectResult<float>(pad("constant", {-1, 1}), {3}, {2, 3, 0});
  expectResult<float>(pad("edge", {2, 1}), {6}, {1, 1, 1, 2, 3, 3});
  expectResult<float>(pad("reflect", {2, 1}), {6}, {3, 2, 1, 2, 3, 2});
  expectResult<float>(pad("wrap", {1, 2}), {6}, {3, 1, 2, 3, 1, 2});
  Call value("pad", {}, {kSix, ints({0, 1}), floats({}, {7}), ints({1})});
  expectResult<float>(value, {2, 4}, {1, 2, 3, 7, 4, 5, 6, 7});
}

TEST(Movement, GatherTakesNegativeIndicesAndChecksBounds) {
  expectResult<float>(Call("gather", {{"axis", int64_t(1)}}, {kSix, ints({-1, 0})}), {2, 2},
                      {3, 1, 6, 4});
  expectResult<float>(Call("gather", {}, {kSix, tensor<int32_t>({}, {1})}), {3}, {4, 5, 6});
  expectError(Call("gather", {}, {kSix, ints({2})}), "index 2 is out of range");
  expectError(Call("gather", {}, {kSix, ints({-3})}), "index -3 is out of range");
  Call elements("gather_elements", {{"axis", int64_t(1)}}, {kSix, tensor<int64_t>({2, 1}, {2, 0})});
  expectResult<float>(elements, {2, 1}, {3, 4});
  Call nd("gather_nd", {}, {kSix, tensor<int64_t>({2, 2}, {0, 2, 1, -2})});
  expectResult<float>(nd, {2}, {3, 5});
}

TEST(Movement, ExpandTileAndBlocks) {
  expectResult<float>(Call("expand", {}, {floats({2, 1}, {1, 2}), ints({1, 2, 2})}), {1, 2, 2},
                      {1, 1, 2, 2});
  expectResult<float>(Call("tile", {}, {floats({1, 2}, {1, 2}), ints({2, 2})}), {2, 4},
                      {1, 2, 1, 2, 1, 2, 1, 2});
  Tensor x = floats({1, 4, 1, 1}, {1, 2, 3, 4});
  Call deep("depth_to_space", {{"blocksize", int64_t(2)}}, {x});
  expectResult<float>(deep, {1, 1, 2, 2}, {1, 2, 3, 4});
  Call back("space_to_depth", {{"blocksize", int64_t(2)}}, {deep.results[0]});
  expectResult<float>(back, {1, 4, 1, 1}, {1, 2, 3, 4});
}

TEST(Movement, ShapeOperators) {
  expectResult<int64_t>(Call("shape", {{"start", int64_t(-1)}}, {kSix}), {1}, {3});
  expectResult<int64_t>(Call("size", {}, {kSix}), {}, {6});
  Call constant("constant_of_shape",
                {{"value_dtype", int64_t(DType::I32)}, {"value_int", int64_t(-4)}}, {ints({2})});
  expectResult<int32_t>(constant, {2}, {-4, -4});
  Tensor three = tensor<int64_t>({}, {3}), ten = tensor<int64_t>({}, {10});
  expectResult<int64_t>(Call("range", {}, {three, ten, three}), {3}, {3, 6, 9});
  expectResult<int64_t>(Call("range", {}, {ten, three, three}), {0}, {});
  expectError(Call("range", {}, {three, ten, tensor<int64_t>({}, {0})}), "range");
  expectResult<float>(Call("squeeze", {}, {floats({1, 2, 1}, {1, 2}), ints({-1})}), {1, 2}, {1, 2});
  expectResult<float>(Call("unsqueeze", {}, {floats({2}, {1, 2}), ints({-1, 0})}), {1, 2, 1},
                      {1, 2});
  expectError(Call("squeeze", {}, {kSix, ints({0})}), "is not 1");
}

TEST(Movement, ResizeNearestAndLinear) {
  Tensor x = floats({1, 1, 1, 2}, {1, 3}), scales = floats({4}, {1, 1, 1, 2});
  Attributes nearest{{"mode", "nearest"},
                     {"coordinate_transformation_mode", "asymmetric"},
                     {"nearest_mode", "floor"}};
  expectResult<float>(Call("resize", nearest, {x, absent(), scales}), {1, 1, 1, 4}, {1, 1, 3, 3});
  expectResult<float>(Call("resize", {{"mode", "linear"}}, {x, absent(), scales}), {1, 1, 1, 4},
                      {1, 1.5f, 2.5f, 3});
  Attributes corners{{"mode", "linear"}, {"coordinate_transformation_mode", "align_corners"}};
  expectResult<float>(Call("resize", corners, {x, absent(), absent(), ints({1, 1, 1, 3})}),
                      {1, 1, 1, 3}, {1, 2, 3});
  expectError(Call("resize", {}, {x}), "either scales or sizes");
}

} // namespace
} // namespace openatc::host
