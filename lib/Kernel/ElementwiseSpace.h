//===- ElementwiseSpace.h - Iteration space of an elementwise kernel ------===//
#ifndef OPENATC_LIB_KERNEL_ELEMENTWISESPACE_H
#define OPENATC_LIB_KERNEL_ELEMENTWISESPACE_H

#include "VectorEmitter.h"

namespace openatc::kernel {

/// How an input relates to the rows x lanes of a tile.
enum class Spread {
  Full,   ///< varies with rows and lanes
  Row,    ///< one row for all rows
  Inner,  ///< one value for each row
  Scalar, ///< one value
};

struct ElementwiseInput {
  davinci::Elem elem;   ///< in GM
  davinci::Elem inTile; ///< in the tile: bytes that are spread become f16
  Spread spread = Spread::Full;
  /// One of 16 lanes counts: the only channel of an NC1HWC0 tensor whose channel
  /// broadcasts.
  bool firstLane = false;
  llvm::SmallVector<int64_t> strides; ///< elements for a step of each dimension
};

/// The physical result shape with neighbouring dimensions joined wherever every input
/// treats them alike. The last dimension is the lanes of a tile, the one before its
/// rows, those before count work items.
struct ElementwiseSpace {
  llvm::SmallVector<int64_t> dims; ///< at least two
  llvm::SmallVector<ElementwiseInput> inputs;
  llvm::SmallVector<davinci::Elem> outputs;
  int64_t align = 16; ///< lanes that make every row start on a 32-byte block

  int64_t lanes() const { return dims.back(); }
  int64_t rows() const { return dims[dims.size() - 2]; }
  int64_t outer() const;

  /// Lanes from row to row in a tile.
  int64_t pitch(int64_t tileRows, int64_t tileLanes) const {
    return tileRows == 1 ? tileLanes : (tileLanes + align - 1) / align * align;
  }

  /// Whether `input` stays one 32-byte block in a tile.
  bool isBlock(const ElementwiseInput &input, int64_t tileRows, int64_t tileLanes) const;

  /// Diagnoses groups that this author cannot compute.
  static mlir::FailureOr<ElementwiseSpace> of(ascend::KernelOp op);
};

/// The same calls of `bind` and `bindResult` for measuring and for emitting: `ins` and
/// `outs` are tiles, or empty.
mlir::LogicalResult emitGroup(ascend::KernelOp op, const ElementwiseSpace &space,
                              VectorEmitter &emitter, int64_t tileRows, int64_t tileLanes,
                              llvm::ArrayRef<mlir::Value> ins, llvm::ArrayRef<mlir::Value> outs);

/// UB bytes of a kernel with tiles of this size and `slots` buffers for what moves.
mlir::FailureOr<int64_t> elementwiseBytes(ascend::KernelOp op, const ElementwiseSpace &space,
                                          int64_t tileRows, int64_t tileLanes, int64_t slots);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ELEMENTWISESPACE_H
