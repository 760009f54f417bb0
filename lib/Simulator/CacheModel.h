//===- CacheModel.h - L2: which global bytes are near -----------------------===//
#ifndef OPENATC_LIB_SIMULATOR_CACHEMODEL_H
#define OPENATC_LIB_SIMULATOR_CACHEMODEL_H

#include "openatc/Target/SocDescription.h"

#include <algorithm>
#include <bit>
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
  void access(uint64_t address, uint64_t bytes, bool write, CacheTraffic &traffic) {
    const uint64_t last = address + bytes - 1;
    if (address >> lineShift == last >> lineShift)
      return accessLine(address, last, write, traffic);
    for (uint64_t begin = address; begin <= last;) {
      const uint64_t end = begin | (lineBytes - 1);
      accessLine(begin, std::min(end, last), write, traffic);
      begin = end + 1;
    }
  }

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

  /// Touches the sectors from byte `first` to byte `last` of one line.
  void accessLine(uint64_t first, uint64_t last, bool write, CacheTraffic &traffic) {
    const uint64_t tag = first >> lineShift;
    if (tag != recentTag && !touch(tag, traffic))
      return;
    const uint64_t low = (first & (lineBytes - 1)) >> sectorShift;
    const uint64_t high = (last & (lineBytes - 1)) >> sectorShift;
    const uint64_t mask = (~uint64_t(0) >> (63 - (high - low))) << low;
    Line &line = *recent;
    const uint64_t valid = mask & line.valid, sectors = high - low + 1;
    // Usually all sectors are there or none is.
    const uint64_t hits = valid == mask ? sectors : valid ? uint64_t(std::popcount(valid)) : 0;
    traffic.hits += hits;
    traffic.misses += sectors - hits;
    line.valid |= mask;
    if (write)
      line.dirty |= mask;
  }
  /// Makes a line the most recent one; false for addresses beyond the memory.
  bool touch(uint64_t tag, CacheTraffic &traffic);
  void unlink(uint32_t slot);
  void pushFront(uint32_t slot);

  uint64_t lineBytes, sectorBytes, numTags;
  unsigned lineShift, sectorShift;
  /// lines[0] is the head of the circular LRU list; next is the most recent line.
  std::vector<Line> lines;
  uint32_t used = 1;
  uint64_t recentTag = ~uint64_t(0);
  Line *recent = nullptr; ///< the line of recentTag
  /// Slot of every line of memory, 0 when not cached; pages appear when touched.
  std::unique_ptr<uint32_t, Free> slotOf;
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CACHEMODEL_H
