//===- TensorNumbers.cpp - Elements of a tensor as numbers ----------------===//

#include "openatc/Runtime/TensorNumbers.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace openatc::rt {

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

std::vector<double> toDoubles(DType dtype, std::span<const uint8_t> bytes) {
  size_t size = sizeOf(dtype);
  std::vector<double> out;
  if (size == 0)
    return out;
  out.reserve(bytes.size() / size);
  for (size_t at = 0; at + size <= bytes.size(); at += size)
    out.push_back(loadElement(dtype, bytes.data() + at));
  return out;
}

TensorStatistics statisticsOf(std::span<const double> values) {
  TensorStatistics out;
  out.count = values.size();
  double sum = 0, squares = 0;
  uint64_t finite = 0;
  for (double value : values) {
    out.nans += std::isnan(value);
    out.negativeInfinities += std::isinf(value) && value < 0;
    out.positiveInfinities += std::isinf(value) && value > 0;
    if (!std::isfinite(value))
      continue;
    out.max = finite ? std::max(out.max, value) : value;
    out.min = finite ? std::min(out.min, value) : value;
    sum += value;
    squares += value * value;
    ++finite;
  }
  out.average = finite ? sum / double(finite) : 0;
  out.l2 = std::sqrt(squares);
  return out;
}

} // namespace openatc::rt
