//===- VectorAccess.h - UB ranges that vector instructions touch ----------===//
#ifndef OPENATC_LIB_KERNEL_VECTORACCESS_H
#define OPENATC_LIB_KERNEL_VECTORACCESS_H

#include "DaVinci/DaVinci.h"

#include "llvm/ADT/SmallVector.h"

namespace openatc::kernel {

/// Equally spaced ranges of one pool's slot: `repeats` of `length` bytes, `stride` bytes
/// from start to start. Which slot is left open: ranges at different offsets are
/// disjoint in any two slots.
struct VectorAccess {
  mlir::Value pool;
  bool isWrite = false;
  bool isKnown = false; ///< false: anywhere in the slot
  int64_t offset = 0, length = 0, stride = 0, repeats = 1;

  bool operator==(const VectorAccess &other) const = default;
  /// True unless the two surely have no byte in common, or both read.
  bool conflictsWith(const VectorAccess &other) const;
};

/// The accesses of `inst`, reads before writes; operands that are not in a pool are left
/// out. Extents are known for instructions with constant addresses and strides; counts that
/// are not constant are taken for the largest possible.
llvm::SmallVector<VectorAccess, 4> vectorAccesses(davinci::InstOpInterface inst);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_VECTORACCESS_H
