//===- GatherTest.cpp - Gather kernels on the simulator -------------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

using namespace openatc;
using namespace openatc::test;

namespace {

struct GatherCase {
  Shape data, indices;
  int64_t axis;
};

class Gather : public testing::TestWithParam<GatherCase> {
protected:
  template <typename I> void check(const char *indexType, const char *element, size_t size) {
    const auto &[data, indices, axis] = GetParam();
    int64_t dim = data[size_t(axis)];
    Shape out(data.begin(), data.begin() + axis);
    int64_t outer = sizeOf(out);
    out.insert(out.end(), indices.begin(), indices.end());
    out.insert(out.end(), data.begin() + axis + 1, data.end());
    Shape rest(data.begin() + axis + 1, data.end());
    size_t row = size_t(sizeOf(rest)) * size;
    Bytes bytes(size_t(sizeOf(data)) * size);
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = uint8_t(i * 7 + i / 251);
    std::vector<I> index(static_cast<size_t>(sizeOf(indices)));
    for (size_t i = 0; i < index.size(); ++i)
      index[i] = I(int64_t(i * 13 + 5) % (2 * dim) - dim); // negative ones count from the end
    std::string td = tensor(data, element), ti = tensor(indices, indexType);
    std::string to = tensor(out, element);
    KernelRun run =
        runKernel(groupModule("gather", {td, ti}, {to},
                              "    %0 = ascend.gather %a0, %a1 {axis = " + std::to_string(axis) +
                                  " : i64} : (" + td + ", " + ti + ") -> " + to +
                                  "\n    ascend.yield %0 : " + to + "\n"),
                  {bytes, toBytes(index)}, {size_t(sizeOf(out)) * size});
    ASSERT_EQ(run.error, "") << element;
    size_t place = 0;
    for (int64_t o = 0; o < outer; ++o)
      for (I i : index) {
        size_t from = size_t(o * dim + (i < 0 ? i + dim : i)) * row;
        ASSERT_TRUE(std::equal(bytes.begin() + int64_t(from), bytes.begin() + int64_t(from + row),
                               run.outputs[0].begin() + int64_t(place)))
            << element << " row " << place / row;
        place += row;
      }
  }
};

TEST_P(Gather, EveryType) {
  check<int64_t>("i64", "f16", 2);
  check<int32_t>("i32", "f32", 4);
  check<int64_t>("i64", "i64", 8);
  check<int32_t>("i32", "i1", 1);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Gather,
                         testing::Values(GatherCase{{10, 7}, {5}, 0}, GatherCase{{10, 7}, {5}, 1},
                                         GatherCase{{1}, {3, 2}, 0},
                                         GatherCase{{3, 9, 5}, {2, 3}, 1},
                                         GatherCase{{50, 768}, {1, 128}, 0},
                                         GatherCase{{4, 70000}, {3}, 0},
                                         GatherCase{{2, 300, 1}, {600}, 1}));

TEST(Gather, ClampsIndicesOutOfRange) {
  std::string td = tensor({4}, "f32"), ti = tensor({3}, "i64"), to = tensor({3}, "f32");
  KernelRun run =
      runKernel(groupModule("gather", {td, ti}, {to},
                            "    %0 = ascend.gather %a0, %a1 : (" + td + ", " + ti + ") -> " + to +
                                "\n    ascend.yield %0 : " + to + "\n"),
                {toBytes(Floats{1, 2, 3, 4}), toBytes(std::vector<int64_t>{9, -50, 2})}, {12});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(fromBytes<float>(run.outputs[0]), (Floats{4, 1, 3}));
}

} // namespace
