//===- ResizeColumns.h - Resampling of the rows of a tile -----------------===//
#ifndef OPENATC_LIB_KERNEL_RESIZECOLUMNS_H
#define OPENATC_LIB_KERNEL_RESIZECOLUMNS_H

#include "ResizeShape.h"

#include "openatc/Kernel/KernelBuilder.h"

#include "llvm/ADT/SmallVector.h"

namespace openatc::kernel {

/// Output column = (1 - weight) * column `from` + weight * the one behind it.
struct ColumnTap {
  int64_t from;
  double weight;
};

/// Neighbouring output columns and the input columns they need. Where the factor is a
/// small ratio, output columns j, j + period, ... are one strided walk over whole
/// tiles; the others, and the ends of rows where the walk runs into the next row, are
/// made one by one.
struct ColumnTile {
  int64_t outBegin = 0, outCount = 0, inBegin = 0, inCount = 0;
  llvm::SmallVector<ColumnTap> taps;   ///< of each output, relative to inBegin
  llvm::SmallVector<ColumnTap> phases; ///< of the first `period` outputs, not clamped; or empty
  int64_t inStep = 1;                  ///< input columns of a period
  llvm::SmallVector<int64_t> singles;  ///< output columns that the phases do not give
};

/// Cuts `axis` into `count` tiles of nearly equal width. `blocks` is the number of
/// 32-byte blocks of a pixel.
llvm::SmallVector<ColumnTile> columnTiles(const ResizeAxis &axis, int64_t count, int64_t blocks);

/// Emits dst[rows, outCount] from src[rows, inCount], pixels of 16 elements of `elem`.
void emitColumns(KernelBuilder &kb, const ColumnTile &tile, int64_t rows, davinci::Elem elem,
                 mlir::Value dst, mlir::Value src);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_RESIZECOLUMNS_H
