//===- TransposeCopy.h - Copies that turn columns into rows ---------------===//
#ifndef OPENATC_LIB_KERNEL_TRANSPOSECOPY_H
#define OPENATC_LIB_KERNEL_TRANSPOSECOPY_H

#include "StridedCopy.h"

namespace openatc::kernel {

/// How a piece whose fastest dimension differs on the two sides is cut: tiles of
/// `columnTile` elements that lie together in the input by `rowTile` that lie together in
/// the result. Strided copies would move such a piece element by element.
struct TransposePlan {
  CopyDim rows;                     ///< contiguous in the result
  CopyDim columns;                  ///< contiguous in the input
  llvm::SmallVector<CopyDim> loops; ///< the rest
  int64_t rowTile = 0, columnTile = 0;
  int64_t cycles = 0; ///< of the slowest block

  int64_t rowTiles() const { return (rows.size + rowTile - 1) / rowTile; }
  int64_t columnTiles() const { return (columns.size + columnTile - 1) / columnTile; }
  int64_t items() const;
  /// Elements of a tile on either side, whole matrices of 16 x 16.
  int64_t capacity() const { return (rowTile + 15) / 16 * 16 * ((columnTile + 15) / 16 * 16); }

  /// The fastest plan for a simplified piece; nothing if the vector unit does not transpose
  /// such elements or the piece is not like that.
  static std::optional<TransposePlan> of(const CopyPiece &piece, int64_t bytes,
                                         const SocDescription &soc);
};

/// Emits the copy of `piece` by `plan`.
void emitTranspose(KernelBuilder &kb, const CopyPiece &piece, const TransposePlan &plan,
                   int64_t bytes, mlir::Value in, mlir::Value out, int64_t blockDim);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_TRANSPOSECOPY_H
