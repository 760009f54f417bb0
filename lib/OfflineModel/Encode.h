//===- Encode.h - A model's metadata as a FlatBuffer ----------------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_ENCODE_H
#define OPENATC_LIB_OFFLINEMODEL_ENCODE_H

#include "offline_model_generated.h"

#include "openatc/OfflineModel/Model.h"

#include <array>
#include <span>

namespace openatc::om {

/// Place of one raw segment; `offset` counts from the first page after the metadata.
struct SegmentPlace {
  uint64_t offset = 0, size = 0;
  std::array<uint8_t, 32> digest{};
};

/// The FlatBuffer of `model`. `codeOffsets` holds each kernel's offset in the code
/// segment, `places` the segments by fbs::SegmentKind. Objects are created in a
/// fixed order, so equal models give equal bytes.
flatbuffers::DetachedBuffer encodeModel(const Model &model,
                                        const std::vector<uint64_t> &codeOffsets,
                                        std::span<const SegmentPlace> places);

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_ENCODE_H
