//===- InPlace.h - Results that may lie over an operand -------------------===//
#ifndef OPENATC_LIB_KERNEL_INPLACE_H
#define OPENATC_LIB_KERNEL_INPLACE_H

#include "Ascend/AscendOps.h"

namespace openatc::kernel {

/// For each result of `op` the operand whose memory it may take when nothing else needs that, or
/// -1: the kernel reads every element of the operand once, right before it writes the
/// element of the result in the same place. Such are operands of the epilogue of a
/// convolution or product that have the result's type.
llvm::SmallVector<int64_t> overwrittenOperands(ascend::KernelOp op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_INPLACE_H
