//===- Layout.cpp - Names and sizes of tensor layouts ---------------------===//

#include "openatc/OfflineModel/Model.h"

#include <cstring>

namespace openatc::om {

void Model::expand(const Diagonals &entry, uint8_t *to) const {
  constexpr size_t step = 2 * (Diagonals::lanes + 1); // from one element of a diagonal to the next
  const uint8_t *from = weights.data() + entry.from;
  std::memset(to, 0, entry.count * Diagonals::bytes);
  for (uint64_t i = 0; i < entry.count; ++i, to += Diagonals::bytes)
    for (size_t lane = 0; lane < Diagonals::lanes; ++lane, from += 2)
      std::memcpy(to + lane * step, from, 2);
}

namespace {

/// Elements of a block of channels or columns.
constexpr int64_t kBlock = 16;
/// Channels of a pixel in NC1HWC0_C04.
constexpr int64_t kFew = 4;

constexpr int64_t blocksOf(int64_t extent) { return extent / kBlock + (extent % kBlock ? 1 : 0); }

} // namespace

std::string_view nameOf(Layout layout) {
  switch (layout) {
  case Layout::ND:
    return "ND";
  case Layout::NC1HWC0:
    return "NC1HWC0";
  case Layout::FractalNZ:
    return "FRACTAL_NZ";
  case Layout::NC1HWC0_C04:
    return "NC1HWC0_C04";
  }
  return "unknown layout";
}

Expected<uint64_t> storageBytes(DType dtype, Layout layout, const host::Shape &shape) {
  constexpr int64_t kLimit = int64_t(1) << 62;
  size_t rank = shape.size();
  if (sizeOf(dtype) == 0)
    return Status::error("unknown element type " + std::to_string(unsigned(dtype)));
  if (layout == Layout::NC1HWC0 && rank != 4)
    return Status::error("NC1HWC0 needs a tensor of rank 4, not " + std::to_string(rank));
  if (layout == Layout::FractalNZ && rank < 2)
    return Status::error("FRACTAL_NZ needs a tensor of rank 2 or more, not " +
                         std::to_string(rank));
  if (layout == Layout::NC1HWC0_C04 && (rank != 4 || shape[1] > kFew))
    return Status::error("NC1HWC0_C04 needs a tensor of rank 4 with at most 4 channels");
  int64_t total = int64_t(sizeOf(dtype));
  for (size_t i = 0; i < rank; ++i) {
    int64_t dim = shape[i];
    if (dim < 0)
      return Status::error("dimension " + std::to_string(i) + " is negative");
    if (dim > kLimit)
      return Status::error("the tensor is larger than 2^62 bytes");
    bool inBlocks =
        (layout == Layout::NC1HWC0 && i == 1) || (layout == Layout::FractalNZ && i + 1 == rank);
    if (inBlocks)
      dim = blocksOf(dim) * kBlock;
    if (layout == Layout::NC1HWC0_C04 && i == 1 && dim > 0)
      dim = kFew;
    if (__builtin_mul_overflow(total, dim, &total) || total > kLimit)
      return Status::error("the tensor is larger than 2^62 bytes");
  }
  return uint64_t(total);
}

Expected<std::vector<uint8_t>> toRowMajor(DType dtype, Layout layout, const host::Shape &shape,
                                          std::span<const uint8_t> stored) {
  Expected<uint64_t> bytes = storageBytes(dtype, layout, shape);
  if (!bytes)
    return bytes.status();
  if (stored.size() != *bytes)
    return Status::error("the tensor has " + std::to_string(stored.size()) + " bytes instead of " +
                         std::to_string(*bytes));
  if (layout == Layout::ND)
    return std::vector<uint8_t>(stored.begin(), stored.end());
  size_t size = sizeOf(dtype);
  std::vector<uint8_t> out;
  auto copy = [&](int64_t element) {
    const uint8_t *at = stored.data() + size_t(element) * size;
    out.insert(out.end(), at, at + size);
  };
  if (layout == Layout::NC1HWC0) {
    int64_t plane = shape[2] * shape[3];
    for (int64_t n = 0; n < shape[0]; ++n)
      for (int64_t c = 0; c < shape[1]; ++c)
        for (int64_t i = 0; i < plane; ++i)
          copy(((n * blocksOf(shape[1]) + c / kBlock) * plane + i) * kBlock + c % kBlock);
    return out;
  }
  if (layout == Layout::NC1HWC0_C04) {
    int64_t plane = shape[2] * shape[3];
    for (int64_t n = 0; n < shape[0]; ++n)
      for (int64_t c = 0; c < shape[1]; ++c)
        for (int64_t i = 0; i < plane; ++i)
          copy((n * plane + i) * kFew + c);
    return out;
  }
  // FRACTAL_NZ: blocks of 16 columns, in each all rows of 16 elements.
  int64_t rows = 1, columns = shape.back();
  for (size_t i = 0; i + 1 < shape.size(); ++i)
    rows *= shape[i];
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      copy((c / kBlock * rows + r) * kBlock + c % kBlock);
  return out;
}

} // namespace openatc::om
