//===- ModelFile.h - Reading and parsing an ONNX file ---------------------===//
#ifndef OPENATC_LIB_IMPORTER_MODELFILE_H
#define OPENATC_LIB_IMPORTER_MODELFILE_H

#include "openatc/Importer/Importer.h"
#include "openatc/Support/Status.h"
#include "openatc_onnx.pb.h"

#include <memory>
#include <span>
#include <unordered_map>

namespace openatc::importer {

/// A parsed ONNX file. The raw data of large initializers stays in the file until it is asked
/// for, so that it is copied once, to where it is used.
class ModelFile {
public:
  /// Parses the file. Errors name the file and say whether it cannot be read, is no
  /// ONNX model, is truncated or has an unsupported version; `kind` is File, FileSize or NoGraph.
  static Expected<ModelFile> read(const std::string &path, ImportError::Kind &kind);
  /// The same for bytes in memory, which must stay there as long as the object; `name`
  /// stands for the path in errors.
  static Expected<ModelFile> read(std::span<const uint8_t> bytes, const std::string &name,
                                  ImportError::Kind &kind);

  onnx::ModelProto &model() { return *proto; }
  /// True when the model was given as bytes.
  bool inMemory() const { return !memory.empty(); }

  /// Bytes of the raw data of `tensor` that are still in the file; nothing when all of the
  /// tensor is in memory.
  std::optional<size_t> bytesInFile(const onnx::TensorProto &tensor) const;
  /// Reads them. An error when the file has become shorter.
  Status readBytes(const onnx::TensorProto &tensor, char *to) const;

private:
  class Scanner;
  /// A range of the file.
  struct Range {
    int64_t offset = 0;
    size_t bytes = 0;
  };

  /// Refuses what is no model of a supported version.
  Status check(ImportError::Kind &kind) const;

  std::unique_ptr<onnx::ModelProto> proto;
  std::unordered_map<const onnx::TensorProto *, Range> ranges; ///< looked up only
  std::shared_ptr<int> file;                                   ///< closed with the last owner
  std::span<const uint8_t> memory;                             ///< instead of a file
};

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_MODELFILE_H
