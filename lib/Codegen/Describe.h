//===- Describe.h - Names and descriptions that IR carries along ----------===//
#ifndef OPENATC_LIB_CODEGEN_DESCRIBE_H
#define OPENATC_LIB_CODEGEN_DESCRIBE_H

#include "openatc/OfflineModel/Model.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace openatc::codegen {

/// The name of the tensor that result `index` of `op` is in the ONNX model, if known;
/// otherwise made from the last of `nodes`, the nodes that `op` implements.
std::string tensorName(mlir::Operation *op, unsigned index, const std::vector<std::string> &nodes);

/// The argument attribute that the AIPP pass leaves.
om::AippInfo readAipp(mlir::DictionaryAttr attr);

/// The debug map of a kernel that implements `nodes`, from places in its code, ascending.
std::vector<om::DebugEntry>
debugMap(const std::vector<std::pair<uint32_t, mlir::Location>> &entries,
         const std::vector<std::string> &nodes);

} // namespace openatc::codegen

#endif // OPENATC_LIB_CODEGEN_DESCRIBE_H
