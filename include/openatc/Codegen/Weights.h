//===- Weights.h - The weight segment of an offline model -----------------===//
#ifndef OPENATC_CODEGEN_WEIGHTS_H
#define OPENATC_CODEGEN_WEIGHTS_H

#include "openatc/OfflineModel/Model.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace openatc::codegen {

/// Lays out the constants of a model: each distinct content once, 512-byte aligned,
/// in the order of first use. Bytes are only referred to until `finish` copies them
/// into the segment, so no second copy of the weights exists meanwhile.
class WeightSegment {
public:
  static constexpr uint64_t alignment = 512;

  /// Offset of `bytes` in the segment. The memory must stay valid until finish().
  uint64_t add(llvm::ArrayRef<uint8_t> bytes);
  /// The same for bytes that nobody else keeps.
  uint64_t addOwned(std::vector<uint8_t> bytes);

  uint64_t bytes() const { return size; }

  /// The segment; nothing may be added afterwards.
  om::Blob finish();

private:
  struct Entry {
    llvm::ArrayRef<uint8_t> bytes;
    uint64_t offset;
  };
  std::vector<Entry> entries;
  /// Entries by (content hash, size).
  std::map<std::pair<uint64_t, uint64_t>, std::vector<size_t>> byContent;
  std::vector<std::vector<uint8_t>> owned;
  uint64_t size = 0;
};

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_WEIGHTS_H
