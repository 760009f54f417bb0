//===- AscendOpsMove.td - Shape changes and data movement -----------------===//
#ifndef OPENATC_ASCEND_OPS_MOVE_TD
#define OPENATC_ASCEND_OPS_MOVE_TD

include "AscendOpBase.td"

def Ascend_ReshapeOp : Ascend_HostOp<"reshape"> {
  let summary = "Same elements, other shape";
  let description = [{
    One entry of the shape may be -1 (what is left); 0 copies the input's dimension
    unless `allowzero`.

    ```mlir
    %y = ascend.reshape %x, %s : (tensor<2x8xf32>, tensor<2xi64>) -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$shape, BoolDefault<"false">:$allowzero);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Ascend_FlattenOp : Ascend_HostOp<"flatten"> {
  let summary = "Matrix of the dimensions before and from `axis` on";
  let description = [{
    ```mlir
    %y = ascend.flatten %x : (tensor<2x4x4xf32>) -> tensor<2x16xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64Default<"1">:$axis);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_SqueezeOp : Ascend_HostOp<"squeeze"> {
  let summary = "Drops dimensions of extent one";
  let description = [{
    All of them when no axes are given.

    ```mlir
    %y = ascend.squeeze %x axes %a : (tensor<1x4x1xf32>, tensor<1xi64>) -> tensor<4x1xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$axes);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input (`axes` $axes^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Ascend_UnsqueezeOp : Ascend_HostOp<"unsqueeze"> {
  let summary = "Inserts dimensions of extent one";
  let description = [{
    The axes count in the result.

    ```mlir
    %y = ascend.unsqueeze %x, %a : (tensor<4xf32>, tensor<1xi64>) -> tensor<1x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$axes);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_TransposeOp : Ascend_HostOp<"transpose"> {
  let summary = "Permutes the dimensions";
  let description = [{
    Dimension i of the result is dimension perm[i] of the input; an empty list
    reverses them.

    ```mlir
    %y = ascend.transpose %x {perm = array<i64: 0, 2, 1>}
        : (tensor<2x4x8xf32>) -> tensor<2x8x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64List:$perm);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Ascend_ConcatOp : Ascend_HostOp<"concat"> {
  let summary = "Joins tensors along a dimension";
  let description = [{
    ```mlir
    %y = ascend.concat %a, %b {axis = 1 : i64}
        : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<2x7xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs, I64Attr:$axis);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_SplitOp : Ascend_HostOp<"split"> {
  let summary = "Cuts a tensor along a dimension";
  let description = [{
    Into parts of the sizes `split`, or into `num_outputs` equal parts of which the
    last may be smaller.

    ```mlir
    %a, %b = ascend.split %x {axis = 1 : i64, num_outputs = 2 : i64}
        : (tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
    ```
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$split, I64Default<"0">:$axis,
      I64Attr:$num_outputs);
  let results = (outs Variadic<AnyTensor>:$outputs);
  let assemblyFormat = [{
    $input (`sizes` $split^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_SliceOp : Ascend_HostOp<"slice", [AttrSizedOperandSegments]> {
  let summary = "Cuts a strided box out of a tensor";
  let description = [{
    Starts and ends may be negative (from the end) and are clamped.

    ```mlir
    %y = ascend.slice %x, %start, %end axes %a
        : (tensor<8x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$starts, AnyTensor:$ends,
      Optional<AnyTensor>:$axes, Optional<AnyTensor>:$steps);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input `,` $starts `,` $ends (`axes` $axes^)? (`steps` $steps^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Ascend_PadOp : Ascend_HostOp<"pad", [AttrSizedOperandSegments]> {
  let summary = "Adds a border, or with negative pads cuts one off";
  let description = [{
    `mode` is constant (with `value`, default 0), reflect, edge or wrap. Pads are all
    begins, then all ends, of `axes` (default: all).

    ```mlir
    %y = ascend.pad %x, %p value %v
        : (tensor<4xf32>, tensor<2xi64>, tensor<f32>) -> tensor<6xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$pads, Optional<AnyTensor>:$value,
      Optional<AnyTensor>:$axes, StrDefault<"constant">:$mode);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input `,` $pads (`value` $value^)? (`axes` $axes^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Ascend_GatherOp : Ascend_HostOp<"gather"> {
  let summary = "Picks slices of a dimension by index";
  let description = [{
    The indices replace dimension `axis`; negative ones count from the end.

    ```mlir
    %y = ascend.gather %x, %i {axis = 1 : i64}
        : (tensor<2x8xf32>, tensor<3xi64>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$indices, I64Default<"0">:$axis);
  let results = (outs AnyTensor:$output);
}

def Ascend_GatherElementsOp : Ascend_HostOp<"gather_elements"> {
  let summary = "Picks single elements along a dimension by index";
  let description = [{
    ```mlir
    %y = ascend.gather_elements %x, %i {axis = 1 : i64}
        : (tensor<2x8xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$indices, I64Default<"0">:$axis);
  let results = (outs AnyTensor:$output);
}

def Ascend_GatherNdOp : Ascend_HostOp<"gather_nd"> {
  let summary = "Picks slices by index tuples";
  let description = [{
    ```mlir
    %y = ascend.gather_nd %x, %i : (tensor<2x8xf32>, tensor<3x2xi64>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$indices, I64Default<"0">:$batch_dims);
  let results = (outs AnyTensor:$output);
}

def Ascend_ExpandOp : Ascend_HostOp<"expand"> {
  let summary = "Broadcast to a shape";
  let description = [{
    The result's shape is the broadcast of the input's and the given one.

    ```mlir
    %y = ascend.expand %x, %s : (tensor<1x4xf32>, tensor<2xi64>) -> tensor<3x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$shape);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_TileOp : Ascend_HostOp<"tile"> {
  let summary = "Repeats a tensor along its dimensions";
  let description = [{
    ```mlir
    %y = ascend.tile %x, %r : (tensor<2x4xf32>, tensor<2xi64>) -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$repeats);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_DepthToSpaceOp : Ascend_HostOp<"depth_to_space"> {
  let summary = "Moves channels into blocks of pixels";
  let description = [{
    `mode` DCR takes the block position from the outer, CRD from the inner part of
    the channel.

    ```mlir
    %y = ascend.depth_to_space %x {blocksize = 2 : i64}
        : (tensor<1x8x2x2xf32>) -> tensor<1x2x4x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64Attr:$blocksize, StrDefault<"DCR">:$mode);
  let results = (outs AnyTensor:$output);
}

def Ascend_SpaceToDepthOp : Ascend_HostOp<"space_to_depth"> {
  let summary = "Moves blocks of pixels into channels";
  let description = [{
    ```mlir
    %y = ascend.space_to_depth %x {blocksize = 2 : i64}
        : (tensor<1x2x4x4xf32>) -> tensor<1x8x2x2xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64Attr:$blocksize);
  let results = (outs AnyTensor:$output);
}

def Ascend_ResizeOp : Ascend_HostOp<"resize", [AttrSizedOperandSegments]> {
  let summary = "Resamples a tensor";
  let description = [{
    Either `scales` or `sizes` is given, for `axes` (default: all). Attributes as in
    ONNX Resize.

    ```mlir
    %y = ascend.resize %x scales %s {mode = "linear"}
        : (tensor<1x4x8x8xf32>, tensor<4xf32>) -> tensor<1x4x16x16xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$roi, Optional<AnyTensor>:$scales,
      Optional<AnyTensor>:$sizes, StrDefault<"nearest">:$mode,
      StrDefault<"half_pixel">:$coordinate_transformation_mode,
      StrDefault<"round_prefer_floor">:$nearest_mode, F64Default<"-0.75">:$cubic_coeff_a,
      BoolDefault<"false">:$exclude_outside, F64Default<"0.0">:$extrapolation_value,
      BoolDefault<"false">:$antialias, I64List:$axes,
      StrDefault<"stretch">:$keep_aspect_ratio_policy);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input (`roi` $roi^)? (`scales` $scales^)? (`sizes` $sizes^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Ascend_ShapeOp : Ascend_HostOp<"shape"> {
  let summary = "Dimensions of a tensor, from `start` to before `end`";
  let description = [{
    ```mlir
    %s = ascend.shape %x : (tensor<2x8xf32>) -> tensor<2xi64>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64Default<"0">:$start,
      I64Default<"std::numeric_limits<int64_t>::max()">:$end);
  let results = (outs AnyTensor:$output);
}

def Ascend_SizeOp : Ascend_HostOp<"size"> {
  let summary = "Number of elements of a tensor";
  let description = [{
    ```mlir
    %n = ascend.size %x : (tensor<2x8xf32>) -> tensor<i64>
    ```
  }];
  let arguments = (ins AnyTensor:$input);
  let results = (outs AnyTensor:$output);
}

def Ascend_ConstantOfShapeOp : Ascend_HostOp<"constant_of_shape"> {
  let summary = "Tensor of one value";
  let description = [{
    The value is `value_float` for a float `value_dtype` (a number of ONNX's
    TensorProto.DataType), else `value_int`.

    ```mlir
    %y = ascend.constant_of_shape %s {value_dtype = 1 : i64, value_float = 0.5 : f64}
        : (tensor<2xi64>) -> tensor<2x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$shape, I64Default<"1">:$value_dtype,
      I64Default<"0">:$value_int, F64Default<"0.0">:$value_float);
  let results = (outs AnyTensor:$output);
}

def Ascend_RangeOp : Ascend_HostOp<"range"> {
  let summary = "start, start + delta, ... below limit";
  let description = [{
    ```mlir
    %y = ascend.range %start, %limit, %delta
        : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<5xi64>
    ```
  }];
  let arguments = (ins AnyTensor:$start, AnyTensor:$limit, AnyTensor:$delta);
  let results = (outs AnyTensor:$output);
}

#endif // OPENATC_ASCEND_OPS_MOVE_TD
