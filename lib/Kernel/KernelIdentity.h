//===- KernelIdentity.h - Groups that are the same kernel -----------------===//
#ifndef OPENATC_LIB_KERNEL_KERNELIDENTITY_H
#define OPENATC_LIB_KERNEL_KERNELIDENTITY_H

#include "Ascend/AscendOps.h"

#include <string>

namespace openatc::kernel {

/// Text that is equal for groups that lower to the same kernel: everything but
/// names and locations.
std::string identityOf(ascend::KernelOp op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_KERNELIDENTITY_H
