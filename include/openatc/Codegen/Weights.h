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
/// into the segment, so no second copy of the weights exists meanwhile, unless `keep`
/// asks for one.
class WeightSegment {
public:
  static constexpr uint64_t alignment = 512;

  /// Offset of `bytes` in the segment. The memory must stay valid until finish().
  uint64_t add(llvm::ArrayRef<uint8_t> bytes);
  /// The same for bytes that nobody else keeps.
  uint64_t addOwned(std::vector<uint8_t> bytes);

  /// Adds fractals of which `diagonals` are all that is not zero, and gives the offset of what
  /// loading expands. Equal ones share it. Only finish() knows how many weights precede, so the
  /// offset counts from `expanded` until then.
  uint64_t addDiagonals(std::vector<uint8_t> diagonals);
  static constexpr uint64_t expanded = uint64_t(1) << 45;

  uint64_t bytes() const { return size; }
  /// Where each constant begins; empty after finish().
  std::vector<uint64_t> offsets() const;

  /// Copies what is only referred to, so that its memory may go.
  void keep();

  /// The segment; nothing may be added afterwards.
  om::Blob finish();
  /// Where the fractals of addDiagonals() lie; an offset from `expanded` on is moved there by
  /// adding Diagonals::begin(bytes()) - expanded.
  std::vector<om::Diagonals> diagonals() const;

private:
  struct Entry {
    llvm::ArrayRef<uint8_t> bytes;
    uint64_t offset;
    std::vector<uint8_t> own = {}; ///< holds `bytes` if nobody else does
  };
  std::vector<Entry> entries;
  /// Entries by (content hash, size).
  std::map<std::pair<uint64_t, uint64_t>, std::vector<size_t>> byContent;
  std::vector<om::Diagonals> expansions; ///< `to` counts from `expanded`
  uint64_t size = 0;
};

/// A file for each constant of `weights`, called `weight/weight_` and a hash of its content;
/// `offsets` says where the constants begin.
std::vector<om::WeightFile> weightFiles(const om::Blob &weights, llvm::ArrayRef<uint64_t> offsets);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_WEIGHTS_H
