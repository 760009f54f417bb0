//===- CubeEpilogue.h - From the accumulator to GM ------------------------===//
//
// Drains one column of fractals at a time: L0C to UB with conversion, the
// elementwise ops of the group, UB to GM. In UB a column is [rows][16], whatever
// the tensor's layout in GM; the caller moves operands and results.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_CUBEEPILOGUE_H
#define OPENATC_LIB_KERNEL_CUBEEPILOGUE_H

#include "VectorEmitter.h"

#include <functional>

namespace openatc::kernel {

class CubeEpilogue {
public:
  /// `m1` is the tile's height in fractals.
  CubeEpilogue(KernelBuilder &kb, ascend::KernelOp op, int64_t m1);

  /// Moves rows of column `col` of region argument `arg` between GM and `ub`.
  std::function<void(mlir::Value ub, unsigned arg, Num col)> loadFull;
  /// Loads the 16 values of column `col` of a per-channel argument to `ub`, `rows`
  /// times (rows = 1: once).
  std::function<void(mlir::Value ub, unsigned arg, Num col, Num rows)> loadChannel;
  std::function<void(mlir::Value ub, unsigned result, Num col)> store;

  /// Drains `n1` columns of `m` rows of `acc`.
  mlir::LogicalResult run(mlir::Value acc, Num m, Num n1);

  /// UB bytes that a tile of `m1` fractal rows takes.
  static int64_t ubBytes(ascend::KernelOp op, int64_t m1);

  /// The contraction: the first op of the region.
  static mlir::Operation *contraction(ascend::KernelOp op);

private:
  struct Argument {
    unsigned number;
    bool perChannel;
    davinci::Elem elem;
    mlir::Value pool;
  };

  static llvm::SmallVector<Argument> arguments(ascend::KernelOp op);
  static int64_t bytesOfArgument(const Argument &a, int64_t m1);

  KernelBuilder &kb;
  ascend::KernelOp op;
  int64_t m1;
  llvm::SmallVector<Argument> args;
  llvm::SmallVector<mlir::Value> outPools;
  mlir::Value accPool; // the contraction's result, when more ops follow
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CUBEEPILOGUE_H
