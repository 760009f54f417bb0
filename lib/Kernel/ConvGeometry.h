//===- ConvGeometry.h - Static facts of one convolution -------------------===//
#ifndef OPENATC_LIB_KERNEL_CONVGEOMETRY_H
#define OPENATC_LIB_KERNEL_CONVGEOMETRY_H

#include "openatc/Kernel/KernelAuthor.h"

namespace openatc::kernel {

/// A convolution as the cube sees it. A transposed convolution is the stride-1
/// convolution of the input with `upH - 1` and `upW - 1` zeros between pixels.
/// Channels are counted in blocks of 16; groups are merged into super-groups that
/// fill whole blocks (davinci-architecture, FRACTAL_Z with groups).
struct ConvGeometry {
  int64_t batch, channels1, h, w;   // input: N, C1, H, W
  int64_t outChannels1, outH, outW; // output
  int64_t kh = 1, kw = 1, strideH = 1, strideW = 1, dilH = 1, dilW = 1;
  int64_t padT = 0, padL = 0; // of the equivalent plain convolution
  int64_t upH = 1, upW = 1;   // zero stuffing of a transposed convolution
  // Zeros behind the last pixel that padding cannot stand for: windows may lie wholly in them.
  int64_t tailH = 0, tailW = 0;
  int64_t superGroups = 1, groupC1, groupN1; // per super-group
  bool pooled = false; ///< the result is the maximum over windows of 2 x 2 of the output
  /// NC1HWC0_C04: at most 4 channels, 4 to a pixel, and K counts (kh, kw, 4) without gaps.
  bool few = false;
  /// Elements of the row-major planes that the kernel itself makes such pixels of, and how
  /// many planes; nothing when x is in GM as the cube wants it.
  std::optional<davinci::Elem> planes;
  int64_t channels = 0;

  int64_t stuffedH() const { return (h - 1) * upH + 1 + tailH; }
  int64_t stuffedW() const { return (w - 1) * upW + 1 + tailW; }
  /// True when the window is not simply a part of the input.
  bool stuffed() const { return upH > 1 || upW > 1 || tailH > 0 || tailW > 0; }
  /// True when every output position reads one input position, the next one the next.
  bool isPointwise() const {
    return kh == 1 && kw == 1 && strideH == 1 && strideW == 1 && padT == 0 && padL == 0 &&
           !stuffed();
  }
  /// True when the images' pixels are one sequence, so that a tile may begin and end anywhere and
  /// images follow each other without gaps.
  bool isFlat() const { return isPointwise() && h == 1 && !few; }
  /// Bytes of a pixel in one block of channels.
  int64_t pixelBytes() const { return few ? 8 : 32; }
  /// Blocks of K for one block of channels.
  int64_t sliceK1() const { return few ? (kh * kw + 3) / 4 : kh * kw; }
  int64_t k1() const { return groupC1 * sliceK1(); }
  int64_t extentH() const { return (kh - 1) * dilH + 1; }
  int64_t extentW() const { return (kw - 1) * dilW + 1; }
  /// Input rows and columns that a tile of `th` x `tw` outputs reads, at most.
  int64_t windowH(int64_t th) const { return std::min(stuffedH(), (th - 1) * strideH + extentH()); }
  /// Whole rows are read as they lie, so that they move in one burst. Pixels of 4 channels always
  /// are: parts of rows would not begin at blocks of 32 bytes.
  int64_t windowW(int64_t tw) const {
    return tw == outW || few ? stuffedW() : std::min(stuffedW(), (tw - 1) * strideW + extentW());
  }
  /// Bytes of that window in L1.
  int64_t windowBytes(int64_t th, int64_t tw) const {
    return (windowH(th) * windowW(tw) * pixelBytes() + 31) / 32 * 32;
  }
};

/// Reads the geometry from the conv or conv_transpose op of a cube_conv group, or from
/// the matmul of a cube_matmul group in FRACTAL_NZ.
ConvGeometry convGeometry(mlir::Operation *conv);

/// Merged groups of FRACTAL_Z: how many groups fill whole channel blocks.
int64_t groupsPerSuperGroup(int64_t groups, int64_t cin, int64_t cout);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CONVGEOMETRY_H
