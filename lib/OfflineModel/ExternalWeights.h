//===- ExternalWeights.h - Weights in files of their own --------------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_EXTERNALWEIGHTS_H
#define OPENATC_LIB_OFFLINEMODEL_EXTERNALWEIGHTS_H

#include "Format.h"

#include "openatc/OfflineModel/Model.h"
#include "openatc/OfflineModel/Reader.h"

namespace openatc::om {

/// A weight file as the metadata describes it.
struct WeightFileEntry {
  WeightFile file;
  Digest digest{};
};

/// Checks that names are those of files in the folder `weight` and that the sizes add up to
/// `bytes`. No files are right for any size.
Status checkWeightFiles(const std::vector<WeightFile> &files, uint64_t bytes);

/// Maps a single file; several are read one behind the other. `folder` holds the .om file,
/// unless `given`, when it holds the weight files themselves. Digests are compared when `check`
/// says so. Errors name the file.
Expected<Blob> readWeightFiles(const std::vector<WeightFileEntry> &files, const std::string &folder,
                               bool given, WeightCheck check);

/// Compares what readWeightFiles gave with the digests.
Status checkWeightDigests(const std::vector<WeightFileEntry> &files, const Blob &weights);

/// Writes the weight files of `model` beside the .om file `path`. A file that has its content
/// already stays as it is: models share files of one constant.
Status writeWeightFiles(const Model &model, const std::string &path);

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_EXTERNALWEIGHTS_H
