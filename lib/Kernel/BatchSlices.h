//===- BatchSlices.h - Kernel groups on a part of the batch ---------------===//
#ifndef OPENATC_LIB_KERNEL_BATCHSLICES_H
#define OPENATC_LIB_KERNEL_BATCHSLICES_H

#include "Ascend/AscendOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

#include <optional>

namespace openatc::kernel {

/// How a group computes when its results are cut along their first dimension: slice i of
/// every result depends on slice i of some operands and on all of the others.
struct SlicedGroup {
  ascend::KernelOp op;
  llvm::SmallVector<bool> inputs; ///< per operand: whether it is cut with the results
  int64_t divisor = 1;            ///< numbers of slices divide it

  /// The group on one of `count` slices, at the builder's position; `mapping` gives the
  /// operands. `count` divides the divisor.
  ascend::KernelOp clone(mlir::OpBuilder &builder, mlir::IRMapping &mapping, int64_t count) const;

private:
  friend SlicedGroup sliceGroup(ascend::KernelOp op);
  llvm::DenseSet<mlir::Value> cut; ///< values of the body; looked up only
};

/// Finds out how `op` can be cut; the divisor is 1 when it cannot.
SlicedGroup sliceGroup(ascend::KernelOp op);

/// The type of one of `count` slices of `type`.
mlir::RankedTensorType sliceType(mlir::Type type, int64_t count);

/// True when slices of the first dimension are contiguous in memory.
bool hasContiguousSlices(mlir::Type type);

/// True when the result of `op`, outside of groups, is the elements of its first operand
/// in the same order, and it computes nothing.
bool isReinterpretation(mlir::Operation *op);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_BATCHSLICES_H
