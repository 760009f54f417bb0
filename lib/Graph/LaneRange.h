//===- LaneRange.h - What padding lanes can hold --------------------------===//
//
// A tensor in NC1HWC0 whose channels do not fill the last block has lanes that no
// channel stands behind. Their values must not become infinite or not-a-number where a
// convolution would multiply them, even if by zero. Interval arithmetic over the few
// ops that run on this layout tells.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_GRAPH_LANERANGE_H
#define OPENATC_GRAPH_LANERANGE_H

#include "mlir/IR/Operation.h"

namespace openatc::graph {

/// All values that the padding lanes of a tensor may have.
struct LaneRange {
  double lo = 0, hi = 0;
  bool mayBeNan = false;

  bool isFinite() const;
  /// What a change of layout may put there: copies of the tensor's own elements, taken
  /// to be as harmless as those are.
  static LaneRange data() { return {-30000, 30000}; }
  static LaneRange unknown();
};

/// Range of the result of elementwise `op`, whose element type bounds what is finite,
/// from the ranges of its operands.
LaneRange rangeOfResult(mlir::Operation *op, llvm::ArrayRef<LaneRange> operands);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_LANERANGE_H
