//===- Gemm.h - Blocked matrix product --------------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_GEMM_H
#define OPENATC_LIB_HOSTOPS_GEMM_H

#include <cstdint>
#include <functional>

namespace openatc::host {

/// Rows of one register block.
inline constexpr int64_t kGemmRows = 6;
/// Columns of one register block: one vector of 64 bytes.
template <typename W> inline constexpr int64_t kGemmCols = 64 / sizeof(W);

/// Writes the block of one factor with inner indices [k0, k0 + kc) and outer indices
/// [j0, j0 + count), count <= width, to panel[k * width + j]. Outer indices from `count` to
/// `width` may hold anything.
template <typename W>
using PackFn =
    std::function<void(int64_t k0, int64_t kc, int64_t j0, int64_t count, int64_t width, W *panel)>;

/// Panels of a matrix in memory with the given strides (elements).
template <typename W> PackFn<W> packStrided(const W *data, int64_t kStride, int64_t jStride);

/// c[i * ldc + j] += sum over k of a[i, k] * b[k, j] for an m x n result. The sum runs over
/// blocks of k in order and has the same bits on every machine. W is float, double or uint64_t
/// (integers modulo 2^64, signed ones too).
template <typename W>
void gemm(int64_t m, int64_t n, int64_t k, const PackFn<W> &packA, const PackFn<W> &packB, W *c,
          int64_t ldc);

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_GEMM_H
