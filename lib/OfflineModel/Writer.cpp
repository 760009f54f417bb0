//===- Writer.cpp - Offline model to bytes --------------------------------===//

#include "openatc/OfflineModel/Writer.h"

#include "AtomicFile.h"
#include "Encode.h"
#include "ExternalWeights.h"

#include "openatc/OfflineModel/Reader.h"

#include <functional>

namespace openatc::om {

namespace {

using Sink = std::function<Status(std::span<const uint8_t>)>;

/// Kernels start on 64 bytes in the code segment, a host cache line.
constexpr uint64_t kCodeAlignment = 64;

std::vector<uint8_t> concatenateCode(const Model &model, std::vector<uint64_t> &offsets) {
  std::vector<uint8_t> code;
  for (const Kernel &kernel : model.kernels) {
    code.resize(alignUp(code.size(), kCodeAlignment));
    offsets.push_back(code.size());
    std::span<const uint8_t> bytes = kernel.code.bytes();
    code.insert(code.end(), bytes.begin(), bytes.end());
  }
  return code;
}

std::vector<uint8_t> concatenateDebug(const Model &model) {
  std::vector<uint8_t> out;
  for (const Kernel &kernel : model.kernels)
    for (const DebugEntry &entry : kernel.debug)
      for (uint32_t word : {entry.pc, entry.node})
        for (int shift = 0; shift < 32; shift += 8)
          out.push_back(uint8_t(word >> shift));
  return out;
}

std::vector<uint8_t> concatenateSource(const Source &source) {
  std::vector<uint8_t> out;
  for (const Source::File &file : source.files) {
    out.resize(alignUp(out.size(), kSourceAlignment));
    std::span<const uint8_t> bytes = file.bytes.bytes();
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

/// Produces the file front to back, so that a writer needs no second copy of the weights.
Status emit(const Model &model, const Sink &sink) {
  OPENATC_TRY(checkModel(model));
  std::vector<uint64_t> codeOffsets;
  std::vector<uint8_t> code = concatenateCode(model, codeOffsets);
  std::vector<uint8_t> debug = concatenateDebug(model);
  const auto *report = reinterpret_cast<const uint8_t *>(model.reportJson.data());
  std::span<const uint8_t> weights;
  if (model.weightFiles.empty())
    weights = model.weights.bytes();
  std::vector<std::span<const uint8_t>> segments = {weights, code, debug,
                                                    std::span(report, model.reportJson.size())};
  std::vector<uint8_t> source;
  if (model.source) {
    source = concatenateSource(*model.source);
    segments.push_back(source);
  }
  std::vector<SegmentPlace> places(segments.size());
  uint64_t end = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    uint64_t begin = segments[i].empty() ? end : alignUp(end, kSegmentAlignment);
    places[i] = {begin, segments[i].size(), sha256(segments[i])};
    end = begin + segments[i].size();
  }

  flatbuffers::DetachedBuffer metadata = encodeModel(model, codeOffsets, places);
  if (metadata.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return Status::error("the metadata exceeds the 2 GiB that a FlatBuffer can hold");
  std::span<const uint8_t> metadataBytes(metadata.data(), metadata.size());
  uint64_t base = alignUp(kHeaderBytes + metadata.size(), kSegmentAlignment);
  std::array<uint8_t, kHeaderBytes> header = encodeHeader(
      {formatVersionOf(model), base + end, kHeaderBytes, metadata.size(), sha256(metadataBytes)});

  static constexpr std::array<uint8_t, kSegmentAlignment> kZeroes{};
  OPENATC_TRY(sink(header));
  OPENATC_TRY(sink(metadataBytes));
  OPENATC_TRY(sink(std::span(kZeroes).first(base - kHeaderBytes - metadata.size())));
  end = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    OPENATC_TRY(sink(std::span(kZeroes).first(places[i].offset - end)));
    OPENATC_TRY(sink(segments[i]));
    end = places[i].offset + places[i].size;
  }
  return Status::success();
}

} // namespace

Expected<std::vector<uint8_t>> writeBytes(const Model &model) {
  std::vector<uint8_t> out;
  OPENATC_TRY(emit(model, [&](std::span<const uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
    return Status::success();
  }));
  return out;
}

Status writeFile(const Model &model, const std::string &path) {
  OPENATC_TRY(checkModel(model));
  OPENATC_TRY(writeWeightFiles(model, path));
  AtomicFile file(path);
  OPENATC_TRY(file.open());
  OPENATC_TRY(emit(model, [&](std::span<const uint8_t> bytes) { return file.write(bytes); }));
  return file.commit();
}

} // namespace openatc::om
