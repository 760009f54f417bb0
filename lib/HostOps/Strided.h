//===- Strided.h - Copies between strided boxes of elements ----------------===//
//
// Transpose, slice, concat, split, expand, tile, pad and the depth/space moves
// are all one copy: a box of elements, read and written with own strides.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_STRIDED_H
#define OPENATC_LIB_HOSTOPS_STRIDED_H

#include "OpArgs.h"

namespace openatc::host {

/// For every index of the box `dims`: dst[index . dstStrides] = src[index . srcStrides]. Strides
/// are in elements of `elementSize` bytes (1, 2, 4 or 8) and may be 0 or negative; `dst` and
/// `src` point at index 0. Nothing happens when the box is empty.
void copyStrided(size_t elementSize, const Shape &dims, void *dst,
                 const std::vector<int64_t> &dstStrides, const void *src,
                 const std::vector<int64_t> &srcStrides);

/// Sets `n` elements of `elementSize` bytes to the element at `value`.
void fillElements(size_t elementSize, void *dst, int64_t n, const void *value);

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_STRIDED_H
