//===- AscendOpsContraction.td - Convolutions and matrix products ---------===//
#ifndef OPENATC_ASCEND_OPS_CONTRACTION_TD
#define OPENATC_ASCEND_OPS_CONTRACTION_TD

include "AscendOpBase.td"

def Ascend_ConvOp : Ascend_HostOp<"conv"> {
  let summary = "Convolution over one to three spatial dimensions";
  let description = [{
    `x` is [N, C, spatial...], `filter` is [Cout, C/group, kernel...], `bias` is
    [Cout]. `pads` has ONNX order: all begins, then all ends. An empty list means
    strides and dilations of one and no padding. `auto_pad` other than `NOTSET`
    replaces `pads`.

    ```mlir
    %y = ascend.conv %x, %w bias %b {pads = array<i64: 1, 1, 1, 1>}
        : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$filter, Optional<AnyTensor>:$bias,
      I64List:$strides, I64List:$dilations, I64List:$pads, StrDefault<"NOTSET">:$auto_pad,
      I64Default<"1">:$group);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input `,` $filter (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_ConvTransposeOp : Ascend_HostOp<"conv_transpose"> {
  let summary = "Transposed convolution";
  let description = [{
    `x` is [N, C, spatial...], `filter` is [C, Cout/group, kernel...]. Without
    `output_shape`, a spatial dimension of the result is
    stride*(in-1) + output_padding + (kernel-1)*dilation + 1 - pad_begin - pad_end.

    ```mlir
    %y = ascend.conv_transpose %x, %w {strides = array<i64: 2, 2>}
        : (tensor<1x4x5x5xf32>, tensor<4x2x2x2xf32>) -> tensor<1x2x10x10xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$filter, Optional<AnyTensor>:$bias,
      I64List:$strides, I64List:$dilations, I64List:$pads, I64List:$output_padding,
      I64List:$output_shape, StrDefault<"NOTSET">:$auto_pad, I64Default<"1">:$group);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input `,` $filter (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_MatmulOp : Ascend_HostOp<"matmul"> {
  let summary = "Matrix product with numpy's rules";
  let description = [{
    The last two dimensions are multiplied, the others broadcast; a rank-1 operand is
    a row (left) or a column (right) whose added dimension is dropped again.

    ```mlir
    %c = ascend.matmul %a, %b : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
  let results = (outs AnyTensor:$output);
}

def Ascend_GemmOp : Ascend_HostOp<"gemm"> {
  let summary = "alpha * A' * B' + beta * C on matrices";
  let description = [{
    A' and B' are A and B, transposed when `trans_a` or `trans_b` say so. C
    broadcasts to the result.

    ```mlir
    %y = ascend.gemm %a, %b bias %c {trans_b = true}
        : (tensor<1x8xf32>, tensor<4x8xf32>, tensor<4xf32>) -> tensor<1x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs, Optional<AnyTensor>:$bias,
      F64Default<"1.0">:$alpha, F64Default<"1.0">:$beta, BoolDefault<"false">:$trans_a,
      BoolDefault<"false">:$trans_b);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_AttentionOp : Ascend_HostOp<"attention"> {
  let summary = "softmax(scale * Q * K' + mask) * V for every head";
  let description = [{
    `query` is [B, S, heads * D], `key` [B, T, heads * D], `value` [B, T, heads * E]; columns
    h * D to h * D + D - 1 belong to head h. For each batch and head the scores are an
    S x T matrix, to which the mask [B, heads, S, T] (or what broadcasts to it) is added; the softmax
    runs over T. The result is [B, S, heads * E]. On the cube operands are f16, and
    the softmax's sums are f32.

    Several operands may lie side by side in one tensor: then `columns` has the first column of
    query, key and value, and `width` and `value_width` are D and E.

    ```mlir
    %y = ascend.attention %q, %k, %v mask %m {heads = 2 : i64, scale = 0.125 : f64}
        : (tensor<1x8x64xf16>, tensor<1x8x64xf16>, tensor<1x8x64xf16>, tensor<1x1x1x8xf16>)
        -> tensor<1x8x64xf16>
    ```
  }];
  let arguments = (ins AnyTensor:$query, AnyTensor:$key, AnyTensor:$value,
      Optional<AnyTensor>:$mask, I64Attr:$heads, F64Default<"1.0">:$scale,
      I64Default<"0">:$width, I64Default<"0">:$value_width, I64List:$columns);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` $mask^)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // OPENATC_ASCEND_OPS_CONTRACTION_TD
