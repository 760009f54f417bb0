//===- OutputSelection.h - Which tensors a network gives -------------------===//
#ifndef OPENATC_LIB_IMPORTER_OUTPUTSELECTION_H
#define OPENATC_LIB_IMPORTER_OUTPUTSELECTION_H

#include "openatc/Importer/Importer.h"

#include "openatc_onnx.pb.h"

namespace openatc::importer {

/// An output of the network.
struct GraphOutput {
  std::string tensor; ///< the ONNX tensor
  std::string name;   ///< what applications call it
  std::string source; ///< `node:index` that makes it; empty for inputs and constants
};

/// The outputs that `wanted` (see ImportOptions::outputs) names, in its order, or the
/// graph's own when it is empty. Entries that name nothing are errors in `report`, with
/// the nearest names of the graph.
std::vector<GraphOutput> selectOutputs(const onnx::GraphProto &graph,
                                       const std::vector<std::string> &wanted,
                                       ImportReport &report);

/// For each node whether `outputs` depend on it.
std::vector<bool> neededNodes(const onnx::GraphProto &graph,
                              const std::vector<GraphOutput> &outputs);

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_OUTPUTSELECTION_H
