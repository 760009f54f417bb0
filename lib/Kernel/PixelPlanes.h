//===- PixelPlanes.h - Planes of few channels to pixels of 4 halves -------===//
#ifndef OPENATC_LIB_KERNEL_PIXELPLANES_H
#define OPENATC_LIB_KERNEL_PIXELPLANES_H

#include "openatc/Kernel/KernelBuilder.h"

namespace openatc::kernel {

/// Reads at most 4 planes of f16 or f32 pixels and makes pixels of 4 halves of them, a piece
/// at a time: GM to UB, rounding to halves, transposes. Lanes without a channel are zero.
class PixelPlanes {
public:
  /// Pixels of a group: a piece is processed in whole groups.
  static constexpr int64_t kGroup = 256;
  /// Bytes of a pixel in the result.
  static constexpr int64_t kPixel = 8;

  /// `piece` is a multiple of kGroup.
  PixelPlanes(KernelBuilder &kb, int64_t channels, davinci::Elem elem, int64_t piece);

  /// Reserves what all pieces share. Once, in front of them.
  void prepare();

  /// Reads `count` pixels, at most a piece, of planes that begin `pitch` bytes apart at `planes`;
  /// the result is where the pixels lie in UB.
  mlir::Value convert(mlir::Value planes, Num pitch, Num count);

  /// Reads pixels [0, count) of such planes and hands each piece to `store`: where it lies in
  /// UB, its first pixel, and how many it has.
  void run(mlir::Value planes, Num pitch, Num count,
           llvm::function_ref<void(mlir::Value ub, Num first, Num count)> store);

  /// UB bytes for each pixel of a piece: two buffers in and out, one between.
  static int64_t ubBytes(int64_t channels, davinci::Elem elem);
  /// Cycles of the vector unit for one piece.
  static int64_t vectorCycles(const SocDescription &soc, int64_t channels, davinci::Elem elem,
                              int64_t piece);

private:
  mlir::Value toHalves(mlir::Value src, Num count);
  void interleave(mlir::Value dst, mlir::Value planes, Num groups);

  KernelBuilder &kb;
  int64_t channels, piece, bytes;
  davinci::Elem elem;
  mlir::Value inPool, outPool, halvesPool, rowsPool, halves, rows;
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_PIXELPLANES_H
