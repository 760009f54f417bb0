//===- RowNorm.h - Normalisation of rows in FRACTAL_NZ --------------------===//
#ifndef OPENATC_LIB_KERNEL_ROWNORM_H
#define OPENATC_LIB_KERNEL_ROWNORM_H

#include "openatc/Kernel/KernelAuthor.h"

namespace openatc::kernel {

/// Whether the reducing group normalises rows in FRACTAL_NZ.
bool isRowNorm(ascend::KernelOp op);

/// layer_norm along the last dimension in FRACTAL_NZ, with a cast in front of it and the
/// result in f32, f16 or both.
const KernelAuthor *rowNormAuthor();

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ROWNORM_H
