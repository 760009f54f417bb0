//===- Writer.h - Offline model to bytes ----------------------------------===//
#ifndef OPENATC_OFFLINEMODEL_WRITER_H
#define OPENATC_OFFLINEMODEL_WRITER_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// The bytes of the `.om` file of `model`; equal models give equal bytes. A model
/// that the reader would refuse (an index or offset out of range, a kernel that
/// does not decode) is an error here already. Weights that have files of their own
/// (Model::weightFiles) are not among the bytes.
Expected<std::vector<uint8_t>> writeBytes(const Model &model);

/// Writes the file atomically: a temporary file beside `path` is completed, flushed
/// and renamed. On an error (unwritable directory, full disk) nothing is left behind
/// and an older file at `path` stays as it was. Weight files are written before it, below the
/// folder of `path`; one that is there already with the same content is left alone.
Status writeFile(const Model &model, const std::string &path);

} // namespace openatc::om

#endif // OPENATC_OFFLINEMODEL_WRITER_H
