//===- DeviceMemory.h - Global memory and its allocator -------------------===//
#ifndef OPENATC_LIB_SIMULATOR_DEVICEMEMORY_H
#define OPENATC_LIB_SIMULATOR_DEVICEMEMORY_H

#include "openatc/Support/Status.h"

#include <cstdint>
#include <map>
#include <memory>

namespace openatc::sim {

/// Global memory: a reserved range of host memory in which pages appear when they
/// are first touched, and a first-fit allocator over it.
class DeviceMemory {
public:
  static Expected<std::unique_ptr<DeviceMemory>> create(uint64_t bytes);
  ~DeviceMemory();

  Expected<uint64_t> allocate(uint64_t bytes) { return allocate(bytes, kAlignment, false); }
  /// An allocation of whole pages that begins with `fileBytes` bytes of a file from `offset`
  /// on, a multiple of the page size; writes stay in memory. The host reads pages when they
  /// are touched.
  Expected<uint64_t> allocateFile(int fd, uint64_t offset, uint64_t fileBytes, uint64_t bytes);
  Status free(uint64_t address);

  uint64_t total() const { return size; }
  uint64_t available() const { return size - used; }

  /// Requested bytes of the allocation around `address`, counted from it; 0 if none.
  uint64_t bytesFrom(uint64_t address) const;

  /// Host view of [address, address + bytes) when one allocation holds it all, with
  /// its padding up to 32 bytes; null otherwise.
  uint8_t *view(uint64_t address, uint64_t bytes) const;

private:
  DeviceMemory() = default;
  struct Allocation {
    uint64_t requested; ///< what the caller asked for
    uint64_t reserved;  ///< what it occupies
    bool isFile;        ///< shows a file instead of memory of its own
  };
  static constexpr uint64_t kAlignment = 512, kPage = 4096;
  Expected<uint64_t> allocate(uint64_t bytes, uint64_t alignment, bool isFile);
  uint8_t *base = nullptr;
  uint64_t size = 0;
  uint64_t used = 0;
  std::map<uint64_t, Allocation> allocations;
  std::map<uint64_t, uint64_t> gaps; ///< free ranges: address -> bytes
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_DEVICEMEMORY_H
