//===- Operators.h - Registration of the operator families ----------------===//
//
// Every family file gives one slice of the operator table; Registry.cpp joins
// them. The table states arity and element types, so that the functions of an
// operator see only calls whose operands have an allowed type.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_OPERATORS_H
#define OPENATC_LIB_HOSTOPS_OPERATORS_H

#include "OpArgs.h"

namespace openatc::host {

/// Set of element types: bit n stands for DType n.
using TypeSet = uint32_t;
constexpr TypeSet setOf(DType t) { return TypeSet(1) << static_cast<unsigned>(t); }
inline constexpr TypeSet kFloats =
    setOf(DType::F16) | setOf(DType::F32) | setOf(DType::F64) | setOf(DType::BF16);
inline constexpr TypeSet kSignedInts =
    setOf(DType::I8) | setOf(DType::I16) | setOf(DType::I32) | setOf(DType::I64);
inline constexpr TypeSet kUnsignedInts =
    setOf(DType::U8) | setOf(DType::U16) | setOf(DType::U32) | setOf(DType::U64);
inline constexpr TypeSet kInts = kSignedInts | kUnsignedInts;
inline constexpr TypeSet kSignedNumeric = kFloats | kSignedInts;
inline constexpr TypeSet kNumeric = kFloats | kInts;
inline constexpr TypeSet kBool = setOf(DType::Bool);
inline constexpr TypeSet kAnyType = kNumeric | kBool;

/// Fills `results` with inferred types; operand count and types are checked.
using InferFn = Status (*)(const OpArgs &args, std::vector<TensorType> &results);
/// Computes into `results`, whose types equal the inferred ones; at least one is not empty.
using ComputeFn = Status (*)(const OpArgs &args, std::span<const MutableTensorView> results);

/// Any number of operands.
inline constexpr size_t kVariadic = SIZE_MAX;

/// One row of the operator table.
struct OpDef {
  std::string_view name;
  size_t minOperands, maxOperands;
  TypeSet types;     ///< allowed element types of operand 0
  uint32_t sameType; ///< bit i: operand i has the type of operand 0 (bit 31 also for all after)
  InferFn infer;
  ComputeFn compute;
};

std::span<const OpDef> attentionOps();
std::span<const OpDef> binaryOps();
std::span<const OpDef> castOps();
std::span<const OpDef> convolutionOps();
std::span<const OpDef> convTransposeOps();
std::span<const OpDef> dataMovementOps();
std::span<const OpDef> dynamicAippOps();
std::span<const OpDef> gatherOps();
std::span<const OpDef> matMulOps();
std::span<const OpDef> normalizationOps();
std::span<const OpDef> padOps();
std::span<const OpDef> poolingOps();
std::span<const OpDef> reductionOps();
std::span<const OpDef> resizeOps();
std::span<const OpDef> selectOps();
std::span<const OpDef> shapeOps();
std::span<const OpDef> sliceOps();
std::span<const OpDef> softmaxOps();
std::span<const OpDef> unaryOps();

/// One result with the type and shape of operand 0.
Status inferLikeFirst(const OpArgs &args, std::vector<TensorType> &results);
/// One result with the type of operand 0 and an unknown shape.
Status inferUnknownShape(const OpArgs &args, std::vector<TensorType> &results);
/// One result with the type of operand 0 and shape `shape`.
Status inferWithShape(const OpArgs &args, std::vector<TensorType> &results, Shape shape);
/// Result 0 is a copy of operand 0 (the shape may differ, the elements do not).
Status computeCopy(const OpArgs &args, std::span<const MutableTensorView> results);

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_OPERATORS_H
