//===- Weights.cpp - Deduplicated, aligned constants ----------------------===//
#include "openatc/Codegen/Weights.h"

#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <memory>

namespace openatc::codegen {

uint64_t WeightSegment::add(llvm::ArrayRef<uint8_t> bytes) {
  auto &candidates = byContent[{llvm::xxh3_64bits(bytes), bytes.size()}];
  for (size_t index : candidates)
    if (entries[index].bytes == bytes)
      return entries[index].offset;
  candidates.push_back(entries.size());
  entries.push_back({bytes, size});
  size += (bytes.size() + alignment - 1) / alignment * alignment;
  return entries.back().offset;
}

uint64_t WeightSegment::addOwned(std::vector<uint8_t> bytes) {
  owned.push_back(std::move(bytes));
  size_t before = entries.size();
  uint64_t offset = add(owned.back());
  if (entries.size() == before) // the same content is there already
    owned.pop_back();
  return offset;
}

om::Blob WeightSegment::finish() {
  auto segment = std::make_shared_for_overwrite<uint8_t[]>(size);
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry &entry = entries[i];
    uint64_t end = i + 1 < entries.size() ? entries[i + 1].offset : size;
    uint8_t *padding = std::copy(entry.bytes.begin(), entry.bytes.end(), &segment[entry.offset]);
    std::fill(padding, &segment[end], uint8_t(0));
  }
  entries.clear();
  owned.clear();
  return om::Blob::view({segment.get(), size}, segment);
}

} // namespace openatc::codegen
