//===- CubePipeline.h - The loop nest of every contraction ----------------===//
//
// One output tile: K is cut into steps that live in L0A and L0B (double buffered),
// accumulated in L0C while the epilogue drains another slot. An operand comes to L1
// in chunks of K as the steps need it, or lies there whole for many tiles. What the
// operands are is the caller's: a convolution and a matrix product differ in five
// callbacks.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_CUBEPIPELINE_H
#define OPENATC_LIB_KERNEL_CUBEPIPELINE_H

#include "openatc/Kernel/KernelBuilder.h"

#include <functional>

namespace openatc::kernel {

/// Tile sizes; extents in fractals of 16 unless said otherwise.
struct CubeTile {
  int64_t m1 = 1;          ///< rows of the output tile
  int64_t n1 = 1;          ///< columns of the output tile
  int64_t sliceK1 = 1;     ///< K of one slice (kernel positions of a convolution, 1 of a matmul)
  int64_t chunkSlices = 1; ///< slices in L1 at a time
  int64_t stepK1 = 1;      ///< K in L0 at a time
  int64_t aSliceBytes = 0; ///< one slice of the left operand in L1
  int64_t slices = 0;      ///< all of K, where an operand lies in L1 whole
  bool wholeA = false;     ///< the left operand of a tile of rows comes to L1 at once
  /// Buffers of chunks. As many as a tile of rows has chunks: the left operand stays for all
  /// of its tiles of columns; as many as all columns of a core have: the right one stays for all
  /// tiles. Buffers rotate, so that a chunk finds itself where it was.
  int64_t aSlots = 2, bSlots = 2;
  bool keepA = false, keepB = false;
  int64_t products = 1; ///< products side by side in one accumulator, each of n1 columns
  int64_t accSlots = 2; ///< accumulators
  int64_t biasN1 = 0;   ///< columns whose bias the accumulator begins with; 0: with zeros

  int64_t l1aBytes() const { return aSliceBytes * (wholeA ? slices : chunkSlices); }
  int64_t l1bBytes() const { return sliceK1 * 512 * chunkSlices * n1; }
  int64_t l0aBytes() const { return m1 * stepK1 * 512; }
  int64_t l0bBytes() const { return n1 * stepK1 * 512; }
  /// Ones for the rows of a tile, and the bias of its columns.
  int64_t onesL0Bytes() const { return biasN1 ? m1 * 512 : 0; }
  int64_t biasL0Bytes() const { return biasN1 ? n1 * products * 512 : 0; }
  int64_t biasBytes() const { return biasN1 ? (biasN1 + 1) * 512 : 0; }
  int64_t l0cBytes() const { return m1 * n1 * products * 1024; }
};

/// True when `t` fits the on-chip memories of `soc`.
bool fits(const CubeTile &t, const SocDescription &soc);

class CubePipeline {
public:
  CubePipeline(KernelBuilder &kb, const CubeTile &tile);

  /// Loads slices [slice, slice + count) of the left operand to `l1`.
  std::function<void(mlir::Value l1, Num slice, Num count)> loadA;
  /// Loads the matching rows of the right operand; `n1` columns of fractals.
  std::function<void(mlir::Value l1, Num slice, Num count, Num n1)> loadB;
  /// L1 to L0A: K steps [k1, k1 + count) of a buffer of `slices` slices, `m` rows.
  std::function<void(mlir::Value l0a, mlir::Value l1, Num slices, Num k1, Num count, Num m)> feedA;
  /// L1 to L0B, as feedA.
  std::function<void(mlir::Value l0b, mlir::Value l1, Num slices, Num k1, Num count, Num n1)> feedB;

  /// Loads the bias, 16 values for each column, to rows of `l1` that are 512 bytes apart.
  std::function<void(mlir::Value l1)> loadBias;

  /// Loads what all tiles share. Once, in front of them.
  void prepare();

  /// The next buffer of an operand that comes to L1 at once; the caller fills it.
  mlir::Value acquireA() { return kb.acquire(poolL1A); }
  mlir::Value acquireB() { return kb.acquire(poolL1B); }

  /// The next accumulator, of `m` rows and `n1` columns of fractals. It holds their bias,
  /// which begins at column `column`, if there is one.
  mlir::Value begin(Num m, Num n1, Num column);

  /// Computes one tile of `m` rows and `n1` columns of fractals over `slices` slices
  /// in the accumulator `acc`. `wholeA` and `wholeB` are operands that came to L1 at once. Of
  /// an operand that stays in L1, chunks are loaded where `freshA` or `freshB` is not 0.
  void run(mlir::Value acc, Num m, Num n1, Num slices, mlir::Value wholeA = {}, Num freshA = 1,
           Num freshB = 1, mlir::Value wholeB = {});

  /// An operand in L1: a buffer of `slices` slices, read from fractal `k1` of K on.
  struct Source {
    mlir::Value l1;
    Num slices, k1;
  };

  /// acc += A * B over `steps` fractals of K, of which `before` have been.
  void multiply(mlir::Value acc, const Source &a, const Source &b, Num before, Num steps, Num m,
                Num n1);

private:
  KernelBuilder &kb;
  CubeTile tile;
  mlir::Value poolL1A, poolL1B, poolL0A, poolL0B, poolL0C;
  mlir::Value bias;     ///< in L1, as first rows of fractals
  mlir::Value ones;     ///< in L0A
  mlir::Value poolBias; ///< of the columns of a tile, in L0B
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CUBEPIPELINE_H
