//===- AscendOpsAipp.td - Image pre-processing ----------------------------===//
#ifndef OPENATC_ASCEND_OPS_AIPP_TD
#define OPENATC_ASCEND_OPS_AIPP_TD

include "AscendOpBase.td"

def Ascend_DynamicAippOp : Ascend_HostOp<"dynamic_aipp"> {
  let summary = "Pre-processes pictures as a parameter block says at run time";
  let description = [{
    `pictures` holds N pictures one behind the other, in a buffer that may be larger.
    `parameters`, 64 bytes and 96 for each picture, is the block that
    `aclmdlSetInputAIPP` writes: format and size of the pictures, crop, colour
    conversion, normalisation and padding. The result is NCHW of `output_shape`, halves
    or bytes (`to`). The block is checked when the op runs; it may describe more pictures
    than the result has. A picture may not be wider than `max_padded_width` after padding.

    ```mlir
    %y = ascend.dynamic_aipp %x, %p {output_shape = array<i64: 1, 3, 224, 224>}
        : (tensor<1x260000xui8>, tensor<160xui8>) -> tensor<1x3x224x224xf16>
    ```
  }];
  let arguments = (ins AnyTensor:$pictures, AnyTensor:$parameters,
      DenseI64ArrayAttr:$output_shape, I64Default<"10">:$to,
      I64Default<"1080">:$max_padded_width);
  let results = (outs AnyTensor:$output);
}

#endif // OPENATC_ASCEND_OPS_AIPP_TD
