//===- Weights.cpp - Deduplicated, aligned constants ----------------------===//
#include "openatc/Codegen/Weights.h"

#include "llvm/Support/FormatVariadic.h"
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
  size_t before = entries.size();
  uint64_t offset = add(bytes);
  if (entries.size() != before) // otherwise the same content is there already
    entries.back().own = std::move(bytes);
  return offset;
}

uint64_t WeightSegment::addDiagonals(std::vector<uint8_t> diagonals) {
  uint64_t count = diagonals.size() / om::Diagonals::storedBytes;
  uint64_t from = addOwned(std::move(diagonals));
  for (const om::Diagonals &entry : expansions)
    if (entry.from == from && entry.count == count)
      return entry.to;
  uint64_t to = expansions.empty() ? expanded : expansions.back().end();
  expansions.push_back({from, to, count});
  return to;
}

void WeightSegment::keep() {
  for (Entry &entry : entries)
    if (entry.own.empty()) {
      entry.own.assign(entry.bytes.begin(), entry.bytes.end());
      entry.bytes = entry.own;
    }
}

std::vector<uint64_t> WeightSegment::offsets() const {
  std::vector<uint64_t> out;
  for (const Entry &entry : entries)
    out.push_back(entry.offset);
  return out;
}

std::vector<om::WeightFile> weightFiles(const om::Blob &weights, llvm::ArrayRef<uint64_t> offsets) {
  std::vector<om::WeightFile> files;
  for (size_t i = 0; i < offsets.size(); ++i) {
    uint64_t end = i + 1 < offsets.size() ? offsets[i + 1] : weights.size();
    if (end == offsets[i])
      continue; // a constant without elements
    llvm::ArrayRef<uint8_t> bytes(weights.data() + offsets[i], end - offsets[i]);
    llvm::XXH128_hash_t hash = llvm::xxh3_128bits(bytes);
    files.push_back({llvm::formatv("weight/weight_{0:x-16}{1:x-16}", hash.high64, hash.low64).str(),
                     bytes.size()});
  }
  return files;
}

om::Blob WeightSegment::finish() {
  auto segment = std::make_shared_for_overwrite<uint8_t[]>(size);
  for (size_t i = 0; i < entries.size(); ++i) {
    Entry &entry = entries[i];
    uint64_t end = i + 1 < entries.size() ? entries[i + 1].offset : size;
    uint8_t *padding = std::copy(entry.bytes.begin(), entry.bytes.end(), &segment[entry.offset]);
    std::fill(padding, &segment[end], uint8_t(0));
    entry = {{}, entry.offset}; // frees what it owns
  }
  entries.clear();
  byContent.clear();
  return om::Blob::view({segment.get(), size}, segment);
}

std::vector<om::Diagonals> WeightSegment::diagonals() const {
  std::vector<om::Diagonals> out = expansions;
  for (om::Diagonals &entry : out)
    entry.to += om::Diagonals::begin(size) - expanded;
  return out;
}

} // namespace openatc::codegen
