//===- CacheModel.cpp - L2: which global bytes are near ---------------------===//

#include "CacheModel.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace openatc::sim {

CacheModel::CacheModel(const SocDescription &soc, uint64_t memoryBytes)
    : lineBytes(uint64_t(soc.l2LineBytes)), sectorBytes(uint64_t(soc.gmRequestBytes)),
      numTags(memoryBytes / lineBytes + 1), lineShift(unsigned(std::countr_zero(lineBytes))),
      sectorShift(unsigned(std::countr_zero(sectorBytes))),
      lines(size_t(uint64_t(soc.l2Size) / lineBytes) + 1),
      slotOf(static_cast<uint32_t *>(std::calloc(numTags, sizeof(uint32_t)))) {}

void CacheModel::reset() {
  for (uint32_t slot = 1; slot < used; ++slot)
    slotOf.get()[lines[slot].tag] = 0;
  std::fill(lines.begin(), lines.end(), Line());
  used = 1;
}

void CacheModel::unlink(uint32_t slot) {
  lines[lines[slot].previous].next = lines[slot].next;
  lines[lines[slot].next].previous = lines[slot].previous;
}

void CacheModel::pushFront(uint32_t slot) {
  lines[slot].previous = 0;
  lines[slot].next = lines[0].next;
  lines[lines[0].next].previous = slot;
  lines[0].next = slot;
}

CacheModel::Line &CacheModel::touch(uint64_t tag, CacheTraffic &traffic) {
  uint32_t slot = slotOf.get()[tag];
  if (slot == 0) {
    if (used < lines.size()) {
      slot = used++;
    } else { // the least recently used line makes room
      slot = lines[0].previous;
      traffic.writeBacks += uint64_t(std::popcount(lines[slot].dirty));
      slotOf.get()[lines[slot].tag] = 0;
      unlink(slot);
    }
    lines[slot] = Line();
    lines[slot].tag = tag;
    slotOf.get()[tag] = slot;
    pushFront(slot);
  } else if (lines[0].next != slot) {
    unlink(slot);
    pushFront(slot);
  }
  return lines[slot];
}

void CacheModel::access(uint64_t address, uint64_t bytes, bool write, CacheTraffic &traffic) {
  const uint64_t end = address + bytes;
  for (uint64_t tag = address >> lineShift; tag <= (end - 1) >> lineShift; ++tag) {
    if (tag >= numTags)
      return;
    const uint64_t base = tag << lineShift;
    const uint64_t first = (std::max(address, base) - base) >> sectorShift;
    const uint64_t last = (std::min(end, base + lineBytes) - 1 - base) >> sectorShift;
    const uint64_t mask = (~uint64_t(0) >> (63 - (last - first))) << first;
    Line &line = touch(tag, traffic);
    const uint64_t hits = uint64_t(std::popcount(mask & line.valid));
    traffic.hits += hits;
    traffic.misses += last - first + 1 - hits;
    line.valid |= mask;
    if (write)
      line.dirty |= mask;
  }
}

} // namespace openatc::sim
