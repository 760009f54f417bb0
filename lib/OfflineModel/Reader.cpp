//===- Reader.cpp - Maps and verifies an offline model --------------------===//

#include "openatc/OfflineModel/Reader.h"

#include "Decode.h"
#include "Format.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace openatc::om {

namespace {

// Far above the largest networks; bounds the work a hostile file can ask for.
constexpr uint32_t kMaxTables = uint32_t(1) << 24;

bool allZero(std::span<const uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

Digest digestOf(const fbs::Segment &segment) {
  Digest digest;
  std::memcpy(digest.data(), segment.sha256()->bytes()->data(), digest.size());
  return digest;
}

Status checkDigest(std::span<const uint8_t> bytes, const Digest &want, const std::string &name) {
  return sha256(bytes) == want ? Status::success()
                               : Status::error(name + " is corrupt: its SHA-256 does not match");
}

/// A file that is mapped and open until the last reference to it goes.
struct MappedFile {
  int fd = -1;
  std::span<const uint8_t> bytes;

  MappedFile() = default;
  MappedFile(const MappedFile &) = delete;
  ~MappedFile() {
    if (!bytes.empty())
      ::munmap(const_cast<uint8_t *>(bytes.data()), bytes.size());
    if (fd >= 0)
      ::close(fd);
  }
};

/// Segments follow each other in the order of their kinds, each on a page, with
/// zeroes between; so every byte of the file is covered by a digest or known.
Expected<Segments> findSegments(const fbs::Model &metadata, std::span<const uint8_t> file,
                                uint64_t metadataEnd, WeightCheck weights) {
  uint64_t base = alignUp(metadataEnd, kSegmentAlignment);
  if (base > file.size() || !allZero(file.subspan(metadataEnd, base - metadataEnd)))
    return Status::error("the padding after the metadata is corrupt");
  std::span<const uint8_t> raw = file.subspan(base);
  static constexpr const char *kNames[] = {"weight", "code", "debug", "report"};
  Segments out;
  if (metadata.segments()->size() != out.size())
    return Status::error("the metadata lists " + std::to_string(metadata.segments()->size()) +
                         " segments instead of 4");
  uint64_t end = 0;
  for (uint32_t i = 0; i < out.size(); ++i) {
    const fbs::Segment &segment = *metadata.segments()->Get(i);
    std::string name = std::string("the ") + kNames[i] + " segment";
    uint64_t begin = segment.size() ? alignUp(end, kSegmentAlignment) : end;
    if (uint32_t(segment.kind()) != i || segment.offset() != begin ||
        !inRange(segment.offset(), segment.size(), raw.size()))
      return Status::error(name + " is not where it belongs");
    if (!allZero(raw.subspan(end, begin - end)))
      return Status::error("the padding before " + name + " is corrupt");
    out[i] = raw.subspan(segment.offset(), segment.size());
    if (i != size_t(fbs::SegmentKind::Weights) || weights == WeightCheck::Now)
      OPENATC_TRY(checkDigest(out[i], digestOf(segment), name));
    end = begin + segment.size();
  }
  if (end != raw.size())
    return Status::error("bytes follow the last segment");
  return out;
}

Expected<Model> readVerified(std::span<const uint8_t> file, std::shared_ptr<const void> owner,
                             FileInfo *info, WeightCheck weights) {
  Expected<Header> header = decodeHeader(file);
  if (!header)
    return header.status();
  std::span<const uint8_t> bytes = file.subspan(header->metadataOffset, header->metadataBytes);
  if (sha256(bytes) != header->metadataDigest)
    return Status::error("the metadata is corrupt: its SHA-256 does not match");
  if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return Status::error("the metadata is larger than a FlatBuffer can be");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 64, kMaxTables);
  if (!fbs::VerifyModelBuffer(verifier))
    return Status::error("the metadata is not a valid FlatBuffer of this format");
  const fbs::Model &metadata = *fbs::GetModel(bytes.data());

  Expected<Segments> segments =
      findSegments(metadata, file, header->metadataOffset + header->metadataBytes, weights);
  if (!segments)
    return segments.status();
  Expected<Model> model = decodeModel(metadata, *segments, owner);
  if (!model)
    return model;
  if (header->formatVersion != formatVersionOf(*model))
    return Status::error("the header says format version " + std::to_string(header->formatVersion) +
                         ", the model has version " + std::to_string(formatVersionOf(*model)));
  OPENATC_TRY(checkModel(*model));
  if (weights == WeightCheck::Deferred)
    model->checkWeights = [blob = model->weights, digest = digestOf(*metadata.segments()->Get(0))] {
      return checkDigest(blob.bytes(), digest, "the weight segment");
    };
  if (info)
    *info = {header->formatVersion, file.size(),           bytes.size(),
             (*segments)[0].size(), (*segments)[1].size(), (*segments)[2].size(),
             (*segments)[3].size()};
  return model;
}

} // namespace

Expected<Model> readFile(const std::string &path, FileInfo *info, WeightCheck weights) {
  auto fail = [&](const std::string &why) {
    return Status::error("cannot read '" + path + "': " + why);
  };
  auto file = std::make_shared<MappedFile>();
  file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file->fd < 0)
    return fail(std::strerror(errno));
  struct stat status;
  if (::fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode))
    return fail("not a regular file");
  size_t size = size_t(status.st_size);
  if (size == 0)
    return fail("the file is empty");
  void *mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->fd, 0);
  if (mapped == MAP_FAILED)
    return fail(std::strerror(errno));
  file->bytes = {static_cast<const uint8_t *>(mapped), size};
  Expected<Model> model = readVerified(file->bytes, file, info, weights);
  if (!model)
    return fail(model.message());
  if (model->weights.size())
    model->weights = Blob::view(model->weights.bytes(), file,
                                {file->fd, uint64_t(model->weights.data() - file->bytes.data())});
  return model;
}

Expected<Model> readBytes(std::span<const uint8_t> bytes, FileInfo *info) {
  auto copy = std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end());
  std::span<const uint8_t> view = *copy;
  return readVerified(view, std::move(copy), info, WeightCheck::Now);
}

} // namespace openatc::om
