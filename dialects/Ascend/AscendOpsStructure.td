//===- AscendOpsStructure.td - Constants, layouts, kernel groups ----------===//
#ifndef OPENATC_ASCEND_OPS_STRUCTURE_TD
#define OPENATC_ASCEND_OPS_STRUCTURE_TD

include "AscendOpBase.td"
include "AscendKernelOps.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Ascend_ConstantOp : Ascend_Op<"constant", [Pure, ConstantLike]> {
  let summary = "Constant tensor";
  let description = [{
    Weights are `dense_resource` attributes over the mapped model file; only small
    values are `dense`.

    ```mlir
    %c = ascend.constant dense<[1, 2]> : tensor<2xi64>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyTensor:$output);
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, value.getType(), value);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Ascend_TransDataOp : Ascend_Op<"trans_data", [Pure]> {
  let summary = "Change of the memory layout";
  let description = [{
    Input and result are the same logical tensor; their `#ascend.layout` encodings
    say how each lies in memory. No encoding means row-major.

    ```mlir
    %y = ascend.trans_data %x
        : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
    ```
  }];
  let arguments = (ins AnyTensor:$input);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Ascend_KernelOp : Ascend_Op<"kernel", [IsolatedFromAbove, RecursiveMemoryEffects, SingleBlock]> {
  let summary = "Group of operators that one kernel computes";
  let description = [{
    The block arguments mirror the operands; `ascend.yield` gives the results. `kind`
    names the kernel template, `schedule` its tiling.

    ```mlir
    %y = ascend.kernel "relu_0" <elementwise> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>):
      %0 = ascend.relu %a : (tensor<4xf32>) -> tensor<4xf32>
      ascend.yield %0 : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs, StrAttr:$name, Ascend_KernelKindAttr:$kind,
      OptionalAttr<DictionaryAttr>:$schedule);
  let results = (outs Variadic<AnyTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name $kind `(` $inputs `)` (`schedule` $schedule^)? attr-dict-with-keyword
    `:` functional-type($inputs, $outputs) $body
  }];
  let hasRegionVerifier = 1;
}

def Ascend_YieldOp : Ascend_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["KernelOp", "BatchLoopOp"]>]> {
  let summary = "Results of a kernel group or of one run of a batch loop";
  let description = [{
    ```mlir
    ascend.yield %0 : tensor<4xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

#endif // OPENATC_ASCEND_OPS_STRUCTURE_TD
