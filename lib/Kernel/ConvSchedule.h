//===- ConvSchedule.h - Tiling of a convolution ---------------------------===//
#ifndef OPENATC_LIB_KERNEL_CONVSCHEDULE_H
#define OPENATC_LIB_KERNEL_CONVSCHEDULE_H

#include "ConvGeometry.h"
#include "CubeEpilogue.h"
#include "CubePipeline.h"
#include "PixelPlanes.h"

#include <optional>

namespace openatc::kernel {

/// Tile of a convolution and how tiles are spread over the cores. Cores form a grid of
/// `gridN` columns: those of one column of the grid compute the same output channels.
struct ConvTile {
  int64_t images = 1; ///< whole images in a tile; above 1 only with th = outH, tw = outW
  int64_t th = 1, tw = 1;
  int64_t groups = 1; ///< super-groups in a tile; above 1: each computes its own columns
  int64_t gridN = 1;
  int64_t columns = 1; ///< columns that the epilogue drains at a time
  CubeTile cube;
  bool reverse = false; ///< the last tiles come first
  /// Tiles in one trip of the loop, when the kernel makes the pixels: those of the next one
  /// while one is multiplied. And pixels that are made at a time.
  int64_t ahead = 1, piece = 0;
  int64_t blockDim = 1;
  int64_t cycles = 0;     ///< estimate of the slowest block
  int64_t readCycles = 0; ///< of its moves from GM alone

  /// Rows of one block of the accumulator: an image of a tile, or all of a flat one.
  int64_t blockRows(const ConvGeometry &g) const { return g.isFlat() ? images * tw : th * tw; }
  int64_t blocks(const ConvGeometry &g) const { return g.isFlat() ? 1 : images; }
  /// Channel blocks of the output, of one super-group, that one core computes.
  int64_t coreN1(const ConvGeometry &g) const { return (g.groupN1 + gridN - 1) / gridN; }
  /// How the planes of a tile become pixels.
  PixelPlanes::Shape planes(const ConvGeometry &g) const {
    return {g.channels, *g.planes, g.windowH(th) * g.w, images, piece};
  }
  /// True when the super-groups of a tile are products side by side in one accumulator, over
  /// operands that lie in L1 whole.
  bool isGrouped(const ConvGeometry &g) const {
    return g.superGroups > 1 && cube.wholeA && cube.n1 == g.groupN1;
  }
  /// Tiles of rows: what is left to spread over the other dimension of the grid.
  int64_t items(const ConvGeometry &g) const {
    auto up = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
    return up(g.batch, images) * up(g.superGroups, groups) * up(g.outH, th) * up(g.outW, tw);
  }
};

/// True when chunks that stay in L1 find themselves where they were: every core has as many
/// tiles of columns, and no buffer has to go for want of flags.
bool keepsRotate(const ConvTile &t, const ConvGeometry &g, const SocDescription &soc);

/// The tile with the fewest estimated cycles that fits the core; none when nothing fits.
std::optional<ConvTile> chooseConvTile(ascend::KernelOp op, const ConvGeometry &g,
                                       const SocDescription &soc);

/// The schedule attribute of a tile, and back.
mlir::DictionaryAttr toSchedule(mlir::MLIRContext *context, const ConvTile &tile);
ConvTile tileOf(ascend::KernelOp op, const ConvGeometry &g);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CONVSCHEDULE_H
