//===- MoveTest.cpp - Data movement kernels on the simulator --------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

using namespace openatc;
using namespace openatc::test;

namespace {

using Index = std::vector<int64_t>;

/// Elements 1, 2, 3, ... of `size` bytes (they wrap).
Bytes counted(int64_t n, size_t size) {
  Bytes bytes(size_t(n) * size, 0);
  for (int64_t i = 0; i < n; ++i) {
    uint64_t value = uint64_t(i) * 0x9e3779b97f4a7c15ull + 1;
    std::memcpy(&bytes[size_t(i) * size], &value, size);
  }
  return bytes;
}

int64_t offsetOf(const Shape &shape, const Index &index) {
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    offset = offset * shape[i] + index[i];
  return offset;
}

/// The result whose element `index` is element `from(index)` of `in`; negative: fill.
Bytes rearranged(const Bytes &in, const Shape &out, size_t size,
                 const std::function<int64_t(const Index &)> &from, Bytes fill = Bytes(8, 0)) {
  Bytes bytes(size_t(sizeOf(out)) * size);
  Index index(out.size(), 0);
  for (int64_t i = 0; i < sizeOf(out); ++i) {
    int64_t at = from(index);
    std::memcpy(&bytes[size_t(i) * size], at < 0 ? fill.data() : &in[size_t(at) * size], size);
    for (size_t d = out.size(); d-- > 0 && ++index[d] == out[d];)
      index[d] = 0;
  }
  return bytes;
}

struct Element {
  const char *name;
  size_t size;
};

const Element kElements[] = {{"f16", 2}, {"f32", 4}, {"i1", 1}, {"i8", 1}, {"i32", 4}, {"i64", 8}};

/// Runs `op` (which reads %a0 and constants) on every element type against `from`.
void checkMove(const Shape &in, const Shape &out, const std::string &constants,
               const std::string &op, const std::string &constantTypes,
               const std::function<int64_t(const Index &)> &from, const char *soc = "Ascend310P3") {
  for (const Element &e : kElements) {
    std::string ti = tensor(in, e.name), to = tensor(out, e.name);
    Bytes data = counted(sizeOf(in), e.size);
    KernelRun run =
        runKernel(groupModule("move", {ti}, {to},
                              constants + "    %0 = ascend." + op + " : (" + ti + constantTypes +
                                  ") -> " + to + "\n    ascend.yield %0 : " + to + "\n"),
                  {data}, {size_t(sizeOf(out)) * e.size}, soc);
    ASSERT_EQ(run.error, "") << e.name;
    ASSERT_EQ(run.outputs[0], rearranged(data, out, e.size, from)) << e.name;
  }
}

std::string integers(const std::string &name, const Shape &values) {
  std::string text = "    " + name + " = ascend.constant dense<[";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : "") + std::to_string(values[i]);
  return text + "]> : tensor<" + std::to_string(values.size()) + "xi64>\n";
}

std::string integersType(const Shape &values) {
  return ", tensor<" + std::to_string(values.size()) + "xi64>";
}

struct LayoutCase {
  int64_t n, c, h, w;
};

class TransData : public testing::TestWithParam<LayoutCase> {};

TEST_P(TransData, BothWays) {
  auto [n, c, h, w] = GetParam();
  for (bool halves : {true, false}) {
    const char *element = halves ? "f16" : "f32";
    std::string nd = tensor({n, c, h, w}, element);
    std::string blocks = tensor({n, c, h, w}, element, "nc1hwc0");
    Floats x = pattern(n * c * h * w, 5, 100);
    Bytes xBytes = halves ? toHalfBytes(x) : toBytes(x);
    size_t size = halves ? 2 : 4, blocked = size_t(n * ((c + 15) / 16) * h * w * 16) * size;
    auto text = [&](const std::string &from, const std::string &to) {
      return groupModule("move", {from}, {to},
                         "    %0 = ascend.trans_data %a0 : (" + from + ") -> " + to +
                             "\n    ascend.yield %0 : " + to + "\n");
    };
    for (const char *soc : {"Ascend310P3", "Ascend310"}) {
      KernelRun run = runKernel(text(nd, blocks), {xBytes}, {blocked}, soc);
      ASSERT_EQ(run.error, "") << element;
      Floats got = halves ? fromHalfBytes(run.outputs[0]) : fromBytes<float>(run.outputs[0]);
      ASSERT_EQ(fromBlocks(got, n, c, h * w), x) << element;
      for (float v : got) // lanes without a channel included
        ASSERT_LE(std::abs(v), 100.0f) << element;
      Floats padded = toBlocks(x, n, c, h * w, 9.0f);
      run = runKernel(text(blocks, nd), {halves ? toHalfBytes(padded) : toBytes(padded)},
                      {x.size() * size}, soc);
      ASSERT_EQ(run.error, "") << element;
      ASSERT_EQ(run.outputs[0], xBytes) << element;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TransData,
                         testing::Values(LayoutCase{1, 1, 1, 1}, LayoutCase{1, 3, 5, 7},
                                         LayoutCase{2, 17, 3, 3}, LayoutCase{1, 16, 4, 4},
                                         LayoutCase{3, 40, 1, 9}, LayoutCase{1, 3, 224, 224},
                                         LayoutCase{1, 1, 1, 20000}, LayoutCase{2, 100, 1, 1},
                                         LayoutCase{1, 33, 61, 67}));

class TransDataC04 : public testing::TestWithParam<LayoutCase> {};

/// Pixels of 4 halves, the lanes without a channel zero; singles are rounded on the way.
TEST_P(TransDataC04, InterleavesChannels) {
  auto [n, c, h, w] = GetParam();
  int64_t plane = h * w;
  Floats x = pattern(n * c * plane, 5, 100);
  Floats want(size_t(n * plane * 4), 0.0f);
  for (bool halves : {true, false}) {
    if (!halves)
      x[0] = 1.0f / 3;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t k = 0; k < c; ++k)
        for (int64_t p = 0; p < plane; ++p)
          want[size_t((i * plane + p) * 4 + k)] = roundToHalf(x[size_t((i * c + k) * plane + p)]);
    std::string from = tensor({n, c, h, w}, halves ? "f16" : "f32");
    std::string half = tensor({n, c, h, w}, "f16");
    std::string to = tensor({n, c, h, w}, "f16", "nc1hwc0_c04");
    std::string body = halves ? "    %0 = ascend.trans_data %a0 : (" + from + ") -> " + to + "\n"
                              : "    %h = ascend.cast %a0 {to = 10 : i64} : (" + from + ") -> " +
                                    half + "\n    %0 = ascend.trans_data %h : (" + half + ") -> " +
                                    to + "\n";
    for (const char *soc : {"Ascend310P3", "Ascend310"}) {
      KernelRun run =
          runKernel(groupModule("move", {from}, {to}, body + "    ascend.yield %0 : " + to + "\n"),
                    {halves ? toHalfBytes(x) : toBytes(x)}, {want.size() * 2}, soc);
      ASSERT_EQ(run.error, "") << soc;
      ASSERT_EQ(fromHalfBytes(run.outputs[0]), want) << soc;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TransDataC04,
                         testing::Values(LayoutCase{1, 1, 1, 1}, LayoutCase{1, 3, 5, 7},
                                         LayoutCase{2, 4, 16, 16}, LayoutCase{3, 2, 9, 29},
                                         LayoutCase{2, 3, 224, 224}, LayoutCase{1, 4, 1, 40003},
                                         LayoutCase{17, 1, 28, 28}));

struct TransposeCase {
  Shape in, perm;
};

class Transpose : public testing::TestWithParam<TransposeCase> {};

TEST_P(Transpose, EveryType) {
  const auto &[in, perm] = GetParam();
  Shape out;
  for (int64_t p : perm)
    out.push_back(in[size_t(p)]);
  checkMove(in, out, "", "transpose %a0 {perm = " + array(perm) + "}", "", [&](const Index &o) {
    Index i(in.size());
    for (size_t d = 0; d < perm.size(); ++d)
      i[size_t(perm[d])] = o[d];
    return offsetOf(in, i);
  });
}

INSTANTIATE_TEST_SUITE_P(Perms, Transpose,
                         testing::Values(TransposeCase{{5, 7}, {1, 0}},
                                         TransposeCase{{1, 9}, {1, 0}},
                                         TransposeCase{{2, 3, 4}, {2, 1, 0}},
                                         TransposeCase{{2, 3, 40}, {1, 0, 2}},
                                         TransposeCase{{1, 12, 30, 16}, {0, 2, 1, 3}},
                                         TransposeCase{{1, 3, 20, 20}, {0, 2, 3, 1}},
                                         TransposeCase{{1, 20, 20, 3}, {0, 3, 1, 2}},
                                         TransposeCase{{2, 3, 4, 5, 6}, {4, 2, 0, 3, 1}},
                                         TransposeCase{{300, 70}, {1, 0}}));

TEST(Move, Slice) {
  // Rows 6, 4, 2 from behind; columns 1, 4, 7, ... below 19.
  Shape in = {8, 20}, starts = {-2, 1}, ends = {-100, 19}, steps = {-2, 3};
  checkMove(in, {4, 6},
            integers("%s", starts) + integers("%e", ends) + integers("%x", {0, 1}) +
                integers("%t", steps),
            "slice %a0, %s, %e axes %x steps %t",
            integersType(starts) + integersType(ends) + ", tensor<2xi64>" + integersType(steps),
            [&](const Index &o) { return (6 - 2 * o[0]) * 20 + 1 + 3 * o[1]; });
}

TEST(Move, SliceReversesTheLastDimension) {
  Shape in = {3, 33};
  checkMove(in, {3, 33},
            integers("%s", {-1}) + integers("%e", {-1000}) + integers("%x", {1}) +
                integers("%t", {-1}),
            "slice %a0, %s, %e axes %x steps %t",
            ", tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>",
            [&](const Index &o) { return o[0] * 33 + 32 - o[1]; });
}

TEST(Move, Pad) {
  Shape in = {3, 5, 7}, pads = {1, 0, 2, 0, 3, 1}, out = {4, 8, 10};
  checkMove(in, out, integers("%p", pads), "pad %a0, %p", integersType(pads), [&](const Index &o) {
    Index i = {o[0] - 1, o[1], o[2] - 2};
    bool inside = i[0] >= 0 && i[1] < 5 && i[2] >= 0 && i[2] < 7;
    return inside ? offsetOf(in, i) : -1;
  });
}

TEST(Move, PadThatCrops) {
  Shape in = {6, 9}, pads = {-2, 3, 1, -4}, out = {5, 8};
  checkMove(in, out, integers("%p", pads), "pad %a0, %p", integersType(pads), [&](const Index &o) {
    Index i = {o[0] + 2, o[1] - 3};
    return i[0] < 6 && i[1] >= 0 && i[1] < 5 ? offsetOf(in, i) : -1;
  });
}

TEST(Move, PadWithValue) {
  std::string ti = tensor({3, 3}, "f16"), to = tensor({5, 4}, "f16");
  Bytes data = counted(9, 2);
  KernelRun run = runKernel(groupModule("move", {ti}, {to},
                                        integers("%p", {1, 0, 1, 1}) +
                                            "    %v = ascend.constant dense<-2.5> : tensor<f16>\n"
                                            "    %0 = ascend.pad %a0, %p value %v : (" +
                                            ti + ", tensor<4xi64>, tensor<f16>) -> " + to +
                                            "\n    ascend.yield %0 : " + to + "\n"),
                            {data}, {40});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(run.outputs[0], rearranged(
                                data, {5, 4}, 2,
                                [](const Index &o) {
                                  bool in = o[0] > 0 && o[0] < 4 && o[1] < 3;
                                  return in ? (o[0] - 1) * 3 + o[1] : -1;
                                },
                                toHalfBytes({-2.5f})));
}

TEST(Move, Expand) {
  Shape in = {3, 1, 5}, target = {2, 3, 4, 5};
  checkMove(in, target, integers("%s", target), "expand %a0, %s", integersType(target),
            [&](const Index &o) { return o[1] * 5 + o[3]; });
  checkMove({7, 1}, {7, 300}, integers("%s", {7, 300}), "expand %a0, %s", ", tensor<2xi64>",
            [&](const Index &o) { return o[0]; });
}

TEST(Move, Tile) {
  Shape in = {2, 3, 5}, out = {6, 3, 10};
  checkMove(in, out, integers("%s", {3, 1, 2}), "tile %a0, %s", ", tensor<3xi64>",
            [&](const Index &o) { return offsetOf(in, {o[0] % 2, o[1], o[2] % 5}); });
}

TEST(Move, DepthToSpace) {
  Shape in = {2, 12, 3, 5}, out = {2, 3, 6, 10};
  checkMove(in, out, "", "depth_to_space %a0 {blocksize = 2 : i64}", "", [&](const Index &o) {
    return offsetOf(in, {o[0], (o[2] % 2 * 2 + o[3] % 2) * 3 + o[1], o[2] / 2, o[3] / 2});
  });
  checkMove(in, out, "", "depth_to_space %a0 {blocksize = 2 : i64, mode = \"CRD\"}", "",
            [&](const Index &o) {
              return offsetOf(in, {o[0], o[1] * 4 + o[2] % 2 * 2 + o[3] % 2, o[2] / 2, o[3] / 2});
            });
}

TEST(Move, SpaceToDepth) {
  Shape in = {2, 3, 6, 9}, out = {2, 27, 2, 3};
  checkMove(in, out, "", "space_to_depth %a0 {blocksize = 3 : i64}", "", [&](const Index &o) {
    int64_t block = o[1] / 3;
    return offsetOf(in, {o[0], o[1] % 3, o[2] * 3 + block / 3, o[3] * 3 + block % 3});
  });
}

TEST(Move, Concat) {
  // Widths 3, 20 and 1; the first part comes last among the group's operands.
  for (const Element &e : kElements) {
    std::string a = tensor({4, 3, 2}, e.name), b = tensor({4, 20, 2}, e.name);
    std::string c = tensor({4, 1, 2}, e.name), y = tensor({4, 24, 2}, e.name);
    std::vector<Bytes> in = {counted(160, e.size), counted(8, e.size), counted(24, e.size)};
    KernelRun run = runKernel(groupModule("move", {b, c, a}, {y},
                                          "    %0 = ascend.concat %a2, %a0, %a1 {axis = -2 : i64} "
                                          ": (" +
                                              a + ", " + b + ", " + c + ") -> " + y +
                                              "\n    ascend.yield %0 : " + y + "\n"),
                              in, {192 * e.size});
    ASSERT_EQ(run.error, "") << e.name;
    Bytes all = in[0];
    all.insert(all.end(), in[1].begin(), in[1].end());
    all.insert(all.end(), in[2].begin(), in[2].end());
    EXPECT_EQ(run.outputs[0], rearranged(all, {4, 24, 2}, e.size,
                                         [](const Index &o) {
                                           if (o[1] < 3)
                                             return 168 + (o[0] * 3 + o[1]) * 2 + o[2];
                                           if (o[1] < 23)
                                             return (o[0] * 20 + o[1] - 3) * 2 + o[2];
                                           return 160 + o[0] * 2 + o[2];
                                         }))
        << e.name;
  }
}

TEST(Move, Split) {
  // The middle part of three is not used; the last comes first.
  for (const Element &e : kElements) {
    std::string x = tensor({5, 17}, e.name), a = tensor({5, 4}, e.name);
    std::string b = tensor({5, 3}, e.name), c = tensor({5, 10}, e.name);
    Bytes in = counted(85, e.size);
    KernelRun run =
        runKernel(groupModule("move", {x}, {c, a},
                              integers("%s", {4, 3, 10}) +
                                  "    %0:3 = ascend.split %a0 sizes %s {axis = 1 : i64, "
                                  "num_outputs = 3 : i64} : (" +
                                  x + ", tensor<3xi64>) -> (" + a + ", " + b + ", " + c +
                                  ")\n    ascend.yield %0#2, %0#0 : " + c + ", " + a + "\n"),
                  {in}, {50 * e.size, 20 * e.size});
    ASSERT_EQ(run.error, "") << e.name;
    auto part = [&](int64_t width, int64_t begin) {
      return rearranged(in, {5, width}, e.size,
                        [=](const Index &o) { return o[0] * 17 + begin + o[1]; });
    };
    EXPECT_EQ(run.outputs[0], part(10, 7)) << e.name;
    EXPECT_EQ(run.outputs[1], part(4, 0)) << e.name;
  }
}

} // namespace
