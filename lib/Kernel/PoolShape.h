//===- PoolShape.h - Geometry and tiles of pooling kernels ----------------===//
#ifndef OPENATC_LIB_KERNEL_POOLSHAPE_H
#define OPENATC_LIB_KERNEL_POOLSHAPE_H

#include "openatc/Kernel/KernelAuthor.h"

namespace openatc::kernel {

/// One spatial dimension of a pool.
struct PoolAxis {
  int64_t in, out;                  ///< positions of image and result
  int64_t kernel, stride, dilation; ///< the window
  int64_t padBegin, padEnd;

  int64_t extent() const { return (kernel - 1) * dilation + 1; }
  /// Whether the last window reaches beyond the image.
  bool overhangs() const { return (out - 1) * stride + extent() - padBegin > in; }
  /// Positions of window `o` that an average counts: those of the image and, with
  /// `countPad`, of the padding; at least 1.
  int64_t counted(int64_t o, bool countPad) const;
  /// Windows that count fewer than `kernel` positions.
  llvm::SmallVector<int64_t> borders(bool countPad) const;
};

/// A pool over planes of 16 channels.
struct PoolShape {
  int64_t planes;
  PoolAxis h, w;
  bool isMax, countPad;
  davinci::Elem elem; ///< of image and result
  davinci::Elem work; ///< of sums and maxima

  /// Bytes of a pixel, 16 channels, in image and result, and in `work`.
  int64_t pixel() const { return 16 * bytesOf(elem); }
  int64_t workPixel() const { return 16 * bytesOf(work); }

  static PoolShape of(ascend::KernelOp op);
};

/// Rows of the window that lie a multiple of the row stride apart.
struct PoolPhase {
  int64_t number;     ///< first row of the window
  int64_t extra;      ///< rows beyond one for each row of the result
  int64_t offset = 0; ///< bytes from the window's start
};

/// Sizes of a tile of th x tw results.
struct PoolTile {
  int64_t th, tw;
  int64_t row;   ///< pixels from row to row of the window: a multiple of the column stride
  int64_t pitch; ///< pixels from row to row of the result
  llvm::SmallVector<PoolPhase> phases;
  int64_t windowBytes = 0;
  /// The phase that kernel rows are gathered in, when the window may be written; else -1.
  int inPlace = -1;

  PoolTile(const PoolShape &s, int64_t th, int64_t tw);

  /// Phase and row in it that kernel row k of result row 0 is.
  std::pair<int, int64_t> place(const PoolShape &s, int64_t k) const;
  int64_t columns(const PoolShape &s) const { return (s.w.out + tw - 1) / tw; }
  int64_t items(const PoolShape &s) const {
    return s.planes * ((s.h.out + th - 1) / th) * columns(s);
  }
  /// Whether rows and columns are gathered in buffers of their own.
  bool needsRows(const PoolShape &s) const { return inPlace < 0 && !isPlainRow(s); }
  bool needsColumns(const PoolShape &s) const { return s.work != s.elem; }
  /// A maximum over one kernel row reads the window as it is.
  bool isPlainRow(const PoolShape &s) const { return s.h.kernel == 1 && s.work == s.elem; }
  int64_t ubBytes(const PoolShape &s) const;
  /// Time of a block: the tiles it computes, moves and computation side by side.
  int64_t cycles(const PoolShape &s, const SocDescription &soc, bool l2Hit) const;

  /// The fastest tile that fits the unified buffer; nothing if none does.
  static std::optional<PoolTile> best(const PoolShape &s, const SocDescription &soc);
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_POOLSHAPE_H
