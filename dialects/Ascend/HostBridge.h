//===- HostBridge.h - Between ascend IR and HostOps -----------------------===//
//
// Types, attributes and constant values of the dialect in the form HostOps takes.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_ASCEND_HOSTBRIDGE_H
#define OPENATC_ASCEND_HOSTBRIDGE_H

#include "Ascend/AscendOps.h"
#include "openatc/HostOps/HostOps.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"

namespace openatc::ascend {

/// Discardable attribute of ops whose result shapes are not inferred: an array with a
/// list of extents per result, or a unit where the model states no shape.
constexpr llvm::StringLiteral kDeclaredShapes = "ascend.declared_shapes";

/// Element type as DType; Undefined for types that the dialect does not use.
DType toDType(mlir::Type elementType);
/// The element type of `dtype`: bool is i1, unsigned integers are uiN; null for Undefined.
mlir::Type fromDType(mlir::MLIRContext *context, DType dtype);

/// A tensor type; the shape is unknown unless ranked and static.
host::TensorType toHostType(mlir::Type type);
/// The inverse; an unknown shape gives an unranked tensor type.
mlir::TensorType fromHostType(mlir::MLIRContext *context, const host::TensorType &type);

/// Attributes in HostOps form; bools become 0/1, `operandSegmentSizes` and
/// discardable attributes are left out. `attributes` may be null.
host::Attributes toHostAttributes(mlir::DictionaryAttr attributes);
host::Attributes toHostAttributes(mlir::Operation *op);

/// Name in HostOps: the op's name without the dialect prefix.
inline llvm::StringRef hostOpName(mlir::Operation *op) { return op->getName().stripDialect(); }

/// The operands by position in the operator's signature; an absent optional operand
/// that is followed by others is a null value.
llvm::SmallVector<mlir::Value> hostOperands(mlir::Operation *op);

/// Bytes of a constant. The view points into the attribute, or into `storage` where
/// the attribute holds another form (splats, bools).
struct ConstantData {
  host::TensorView view;
  std::vector<char> storage;

  ConstantData() = default;
  ConstantData(ConstantData &&) = default;
  ConstantData &operator=(ConstantData &&) = default;
  ConstantData(const ConstantData &) = delete;

  /// The elements as T; T must have the size of the element type.
  template <typename T> llvm::ArrayRef<T> values() const {
    int64_t count = 1;
    for (int64_t d : view.shape)
      count *= d;
    return {static_cast<const T *>(view.data), static_cast<size_t>(count)};
  }
};

/// The row-major bytes of a constant; nothing for other values, elided resources and
/// data in a packed layout. An absent (null) value has none either.
std::optional<ConstantData> getConstantData(mlir::ElementsAttr attr);
std::optional<ConstantData> getConstantData(mlir::Value value);

/// The integers of a constant of element type i32 or i64; nothing for other values.
std::optional<llvm::SmallVector<int64_t>> getConstantIntegers(mlir::Value value);

/// Constants up to this many bytes become uniqued dense attributes, larger ones resources.
constexpr size_t kMaxDenseBytes = 256;

/// An attribute of `type` with a copy of `bytes` (row-major; bool is one byte). `name`
/// becomes the key of the resource, made unique.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::StringRef name,
                                llvm::ArrayRef<char> bytes);
/// The same over memory that `blob` owns or refers to; never copies.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::StringRef name,
                                mlir::AsmResourceBlob blob);

/// A constant op with a copy of `bytes`.
ConstantOp createConstantFromBytes(mlir::OpBuilder &builder, mlir::Location loc,
                                   mlir::RankedTensorType type, llvm::StringRef name,
                                   llvm::ArrayRef<char> bytes);
/// A rank-1 (or with `scalar` rank-0) i64 constant.
ConstantOp createIntegers(mlir::OpBuilder &builder, mlir::Location loc,
                          llvm::ArrayRef<int64_t> values, bool scalar = false);

/// Gives the memory of a resource back at once; the attribute must have no users left.
void releaseResource(mlir::ElementsAttr attr);

/// Computes `op`, whose operands must all be constants and whose result types static,
/// through host::compute. Returns one attribute per result, or the reason.
Expected<std::vector<mlir::ElementsAttr>> evaluate(mlir::Operation *op,
                                                   llvm::ArrayRef<mlir::Type> resultTypes);

} // namespace openatc::ascend

#endif // OPENATC_ASCEND_HOSTBRIDGE_H
