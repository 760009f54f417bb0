//===- AscendKernelOps.td - Launches of lowered kernels -------------------===//
#ifndef OPENATC_ASCEND_KERNEL_OPS_TD
#define OPENATC_ASCEND_KERNEL_OPS_TD

include "AscendOpBase.td"

def Ascend_LaunchOp : Ascend_Op<"launch", [Pure]> {
  let summary = "Run of a lowered kernel on the AI cores";
  let description = [{
    What an `ascend.kernel` becomes when its body is lowered: `kernel` names a
    `davinci.kernel` of the module, whose arguments are the addresses of the
    operands followed by those of the results. `block_dim` is the number of blocks,
    `estimated_cycles` the compiler's estimate of the run without launch overhead.

    ```mlir
    %y = ascend.launch @k0(%x) block_dim 8 : (tensor<64xf16>) -> tensor<64xf16>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyTensor>:$inputs,
      I64Attr:$block_dim, OptionalAttr<I64Attr>:$estimated_cycles);
  let results = (outs Variadic<AnyTensor>:$outputs);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `block_dim` $block_dim (`estimated_cycles` $estimated_cycles^)?
    attr-dict `:` functional-type($inputs, $outputs)
  }];
}

#endif // OPENATC_ASCEND_KERNEL_OPS_TD
