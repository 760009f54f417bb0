//===- Layout.cpp - Names and sizes of tensor layouts ---------------------===//

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

std::string_view nameOf(Layout layout) {
  switch (layout) {
  case Layout::ND:
    return "ND";
  case Layout::NC1HWC0:
    return "NC1HWC0";
  case Layout::FractalNZ:
    return "FRACTAL_NZ";
  }
  return "unknown layout";
}

Expected<uint64_t> storageBytes(DType dtype, Layout layout, const host::Shape &shape) {
  constexpr int64_t kLimit = int64_t(1) << 62;
  constexpr int64_t kFractal = 16;
  size_t rank = shape.size();
  if (sizeOf(dtype) == 0)
    return Status::error("unknown element type " + std::to_string(unsigned(dtype)));
  if (layout == Layout::NC1HWC0 && rank != 4)
    return Status::error("NC1HWC0 needs a tensor of rank 4, not " + std::to_string(rank));
  if (layout == Layout::FractalNZ && rank < 2)
    return Status::error("FRACTAL_NZ needs a tensor of rank 2 or more, not " +
                         std::to_string(rank));
  int64_t total = int64_t(sizeOf(dtype));
  for (size_t i = 0; i < rank; ++i) {
    int64_t dim = shape[i];
    if (dim < 0)
      return Status::error("dimension " + std::to_string(i) + " is negative");
    if (dim > kLimit)
      return Status::error("the tensor is larger than 2^62 bytes");
    bool fractal =
        (layout == Layout::NC1HWC0 && i == 1) || (layout == Layout::FractalNZ && i + 2 >= rank);
    if (fractal)
      dim = dim / kFractal * kFractal + (dim % kFractal ? kFractal : 0);
    if (__builtin_mul_overflow(total, dim, &total) || total > kLimit)
      return Status::error("the tensor is larger than 2^62 bytes");
  }
  return uint64_t(total);
}

} // namespace openatc::om
