//===- Format.cpp - Header, segments and digests of the file --------------===//

#include "Format.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

namespace openatc::om {

namespace {

// Byte positions in the header.
constexpr size_t kVersionAt = 8, kHeaderBytesAt = 12, kFileBytesAt = 16, kMetaOffsetAt = 24,
                 kMetaBytesAt = 32, kMetaDigestAt = 40, kReservedAt = 72, kOwnDigestAt = 96;

template <typename T> void put(uint8_t *at, T value) {
  for (size_t i = 0; i < sizeof(T); ++i)
    at[i] = uint8_t(uint64_t(value) >> (8 * i));
}

template <typename T> T get(const uint8_t *at) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    value |= uint64_t(at[i]) << (8 * i);
  return T(value);
}

} // namespace

Digest sha256(std::span<const uint8_t> bytes) {
  Digest digest{};
  unsigned length = digest.size();
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return digest;
}

std::array<uint8_t, kHeaderBytes> encodeHeader(const Header &header) {
  std::array<uint8_t, kHeaderBytes> out{};
  std::copy(kMagic.begin(), kMagic.end(), out.begin());
  put<uint32_t>(&out[kVersionAt], header.formatVersion);
  put<uint32_t>(&out[kHeaderBytesAt], uint32_t(kHeaderBytes));
  put<uint64_t>(&out[kFileBytesAt], header.fileBytes);
  put<uint64_t>(&out[kMetaOffsetAt], header.metadataOffset);
  put<uint64_t>(&out[kMetaBytesAt], header.metadataBytes);
  std::copy(header.metadataDigest.begin(), header.metadataDigest.end(), &out[kMetaDigestAt]);
  Digest own = sha256(std::span(out).first(kOwnDigestAt));
  std::copy(own.begin(), own.end(), &out[kOwnDigestAt]);
  return out;
}

Expected<Header> decodeHeader(std::span<const uint8_t> file) {
  // CANN's own offline models carry the same file suffix, so users will try them.
  if (file.size() >= 4 && std::memcmp(file.data(), "IMOD", 4) == 0)
    return Status::error("this is an offline model of Huawei CANN (magic IMOD), which holds code "
                         "for real hardware; compile the ONNX model with OpenATC's atc instead");
  if (file.size() < kMagic.size() || !std::equal(kMagic.begin(), kMagic.end(), file.begin()))
    return Status::error("not an OpenATC offline model: the magic bytes at offset 0 are wrong");
  if (file.size() < kHeaderBytes)
    return Status::error("the file is truncated: " + std::to_string(file.size()) +
                         " bytes, the header alone has " + std::to_string(kHeaderBytes));
  uint32_t version = get<uint32_t>(&file[kVersionAt]);
  if (version == 0 || version > kNewestFormatVersion)
    return Status::error("format version " + std::to_string(version) +
                         " is not supported (this reader knows versions 1 to " +
                         std::to_string(kNewestFormatVersion) + "); compile the model again");
  Digest own = sha256(file.first(kOwnDigestAt));
  if (!std::equal(own.begin(), own.end(), &file[kOwnDigestAt]))
    return Status::error("the header is corrupt: its SHA-256 does not match");
  Header header;
  header.formatVersion = version;
  header.fileBytes = get<uint64_t>(&file[kFileBytesAt]);
  header.metadataOffset = get<uint64_t>(&file[kMetaOffsetAt]);
  header.metadataBytes = get<uint64_t>(&file[kMetaBytesAt]);
  std::copy_n(&file[kMetaDigestAt], header.metadataDigest.size(), header.metadataDigest.begin());
  if (header.fileBytes != file.size())
    return Status::error(std::string(file.size() < header.fileBytes
                                         ? "the file is truncated: "
                                         : "bytes follow the end of the model: ") +
                         std::to_string(file.size()) + " bytes, the header says " +
                         std::to_string(header.fileBytes));
  bool reservedZero =
      std::all_of(&file[kReservedAt], &file[kOwnDigestAt], [](uint8_t byte) { return byte == 0; });
  if (get<uint32_t>(&file[kHeaderBytesAt]) != kHeaderBytes || !reservedZero ||
      header.metadataOffset != kHeaderBytes ||
      !inRange(header.metadataOffset, header.metadataBytes, file.size()))
    return Status::error("the header is corrupt: its fields contradict each other");
  return header;
}

} // namespace openatc::om
