//===- Strided.cpp - Copies between strided boxes of elements --------------===//

#include "Strided.h"

#include <algorithm>
#include <cstring>

namespace openatc::host {

namespace {

struct Dim {
  int64_t size, dst, src;
};

/// Side of the tiles of a transposing copy: a tile of both sides stays in L1.
constexpr int64_t kTile = 32;

template <typename T> void copyRow(const Dim &d, T *dst, const T *src) {
  if (d.dst == 1 && d.src == 1) {
    std::memcpy(dst, src, static_cast<size_t>(d.size) * sizeof(T));
    return;
  }
  for (int64_t i = 0; i < d.size; ++i)
    dst[i * d.dst] = src[i * d.src];
}

/// The two innermost dimensions, in tiles when one side is read across.
template <typename T> void copyPlane(const Dim &outer, const Dim &inner, T *dst, const T *src) {
  bool across = inner.dst == 1 && inner.src != 1 && inner.src != 0 && inner.size > 1;
  if (!across) {
    for (int64_t i = 0; i < outer.size; ++i)
      copyRow(inner, dst + i * outer.dst, src + i * outer.src);
    return;
  }
  for (int64_t i0 = 0; i0 < outer.size; i0 += kTile)
    for (int64_t j0 = 0; j0 < inner.size; j0 += kTile)
      for (int64_t i = i0, iEnd = std::min(outer.size, i0 + kTile); i < iEnd; ++i)
        for (int64_t j = j0, jEnd = std::min(inner.size, j0 + kTile); j < jEnd; ++j)
          dst[i * outer.dst + j] = src[i * outer.src + j * inner.src];
}

template <typename T> void copyTyped(const std::vector<Dim> &dims, T *dst, const T *src) {
  size_t outer = dims.size() - 2;
  std::vector<int64_t> index(outer, 0);
  while (true) {
    copyPlane(dims[outer], dims[outer + 1], dst, src);
    size_t d = outer;
    while (d-- > 0) {
      dst += dims[d].dst;
      src += dims[d].src;
      if (++index[d] < dims[d].size)
        break;
      dst -= dims[d].dst * dims[d].size;
      src -= dims[d].src * dims[d].size;
      index[d] = 0;
    }
    if (d == SIZE_MAX)
      return;
  }
}

/// Drops dimensions of size 1 and merges those that both sides walk evenly.
std::vector<Dim> mergeDims(const Shape &dims, const std::vector<int64_t> &dstStrides,
                           const std::vector<int64_t> &srcStrides) {
  std::vector<Dim> merged;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1)
      continue;
    Dim d{dims[i], dstStrides[i], srcStrides[i]};
    if (!merged.empty() && merged.back().dst == d.dst * d.size &&
        merged.back().src == d.src * d.size) {
      d.size *= merged.back().size;
      merged.back() = d;
    } else {
      merged.push_back(d);
    }
  }
  while (merged.size() < 2)
    merged.insert(merged.begin(), Dim{1, 0, 0});
  return merged;
}

} // namespace

void copyStrided(size_t elementSize, const Shape &dims, void *dst,
                 const std::vector<int64_t> &dstStrides, const void *src,
                 const std::vector<int64_t> &srcStrides) {
  if (std::find(dims.begin(), dims.end(), 0) != dims.end())
    return;
  std::vector<Dim> merged = mergeDims(dims, dstStrides, srcStrides);
  // Innermost goes the dimension that the result stores contiguously, before it the
  // one that the source reads contiguously, so that tiles help both.
  size_t rank = merged.size();
  for (size_t i = 0; i + 2 < rank; ++i)
    if (merged[rank - 1].dst == 1 && merged[rank - 1].src != 1 && merged[i].src == 1) {
      std::rotate(merged.begin() + static_cast<ptrdiff_t>(i),
                  merged.begin() + static_cast<ptrdiff_t>(i) + 1, merged.end() - 1);
      break;
    }
  switch (elementSize) {
  case 1:
    return copyTyped(merged, static_cast<uint8_t *>(dst), static_cast<const uint8_t *>(src));
  case 2:
    return copyTyped(merged, static_cast<uint16_t *>(dst), static_cast<const uint16_t *>(src));
  case 4:
    return copyTyped(merged, static_cast<uint32_t *>(dst), static_cast<const uint32_t *>(src));
  default:
    return copyTyped(merged, static_cast<uint64_t *>(dst), static_cast<const uint64_t *>(src));
  }
}

void fillElements(size_t elementSize, void *dst, int64_t n, const void *value) {
  if (n <= 0)
    return;
  // Double the filled prefix until it covers everything.
  char *bytes = static_cast<char *>(dst);
  size_t total = static_cast<size_t>(n) * elementSize;
  std::memcpy(bytes, value, elementSize);
  for (size_t done = elementSize; done < total;) {
    size_t step = std::min(done, total - done);
    std::memcpy(bytes + done, bytes, step);
    done += step;
  }
}

} // namespace openatc::host
