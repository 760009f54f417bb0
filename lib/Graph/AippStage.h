//===- AippStage.h - The ops of a pre-processing stage --------------------===//
#ifndef OPENATC_LIB_GRAPH_AIPPSTAGE_H
#define OPENATC_LIB_GRAPH_AIPPSTAGE_H

#include "openatc/Aipp/AippParams.h"

#include "mlir/IR/Builders.h"

namespace openatc::graph {

/// What the network takes, of element type `element` and in its order of dimensions,
/// computed from the buffer of `pictures` (u8, aipp::bufferDims).
mlir::Value buildStaticAipp(mlir::OpBuilder &builder, mlir::Location loc,
                            const aipp::AippParams &params, mlir::Value pictures,
                            mlir::Type element);

/// The same by an op that reads the block `parameters` (u8) at run time.
mlir::Value buildDynamicAipp(mlir::OpBuilder &builder, mlir::Location loc,
                             const aipp::AippParams &params, mlir::Value pictures,
                             mlir::Value parameters, const aipp::AippLimits &limits,
                             mlir::Type element);

} // namespace openatc::graph

#endif // OPENATC_LIB_GRAPH_AIPPSTAGE_H
