//===- Gemm.cpp - Blocked matrix product ------------------------------------===//

#include "Gemm.h"

#include <algorithm>
#include <vector>

// The register block is compiled for several vector lengths and chosen at load time.
// No variant fuses multiply and add, so all of them give the same bits.
#if defined(__x86_64__) && defined(__has_attribute) && !defined(__SANITIZE_ADDRESS__)
#define OPENATC_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define OPENATC_CLONES
#endif

namespace openatc::host {

namespace {

/// Inner indices per block: a panel of B stays in L1, a block of panels in L2.
constexpr int64_t kInnerBlock = 256;
constexpr int64_t kPanelsPerBlock = 16;

/// acc[i][j] = sum over k of a[k][i] * b[k][j]; one vector per row.
template <typename W>
__attribute__((always_inline)) inline void accumulate(int64_t kc, const W *a, const W *b, W *acc) {
  typedef W Vector __attribute__((vector_size(64), aligned(sizeof(W)), may_alias));
  Vector s0{}, s1{}, s2{}, s3{}, s4{}, s5{};
  for (int64_t k = 0; k < kc; ++k, a += kGemmRows, b += kGemmCols<W>) {
    Vector v = *reinterpret_cast<const Vector *>(b);
    s0 += a[0] * v;
    s1 += a[1] * v;
    s2 += a[2] * v;
    s3 += a[3] * v;
    s4 += a[4] * v;
    s5 += a[5] * v;
  }
  Vector *out = reinterpret_cast<Vector *>(acc);
  out[0] = s0;
  out[1] = s1;
  out[2] = s2;
  out[3] = s3;
  out[4] = s4;
  out[5] = s5;
}

OPENATC_CLONES void accumulateBlock(int64_t kc, const float *a, const float *b, float *acc) {
  accumulate(kc, a, b, acc);
}
OPENATC_CLONES void accumulateBlock(int64_t kc, const double *a, const double *b, double *acc) {
  accumulate(kc, a, b, acc);
}
void accumulateBlock(int64_t kc, const uint64_t *a, const uint64_t *b, uint64_t *acc) {
  accumulate(kc, a, b, acc);
}

} // namespace

template <typename W> PackFn<W> packStrided(const W *data, int64_t kStride, int64_t jStride) {
  return [=](int64_t k0, int64_t kc, int64_t j0, int64_t count, int64_t width, W *panel) {
    const W *from = data + k0 * kStride + j0 * jStride;
    if (kStride == 1) {
      for (int64_t j = 0; j < count; ++j)
        for (int64_t k = 0; k < kc; ++k)
          panel[k * width + j] = from[k + j * jStride];
      return;
    }
    for (int64_t k = 0; k < kc; ++k)
      for (int64_t j = 0; j < count; ++j)
        panel[k * width + j] = from[k * kStride + j * jStride];
  };
}

template <typename W>
void gemm(int64_t m, int64_t n, int64_t k, const PackFn<W> &packA, const PackFn<W> &packB, W *c,
          int64_t ldc) {
  constexpr int64_t rows = kGemmRows, cols = kGemmCols<W>;
  int64_t aPanels = (m + rows - 1) / rows, inner = std::min(k, kInnerBlock);
  int64_t bPanels = std::min((n + cols - 1) / cols, kPanelsPerBlock);
  std::vector<W> a(static_cast<size_t>(aPanels * rows * inner));
  std::vector<W> b(static_cast<size_t>(bPanels * cols * inner));
  for (int64_t k0 = 0; k0 < k; k0 += kInnerBlock) {
    int64_t kc = std::min(kInnerBlock, k - k0);
    for (int64_t p = 0; p < aPanels; ++p)
      packA(k0, kc, p * rows, std::min(rows, m - p * rows), rows, &a[size_t(p * rows * kc)]);
    for (int64_t n0 = 0; n0 < n; n0 += bPanels * cols) {
      int64_t end = std::min(n, n0 + bPanels * cols);
      for (int64_t j = n0; j < end; j += cols)
        packB(k0, kc, j, std::min(cols, end - j), cols, &b[size_t((j - n0) * kc)]);
      for (int64_t j = n0; j < end; j += cols)
        for (int64_t p = 0; p < aPanels; ++p) {
          W acc[rows * cols];
          accumulateBlock(kc, &a[size_t(p * rows * kc)], &b[size_t((j - n0) * kc)], acc);
          int64_t height = std::min(rows, m - p * rows), width = std::min(cols, end - j);
          for (int64_t i = 0; i < height; ++i)
            for (int64_t x = 0; x < width; ++x)
              c[(p * rows + i) * ldc + j + x] += acc[i * cols + x];
        }
    }
  }
}

#define OPENATC_INSTANTIATE(W)                                                                     \
  template PackFn<W> packStrided<W>(const W *, int64_t, int64_t);                                  \
  template void gemm<W>(int64_t, int64_t, int64_t, const PackFn<W> &, const PackFn<W> &, W *,      \
                        int64_t);
OPENATC_INSTANTIATE(float)
OPENATC_INSTANTIATE(double)
OPENATC_INSTANTIATE(uint64_t)
#undef OPENATC_INSTANTIATE

} // namespace openatc::host
