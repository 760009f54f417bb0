//===- Numerics.cpp - Tensors as numbers, and how alike they are ----------===//

#include "Numerics.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace openatc::tool {

namespace {

template <typename T> double load(const uint8_t *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return double(value);
}

double loadElement(DType dtype, const uint8_t *at) {
  switch (dtype) {
  case DType::F32:
    return load<float>(at);
  case DType::F64:
    return load<double>(at);
  case DType::F16: {
    uint16_t bits;
    std::memcpy(&bits, at, 2);
    return halfToFloat(bits);
  }
  case DType::BF16: {
    uint16_t bits;
    std::memcpy(&bits, at, 2);
    return std::bit_cast<float>(uint32_t(bits) << 16);
  }
  case DType::U8:
  case DType::Bool:
    return *at;
  case DType::I8:
    return load<int8_t>(at);
  case DType::U16:
    return load<uint16_t>(at);
  case DType::I16:
    return load<int16_t>(at);
  case DType::U32:
    return load<uint32_t>(at);
  case DType::I32:
    return load<int32_t>(at);
  case DType::U64:
    return load<uint64_t>(at);
  case DType::I64:
    return load<int64_t>(at);
  case DType::Undefined:
    break;
  }
  return 0;
}

} // namespace

std::vector<double> toDoubles(const HostTensor &tensor) {
  size_t size = sizeOf(tensor.dtype);
  std::vector<double> out;
  if (size == 0)
    return out;
  out.reserve(tensor.bytes.size() / size);
  for (size_t at = 0; at + size <= tensor.bytes.size(); at += size)
    out.push_back(loadElement(tensor.dtype, tensor.bytes.data() + at));
  return out;
}

Similarity compareValues(const std::vector<double> &got, const std::vector<double> &want) {
  Similarity out;
  double dot = 0, gotSquares = 0, wantSquares = 0, top = 0, error = 0;
  size_t equal = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    double a = got[i], b = want[i];
    equal += a == b || (std::isnan(a) && std::isnan(b));
    if (std::isfinite(a) != std::isfinite(b))
      out.sameFinite = false;
    if (!std::isfinite(a) || !std::isfinite(b))
      continue;
    dot += a * b;
    gotSquares += a * a;
    wantSquares += b * b;
    top = std::max(top, std::abs(b));
    error = std::max(error, std::abs(a - b));
  }
  double norms = std::sqrt(gotSquares) * std::sqrt(wantSquares);
  out.cosine = norms > 0 ? dot / norms : gotSquares == wantSquares ? 1 : 0;
  // A reference of zeroes alone has no scale; then the difference itself must be small.
  out.relative = error / std::max(top, 1e-6);
  out.equal = want.empty() ? 1 : double(equal) / double(want.size());
  return out;
}

} // namespace openatc::tool
