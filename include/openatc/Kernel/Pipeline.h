//===- Pipeline.h - Kernel and core phases --------------------------------===//
#ifndef OPENATC_KERNEL_PIPELINE_H
#define OPENATC_KERNEL_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"

namespace openatc::kernel {

/// Graph groups to scheduled groups, for `soc` (a known soc_version).
void buildKernelPipeline(mlir::OpPassManager &pm, llvm::StringRef soc);

/// Scheduled groups to davinci kernels with addresses and flags, and launches.
void buildCorePipeline(mlir::OpPassManager &pm, llvm::StringRef soc);

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_PIPELINE_H
