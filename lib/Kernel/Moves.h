//===- Moves.h - Kernels that only move data ------------------------------===//
#ifndef OPENATC_LIB_KERNEL_MOVES_H
#define OPENATC_LIB_KERNEL_MOVES_H

#include "openatc/Kernel/KernelAuthor.h"

namespace openatc::kernel {

/// One data movement operator: what KernelAuthor is for a kind.
using Mover = KernelAuthor;

/// ND <-> NC1HWC0.
const Mover *transDataMover();

/// ND <-> FRACTAL_NZ.
const Mover *transRowsMover();

/// ND -> NC1HWC0_C04, with a cast from f32 in front of it.
const Mover *fewChannelsMover();

/// transpose, concat, split, slice, expand, tile, pad, depth_to_space, space_to_depth.
const Mover *copyMover();

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_MOVES_H
