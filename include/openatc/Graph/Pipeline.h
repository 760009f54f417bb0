//===- Pipeline.h - Graph phase -------------------------------------------===//
#ifndef OPENATC_GRAPH_PIPELINE_H
#define OPENATC_GRAPH_PIPELINE_H

#include "openatc/Graph/InsertAipp.h"

#include "mlir/Pass/PassManager.h"

#include <string>

namespace openatc::graph {

struct GraphPipelineOptions {
  std::string soc = "Ascend310P3"; ///< a known soc_version
  bool keepFloat32 = false;        ///< f32 networks compute in f32 except on the cube
  std::string insertOpConf;        ///< path of an AIPP configuration; empty: none
  AippOptions aipp;                ///< how its stages are put into the network
};

/// From an imported module to one whose `main` holds only constants, kernel groups,
/// AI CPU ops and views, in the order of docs/architecture.md.
void buildGraphPipeline(mlir::OpPassManager &pm, const GraphPipelineOptions &options);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_PIPELINE_H
