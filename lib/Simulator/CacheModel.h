//===- CacheModel.h - L2: which global bytes are near -----------------------===//
#ifndef OPENATC_LIB_SIMULATOR_CACHEMODEL_H
#define OPENATC_LIB_SIMULATOR_CACHEMODEL_H

#include "openatc/Target/SocDescription.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace openatc::sim {

/// Sectors that an access moved.
struct CacheTraffic {
  uint64_t hits = 0;
  uint64_t misses = 0;     ///< read from DRAM
  uint64_t writeBacks = 0; ///< dirty sectors written to DRAM to make room
};

/// A write-back, write-allocate cache with exact LRU replacement over lines of
/// l2LineBytes, each split into sectors of gmRequestBytes with own valid and dirty
/// bits. A write makes whole sectors valid without reading them (hardware would
/// keep byte masks).
class CacheModel {
public:
  /// Addresses are below `memoryBytes`.
  CacheModel(const SocDescription &soc, uint64_t memoryBytes);

  /// Touches [address, address + bytes), which is not empty, and adds to `traffic`.
  void access(uint64_t address, uint64_t bytes, bool write, CacheTraffic &traffic);

  void reset();

private:
  struct Line {
    uint64_t valid = 0, dirty = 0; ///< one bit per sector
    uint64_t tag = 0;
    uint32_t previous = 0, next = 0;
  };
  struct Free {
    void operator()(uint32_t *p) const { ::free(p); }
  };

  Line &touch(uint64_t tag, CacheTraffic &traffic);
  void unlink(uint32_t slot);
  void pushFront(uint32_t slot);

  uint64_t lineBytes, sectorBytes, numTags;
  unsigned lineShift, sectorShift;
  /// lines[0] is the head of the circular LRU list; next is the most recent line.
  std::vector<Line> lines;
  uint32_t used = 1;
  /// Slot of every line of memory, 0 when not cached; pages appear when touched.
  std::unique_ptr<uint32_t, Free> slotOf;
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CACHEMODEL_H
