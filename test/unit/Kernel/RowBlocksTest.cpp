//===- RowBlocksTest.cpp - Kernels on rows in FRACTAL_NZ ------------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace openatc;
using namespace openatc::test;

namespace {

/// Row-major [rows, columns] as [ceil(columns / 16)][rows][16], and back.
Floats toColumnBlocks(const Floats &x, int64_t columns, float padding = 9) {
  int64_t rows = int64_t(x.size()) / columns, planes = (columns + 15) / 16;
  Floats out(size_t(planes * rows * 16), padding);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      out[size_t((c / 16 * rows + r) * 16 + c % 16)] = x[size_t(r * columns + c)];
  return out;
}

Floats fromColumnBlocks(const Floats &blocks, int64_t rows, int64_t columns) {
  Floats out(size_t(rows * columns));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      out[size_t(r * columns + c)] = blocks[size_t((c / 16 * rows + r) * 16 + c % 16)];
  return out;
}

Bytes encode(const Floats &x, bool half) { return half ? toHalfBytes(x) : toBytes(x); }
Floats decode(const Bytes &b, bool half) { return half ? fromHalfBytes(b) : fromBytes<float>(b); }

//===----------------------------------------------------------------------===//
// Changes of layout
//===----------------------------------------------------------------------===//

class TransRows : public testing::TestWithParam<Shape> {};

TEST_P(TransRows, BothWays) {
  const Shape &shape = GetParam();
  int64_t columns = shape.back(), rows = sizeOf(shape) / columns, padded = (columns + 15) / 16 * 16;
  for (bool half : {true, false}) {
    std::string nd = tensor(shape, half ? "f16" : "f32"),
                nz = tensor(shape, half ? "f16" : "f32", "nz");
    auto text = [&](const std::string &from, const std::string &to) {
      return groupModule("move", {from}, {to},
                         "    %0 = ascend.trans_data %a0 : (" + from + ") -> " + to +
                             "\n    ascend.yield %0 : " + to + "\n");
    };
    Floats x = pattern(sizeOf(shape), 5, 100);
    size_t size = half ? 2 : 4;
    for (const char *soc : {"Ascend310P3", "Ascend310"}) {
      KernelRun run =
          runKernel(text(nd, nz), {encode(x, half)}, {size_t(rows * padded) * size}, soc);
      ASSERT_EQ(run.error, "") << size;
      Floats got = decode(run.outputs[0], half);
      ASSERT_EQ(fromColumnBlocks(got, rows, columns), x) << size;
      for (float v : got) // padding lanes included
        ASSERT_LE(std::abs(v), 100.0f) << size;
      run = runKernel(text(nz, nd), {encode(toColumnBlocks(x, columns), half)}, {x.size() * size},
                      soc);
      ASSERT_EQ(run.error, "") << size;
      ASSERT_EQ(decode(run.outputs[0], half), x) << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TransRows,
                         testing::Values(Shape{4, 100, 768}, Shape{1, 17}, Shape{3, 5, 24},
                                         Shape{20, 40}, Shape{1, 40000}, Shape{64, 2, 50},
                                         Shape{70, 2}, Shape{9, 20003}, Shape{2, 197, 64},
                                         Shape{1000, 16 * 9}));

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

TEST(RowMoves, JoinAndPart) {
  // Rows after rows, and blocks of columns apart: [2, 5, 32] and [2, 3, 32] halves.
  std::string a = tensor({2, 5, 32}, "f16", "nz"), b = tensor({2, 3, 32}, "f16", "nz");
  std::string whole = tensor({2, 8, 32}, "f16", "nz"), half = tensor({2, 8, 16}, "f16", "nz");
  Floats x = pattern(2 * 5 * 32, 1, 100), y = pattern(2 * 3 * 32, 2, 100), joined, right;
  for (size_t batch = 0; batch < 2; ++batch) {
    joined.insert(joined.end(), x.begin() + int64_t(batch) * 160,
                  x.begin() + int64_t(batch + 1) * 160);
    joined.insert(joined.end(), y.begin() + int64_t(batch) * 96,
                  y.begin() + int64_t(batch + 1) * 96);
  }
  KernelRun run =
      runKernel(groupModule("move", {a, b}, {whole},
                            "    %0 = ascend.concat %a0, %a1 {axis = 1 : i64} : (" + a + ", " + b +
                                ") -> " + whole + "\n    ascend.yield %0 : " + whole + "\n"),
                {toHalfBytes(toColumnBlocks(x, 32)), toHalfBytes(toColumnBlocks(y, 32))},
                {joined.size() * 2});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(fromColumnBlocks(fromHalfBytes(run.outputs[0]), 16, 32), joined);
  run = runKernel(
      groupModule("move", {whole}, {half},
                  "    %0:2 = ascend.split %a0 {axis = 2 : i64, num_outputs = 2 : i64} : (" +
                      whole + ") -> (" + half + ", " + half + ")\n    ascend.yield %0#1 : " + half +
                      "\n"),
      {toHalfBytes(toColumnBlocks(joined, 32))}, {joined.size()});
  ASSERT_EQ(run.error, "");
  for (size_t r = 0; r < 16; ++r)
    right.insert(right.end(), joined.begin() + int64_t(r) * 32 + 16,
                 joined.begin() + int64_t(r + 1) * 32);
  EXPECT_EQ(fromColumnBlocks(fromHalfBytes(run.outputs[0]), 16, 16), right);
}

TEST(RowMoves, ChannelsBecomeColumns) {
  // [2, 20, 3, 4] in NC1HWC0 to [2, 3, 4, 20] in FRACTAL_NZ.
  std::string image = tensor({2, 20, 3, 4}, "f16", "nc1hwc0");
  std::string rows = tensor({2, 3, 4, 20}, "f16", "nz");
  Floats x = pattern(2 * 20 * 12, 3, 100), want;
  for (size_t n = 0; n < 2; ++n)
    for (size_t p = 0; p < 12; ++p)
      for (size_t c = 0; c < 20; ++c)
        want.push_back(x[(n * 20 + c) * 12 + p]);
  KernelRun run =
      runKernel(groupModule("move", {image}, {rows},
                            "    %0 = ascend.transpose %a0 {perm = array<i64: 0, 2, 3, 1>} : (" +
                                image + ") -> " + rows + "\n    ascend.yield %0 : " + rows + "\n"),
                {toHalfBytes(toBlocks(x, 2, 20, 12, 9.0f))}, {2 * 12 * 32 * 2});
  ASSERT_EQ(run.error, "");
  EXPECT_EQ(fromColumnBlocks(fromHalfBytes(run.outputs[0]), 24, 20), want);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

struct BroadcastCase {
  Shape whole, part; ///< of the two operands; a part of one column is row-major
};

class RowBroadcast : public testing::TestWithParam<BroadcastCase> {};

TEST_P(RowBroadcast, Adds) {
  const auto &[whole, part] = GetParam();
  int64_t columns = whole.back(), rows = sizeOf(whole) / columns;
  for (bool half : {true, false}) {
    std::string e = half ? "f16" : "f32", x = tensor(whole, e, "nz");
    bool perRow = part.back() == 1;
    std::string y = tensor(part, e, perRow ? "" : "nz");
    std::string body = "    %0 = ascend.add %a0, %a1 : (" + x + ", " + y + ") -> " + x +
                       "\n    %1 = ascend.relu %0 : (" + x + ") -> " + x +
                       "\n    ascend.yield %1 : " + x + "\n";
    Floats a = pattern(sizeOf(whole), 1, 20), b = pattern(sizeOf(part), 2, 20);
    Floats aBlocks = toColumnBlocks(a, columns);
    KernelRun run =
        runKernel(groupModule("elementwise", {x, y}, {x}, body),
                  {encode(aBlocks, half), encode(perRow ? b : toColumnBlocks(b, columns), half)},
                  {aBlocks.size() * (half ? 2 : 4)});
    ASSERT_EQ(run.error, "");
    Floats want;
    for (int64_t i = 0; i < sizeOf(whole); ++i) {
      int64_t from = 0, rest = i, step = 1;
      for (size_t d = 0; d < whole.size(); ++d) {
        size_t k = whole.size() - 1 - d;
        int64_t index = rest % whole[k], own = d < part.size() ? part[part.size() - 1 - d] : 1;
        rest /= whole[k];
        from += own == 1 ? 0 : index * step;
        step *= own;
      }
      want.push_back(std::max(0.0f, a[size_t(i)] + b[size_t(from)]));
    }
    ASSERT_EQ(fromColumnBlocks(decode(run.outputs[0], half), rows, columns), want) << e;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RowBroadcast,
    testing::Values(BroadcastCase{{3, 20, 48}, {3, 20, 48}}, BroadcastCase{{3, 20, 48}, {1, 48}},
                    BroadcastCase{{3, 20, 48}, {1, 20, 48}}, BroadcastCase{{3, 20, 48}, {20, 48}},
                    BroadcastCase{{3, 20, 48}, {3, 1, 48}}, BroadcastCase{{3, 20, 48}, {3, 20, 1}},
                    BroadcastCase{{3, 20, 40}, {20, 1}}, BroadcastCase{{600, 100}, {1, 100}}));

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

struct NormCase {
  int64_t rows, columns;
  bool halfIn;
  bool givesSingles, givesHalves;
};

class RowNorm : public testing::TestWithParam<NormCase> {};

TEST_P(RowNorm, MatchesReference) {
  const NormCase &t = GetParam();
  Shape shape{t.rows, t.columns};
  std::string single = tensor(shape, "f32", "nz"), half = tensor(shape, "f16", "nz");
  std::string p = tensor({t.columns}, "f32");
  std::string body, x = "%a0";
  if (t.halfIn) {
    body += "    %x = ascend.cast %a0 {to = 1 : i64} : (" + half + ") -> " + single + "\n";
    x = "%x";
  }
  body += "    %y = ascend.layer_norm " + x + ", %a1 bias %a2 {epsilon = 1.0e-3 : f64} : (" +
          single + ", " + p + ", " + p + ") -> " + single +
          "\n    %h = ascend.cast %y {to = 10 : i64} : (" + single + ") -> " + half + "\n";
  std::vector<std::string> results;
  std::vector<size_t> sizes;
  size_t count = size_t(t.rows * t.columns);
  std::string yields, types;
  if (t.givesSingles) {
    results.push_back(single);
    sizes.push_back(count * 4);
    yields = "%y";
    types = single;
  }
  if (t.givesHalves) {
    results.push_back(half);
    sizes.push_back(count * 2);
    yields += t.givesSingles ? ", %h" : "%h";
    types += (t.givesSingles ? ", " : "") + half;
  }
  body += "    ascend.yield " + yields + " : " + types + "\n";
  // Rows far from zero show whether the variance is taken around the mean.
  Floats data = pattern(int64_t(count), 7, 3), scale = pattern(t.columns, 2),
         bias = pattern(t.columns, 3);
  for (size_t i = 0; i < count; ++i)
    data[i] += float(i / size_t(t.columns) % 5) * 16;
  KernelRun run = runKernel(
      groupModule("reduce", {t.halfIn ? half : single, p, p}, results, body),
      {encode(toColumnBlocks(data, t.columns), t.halfIn), toBytes(scale), toBytes(bias)}, sizes);
  ASSERT_EQ(run.error, "");
  for (size_t k = 0; k < results.size(); ++k) {
    bool isHalf = results[k] == half;
    Floats got = fromColumnBlocks(decode(run.outputs[k], isHalf), t.rows, t.columns);
    for (int64_t r = 0; r < t.rows; ++r) {
      const float *v = &data[size_t(r * t.columns)];
      double mean = 0, variance = 0;
      for (int64_t c = 0; c < t.columns; ++c)
        mean += v[c] / double(t.columns);
      for (int64_t c = 0; c < t.columns; ++c)
        variance += (v[c] - mean) * (v[c] - mean) / double(t.columns);
      // Halves that become halves lose what rounding the mean does to the differences,
      // which the scale doubles.
      double tolerance = isHalf ? 1e-3 : 1e-5;
      if (t.halfIn && !t.givesSingles)
        tolerance = 2e-3 + 0x1p-10 * std::abs(mean) / std::sqrt(variance);
      for (int64_t c = 0; c < t.columns; ++c) {
        double want =
            (v[c] - mean) / std::sqrt(variance + 1e-3) * scale[size_t(c)] + bias[size_t(c)];
        ASSERT_NEAR(got[size_t(r * t.columns + c)], want, tolerance * (1 + std::abs(want)))
            << "row " << r << " column " << c;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RowNorm,
    testing::Values(NormCase{1536, 768, false, true, true}, NormCase{197, 768, false, false, true},
                    NormCase{64, 128, true, false, true}, NormCase{3152, 768, true, false, true},
                    NormCase{100, 1600, true, false, true}, NormCase{64, 128, true, true, false},
                    NormCase{8, 16, false, true, true}, NormCase{17, 48, false, false, true},
                    NormCase{1000, 32, true, true, true}, NormCase{20, 1600, false, true, true}));

} // namespace
