//===- Pipeline.h - Kernel and core phases --------------------------------===//
#ifndef OPENATC_KERNEL_PIPELINE_H
#define OPENATC_KERNEL_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"

namespace openatc::kernel {

/// Graph groups to scheduled groups, for `soc` (a known soc_version). `sliceBatch`: runs of
/// them may compute a large batch in slices.
void buildKernelPipeline(mlir::OpPassManager &pm, llvm::StringRef soc, bool sliceBatch = true);

/// Scheduled groups to davinci kernels with addresses and flags, and launches.
/// `saturate`: conversions from f32 to f16 give finite values.
void buildCorePipeline(mlir::OpPassManager &pm, llvm::StringRef soc, bool saturate = false);

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_PIPELINE_H
