//===- VectorInteger.cpp - Integer and bitwise lanes ----------------------===//
//
// Plain loops: the compiler turns them into SIMD code. Arithmetic wraps, which is
// computed in unsigned types.
//
//===----------------------------------------------------------------------===//

#include "VectorUnit.h"

#include <algorithm>
#include <type_traits>

namespace openatc::sim {

using isa::Opcode;
using isa::Type;

namespace {

/// Runs fn(a, b, old) -> T on every lane.
template <typename T, typename Fn> bool run(const VectorArgs &args, Fn fn) {
  args.forEachSegment([&](uint8_t *to, const uint8_t *from0, const uint8_t *from1, size_t n) {
    T *d = reinterpret_cast<T *>(to);
    const T *a = reinterpret_cast<const T *>(from0);
    const T *b = reinterpret_cast<const T *>(from1);
    for (size_t i = 0; i < n; ++i)
      d[i] = fn(a[i], b[i]);
  });
  return true;
}

template <typename T> bool runDup(const VectorArgs &args) {
  args.forEachSegment([&](uint8_t *to, const uint8_t *, const uint8_t *, size_t n) {
    std::fill_n(reinterpret_cast<T *>(to), n, T(args.scalar));
  });
  return true;
}

/// And, or, not, shifts and dup: lanes of any 16 or 32-bit type.
template <typename T> bool bitwise(Opcode op, const VectorArgs &args) {
  using U = std::make_unsigned_t<T>;
  constexpr uint32_t kBits = 8 * sizeof(T);
  const uint32_t by = args.scalar;
  switch (op) {
  case Opcode::VAnd:
    return run<T>(args, [](T a, T b) { return T(a & b); });
  case Opcode::VOr:
    return run<T>(args, [](T a, T b) { return T(a | b); });
  case Opcode::VNot:
    return run<T>(args, [](T a, T) { return T(~a); });
  case Opcode::VShl:
    return run<T>(args, [=](T a, T) { return by < kBits ? T(U(a) << by) : T(0); });
  case Opcode::VShr: // arithmetic for signed types
    return run<T>(args, [=](T a, T) { return by < kBits ? T(a >> by) : T(a < 0 ? -1 : 0); });
  case Opcode::VDup:
    return runDup<T>(args);
  default:
    return false;
  }
}

template <typename T> bool arithmetic(Opcode op, const VectorArgs &args) {
  using U = std::conditional_t<sizeof(T) == 2, uint32_t, std::make_unsigned_t<T>>;
  const T s = T(args.scalar);
  switch (op) {
  case Opcode::VAdd:
    return run<T>(args, [](T a, T b) { return T(U(a) + U(b)); });
  case Opcode::VSub:
    return run<T>(args, [](T a, T b) { return T(U(a) - U(b)); });
  case Opcode::VMul:
    return run<T>(args, [](T a, T b) { return T(U(a) * U(b)); });
  case Opcode::VMax:
    return run<T>(args, [](T a, T b) { return std::max(a, b); });
  case Opcode::VMin:
    return run<T>(args, [](T a, T b) { return std::min(a, b); });
  case Opcode::VAbs:
    return run<T>(args, [](T a, T) { return a < 0 ? T(U(0) - U(a)) : a; });
  case Opcode::VRelu:
    return run<T>(args, [](T a, T) { return std::max(a, T(0)); });
  case Opcode::VAdds:
    return run<T>(args, [=](T a, T) { return T(U(a) + U(s)); });
  case Opcode::VMuls:
    return run<T>(args, [=](T a, T) { return T(U(a) * U(s)); });
  case Opcode::VMaxs:
    return run<T>(args, [=](T a, T) { return std::max(a, s); });
  case Opcode::VMins:
    return run<T>(args, [=](T a, T) { return std::min(a, s); });
  default:
    return bitwise<T>(op, args);
  }
}

} // namespace

bool integerLanes(Opcode op, Type type, const VectorArgs &args) {
  switch (type) {
  case Type::S32:
    return arithmetic<int32_t>(op, args);
  case Type::S16:
    return arithmetic<int16_t>(op, args);
  case Type::U16:
  case Type::F16:
    return bitwise<uint16_t>(op, args);
  case Type::U32:
  case Type::F32:
    return bitwise<uint32_t>(op, args);
  default:
    return false;
  }
}

} // namespace openatc::sim
