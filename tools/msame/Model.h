//===- Model.h - A loaded model and its buffers ---------------------------===//
#ifndef OPENATC_TOOLS_MSAME_MODEL_H
#define OPENATC_TOOLS_MSAME_MODEL_H

#include "Options.h"

#include "acl/acl.h"

namespace msame {

/// Lines as scripts expect them: "[INFO] ...", "[ERROR] ..." on standard output.
void info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/// Prints the library's explanation and an error line.
void aclFailure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// One model on the current device. Functions print what went wrong and return false then.
class Model {
public:
  Model() = default;
  ~Model();
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;

  bool load(const Options &options);
  /// Finds out how the shape is chosen and that the model knows the choice.
  bool checkShape(const Options &options);
  void describe() const;

  bool createOutputs(const Options &options);
  /// Buffers from one file for each input, or zeros; the library's own inputs get memory.
  bool createInputs(const std::vector<std::string> &files);
  void destroyInputs();
  void destroyOutputs();
  bool chooseShape(const Options &options);
  bool execute();
  /// Writes every output below `folder` as <name>_output_<i>.bin or .txt.
  bool writeOutputs(const Options &options, const std::string &folder, const std::string &name);

private:
  bool addBuffer(aclmdlDataset *dataset, size_t size, const void *data);
  bool checkBatch(const Options &options);
  bool checkImageSize(const Options &options);
  bool checkDims(const Options &options);
  std::vector<int64_t> outputShape(const Options &options, size_t index) const;

  uint32_t id = 0;
  bool loaded = false;
  aclmdlDesc *desc = nullptr;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
  size_t shapeInput = SIZE_MAX; ///< the hidden input that chooses a gear
};

} // namespace msame

#endif // OPENATC_TOOLS_MSAME_MODEL_H
