//===- PackWeights.h - Constants in the layouts of the cube ---------------===//
#ifndef OPENATC_GRAPH_PACKWEIGHTS_H
#define OPENATC_GRAPH_PACKWEIGHTS_H

#include "Ascend/AscendOps.h"

#include "mlir/IR/Builders.h"

namespace openatc::graph {

/// `type` in another layout; ND means no encoding.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, ascend::Layout layout);

/// Layout of a tensor value.
ascend::Layout layoutOf(mlir::Value value);

/// The constant f16 filter of `conv` (a conv or conv_transpose with two spatial
/// dimensions) as FRACTAL_Z: super-groups of groups that fill blocks of 16 channels, in
/// each (C1, KH, KW, N1, 16 of N, 16 of C), zero where no weight is. The type keeps the
/// shape of the model's filter. A conv_transpose gets the filter of the equivalent plain
/// convolution: [Cout, Cin/group, KH, KW], turned by 180 degrees. Null if the filter is
/// no f16 constant.
mlir::Value packFilter(mlir::OpBuilder &builder, mlir::Operation *conv);

/// The filter of a conv of one group over at most 4 channels as FRACTAL_Z_C04: K counts
/// (KH, KW, 4) without gaps, (K1, N1, 16 of N, 16 of K), zero where no weight is. Null if
/// the filter is no f16 constant.
mlir::Value packFilterC04(mlir::OpBuilder &builder, ascend::ConvOp conv);

/// A constant f16 matrix K x N as FRACTAL_Z: (K1, N1, 16 of N, 16 of K), zero-padded.
/// Null if `matrix` is something else.
mlir::Value packMatrix(mlir::OpBuilder &builder, mlir::Value matrix);

/// A constant f16 or f32 tensor of rank 4 as NC1HWC0 with 16 channels a block, padding
/// lanes zero. Null if `image` is something else.
mlir::Value packImage(mlir::OpBuilder &builder, mlir::Value image);

/// A constant f16 or f32 tensor of rank >= 1 as FRACTAL_NZ, padding lanes zero; a vector
/// becomes a matrix of one row. Null if `value` is something else.
mlir::Value packRows(mlir::OpBuilder &builder, mlir::Value value);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_PACKWEIGHTS_H
