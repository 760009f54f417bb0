//===- PadRuns.h - Padding that repeats the input -------------------------===//
#ifndef OPENATC_LIB_KERNEL_PADRUNS_H
#define OPENATC_LIB_KERNEL_PADRUNS_H

#include "Ascend/AscendOps.h"

#include "llvm/ADT/SmallVector.h"

namespace openatc::kernel {

/// Output elements [dst, dst + size) of one dimension are input elements src, src + step,
/// ... with a step of -1, 0 or 1.
struct PadRun {
  int64_t dst, size, src, step;
};

/// Runs of each dimension of a pad with mode reflect, edge or wrap and constant pads, in
/// the order of the output.
llvm::SmallVector<llvm::SmallVector<PadRun>> padRuns(ascend::PadOp op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_PADRUNS_H
