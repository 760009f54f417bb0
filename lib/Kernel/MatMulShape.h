//===- MatMulShape.h - Shape and tiling of a matrix product ---------------===//
#ifndef OPENATC_LIB_KERNEL_MATMULSHAPE_H
#define OPENATC_LIB_KERNEL_MATMULSHAPE_H

#include "CubePipeline.h"
#include "openatc/Kernel/KernelAuthor.h"

#include <optional>

namespace openatc::kernel {

/// A batched matrix product as the cube sees it. With a packed right operand all
/// leading dimensions of the left one are rows.
struct MatMulShape {
  llvm::SmallVector<int64_t> batchDims; ///< of the result
  llvm::SmallVector<int64_t> aStrides;  ///< in matrices; 0 where the operand is broadcast
  llvm::SmallVector<int64_t> bStrides;
  int64_t m, k, n;
  bool packed; ///< right operand is FRACTAL_Z

  int64_t batch() const;
  int64_t k1() const { return (k + 15) / 16; }
  int64_t n1() const { return (n + 15) / 16; }
};

/// Reads the shape of the matmul op of a cube_matmul group.
MatMulShape matMulShape(mlir::Operation *matmul);

struct MatMulTile {
  CubeTile cube;
  int64_t cycles = 0; ///< estimate of the slowest block
  int64_t blockDim = 1;
  bool wholeRows = false; ///< rows of the left operand lie in L1 one behind the other
};

/// The tile with the fewest estimated cycles that fits the core; `ubBytes` and `outBytes` as
/// for chooseConvTile.
std::optional<MatMulTile> chooseMatMulTile(const MatMulShape &s, const SocDescription &soc,
                                           llvm::function_ref<int64_t(int64_t)> ubBytes,
                                           int64_t outBytes);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_MATMULSHAPE_H
