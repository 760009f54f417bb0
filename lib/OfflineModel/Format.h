//===- Format.h - Header, segments and digests of the file ----------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_FORMAT_H
#define OPENATC_LIB_OFFLINEMODEL_FORMAT_H

#include "openatc/Support/Status.h"

#include <array>
#include <cstdint>
#include <span>

namespace openatc::om {

inline constexpr std::array<uint8_t, 8> kMagic = {'O', 'P', 'E', 'N', 'A', 'T', 'C', 0x1a};
/// Format versions: 1 is a model of fixed shapes, 2 adds gears, 3 weights in files of their own and
/// open shapes.
inline constexpr uint32_t kNewestFormatVersion = 3;
inline constexpr uint64_t kHeaderBytes = 128;
/// Segments start on a page, so that a loaded file can be used where it is mapped.
inline constexpr uint64_t kSegmentAlignment = 4096;
inline constexpr size_t kDebugEntryBytes = 8;
/// Files in the source segment start on multiples of this, so that weights are aligned.
inline constexpr uint64_t kSourceAlignment = 64;

using Digest = std::array<uint8_t, 32>;

/// SHA-256 of `bytes`.
Digest sha256(std::span<const uint8_t> bytes);

/// The fixed part at the start of a file (docs/om-format.md, "Header").
struct Header {
  uint32_t formatVersion = 1;
  uint64_t fileBytes = 0;
  uint64_t metadataOffset = kHeaderBytes;
  uint64_t metadataBytes = 0;
  Digest metadataDigest{};
};

/// The header's 128 bytes, its own digest included.
std::array<uint8_t, kHeaderBytes> encodeHeader(const Header &header);

/// Checks magic, version, digest and that the sizes agree with `fileBytes`; the
/// metadata range lies in the file afterwards.
Expected<Header> decodeHeader(std::span<const uint8_t> file);

/// `value` rounded up to a multiple of `alignment` (a power of two), or the maximum
/// uint64_t when that overflows.
constexpr uint64_t alignUp(uint64_t value, uint64_t alignment) {
  uint64_t up = value + (alignment - 1);
  return up < value ? UINT64_MAX : up & ~(alignment - 1);
}

/// True when [offset, offset + size) lies in [0, total); no overflow.
constexpr bool inRange(uint64_t offset, uint64_t size, uint64_t total) {
  return offset <= total && size <= total - offset;
}

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_FORMAT_H
