//===- Reference.h - A network computed node by node on the host ----------===//
#ifndef OPENATC_TOOLS_OM_REFERENCE_H
#define OPENATC_TOOLS_OM_REFERENCE_H

#include "openatc/OfflineModel/Model.h"

#include <map>
#include <set>

namespace openatc::tool {

/// A dense row-major tensor.
struct HostTensor {
  DType dtype = DType::Undefined;
  host::Shape shape;
  std::vector<uint8_t> bytes;
};

/// What HostOps make of an ONNX model, with the arithmetic types of the model.
struct Reference {
  /// First result of the last operation of each wanted ONNX node; further results of a
  /// node are at "<node>:<i>".
  std::map<std::string, HostTensor, std::less<>> tensors;
  std::vector<HostTensor> outputs; ///< in the order of the ONNX graph
};

/// Imports the model at `path` and computes it for the inputs, by ONNX input name. Keeps
/// the tensors that `wanted` names. Errors name the node that cannot be computed.
Expected<Reference> computeReference(const std::string &path,
                                     const std::map<std::string, HostTensor> &inputs,
                                     const std::set<std::string> &wanted);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_REFERENCE_H
