//===- Reader.cpp - Maps and verifies an offline model --------------------===//

#include "openatc/OfflineModel/Reader.h"

#include "Decode.h"
#include "ExternalWeights.h"
#include "MappedFile.h"

#include <algorithm>
#include <cstring>

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

/// Segments follow each other in the order of their kinds, each on a page, with
/// zeroes between; so every byte of the file is covered by a digest or known.
Expected<Segments> findSegments(const fbs::Model &metadata, std::span<const uint8_t> file,
                                uint64_t metadataEnd, WeightCheck weights) {
  uint64_t base = alignUp(metadataEnd, kSegmentAlignment);
  if (base > file.size() || !allZero(file.subspan(metadataEnd, base - metadataEnd)))
    return Status::error("the padding after the metadata is corrupt");
  std::span<const uint8_t> raw = file.subspan(base);
  static constexpr const char *kNames[] = {"weight", "code", "debug", "report", "source"};
  Segments out;
  uint32_t count = metadata.source() ? 5 : 4;
  if (metadata.segments()->size() != count)
    return Status::error("the metadata lists " + std::to_string(metadata.segments()->size()) +
                         " segments instead of " + std::to_string(count));
  uint64_t end = 0;
  for (uint32_t i = 0; i < count; ++i) {
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

/// Where the files of external weights are looked for.
struct WeightPlace {
  std::string folder;
  bool given = false; ///< by the caller; else it is the folder of the model
  bool known = true;  ///< false for models from memory
};

std::vector<WeightFileEntry> weightFiles(const fbs::Model &metadata) {
  std::vector<WeightFileEntry> files;
  for (uint32_t i = 0; metadata.weight_files() && i < metadata.weight_files()->size(); ++i) {
    const fbs::WeightFile &file = *metadata.weight_files()->Get(i);
    WeightFileEntry entry{{file.name()->str(), file.size()}, {}};
    std::memcpy(entry.digest.data(), file.sha256()->bytes()->data(), entry.digest.size());
    files.push_back(std::move(entry));
  }
  return files;
}

Expected<Blob> externalWeights(const std::vector<WeightFileEntry> &files, const Segments &segments,
                               const WeightPlace &place, WeightCheck check) {
  if (!segments[size_t(fbs::SegmentKind::Weights)].empty())
    return Status::error("the model has weights inside and in files of their own");
  if (!place.known)
    return Status::error("the weights are in " + std::to_string(files.size()) +
                         " files of their own, '" + files.front().file.name +
                         "' first; a model from memory needs the path of their folder");
  return readWeightFiles(files, place.folder, place.given, check);
}

Expected<Model> readVerified(std::span<const uint8_t> file, std::shared_ptr<const void> owner,
                             FileInfo *info, WeightCheck weights, const WeightPlace &place) {
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
  std::vector<WeightFileEntry> files = weightFiles(metadata);
  if (!files.empty()) {
    Expected<Blob> external = externalWeights(files, *segments, place, weights);
    if (!external)
      return external.status();
    model->weights = std::move(*external);
  }
  if (header->formatVersion != formatVersionOf(*model))
    return Status::error("the header says format version " + std::to_string(header->formatVersion) +
                         ", the model has version " + std::to_string(formatVersionOf(*model)));
  OPENATC_TRY(checkModel(*model));
  if (weights == WeightCheck::Deferred && !files.empty())
    model->checkWeights = [blob = model->weights, files] {
      return checkWeightDigests(files, blob);
    };
  else if (weights == WeightCheck::Deferred)
    model->checkWeights = [blob = model->weights, digest = digestOf(*metadata.segments()->Get(0))] {
      return checkDigest(blob.bytes(), digest, "the weight segment");
    };
  if (info)
    *info = {header->formatVersion, file.size(),           bytes.size(),
             model->weights.size(), (*segments)[1].size(), (*segments)[2].size(),
             (*segments)[3].size(), (*segments)[4].size()};
  return model;
}

} // namespace

Expected<Model> readFile(const std::string &path, FileInfo *info, WeightCheck weights,
                         const std::string &weightFolder) {
  auto fail = [&](const std::string &why) {
    return Status::error("cannot read '" + path + "': " + why);
  };
  Expected<std::shared_ptr<MappedFile>> file = MappedFile::map(path);
  if (!file)
    return fail(file.message());
  size_t slash = path.rfind('/');
  std::string own = slash == std::string::npos ? "" : path.substr(0, std::max<size_t>(slash, 1));
  WeightPlace place{weightFolder.empty() ? own : weightFolder, !weightFolder.empty()};
  Expected<Model> model = readVerified((*file)->bytes, *file, info, weights, place);
  if (!model)
    return fail(model.message());
  model->fileName = path.substr(path.rfind('/') + 1);
  if (model->weights.size() && model->weightFiles.empty())
    model->weights =
        Blob::view(model->weights.bytes(), *file,
                   {(*file)->fd, uint64_t(model->weights.data() - (*file)->bytes.data())});
  return model;
}

Expected<Model> readBytes(std::span<const uint8_t> bytes, FileInfo *info,
                          const std::string &weightFolder) {
  auto copy = std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end());
  std::span<const uint8_t> view = *copy;
  return readVerified(view, std::move(copy), info, WeightCheck::Now,
                      {weightFolder, true, !weightFolder.empty()});
}

} // namespace openatc::om
