//===- VectorSupport.h - What the vector unit computes --------------------===//
#ifndef OPENATC_LIB_KERNEL_VECTORSUPPORT_H
#define OPENATC_LIB_KERNEL_VECTORSUPPORT_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <string>

namespace openatc::kernel {

/// Value that every element of a constant has; nullopt for anything else.
std::optional<double> splatOf(mlir::Value value);

/// Why the vector unit cannot compute elementwise `op` (operator, element type or a
/// bound that is not constant); empty when it can.
std::string whyNotVector(mlir::Operation *op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_VECTORSUPPORT_H
