//===- ReduceShape.h - Reductions as outer x reduced x inner --------------===//
#ifndef OPENATC_LIB_KERNEL_REDUCESHAPE_H
#define OPENATC_LIB_KERNEL_REDUCESHAPE_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <string>

namespace openatc::kernel {

enum class ReduceKind { Sum, Mean, Max, Min, Softmax, LogSoftmax, LayerNorm };

/// A tensor in GM seen as [outer, reduced, inner], dense; an NC1HWC0 image whose
/// spatial dimensions are reduced is [N * C1, H * W, 16].
struct ReduceShape {
  ReduceKind kind = ReduceKind::Sum;
  int64_t outer = 1, reduced = 1, inner = 1;

  /// True when neighbouring elements are reduced: along the lanes.
  bool alongLanes() const { return inner == 1; }
};

/// Shape of a reduction, softmax or normalisation; on failure `why` says what the core
/// cannot do about it.
std::optional<ReduceShape> reduceShapeOf(mlir::Operation *op, std::string &why);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_REDUCESHAPE_H
