//===- Passes.h - Graph phase ---------------------------------------------===//
#ifndef OPENATC_GRAPH_PASSES_H
#define OPENATC_GRAPH_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>

namespace openatc::graph {

#define GEN_PASS_DECL
#include "openatc/Graph/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "openatc/Graph/Passes.h.inc"

} // namespace openatc::graph

#endif // OPENATC_GRAPH_PASSES_H
