//===- DType.h - Element types shared by all rooms ------------------------===//
#ifndef OPENATC_SUPPORT_DTYPE_H
#define OPENATC_SUPPORT_DTYPE_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace openatc {

/// Element types; the numbers are those of ONNX TensorProto.DataType and are
/// written to offline models.
enum class DType : uint8_t {
  Undefined = 0,
  F32 = 1,
  U8 = 2,
  I8 = 3,
  U16 = 4,
  I16 = 5,
  I32 = 6,
  I64 = 7,
  Bool = 9,
  F16 = 10,
  F64 = 11,
  U32 = 12,
  U64 = 13,
  BF16 = 16,
};

/// Bytes of one element; 0 for Undefined.
constexpr size_t sizeOf(DType t) {
  switch (t) {
  case DType::U8:
  case DType::I8:
  case DType::Bool:
    return 1;
  case DType::U16:
  case DType::I16:
  case DType::F16:
  case DType::BF16:
    return 2;
  case DType::F32:
  case DType::I32:
  case DType::U32:
    return 4;
  case DType::I64:
  case DType::F64:
  case DType::U64:
    return 8;
  case DType::Undefined:
    return 0;
  }
  return 0;
}

/// True for f16, bf16, f32 and f64.
constexpr bool isFloat(DType t) {
  return t == DType::F32 || t == DType::F16 || t == DType::F64 || t == DType::BF16;
}

/// Lower-case MLIR-like name: "f32", "i64", "u8", "bool".
constexpr std::string_view nameOf(DType t) {
  switch (t) {
  case DType::F32:
    return "f32";
  case DType::U8:
    return "u8";
  case DType::I8:
    return "i8";
  case DType::U16:
    return "u16";
  case DType::I16:
    return "i16";
  case DType::I32:
    return "i32";
  case DType::I64:
    return "i64";
  case DType::Bool:
    return "bool";
  case DType::F16:
    return "f16";
  case DType::F64:
    return "f64";
  case DType::U32:
    return "u32";
  case DType::U64:
    return "u64";
  case DType::BF16:
    return "bf16";
  case DType::Undefined:
    break;
  }
  return "undefined";
}

} // namespace openatc

#endif // OPENATC_SUPPORT_DTYPE_H
