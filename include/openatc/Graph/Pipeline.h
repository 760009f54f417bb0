//===- Pipeline.h - Graph phase -------------------------------------------===//
#ifndef OPENATC_GRAPH_PIPELINE_H
#define OPENATC_GRAPH_PIPELINE_H

#include "openatc/Graph/Fusions.h"
#include "openatc/Graph/InsertAipp.h"
#include "openatc/Graph/PrecisionPolicy.h"

#include "mlir/Pass/PassManager.h"

#include <string>

namespace openatc::graph {

struct GraphPipelineOptions {
  std::string soc = "Ascend310P3";                    ///< a known soc_version
  PrecisionMode precision = PrecisionMode::ForceFp16; ///< a policy may say otherwise of nodes
  bool clipWeights = true; ///< constants too large for f16 become its largest values
  FusionSet fusions;
  std::string insertOpConf; ///< path of an AIPP configuration; empty: none
  AippOptions aipp;         ///< how its stages are put into the network
};

/// From an imported module to one whose `main` holds only constants, kernel groups,
/// AI CPU ops and views, in the order of docs/architecture.md.
void buildGraphPipeline(mlir::OpPassManager &pm, const GraphPipelineOptions &options);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_PIPELINE_H
