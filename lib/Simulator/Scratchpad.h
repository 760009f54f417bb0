//===- Scratchpad.h - One on-chip memory of a core ------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_SCRATCHPAD_H
#define OPENATC_LIB_SIMULATOR_SCRATCHPAD_H

#include "openatc/ISA/Instruction.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace openatc::sim {

/// Bytes per bit of the written map.
inline constexpr uint64_t kBlockBytes = 32;

/// A byte array that remembers, per 32-byte block, whether it was ever written.
class Scratchpad {
public:
  /// `expansion`: host bytes for each byte of the memory, when the host keeps its
  /// elements in a wider type.
  Scratchpad(isa::Space space, const char *name, uint64_t size, unsigned expansion = 1);

  isa::Space space() const { return memorySpace; }
  const char *name() const { return text; }
  uint64_t size() const { return bytes; }
  uint8_t *data() { return storage.get(); }
  const uint8_t *data() const { return storage.get(); }

  /// True when [address, address + length) lies inside; negative values do not.
  bool contains(int64_t address, int64_t length) const {
    return address >= 0 && length >= 0 && uint64_t(address) <= bytes &&
           uint64_t(length) <= bytes - uint64_t(address);
  }

  /// Forgets all writes: the start of a block's run.
  void reset();

  /// The range must be inside. True when every block it touches was written.
  bool isWritten(uint64_t address, uint64_t length) const;
  void markWritten(uint64_t address, uint64_t length);

private:
  struct Free {
    void operator()(uint8_t *p) const { ::operator delete[](p, std::align_val_t(64)); }
  };
  isa::Space memorySpace;
  const char *text;
  uint64_t bytes;
  std::unique_ptr<uint8_t[], Free> storage;
  std::vector<uint64_t> written;
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_SCRATCHPAD_H
