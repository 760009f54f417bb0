//===- KernelSupport.h - Which ops the AI core has kernels for ------------===//
//
// The graph phase asks here; the authors of kernels answer with one row of the
// table in KernelSupport.cpp for each op that they enable.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_KERNEL_KERNELSUPPORT_H
#define OPENATC_KERNEL_KERNELSUPPORT_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <string>

namespace openatc::kernel {

/// Why `op` has to run on the AI CPU, as one sentence for the compile report, or
/// nothing when the AI core has a kernel for it. The question comes before precision
/// and layout are chosen: an f32 operand stands for f16 or f32, whatever the mode
/// makes of it, and every tensor is still row-major.
std::optional<std::string> whyNotOnAiCore(mlir::Operation *op);

/// True when `op`, an elementwise op, may follow `anchor` (a convolution or matrix
/// product) in its kernel.
bool fusesIntoEpilogue(mlir::Operation *anchor, mlir::Operation *op);

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_KERNELSUPPORT_H
