//===- CubeEpilogue.h - From the accumulator to GM ------------------------===//
//
// Drains some columns of fractals at a time: L0C to UB with conversion, the
// elementwise ops of the group, UB to GM. In UB a column is [rows][16] without gaps
// and columns follow each other, whatever the tensor's layout in GM; the caller
// moves operands and results.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_CUBEEPILOGUE_H
#define OPENATC_LIB_KERNEL_CUBEEPILOGUE_H

#include "VectorEmitter.h"

#include <functional>

namespace openatc::kernel {

class CubeEpilogue {
public:
  /// `m1` is the tile's height in fractals; at most `columns` are drained at a time.
  /// The result has `channels1` columns in all. With `biasOnCube` the accumulator begins
  /// with the values of biasArgument.
  CubeEpilogue(KernelBuilder &kb, ascend::KernelOp op, int64_t m1, int64_t columns,
               int64_t channels1, bool biasOnCube);

  /// Moves rows of columns [col, col + count) of region argument `arg` from GM to `ub`.
  std::function<void(mlir::Value ub, unsigned arg, Num col, Num count)> loadFull;
  /// Loads the 16 values of column `col` of a per-channel argument to `ub`, `rows` times.
  std::function<void(mlir::Value ub, unsigned arg, Num col, Num rows)> spreadChannel;
  /// Loads all values of a per-channel argument of halves to `ub`.
  std::function<void(mlir::Value ub, unsigned arg)> loadChannels;
  /// Block of the channels of column `col` among those that loadChannels loads.
  std::function<Num(Num col)> channelBlock;
  /// Moves columns [col, col + count) of result `result` to GM.
  std::function<void(mlir::Value ub, unsigned result, Num col, Num count)> store;

  /// Loads what all tiles share. Once, in front of them.
  void prepare();

  /// Drains `n1` columns of `acc`, which holds `blocks` blocks of `rows` rows, each
  /// block from a new fractal on. A pool takes `width` rows for a row of pixels.
  mlir::LogicalResult run(mlir::Value acc, Num blocks, Num rows, Num n1, Num width);

  /// UB bytes that `columns` columns of `m1` fractal rows take.
  static int64_t ubBytes(ascend::KernelOp op, int64_t m1, int64_t columns, int64_t channels1,
                         bool biasOnCube);

  /// The work of the vector and GM pipes for one fractal of the result.
  struct Work {
    int64_t vectorOps = 0;    ///< instructions of the ops
    int64_t vectorCycles = 0; ///< their cycles for one fractal
    int64_t readBytes = 0;    ///< operands of the result's shape, for one fractal
    bool byColumn = false;    ///< instructions handle one column at a time
  };
  static Work work(ascend::KernelOp op, bool biasOnCube);

  /// The per-channel argument of halves that is added to the contraction before all else.
  static std::optional<unsigned> biasArgument(ascend::KernelOp op);

  /// The pool of windows of 2 x 2 behind the elementwise ops; null if there is none.
  static mlir::Operation *pool(ascend::KernelOp op);

  /// The contraction: the epilogue stands behind it, what makes its left operand in front.
  static mlir::Operation *contraction(ascend::KernelOp op);

private:
  struct Argument {
    unsigned number;
    bool perChannel;
    davinci::Elem elem;
    mlir::Value pool;
    mlir::Value ub;
    /// A per-channel f16 column is one block that repeats; wider ones are spread out.
    bool isBlock() const { return perChannel && bytesOf(elem) == 2; }
    int64_t bytes(int64_t fractals, int64_t channels1) const {
      return isBlock() ? 32 * channels1 : 2 * fractals * 256 * bytesOf(elem);
    }
  };

  static llvm::SmallVector<Argument> arguments(ascend::KernelOp op, bool biasOnCube);
  /// The ops behind the contraction that cost the vector unit nothing: the bias where the
  /// cube adds it, and a relu, which the read-out does.
  static llvm::SmallVector<mlir::Operation *, 2> freeOps(ascend::KernelOp op, bool biasOnCube);

  void emitPool(mlir::Value pooled, mlir::Value ub, Num rows, Num width);

  KernelBuilder &kb;
  ascend::KernelOp op;
  int64_t m1, columns;
  llvm::SmallVector<mlir::Operation *, 2> free;
  llvm::SmallVector<Argument> args;
  VectorEmitter::Scratch scratch;
  llvm::SmallVector<mlir::Value> outPools;
  mlir::Value columnPool, pooledPool; // of maxima over columns, and over rows too
  mlir::Value accPool;                // the contraction's result, when more ops follow
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CUBEEPILOGUE_H
