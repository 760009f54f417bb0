//===- RowMath.h - Vector instructions over groups of rows ----------------===//
//
// A tile of a reduction is `groups` rows that lie `pitch` elements apart. RowMath
// picks the form of each instruction: one contiguous range, repeats that step from
// row to row, or a loop over the rows when these are long and few.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_ROWMATH_H
#define OPENATC_LIB_KERNEL_ROWMATH_H

#include "openatc/Kernel/KernelBuilder.h"

namespace openatc::kernel {

/// Rows of one tile in UB.
struct Rows {
  mlir::Value ptr;
  int64_t pitch = 0;  ///< elements from row to row; 0: the same row for all
  bool block = false; ///< a 32-byte block of equal values for each row
};

class RowMath {
public:
  RowMath(KernelBuilder &kb, davinci::Elem elem, int64_t groups)
      : kb(kb), elem(elem), bytes(bytesOf(elem)), groups(groups) {}

  /// dst[g][0..lanes) = a op b; `b` may be blocks.
  template <typename Op> void binary(Rows dst, Rows a, Rows b, int64_t lanes) {
    forEach(dst, a, b, lanes, [&](mlir::Value d, mlir::Value x, mlir::Value y, VecShape v) {
      kb.binary<Op>(elem, d, x, y, v);
    });
  }
  template <typename Op> void scalar(Rows dst, Rows a, double s, int64_t lanes) {
    forEach(dst, a, a, lanes, [&](mlir::Value d, mlir::Value x, mlir::Value, VecShape v) {
      kb.scalar<Op>(elem, d, x, s, v);
    });
  }
  void copy(Rows dst, Rows src, int64_t lanes) { binary<davinci::VOrOp>(dst, src, src, lanes); }

  /// dst[g][0..width) = src[g][0..width) op src[g][width..2*width) op ... over `rows`
  /// parts. `dst` has room for rows - rows/2 parts and may be `src`.
  template <typename Op> void fold(Rows dst, Rows src, int64_t rows, int64_t width) {
    if (rows > 1) {
      int64_t half = rows / 2;
      binary<Op>(dst, src, at(src, (rows - half) * width), half * width);
      if (rows % 2 && dst.ptr != src.ptr)
        copy(at(dst, half * width), at(src, half * width), width);
      rows -= half;
    } else if (dst.ptr != src.ptr) {
      copy(dst, src, width);
    }
    for (; rows > 1; rows -= rows / 2)
      binary<Op>(dst, dst, at(dst, (rows - rows / 2) * width), rows / 2 * width);
  }

  /// dst[g] = all of src[g][0..lanes), packed. `scratch` has foldPitch(lanes) elements
  /// for each row and may be `src` itself.
  template <typename Op, typename Across>
  void foldLanes(mlir::Value dst, Rows src, Rows scratch, int64_t lanes) {
    int64_t width = 256 / bytes, parts = lanes / width, rest = lanes % width;
    if (lanes <= width)
      return across<Across>(dst, src, lanes);
    fold<Op>(scratch, src, parts, width);
    if (rest)
      binary<Op>(scratch, scratch, at(src, parts * width), rest);
    across<Across>(dst, scratch, width);
  }

  /// One result for each row of at most 256 bytes, packed.
  template <typename Across> void across(mlir::Value dst, Rows src, int64_t lanes) {
    uint64_t strides = isa::packStrides(1, 1, 1, 8, unsigned(src.pitch * bytes / 32), 8);
    kb.reduce<Across>(elem, dst, src.ptr, VecShape::rows(groups, lanes, strides));
  }

  /// A block of equal values for each of the packed values.
  void spread(mlir::Value blocks, mlir::Value packed) {
    kb.brcb(elem, blocks, packed, (groups + 7) / 8, 1, 8);
  }

  Rows at(Rows rows, int64_t element) {
    rows.ptr = kb.at(rows.ptr, element * bytes);
    return rows;
  }

  /// Elements that foldLanes needs for each row of scratch.
  static int64_t foldPitch(int64_t lanes, int64_t bytes) {
    int64_t width = 256 / bytes, parts = lanes / width;
    return std::max<int64_t>(parts - parts / 2, 1) * width;
  }

private:
  using Emit = llvm::function_ref<void(mlir::Value, mlir::Value, mlir::Value, VecShape)>;
  void forEach(Rows dst, Rows a, Rows b, int64_t lanes, Emit emit);

  KernelBuilder &kb;
  davinci::Elem elem;
  int64_t bytes, groups;
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ROWMATH_H
