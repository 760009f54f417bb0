//===- Normalize.h - Pattern sets of ascend-normalize ---------------------===//
#ifndef OPENATC_GRAPH_NORMALIZE_H
#define OPENATC_GRAPH_NORMALIZE_H

#include "mlir/IR/PatternMatch.h"

namespace openatc::graph {

/// gemm -> matmul and add; rank-1 operands of matmul.
void populateProductPatterns(mlir::RewritePatternSet &patterns);
/// Convolutions and pools: explicit windows, two spatial dimensions, merged pads.
void populateWindowPatterns(mlir::RewritePatternSet &patterns);
/// Ops that only change the shape become reshapes; reshapes sink and cancel.
void populateShapePatterns(mlir::RewritePatternSet &patterns);
/// Forms that have no kernel in terms of those that have: pools of whole images,
/// reductions over axes that lie apart, one-dimensional resizes.
void populateFormPatterns(mlir::RewritePatternSet &patterns);
/// Arithmetic that is a known activation becomes that op.
void populateActivationPatterns(mlir::RewritePatternSet &patterns);
/// Arithmetic that is a layer normalisation becomes that op, with its scale and bias.
void populateNormPatterns(mlir::RewritePatternSet &patterns);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_NORMALIZE_H
