//===- Convert.h - Element types as four wide compute types ---------------===//
//
// Operators are written for four wide types only: float (f16, bf16, f32), double
// (f64), int64_t (signed integers) and uint64_t (unsigned integers and bool).
// Operands are widened on load and narrowed on store, so that no operator is
// instantiated thirteen times.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_CONVERT_H
#define OPENATC_LIB_HOSTOPS_CONVERT_H

#include "OpArgs.h"

#include <limits>
#include <memory>
#include <type_traits>

namespace openatc::host {

/// Elements per conversion step; small enough that operands stay in L1.
inline constexpr int64_t kChunk = 1024;

/// dst[i] = widened src[i]. A value out of the range of an integer W saturates, NaN gives 0.
/// W is float, double, int64_t or uint64_t.
template <typename W> void loadWide(DType type, const void *src, int64_t n, W *dst);

/// dst[i] = narrowed src[i]: floats round to nearest even; a float that leaves the range of
/// an integer type saturates; an integer wraps; bool is src[i] != 0.
template <typename W> void storeWide(DType type, void *dst, int64_t n, const W *src);

/// `value` as To; a float that leaves the range of an integer type saturates, NaN gives 0.
template <typename To, typename From> To convertValue(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The upper bound is exclusive: 2^63 is a float, 2^63 - 1 is not.
    constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
    constexpr From high = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * 2;
    if (!(value > low))
      return value <= low ? std::numeric_limits<To>::min() : To(0);
    return value >= high ? std::numeric_limits<To>::max() : static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

/// The element type whose storage is W itself.
template <typename W> constexpr DType nativeType() {
  if constexpr (std::is_same_v<W, float>)
    return DType::F32;
  else if constexpr (std::is_same_v<W, double>)
    return DType::F64;
  else if constexpr (std::is_same_v<W, int64_t>)
    return DType::I64;
  else
    return DType::U64;
}

/// Address of element `index`.
inline const void *elementAt(DType type, const void *data, int64_t index) {
  return static_cast<const char *>(data) + index * static_cast<int64_t>(sizeOf(type));
}
inline void *elementAt(DType type, void *data, int64_t index) {
  return static_cast<char *>(data) + index * static_cast<int64_t>(sizeOf(type));
}

/// Elements [offset, offset + n) as W: the storage itself where it is W, else `scratch`.
template <typename W>
const W *viewWide(DType type, const void *data, int64_t offset, int64_t n, W *scratch) {
  const void *from = elementAt(type, data, offset);
  if (type == nativeType<W>())
    return static_cast<const W *>(from);
  loadWide<W>(type, from, n, scratch);
  return scratch;
}

/// A whole operand as W: an alias of the storage where it is W, else a widened copy.
template <typename W> class WideInput {
public:
  WideInput(DType type, const void *data, int64_t n) {
    if (type == nativeType<W>()) {
      pointer = static_cast<const W *>(data);
      return;
    }
    copy.reset(new W[static_cast<size_t>(n)]);
    loadWide<W>(type, data, n, copy.get());
    pointer = copy.get();
  }
  WideInput(const OpArgs &args, size_t i) : WideInput(args.dtype(i), args.data(i), args.count(i)) {}
  const W *get() const { return pointer; }
  W operator[](int64_t i) const { return pointer[i]; }

private:
  std::unique_ptr<W[]> copy;
  const W *pointer;
};

/// A whole result as W; narrowed into the storage on destruction where it is not W.
template <typename W> class WideOutput {
public:
  explicit WideOutput(const MutableTensorView &result)
      : view(result), count(product(result.shape)) {
    if (view.dtype != nativeType<W>())
      copy.reset(new W[static_cast<size_t>(count)]);
  }
  WideOutput(const WideOutput &) = delete;
  WideOutput &operator=(const WideOutput &) = delete;
  ~WideOutput() {
    if (copy)
      storeWide<W>(view.dtype, view.data, count, copy.get());
  }
  W *get() { return copy ? copy.get() : static_cast<W *>(view.data); }
  W &operator[](int64_t i) { return get()[i]; }

private:
  const MutableTensorView &view;
  int64_t count;
  std::unique_ptr<W[]> copy;
};

/// Calls fn(W{}) with the wide type of a float element type.
template <typename Fn> auto dispatchFloat(DType type, Fn &&fn) {
  return type == DType::F64 ? fn(double{}) : fn(float{});
}

/// Calls fn(W{}) with the wide type of any element type.
template <typename Fn> auto dispatchNumeric(DType type, Fn &&fn) {
  switch (type) {
  case DType::F64:
    return fn(double{});
  case DType::I8:
  case DType::I16:
  case DType::I32:
  case DType::I64:
    return fn(int64_t{});
  case DType::U8:
  case DType::U16:
  case DType::U32:
  case DType::U64:
  case DType::Bool:
    return fn(uint64_t{});
  default:
    return fn(float{});
  }
}

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_CONVERT_H
