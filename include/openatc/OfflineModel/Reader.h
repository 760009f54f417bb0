//===- Reader.h - Bytes to offline model, verified ------------------------===//
#ifndef OPENATC_OFFLINEMODEL_READER_H
#define OPENATC_OFFLINEMODEL_READER_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// Where the bytes of a file lie and how many there are, for `om info`.
struct FileInfo {
  uint32_t formatVersion = 0;
  uint64_t fileBytes = 0, metadataBytes = 0, weightBytes = 0, codeBytes = 0, debugBytes = 0,
           reportBytes = 0, sourceBytes = 0;
};

/// When the weights, by far the largest part, are compared with their digest.
enum class WeightCheck : uint8_t {
  Now,
  Deferred, ///< by the caller, through Model::checkWeights
};

/// Maps the file at `path` and verifies all of it (see checkModel and
/// docs/om-format.md). Weights and code stay in the mapping, which the model keeps
/// alive; the file must not be written to meanwhile (atc replaces files, it never does).
/// Hostile bytes give an error that says what is wrong, never a crash. `info`, when given,
/// receives the sizes. Weights in files of their own (Model::weightFiles) are read as well: below
/// the folder of the model, or directly in `weightFolder` if it is given.
Expected<Model> readFile(const std::string &path, FileInfo *info = nullptr,
                         WeightCheck weights = WeightCheck::Now,
                         const std::string &weightFolder = "");

/// The same from memory; the bytes are copied, so the caller may free them. Only with
/// `weightFolder` a model can have its weights in files of their own.
Expected<Model> readBytes(std::span<const uint8_t> bytes, FileInfo *info = nullptr,
                          const std::string &weightFolder = "");

/// The oldest format version that can express `model`; the writer writes it, so that older
/// readers refuse only what they would not understand.
uint32_t formatVersionOf(const Model &model);

/// Checks what must hold between the parts of a model: sizes match shapes, every
/// index and offset lies in its region, kernels decode, host operators exist, the
/// SoC text parses. Reader and writer both call it.
Status checkModel(const Model &model);

} // namespace openatc::om

#endif // OPENATC_OFFLINEMODEL_READER_H
