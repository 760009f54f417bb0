//===- CacheModel.cpp - L2: which global bytes are near ---------------------===//

#include "CacheModel.h"

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
  recentTag = ~uint64_t(0);
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

bool CacheModel::touch(uint64_t tag, CacheTraffic &traffic) {
  if (tag >= numTags)
    return false;
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
  recentTag = tag;
  recent = &lines[slot];
  return true;
}

} // namespace openatc::sim
