//===- SupportChecks.h - Conditions of single kernels ---------------------===//
//
// Each says in one sentence why an op of its kind has no kernel, or nothing. Every
// operand and result has a static, non-empty shape when they are asked.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_SUPPORTCHECKS_H
#define OPENATC_LIB_KERNEL_SUPPORTCHECKS_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <string>

namespace openatc::kernel {

std::optional<std::string> convCheck(mlir::Operation *op);
std::optional<std::string> matmulCheck(mlir::Operation *op);
std::optional<std::string> attentionCheck(mlir::Operation *op);
std::optional<std::string> poolCheck(mlir::Operation *op);
std::optional<std::string> resizeCheck(mlir::Operation *op);
std::optional<std::string> moveCheck(mlir::Operation *op);
std::optional<std::string> gatherCheck(mlir::Operation *op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_SUPPORTCHECKS_H
