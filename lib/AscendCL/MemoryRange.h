//===- MemoryRange.h - Checked ranges of host and device memory -----------===//
#ifndef OPENATC_LIB_ASCENDCL_MEMORYRANGE_H
#define OPENATC_LIB_ASCENDCL_MEMORYRANGE_H

#include "State.h"

namespace openatc::acl {

enum class Side : uint8_t { Host, Device };

inline Side sideOf(const void *at) { return isDevicePointer(at) ? Side::Device : Side::Host; }

/// One end of a copy or fill: host memory, or memory of `device`.
struct MemoryRange {
  void *at = nullptr;
  uint64_t address = 0;               ///< of the simulator, for device memory
  std::shared_ptr<rt::Device> device; ///< null for host memory
  std::shared_ptr<HostBlock> block;   ///< of host memory that aclrtMallocHost gave

  Status read(uint64_t offset, void *to, size_t bytes) const;
  Status write(uint64_t offset, const void *from, size_t bytes) const;
  Status fill(uint8_t value, size_t bytes) const;
};

/// Checks that `size` bytes at `at` lie on `side`, are allocated or mapped, and fills
/// `range`. An error, with the text in `why`, begins with `what`.
aclError checkRange(const char *what, const void *at, size_t size, Side side, MemoryRange &range,
                    std::string &why);

/// Copies; each end is checked again when it is touched, because memory may have been
/// freed since it was checked.
Status copy(const MemoryRange &to, uint64_t toOffset, const MemoryRange &from, uint64_t fromOffset,
            size_t bytes);

/// The block of aclrtMallocHost around `at`; null when there is none. `freed` tells whether
/// it lies in one that was freed while queued copies still use it.
std::shared_ptr<HostBlock> findHostBlock(const void *at, bool *freed = nullptr);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_MEMORYRANGE_H
