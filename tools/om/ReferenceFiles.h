//===- ReferenceFiles.h - Reference tensors of another runtime ------------===//
#ifndef OPENATC_TOOLS_OM_REFERENCEFILES_H
#define OPENATC_TOOLS_OM_REFERENCEFILES_H

#include "Reference.h"

namespace openatc::tool {

/// A folder of .npy files. `reference.json` says which file is which tensor:
///
///   {"by": "ONNX Runtime 1.20", "tensors": {"conv_0": "0.npy", "split_3:1": "1.npy"},
///    "outputs": ["2.npy"]}
///
/// Tensors are named after the node that makes them (further outputs of a node "<node>:<i>");
/// nodes without a name are "<operator>_<index>".
class ReferenceFiles {
public:
  static Expected<ReferenceFiles> open(const std::string &folder);

  /// What made the tensors.
  const std::string &by() const { return maker; }
  size_t outputs() const { return outputFiles.size(); }
  /// The tensor of a name; none when the folder does not have it.
  Expected<std::optional<HostTensor>> tensor(const std::string &name) const;
  Expected<HostTensor> output(size_t index) const;

private:
  Expected<HostTensor> read(const std::string &file) const;
  std::string folder, maker;
  std::map<std::string, std::string> files;
  std::vector<std::string> outputFiles;
};

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_REFERENCEFILES_H
