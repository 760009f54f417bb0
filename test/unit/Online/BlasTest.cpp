//===- BlasTest.cpp - Products of matrices through AscendCL ---------------===//

#include "OpTester.h"

#include <cmath>

using namespace openatc::test;

namespace {

/// alpha * A * B + beta * C in double precision; A is m x k, B k x n, row by row.
std::vector<double> product(const std::vector<float> &a, const std::vector<float> &b,
                            const std::vector<float> &c, size_t m, size_t n, size_t k, double alpha,
                            double beta) {
  std::vector<double> out(m * n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (size_t l = 0; l < k; ++l)
        sum += double(a[i * k + l]) * b[l * n + j];
      out[i * n + j] = alpha * sum + beta * c[i * n + j];
    }
  return out;
}

std::vector<float> transposed(const std::vector<float> &x, size_t rows, size_t columns) {
  std::vector<float> out(x.size());
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < columns; ++j)
      out[j * rows + i] = x[i * columns + j];
  return out;
}

template <typename T> std::vector<T> integers(size_t count, int seed, int limit) {
  std::vector<T> out(count);
  for (size_t i = 0; i < count; ++i)
    out[i] = T(int((i * 61 + size_t(seed) * 17) % size_t(2 * limit)) - limit);
  return out;
}

TEST_F(OpTest, HalvesInPlace) {
  constexpr int m = 20, n = 24, k = 40;
  std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2), c = numbers(m * n, 3);
  std::vector<double> want = product(a, b, c, m, n, k, 2, 0.5);
  void *alpha = upload(halves({2})), *beta = upload(halves({0.5f}));
  for (bool flip : {false, true}) {
    void *deviceA = upload(halves(flip ? transposed(a, m, k) : a));
    void *deviceB = upload(halves(flip ? transposed(b, k, n) : b));
    void *deviceC = upload(halves(c));
    aclTransType trans = flip ? ACL_TRANS_T : ACL_TRANS_N;
    ASSERT_EQ(aclblasGemmEx(trans, trans, ACL_TRANS_N, m, n, k, alpha, deviceA, -1, ACL_FLOAT16,
                            deviceB, -1, ACL_FLOAT16, beta, deviceC, -1, ACL_FLOAT16,
                            ACL_COMPUTE_HIGH_PRECISION, stream),
              ACL_SUCCESS)
        << lastText();
    synchronize();
    std::vector<aclFloat16> got = download<aclFloat16>(deviceC, m * n);
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_NEAR(aclFloat16ToFloat(got[i]), want[i], 0.02) << i << (flip ? " transposed" : "");
  }
}

TEST_F(OpTest, HalvesToSingle) {
  constexpr int m = 16, n = 16, k = 100;
  std::vector<float> a = numbers(m * k, 5), b = numbers(k * n, 6), c = numbers(m * n, 7);
  std::vector<double> want = product(a, b, c, m, n, k, 1, 1);
  void *one = upload(std::vector<float>{1}), *deviceC = upload(c);
  ASSERT_EQ(aclblasGemmEx(ACL_TRANS_N, ACL_TRANS_N, ACL_TRANS_N, m, n, k, one, upload(halves(a)),
                          -1, ACL_FLOAT16, upload(halves(b)), -1, ACL_FLOAT16, one, deviceC, -1,
                          ACL_FLOAT, ACL_COMPUTE_HIGH_PRECISION, stream),
            ACL_SUCCESS)
      << lastText();
  synchronize();
  std::vector<float> got = download<float>(deviceC, m * n);
  for (size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], 1e-4) << i;
}

TEST_F(OpTest, BytesAreExact) {
  // Long enough that single precision alone would round.
  constexpr int m = 4, n = 5, k = 3000;
  std::vector<int8_t> a = integers<int8_t>(m * k, 1, 127), b = integers<int8_t>(k * n, 2, 127);
  std::vector<int32_t> c = integers<int32_t>(m * n, 3, 1000), one = {1}, two = {2};
  void *deviceC = upload(c);
  ASSERT_EQ(aclblasS8gemm(ACL_TRANS_N, ACL_TRANS_N, ACL_TRANS_N, m, n, k,
                          static_cast<int32_t *>(upload(one)), static_cast<int8_t *>(upload(a)), -1,
                          static_cast<int8_t *>(upload(b)), -1, static_cast<int32_t *>(upload(two)),
                          static_cast<int32_t *>(deviceC), -1, ACL_COMPUTE_HIGH_PRECISION, stream),
            ACL_SUCCESS)
      << lastText();
  synchronize();
  std::vector<int32_t> got = download<int32_t>(deviceC, m * n);
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      int32_t sum = 2 * c[size_t(i * n + j)];
      for (int l = 0; l < k; ++l)
        sum += int32_t(a[size_t(i * k + l)]) * b[size_t(l * n + j)];
      ASSERT_EQ(got[size_t(i * n + j)], sum) << i << ", " << j;
    }
}

TEST_F(OpTest, VectorsAndHandles) {
  constexpr int m = 30, n = 50;
  std::vector<float> a = numbers(m * n, 1), x = numbers(n, 2), y = numbers(m, 3);
  std::vector<double> want = product(a, x, y, m, 1, n, 1, 1);
  auto *one = static_cast<aclFloat16 *>(upload(halves({1})));
  auto *deviceA = static_cast<aclFloat16 *>(upload(halves(a)));
  auto *deviceX = static_cast<aclFloat16 *>(upload(halves(x)));
  auto *deviceY = static_cast<aclFloat16 *>(upload(halves(y)));
  ASSERT_EQ(aclblasHgemv(ACL_TRANS_N, m, n, one, deviceA, -1, deviceX, -1, one, deviceY, -1,
                         ACL_COMPUTE_HIGH_PRECISION, stream),
            ACL_SUCCESS)
      << lastText();
  synchronize();
  auto check = [&](void *at) {
    std::vector<aclFloat16> got = download<aclFloat16>(at, m);
    for (size_t i = 0; i < size_t(m); ++i)
      ASSERT_NEAR(aclFloat16ToFloat(got[i]), want[i], 0.02) << i;
  };
  check(deviceY);

  aclopHandle *handle = nullptr;
  ASSERT_EQ(aclblasCreateHandleForHgemv(ACL_TRANS_N, m, n, ACL_COMPUTE_HIGH_PRECISION, &handle),
            ACL_SUCCESS)
      << lastText();
  void *fresh = upload(halves(y));
  aclDataBuffer *c = buffer(fresh, m * 2);
  const aclDataBuffer *inputs[] = {buffer(deviceA, m * n * 2), buffer(deviceX, n * 2), c,
                                   buffer(one, 2), buffer(one, 2)};
  ASSERT_EQ(aclopExecWithHandle(handle, 5, inputs, 1, &c, stream), ACL_SUCCESS) << lastText();
  synchronize();
  check(fresh);
  aclopDestroyHandle(handle);
}

TEST_F(OpTest, WrongProductsAreErrors) {
  void *at = memory(4096);
  auto call = [&](aclTransType trans, int m, int lda, aclDataType c, aclComputeType type,
                  const void *a) {
    return aclblasGemmEx(trans, ACL_TRANS_N, ACL_TRANS_N, m, 8, 8, at, a, lda, ACL_FLOAT16, at, -1,
                         ACL_FLOAT16, at, at, -1, c, type, stream);
  };
  constexpr auto high = ACL_COMPUTE_HIGH_PRECISION;
  expectFailure(call(ACL_TRANS_N, 0, -1, ACL_FLOAT16, high, at), ACL_ERROR_INVALID_PARAM,
                {"m, n and k must be positive"});
  expectFailure(call(ACL_TRANS_N, 8, 8, ACL_FLOAT16, high, at), ACL_ERROR_INVALID_PARAM,
                {"must be -1"});
  expectFailure(call(ACL_TRANS_N, 8, -1, ACL_INT32, high, at), ACL_ERROR_UNSUPPORTED_DATA_TYPE,
                {"not supported together"});
  expectFailure(call(ACL_TRANS_NZ, 8, -1, ACL_FLOAT16, high, at), ACL_ERROR_FORMAT_NOT_MATCH,
                {"ACL_TRANS_NZ"});
  expectFailure(call(ACL_TRANS_NZ_T, 8, -1, ACL_FLOAT16, high, at), ACL_ERROR_INVALID_PARAM,
                {"transA"});
  expectFailure(call(aclTransType(9), 8, -1, ACL_FLOAT16, high, at), ACL_ERROR_INVALID_PARAM,
                {"transposition type 9"});
  expectFailure(call(ACL_TRANS_N, 8, -1, ACL_FLOAT16, ACL_COMPUTE_LOW_PRECISION, at),
                ACL_ERROR_INVALID_PARAM, {"ACL_COMPUTE_HIGH_PRECISION"});
  expectFailure(call(ACL_TRANS_N, 8, -1, ACL_FLOAT16, high, nullptr), ACL_ERROR_INVALID_PARAM,
                {"A is NULL"});
  expectFailure(aclblasCreateHandleForGemmEx(ACL_TRANS_N, ACL_TRANS_N, ACL_TRANS_N, 8, 8, 8,
                                             ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT16, high, nullptr),
                ACL_ERROR_INVALID_PARAM, {"'handle' is NULL"});
}

} // namespace
