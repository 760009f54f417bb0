//===- PixelPlanes.h - Planes of few channels to pixels of 4 halves -------===//
#ifndef OPENATC_LIB_KERNEL_PIXELPLANES_H
#define OPENATC_LIB_KERNEL_PIXELPLANES_H

#include "openatc/Kernel/KernelBuilder.h"

namespace openatc::kernel {

/// Reads windows of at most 4 planes of f16 or f32 pixels and makes pixels of 4 halves of them:
/// GM to UB in one move, then rounding to halves and transposes, a piece at a time. Lanes
/// without a channel are zero.
class PixelPlanes {
public:
  /// Pixels of a group: a piece is processed in whole groups.
  static constexpr int64_t kGroup = 256;
  /// Bytes of a pixel in the result.
  static constexpr int64_t kPixel = 8;

  struct Shape {
    int64_t channels;
    davinci::Elem elem;
    int64_t window; ///< most pixels of a window; several windows make a tile
    int64_t windows = 1;
    int64_t piece; ///< pixels made at a time, a multiple of kGroup

    /// Bytes of one window in UB.
    int64_t windowBytes() const {
      return (window + kGroup - 1) / kGroup * kGroup * channels * bytesOf(elem);
    }
    /// UB bytes: two buffers in and out, one between.
    int64_t ubBytes() const;
    /// Cycles of the vector unit for one piece.
    int64_t vectorCycles(const SocDescription &soc) const;
  };

  PixelPlanes(KernelBuilder &kb, const Shape &shape);

  /// Reserves what all windows share. Once, in front of them.
  void prepare();

  /// The next buffer for the planes of a tile.
  mlir::Value acquire() { return kb.acquire(inPool); }
  /// Loads `count` pixels of planes that begin `pitch` bytes apart at `planes` to window
  /// `index` of buffer `in`.
  void load(mlir::Value in, Num index, mlir::Value planes, Num pitch, Num count);
  /// Makes pixels of the `count` that window `index` holds, and hands each piece to `store`:
  /// where it lies in UB, its first pixel, and how many it has.
  void convert(mlir::Value in, Num index, Num count,
               llvm::function_ref<void(mlir::Value ub, Num first, Num count)> store);

private:
  mlir::Value toHalves(mlir::Value in, Num first, Num count);
  void interleave(mlir::Value dst, mlir::Value planes, int64_t pitch, Num groups);

  KernelBuilder &kb;
  Shape shape;
  int64_t bytes, pitch; ///< of an element; from plane to plane in a window
  mlir::Value inPool, outPool, halvesPool, rowsPool, halves, rows;
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_PIXELPLANES_H
