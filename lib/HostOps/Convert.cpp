//===- Convert.cpp - Widening loads and narrowing stores ------------------===//

#include "Convert.h"

#include "openatc/Support/Half.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace openatc::host {

namespace {

// Storage forms that are not arithmetic types of the language.
struct Half {
  uint16_t bits;
};
struct BFloat {
  uint16_t bits;
};
struct Byte {
  uint8_t value;
};

/// `value` as a float rounded to odd: a later rounding to fewer bits is then
/// the same as rounding `value` once.
float roundToOdd(double value) {
  float nearest = static_cast<float>(value);
  if (std::isnan(value) || static_cast<double>(nearest) == value)
    return nearest;
  uint32_t bits = std::bit_cast<uint32_t>(nearest);
  if (std::fabs(static_cast<double>(nearest)) > std::fabs(value))
    --bits;
  return std::bit_cast<float>(bits | 1);
}

uint16_t floatToBFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename W, typename S> W decode(S stored) {
  if constexpr (std::is_same_v<S, Half>)
    return convertValue<W>(halfToFloat(stored.bits));
  else if constexpr (std::is_same_v<S, BFloat>)
    return convertValue<W>(std::bit_cast<float>(uint32_t(stored.bits) << 16));
  else if constexpr (std::is_same_v<S, Byte>)
    return static_cast<W>(stored.value != 0);
  else
    return convertValue<W>(stored);
}

template <typename S, typename W> S encode(W value) {
  if constexpr (std::is_same_v<S, Half> || std::is_same_v<S, BFloat>) {
    float single;
    if constexpr (std::is_same_v<W, double>)
      single = roundToOdd(value);
    else
      single = static_cast<float>(value);
    return S{std::is_same_v<S, Half> ? floatToHalf(single) : floatToBFloat(single)};
  } else if constexpr (std::is_same_v<S, Byte>) {
    return Byte{value != W(0)};
  } else {
    return convertValue<S>(value);
  }
}

/// Calls fn(S{}) with the storage form of an element type.
template <typename Fn> void visitStorage(DType type, Fn &&fn) {
  switch (type) {
  case DType::F32:
    return fn(float{});
  case DType::F64:
    return fn(double{});
  case DType::F16:
    return fn(Half{});
  case DType::BF16:
    return fn(BFloat{});
  case DType::Bool:
    return fn(Byte{});
  case DType::U8:
    return fn(uint8_t{});
  case DType::I8:
    return fn(int8_t{});
  case DType::U16:
    return fn(uint16_t{});
  case DType::I16:
    return fn(int16_t{});
  case DType::U32:
    return fn(uint32_t{});
  case DType::I32:
    return fn(int32_t{});
  case DType::U64:
    return fn(uint64_t{});
  case DType::I64:
    return fn(int64_t{});
  case DType::Undefined:
    break;
  }
}

} // namespace

template <typename W> void loadWide(DType type, const void *src, int64_t n, W *dst) {
  if (n <= 0)
    return;
  if constexpr (std::is_same_v<W, float>)
    if (type == DType::F16)
      return halfToFloat(static_cast<const uint16_t *>(src), dst, static_cast<size_t>(n));
  visitStorage(type, [&]<typename S>(S) {
    if constexpr (std::is_same_v<S, W>) {
      std::memcpy(dst, src, static_cast<size_t>(n) * sizeof(W));
    } else {
      const S *from = static_cast<const S *>(src);
      for (int64_t i = 0; i < n; ++i)
        dst[i] = decode<W>(from[i]);
    }
  });
}

template <typename W> void storeWide(DType type, void *dst, int64_t n, const W *src) {
  if (n <= 0)
    return;
  if constexpr (std::is_same_v<W, float>)
    if (type == DType::F16)
      return floatToHalf(src, static_cast<uint16_t *>(dst), static_cast<size_t>(n));
  visitStorage(type, [&]<typename S>(S) {
    if constexpr (std::is_same_v<S, W>) {
      std::memcpy(dst, src, static_cast<size_t>(n) * sizeof(W));
    } else {
      S *to = static_cast<S *>(dst);
      for (int64_t i = 0; i < n; ++i)
        to[i] = encode<S>(src[i]);
    }
  });
}

#define OPENATC_INSTANTIATE(W)                                                                     \
  template void loadWide<W>(DType, const void *, int64_t, W *);                                    \
  template void storeWide<W>(DType, void *, int64_t, const W *);
OPENATC_INSTANTIATE(float)
OPENATC_INSTANTIATE(double)
OPENATC_INSTANTIATE(int64_t)
OPENATC_INSTANTIATE(uint64_t)
#undef OPENATC_INSTANTIATE

} // namespace openatc::host
