//===- Scratchpad.cpp - One on-chip memory of a core ----------------------===//

#include "Scratchpad.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace openatc::sim {
namespace {

/// Calls fn(word index, mask) for the bits of the blocks that a range touches;
/// stops when fn returns false.
template <typename Fn> bool forEachWord(uint64_t address, uint64_t length, Fn fn) {
  if (length == 0)
    return true;
  uint64_t first = address / kBlockBytes, last = (address + length - 1) / kBlockBytes;
  for (uint64_t word = first / 64; word <= last / 64; ++word) {
    uint64_t mask = ~uint64_t(0);
    if (word == first / 64)
      mask &= ~uint64_t(0) << (first % 64);
    if (word == last / 64)
      mask &= ~uint64_t(0) >> (63 - last % 64);
    if (!fn(word, mask))
      return false;
  }
  return true;
}

} // namespace

Scratchpad::Scratchpad(isa::Space space, const char *name, uint64_t size, unsigned expansion)
    : memorySpace(space), text(name), bytes(size),
      storage(static_cast<uint8_t *>(::operator new[](size *expansion + 64, std::align_val_t(64)))),
      written((size / kBlockBytes + 63) / 64) {
  // Contents are defined, so that nothing a kernel does can depend on the host.
  std::memset(storage.get(), 0, size * expansion + 64);
}

void Scratchpad::reset() { std::fill(written.begin(), written.end(), 0); }

bool Scratchpad::isWritten(uint64_t address, uint64_t length) const {
  return forEachWord(address, length,
                     [&](uint64_t word, uint64_t mask) { return (written[word] & mask) == mask; });
}

void Scratchpad::markWritten(uint64_t address, uint64_t length) {
  forEachWord(address, length, [&](uint64_t word, uint64_t mask) {
    written[word] |= mask;
    return true;
  });
}

} // namespace openatc::sim
