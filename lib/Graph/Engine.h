//===- Engine.h - Marking ops for the AI CPU ------------------------------===//
#ifndef OPENATC_GRAPH_ENGINE_H
#define OPENATC_GRAPH_ENGINE_H

#include "mlir/IR/Operation.h"

namespace openatc::graph {

/// Gives `op` to the AI CPU if the AI core has no kernel for it. For constants, views
/// and other ops that nothing runs this does nothing.
void assignEngine(mlir::Operation *op);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_ENGINE_H
