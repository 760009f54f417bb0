//===- AttentionShape.h - Shape and tiling of attention -------------------===//
#ifndef OPENATC_LIB_KERNEL_ATTENTIONSHAPE_H
#define OPENATC_LIB_KERNEL_ATTENTIONSHAPE_H

#include "openatc/Kernel/KernelAuthor.h"

#include <optional>

namespace openatc::kernel {

/// What the mask adds to: nothing, all rows of a batch and head alike, or each row.
enum class MaskKind { None, Keys, Full };

/// Attention as the cube sees it; widths of one head in blocks of 16 columns.
struct AttentionShape {
  int64_t batch, heads, rows, keys;
  int64_t width1, valueWidth1; ///< of query and key; of value and result
  double scale;
  int64_t first1[3] = {}; ///< first blocks of columns of query, key and value
  MaskKind mask = MaskKind::None;
  int64_t maskBatch = 1, maskHeads = 1, maskRows = 1;

  int64_t rows1() const { return (rows + 15) / 16; }
  int64_t keys1() const { return (keys + 15) / 16; }
};

/// Reads the shape of the attention op of a group.
/// Where flags are few, masks of keys are spread over the rows instead of entering the cube.
AttentionShape attentionShape(ascend::AttentionOp op, const SocDescription &soc);

/// Tile sizes; extents in fractals of 16.
struct AttentionTile {
  int64_t m1 = 1;    ///< query rows of a tile
  int64_t keys1 = 1; ///< keys of a block: all of them, or some at a time
  int64_t parts = 1; ///< items that the rows of a head are divided among
  int64_t cycles = 0;
  int64_t blockDim = 1;

  /// Whether the scores of all keys stay in L0C between the maximum and the exponential.
  bool resident(const AttentionShape &s) const { return keys1 == s.keys1(); }
  /// Rows of an item. With blocks of keys the items of a head are tiles, the last of which
  /// may overlap the one before.
  int64_t partRows(const AttentionShape &s) const {
    return resident(s) ? s.rows / parts : std::min(m1 * 16, s.rows);
  }
  int64_t tilesPerItem(const AttentionShape &s) const {
    return (partRows(s) + m1 * 16 - 1) / (m1 * 16);
  }
  int64_t items(const AttentionShape &s) const { return s.batch * s.heads * parts; }
  /// Items that are written out in one turn of the loop, over which the pipeline stays full.
  int64_t itemsPerTurn(const AttentionShape &s) const;
};

/// The tile with the fewest estimated cycles that fits the core.
std::optional<AttentionTile> chooseAttentionTile(const AttentionShape &s,
                                                 const SocDescription &soc);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ATTENTIONSHAPE_H
