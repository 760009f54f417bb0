//===- OpSets.h - Classes of ops that the passes treat alike --------------===//
#ifndef OPENATC_GRAPH_OPSETS_H
#define OPENATC_GRAPH_OPSETS_H

#include "Ascend/AscendOps.h"

namespace openatc::graph {

/// Ops that compute each element of the result from the elements of the operands at
/// the same (broadcast) position. `clip` counts: its bounds are scalars.
bool isElementwise(mlir::Operation *op);

/// Of these, the ones whose operands all broadcast to the result.
bool broadcastsOperands(mlir::Operation *op);

/// True for constants, the terminator, and other ops that no engine runs.
bool isStructural(mlir::Operation *op);

/// True for a reshape of row-major data, one in FRACTAL_NZ that keeps the last
/// dimension, and a trans_data that moves nothing: the result is the same memory.
bool isView(mlir::Operation *op);

/// True when the op was given to the AI CPU.
inline bool isOnAiCpu(mlir::Operation *op) { return op->hasAttr("ascend.engine"); }

/// Shape that `shapes` broadcast to, or nothing when they do not.
std::optional<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_OPSETS_H
