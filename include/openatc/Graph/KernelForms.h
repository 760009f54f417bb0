//===- KernelForms.h - What each kind of kernel group holds ---------------===//
//
// The contract between ascend-form-kernels and the authors of kernels.
//
// In every group
//  * block arguments mirror the operands: tensors, each once, in the order in which the
//    ops of the body first use them;
//  * constants of one element, and all constants that are parameters rather than data
//    (axes, starts, pads, shapes, scales ...), are `ascend.constant` ops in the body;
//    all other constants are operands;
//  * float types are final: where an op computes in f32 its operands are f32, and the
//    casts are ops of the body;
//  * no value of the body has a dynamic or empty shape.
//
// cube_conv    The first op is the conv or conv_transpose: x f16 NC1HWC0, filter a
//              FRACTAL_Z constant (packFilter), or x f16 NC1HWC0_C04 and a FRACTAL_Z_C04
//              constant (packFilterC04, a conv of one group); no bias operand, result f16 or f32
//              NC1HWC0. In front of a conv of NC1HWC0_C04 the trans_data from ND f16 and its
//              cast from f32 may stand. strides, dilations and pads are written out, auto_pad is
//              NOTSET. Then the epilogue: elementwise ops whose results have the
//              shape and layout of the convolution's. Their operands are values of the
//              body, scalars, tensors of that shape and layout, or one value for each
//              channel: [1, C, 1, 1] in NC1HWC0. One result. The last op may be a max_pool
//              over windows of 2 x 2 side by side, f16, of an even number of rows and columns.
// cube_matmul  The first op is the matmul: a f16 ND of rank >= 2, b f16, either a
//              FRACTAL_Z constant of rank 2 or ND with broadcast batch dimensions; result
//              f16 or f32 ND. With b of rank 2, all leading dimensions of a are rows.
//              Epilogue as above; a value for each column has N elements and N as its
//              last dimension. With b a constant, a, the result and all operands of the
//              epilogue that are no scalars may be in FRACTAL_NZ together.
// elementwise  Ops whose results all have one shape and layout; operands broadcast to
//              it. In NC1HWC0 every operand that is no scalar is in NC1HWC0 too; in
//              FRACTAL_NZ every operand that has the last dimension of the results is,
//              and one with a value for each row (1 as last dimension) is ND. One or
//              more results.
// reduce       One reduce_*, arg_max, arg_min, softmax, log_softmax or layer_norm, ND;
//              before its data operand there may be one cast (f16 to f32), behind its
//              first result one cast (f32 to f16). A global pool is such an op over
//              f16 NC1HWC0. A layer_norm along the last dimension, N % 16 == 0 and at
//              least 8 rows, may be in FRACTAL_NZ with ND scale and bias; its result may
//              then be given in f32, f16 or both.
// pool         One max_pool or average_pool, f16 NC1HWC0. Windows are written out as for cube_conv.
// resize       One resize of the image dimensions, nearest or linear, f16 NC1HWC0. scales and
//              sizes are constants of the body.
// attention    One attention, f16; query, key, value and result each FRACTAL_NZ or ND, the
//              mask too. Heads have whole blocks of 16 columns.
// gather       One gather, gather_elements or gather_nd, ND.
// move         One op that moves data: trans_data, transpose, concat, split, slice, pad,
//              expand, tile, depth_to_space, space_to_depth, ... ND but for trans_data, the
//              concat of channels (NC1HWC0, every part but the last in whole blocks),
//              concat, split and slice of rows or whole blocks of columns (FRACTAL_NZ), and
//              transpose {0, 2, 3, 1} from NC1HWC0 to FRACTAL_NZ.
//              A trans_data from ND f16 to NC1HWC0_C04 may have a cast from f32 in front.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_GRAPH_KERNELFORMS_H
#define OPENATC_GRAPH_KERNELFORMS_H

#include "Ascend/AscendOps.h"

namespace openatc::graph {

/// The kind of kernel that computes `op`.
ascend::KernelKind kindOf(mlir::Operation *op);

/// Names of the ONNX nodes in `loc`, each once, in order.
llvm::SmallVector<mlir::StringAttr> nodeNames(mlir::Location loc);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_KERNELFORMS_H
