//===- MatrixProduct.h - The inner loops of every contraction --------------===//
#ifndef OPENATC_LIB_HOSTOPS_MATRIXPRODUCT_H
#define OPENATC_LIB_HOSTOPS_MATRIXPRODUCT_H

#include <algorithm>
#include <cstdint>

namespace openatc::host {

/// C[m][n] += A[m][k] * B[k][n], rows `lda`, `ldb`, `ldc` elements apart. Sums run over k in
/// order; rows of B stay in cache while four rows of A pass over them.
template <typename W>
void addProduct(int64_t m, int64_t k, int64_t n, const W *a, int64_t lda, const W *b, int64_t ldb,
                W *c, int64_t ldc) {
  constexpr int64_t kColumns = 512;
  for (int64_t j0 = 0; j0 < n; j0 += kColumns) {
    int64_t columns = std::min(kColumns, n - j0);
    int64_t i = 0;
    for (; i + 4 <= m; i += 4) {
      W *c0 = c + i * ldc + j0, *c1 = c0 + ldc, *c2 = c1 + ldc, *c3 = c2 + ldc;
      for (int64_t p = 0; p < k; ++p) {
        const W *row = b + p * ldb + j0, *x = a + i * lda + p;
        W x0 = x[0], x1 = x[lda], x2 = x[2 * lda], x3 = x[3 * lda];
        for (int64_t j = 0; j < columns; ++j) {
          c0[j] += x0 * row[j];
          c1[j] += x1 * row[j];
          c2[j] += x2 * row[j];
          c3[j] += x3 * row[j];
        }
      }
    }
    for (; i < m; ++i)
      for (int64_t p = 0; p < k; ++p) {
        W x = a[i * lda + p];
        const W *row = b + p * ldb + j0;
        W *out = c + i * ldc + j0;
        for (int64_t j = 0; j < columns; ++j)
          out[j] += x * row[j];
      }
  }
}

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_MATRIXPRODUCT_H
