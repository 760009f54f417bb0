//===- MatMulTest.cpp - Matrix product kernels on the simulator -----------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace openatc;
using namespace openatc::test;

namespace {

struct MatMulCase {
  const char *name;
  Shape a, b;
};

std::ostream &operator<<(std::ostream &os, const MatMulCase &c) { return os << c.name; }

/// Shape of the product: batch dimensions broadcast as numpy does.
Shape resultShape(const MatMulCase &t) {
  size_t rank = std::max(t.a.size(), t.b.size());
  Shape shape(rank);
  for (size_t i = 0; i < rank; ++i) {
    size_t missA = rank - t.a.size(), missB = rank - t.b.size();
    shape[i] = std::max(i < missA ? 1 : t.a[i - missA], i < missB ? 1 : t.b[i - missB]);
  }
  shape[rank - 2] = t.a[t.a.size() - 2];
  shape[rank - 1] = t.b.back();
  return shape;
}

/// Matrix of an operand that stands for matrix `index` of the result.
int64_t matrixOf(int64_t index, const Shape &own, const Shape &result) {
  int64_t matrix = 0, stride = 1;
  for (size_t i = result.size() - 2; i-- > 0; index /= result[i]) {
    size_t missing = result.size() - own.size();
    if (i < missing)
      continue;
    if (own[i - missing] != 1)
      matrix += index % result[i] * stride;
    stride *= own[i - missing];
  }
  return matrix;
}

std::vector<double> reference(const MatMulCase &t, const Floats &a, const Floats &b) {
  Shape shape = resultShape(t);
  int64_t m = shape[shape.size() - 2], n = shape.back(), k = t.a.back();
  std::vector<double> y(size_t(sizeOf(shape)), 0.0);
  for (int64_t i = 0; i < sizeOf(shape) / (m * n); ++i) {
    const float *pa = &a[size_t(matrixOf(i, t.a, shape) * m * k)];
    const float *pb = &b[size_t(matrixOf(i, t.b, shape) * k * n)];
    for (int64_t r = 0; r < m; ++r)
      for (int64_t q = 0; q < k; ++q)
        for (int64_t c = 0; c < n; ++c)
          y[size_t((i * m + r) * n + c)] += double(pa[r * k + q]) * pb[q * n + c];
  }
  return y;
}

/// K x N as FRACTAL_Z: (K1, N1, 16 of N, 16 of K).
Floats packMatrix(const Floats &b, int64_t k, int64_t n) {
  int64_t n1 = (n + 15) / 16;
  Floats packed(size_t((k + 15) / 16 * n1 * 256), 0.0f);
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = 0; j < n; ++j)
      packed[size_t((i / 16 * n1 + j / 16) * 256 + j % 16 * 16 + i % 16)] = b[size_t(i * n + j)];
  return packed;
}

class MatMul : public testing::TestWithParam<MatMulCase> {
protected:
  /// Runs the product as halves and as floats with bias, residual and ReLU. Without a
  /// `schedule` the author chooses one.
  void check(bool packed, const char *soc, const std::string &schedule = "") {
    const MatMulCase &t = GetParam();
    Floats a = pattern(sizeOf(t.a), 1, 1), b = pattern(sizeOf(t.b), 2, 1);
    std::vector<double> want = reference(t, a, b);
    Shape shape = resultShape(t);
    int64_t n = shape.back();
    std::string ta = tensor(t.a, "f16"), tb = tensor(t.b, "f16", packed ? "fractal_z" : "");
    std::vector<Bytes> operands = {toHalfBytes(a),
                                   toHalfBytes(packed ? packMatrix(b, t.b[t.b.size() - 2], n) : b)};
    std::string half = tensor(shape, "f16"), full = tensor(shape, "f32");
    std::string product = "    %0 = ascend.matmul %a0, %a1 : (" + ta + ", " + tb + ") -> ";
    std::string text = groupModule("cube_matmul", {ta, tb}, {half},
                                   product + half + "\n    ascend.yield %0 : " + half + "\n");
    if (!schedule.empty())
      text.insert(text.find(" : ", text.find("ascend.kernel")), " schedule {" + schedule + "}");
    KernelRun run = runKernel(text, operands, {want.size() * 2}, soc);
    ASSERT_EQ(run.error, "");
    Floats got = fromHalfBytes(run.outputs[0]);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], roundToHalf(float(want[i]))) << "f16 element " << i;

    Floats bias = pattern(n, 3), residual = pattern(sizeOf(shape), 4);
    operands.push_back(toBytes(bias));
    operands.push_back(toBytes(residual));
    std::string column = tensor({n}, "f32");
    std::string pair = "(" + full + ", " + full + ") -> " + full + "\n";
    run = runKernel(groupModule("cube_matmul", {ta, tb, column, full}, {full},
                                product + full + "\n    %1 = ascend.add %0, %a2 : (" + full + ", " +
                                    column + ") -> " + full + "\n    %2 = ascend.add %1, %a3 : " +
                                    pair + "    %3 = ascend.relu %2 : (" + full + ") -> " + full +
                                    "\n    ascend.yield %3 : " + full + "\n"),
                    operands, {want.size() * 4}, soc);
    ASSERT_EQ(run.error, "");
    got = fromBytes<float>(run.outputs[0]);
    for (size_t i = 0; i < got.size(); ++i) {
      double sum = want[i] + bias[i % size_t(n)] + residual[i];
      ASSERT_EQ(got[i], float(std::max(sum, 0.0))) << "f32 element " << i;
    }
  }
};

TEST_P(MatMul, DynamicOperand) {
  check(false, "Ascend310P3");
  check(false, "Ascend310");
  // The smallest tiles, with the left operand in columns.
  if (sizeOf(GetParam().a) < 1000)
    check(false, "Ascend310P3",
          "block_dim = 2, chunk_k1 = 2, step_k1 = 1, tile_m1 = 1, tile_n1 = 1, whole_rows = 0");
}

class PackedMatMul : public MatMul {};

TEST_P(PackedMatMul, PackedOperand) {
  check(true, "Ascend310P3");
  check(true, "Ascend910A");
}

auto plain() {
  return testing::Values(
      MatMulCase{"one", {1, 1}, {1, 1}}, MatMulCase{"row", {1, 40}, {40, 17}},
      MatMulCase{"aligned", {32, 64}, {64, 48}}, MatMulCase{"odd", {7, 13}, {13, 5}},
      MatMulCase{"odd_tail8", {33, 17}, {17, 24}}, MatMulCase{"odd_tail9", {17, 33}, {33, 25}},
      MatMulCase{"column", {50, 19}, {19, 1}}, MatMulCase{"long_k", {5, 5000}, {5000, 3}},
      MatMulCase{"row_long_k", {1, 5000}, {5000, 10}}, MatMulCase{"long_n", {3, 20}, {20, 3000}},
      MatMulCase{"row_long_n", {1, 33}, {33, 3001}}, MatMulCase{"long_m", {3000, 6}, {6, 20}},
      MatMulCase{"square", {200, 200}, {200, 200}});
}

INSTANTIATE_TEST_SUITE_P(Plain, MatMul, plain());
INSTANTIATE_TEST_SUITE_P(Plain, PackedMatMul, plain());
INSTANTIATE_TEST_SUITE_P(Batched, MatMul,
                         testing::Values(MatMulCase{"batch", {4, 7, 9}, {4, 9, 11}},
                                         MatMulCase{"shared_right", {2, 3, 7, 9}, {9, 11}},
                                         MatMulCase{"shared_left", {7, 9}, {5, 9, 4}},
                                         MatMulCase{"both", {2, 1, 5, 6}, {3, 6, 7}},
                                         MatMulCase{"inner_one", {2, 3, 20, 16}, {2, 1, 16, 33}},
                                         MatMulCase{"heads", {1, 12, 50, 64}, {1, 12, 64, 50}},
                                         MatMulCase{"rows", {40, 1, 20}, {40, 20, 1}}));
INSTANTIATE_TEST_SUITE_P(Batched, PackedMatMul,
                         testing::Values(MatMulCase{"leading", {2, 3, 7, 9}, {9, 11}},
                                         MatMulCase{"leading_rows", {20, 1, 30}, {30, 8}}));

} // namespace
