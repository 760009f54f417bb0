//===- AscendInference.h - Result types of all operators from HostOps -----===//
#ifndef OPENATC_ASCEND_INFERENCE_H
#define OPENATC_ASCEND_INFERENCE_H

#include "openatc/Support/Status.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/TypeRange.h"
#include "mlir/IR/ValueRange.h"

#include <optional>

namespace openatc::ascend {

/// Infers the result types of the op `name` ("ascend.conv") through
/// host::inferTypes. `attributes` are the inherent attributes, null when there are
/// none. Results whose shape depends on a value that is no constant are unranked.
/// Errors are those of HostOps.
Status inferResultTypes(llvm::StringRef name, mlir::MLIRContext *context, mlir::ValueRange operands,
                        mlir::DictionaryAttr attributes,
                        llvm::SmallVectorImpl<mlir::Type> &results);

/// The same with the error emitted at `location`, if given.
llvm::LogicalResult inferHostOpTypes(llvm::StringRef name, mlir::MLIRContext *context,
                                     std::optional<mlir::Location> location,
                                     mlir::ValueRange operands, mlir::DictionaryAttr attributes,
                                     llvm::SmallVectorImpl<mlir::Type> &results);

/// True when every actual type refines or relaxes the inferred one: same element
/// type, no two known dimensions that differ. Encodings may differ, and f32 may stand
/// where f16 was inferred: the cube gives its accumulator out.
bool areCompatibleTypes(mlir::TypeRange inferred, mlir::TypeRange actual);

/// The inherent attributes of an op under construction or verification, which come
/// as properties or, in generic construction, as a dictionary.
template <typename OpTy>
mlir::DictionaryAttr inherentAttributes(mlir::MLIRContext *context, mlir::DictionaryAttr attributes,
                                        mlir::OpaqueProperties properties) {
  if constexpr (OpTy::hasProperties()) {
    if (properties)
      return llvm::cast_if_present<mlir::DictionaryAttr>(
          OpTy::getPropertiesAsAttr(context, *properties.as<typename OpTy::Properties *>()));
  }
  return attributes;
}

} // namespace openatc::ascend

#endif // OPENATC_ASCEND_INFERENCE_H
