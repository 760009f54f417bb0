//===- Passes.h - Kernel and core phases ----------------------------------===//
#ifndef OPENATC_KERNEL_PASSES_H
#define OPENATC_KERNEL_PASSES_H

#include "DaVinci/DaVinci.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>

namespace openatc::kernel {

#define GEN_PASS_DECL
#include "openatc/Kernel/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "openatc/Kernel/Passes.h.inc"

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_PASSES_H
