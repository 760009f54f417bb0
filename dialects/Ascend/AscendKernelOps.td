//===- AscendKernelOps.td - Launches of lowered kernels, batch loops ------===//
#ifndef OPENATC_ASCEND_KERNEL_OPS_TD
#define OPENATC_ASCEND_KERNEL_OPS_TD

include "AscendOpBase.td"

def Ascend_LaunchOp : Ascend_Op<"launch", [Pure]> {
  let summary = "Run of a lowered kernel on the AI cores";
  let description = [{
    What an `ascend.kernel` becomes when its body is lowered: `kernel` names a
    `davinci.kernel` of the module, whose arguments are the addresses of the
    operands followed by those of the results. `block_dim` is the number of blocks,
    `estimated_cycles` the compiler's estimate of the run without launch overhead. `over` names, for
    each result, the operand whose memory it may take after the operand's last use, or -1.

    ```mlir
    %y = ascend.launch @k0(%x) block_dim 8 : (tensor<64xf16>) -> tensor<64xf16>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyTensor>:$inputs,
      I64Attr:$block_dim, OptionalAttr<I64Attr>:$estimated_cycles,
      OptionalAttr<DenseI64ArrayAttr>:$over);
  let results = (outs Variadic<AnyTensor>:$outputs);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `block_dim` $block_dim (`estimated_cycles` $estimated_cycles^)?
    (`over` $over^)? attr-dict `:` functional-type($inputs, $outputs)
  }];
}

def Ascend_BatchLoopOp : Ascend_Op<"batch_loop", [RecursiveMemoryEffects, SingleBlock]> {
  let summary = "Kernels that run once for each slice of the batch";
  let description = [{
    Cuts the first dimension of every operand into `count` equal slices and runs the body once
    for each, in order: the block arguments are the slices, and slice i of a result is what
    the body yields for slice i. Values from outside that the body uses otherwise (weights,
    say) are whole in every run. What is neither operand nor result lives for one run only:
    all runs share its memory, so that it stays in the L2 cache.

    A slice must be contiguous: operands and results are `nd` or `nc1hwc0`. Each yielded value
    is a result of an op of the body, and is yielded once.

    ```mlir
    %z = ascend.batch_loop 4 (%x) : (tensor<8x4xf16>) -> tensor<8x4xf16> {
    ^bb0(%a: tensor<2x4xf16>):
      %y = ascend.launch @k0(%a, %w) block_dim 1 : (tensor<2x4xf16>, tensor<4xf16>) -> tensor<2x4xf16>
      %b = ascend.launch @k1(%y) block_dim 1 : (tensor<2x4xf16>) -> tensor<2x4xf16>
      ascend.yield %b : tensor<2x4xf16>
    }
    // runs as
    for i in 0..3:
      y = k0(x[2*i .. 2*i+1], w)
      z[2*i .. 2*i+1] = k1(y)
    ```
  }];
  let arguments = (ins I64Attr:$count, Variadic<AnyTensor>:$inputs);
  let results = (outs Variadic<AnyTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $count `(` $inputs `)` attr-dict-with-keyword `:` functional-type($inputs, $outputs) $body
  }];
  let hasRegionVerifier = 1;
}

#endif // OPENATC_ASCEND_KERNEL_OPS_TD
