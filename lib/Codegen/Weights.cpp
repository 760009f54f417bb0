//===- Weights.cpp - Deduplicated, aligned constants ----------------------===//
#include "openatc/Codegen/Weights.h"

#include "llvm/Support/xxhash.h"

#include <cstring>

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
  std::vector<uint8_t> segment(size);
  for (const Entry &entry : entries)
    if (!entry.bytes.empty())
      std::memcpy(segment.data() + entry.offset, entry.bytes.data(), entry.bytes.size());
  entries.clear();
  owned.clear();
  return om::Blob(std::move(segment));
}

} // namespace openatc::codegen
