//===- AscendOpsPool.td - Pooling -----------------------------------------===//
#ifndef OPENATC_ASCEND_OPS_POOL_TD
#define OPENATC_ASCEND_OPS_POOL_TD

include "AscendOpBase.td"

def Ascend_MaxPoolOp : Ascend_HostOp<"max_pool"> {
  let summary = "Maximum over windows";
  let description = [{
    Pads and strides as in `ascend.conv`; padding never wins. `with_indices` adds a
    second result: the position of each maximum in the flattened input.

    ```mlir
    %y = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
        : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, DenseI64ArrayAttr:$kernel_shape, I64List:$strides,
      I64List:$dilations, I64List:$pads, StrDefault<"NOTSET">:$auto_pad,
      BoolDefault<"false">:$ceil_mode, I64Default<"0">:$storage_order,
      BoolDefault<"false">:$with_indices);
  let results = (outs AnyTensor:$output, Optional<AnyTensor>:$indices);
}

def Ascend_AveragePoolOp : Ascend_HostOp<"average_pool"> {
  let summary = "Mean over windows";
  let description = [{
    Padding counts in the divisor only with `count_include_pad`.

    ```mlir
    %y = ascend.average_pool %x {kernel_shape = array<i64: 2, 2>}
        : (tensor<1x4x8x8xf32>) -> tensor<1x4x7x7xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, DenseI64ArrayAttr:$kernel_shape, I64List:$strides,
      I64List:$dilations, I64List:$pads, StrDefault<"NOTSET">:$auto_pad,
      BoolDefault<"false">:$ceil_mode, BoolDefault<"false">:$count_include_pad);
  let results = (outs AnyTensor:$output);
}

class Ascend_GlobalPoolOp<string mnemonic, string what> : Ascend_HostOp<mnemonic> {
  let summary = what # " over all spatial dimensions";
  let description = "The result has extent one in every spatial dimension.\n\n```mlir\n%y = ascend."
      # mnemonic # " %x : (tensor<1x4x8x8xf32>) -> tensor<1x4x1x1xf32>\n```\n";
  let arguments = (ins AnyTensor:$input);
  let results = (outs AnyTensor:$output);
}
def Ascend_GlobalAveragePoolOp : Ascend_GlobalPoolOp<"global_average_pool", "Mean">;
def Ascend_GlobalMaxPoolOp : Ascend_GlobalPoolOp<"global_max_pool", "Maximum">;

#endif // OPENATC_ASCEND_OPS_POOL_TD
