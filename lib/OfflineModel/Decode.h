//===- Decode.h - Verified metadata to a model ----------------------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_DECODE_H
#define OPENATC_LIB_OFFLINEMODEL_DECODE_H

#include "offline_model_generated.h"

#include "openatc/OfflineModel/Model.h"

#include <array>

namespace openatc::om {

/// The raw segments by fbs::SegmentKind, each inside the file; the source segment is empty in
/// models that have none.
using Segments = std::array<std::span<const uint8_t>, 5>;

/// Builds the model from a FlatBuffer that its verifier accepted. Enum values, union
/// members and kernel ranges are checked here; relations between parts by checkModel.
/// Weights and code become views that `owner` keeps alive.
Expected<Model> decodeModel(const fbs::Model &metadata, const Segments &segments,
                            const std::shared_ptr<const void> &owner);

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_DECODE_H
