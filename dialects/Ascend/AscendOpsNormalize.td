//===- AscendOpsNormalize.td - Normalisation, softmax, reductions ---------===//
#ifndef OPENATC_ASCEND_OPS_NORMALIZE_TD
#define OPENATC_ASCEND_OPS_NORMALIZE_TD

include "AscendOpBase.td"

def Ascend_BatchNormOp : Ascend_HostOp<"batch_norm"> {
  let summary = "Batch normalisation with given statistics";
  let description = [{
    scale * (x - mean) / sqrt(var + epsilon) + bias, per channel (dimension 1).

    ```mlir
    %y = ascend.batch_norm %x, %s, %b, %m, %v
        : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
        -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$scale, AnyTensor:$bias, AnyTensor:$mean,
      AnyTensor:$var, F64Default<"1e-5">:$epsilon);
  let results = (outs AnyTensor:$output);
}

def Ascend_LayerNormOp : Ascend_HostOp<"layer_norm"> {
  let summary = "Normalisation over the dimensions from `axis` on";
  let description = [{
    `num_results` (1 to 3) asks for the mean and the inverse standard deviation too.

    ```mlir
    %y = ascend.layer_norm %x, %s bias %b
        : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$scale, Optional<AnyTensor>:$bias,
      I64Default<"-1">:$axis, F64Default<"1e-5">:$epsilon, I64Default<"1">:$num_results);
  let results = (outs AnyTensor:$output, Variadic<AnyTensor>:$statistics);
  let assemblyFormat = [{
    $input `,` $scale (`bias` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_InstanceNormOp : Ascend_HostOp<"instance_norm"> {
  let summary = "Normalisation of every channel of every image";
  let description = [{
    ```mlir
    %y = ascend.instance_norm %x, %s, %b
        : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$scale, AnyTensor:$bias,
      F64Default<"1e-5">:$epsilon);
  let results = (outs AnyTensor:$output);
}

def Ascend_GroupNormOp : Ascend_HostOp<"group_norm"> {
  let summary = "Normalisation over groups of channels";
  let description = [{
    Scale and bias have one value per channel.

    ```mlir
    %y = ascend.group_norm %x, %s, %b {num_groups = 2 : i64}
        : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$scale, AnyTensor:$bias,
      I64Attr:$num_groups, F64Default<"1e-5">:$epsilon);
  let results = (outs AnyTensor:$output);
}

def Ascend_LrnOp : Ascend_HostOp<"lrn"> {
  let summary = "Local response normalisation across channels";
  let description = [{
    x / (bias + alpha / size * sum of squares over `size` channels)^beta.

    ```mlir
    %y = ascend.lrn %x {size = 5 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, F64Default<"1e-4">:$alpha, F64Default<"0.75">:$beta,
      F64Default<"1.0">:$bias, I64Attr:$size);
  let results = (outs AnyTensor:$output);
}

class Ascend_SoftmaxLikeOp<string mnemonic, string formula> : Ascend_HostOp<mnemonic> {
  let summary = formula;
  let description = "Along `axis`; with `flatten` over all dimensions from `axis` on together.\n\n"
      # "```mlir\n%y = ascend." # mnemonic # " %x : (tensor<2x8xf32>) -> tensor<2x8xf32>\n```\n";
  let arguments = (ins AnyTensor:$input, I64Default<"-1">:$axis, BoolDefault<"false">:$flatten);
  let results = (outs AnyTensor:$output);
}
def Ascend_SoftmaxOp : Ascend_SoftmaxLikeOp<"softmax", "exp(x) / sum(exp(x))">;
def Ascend_LogSoftmaxOp : Ascend_SoftmaxLikeOp<"log_softmax", "x - log(sum(exp(x)))">;

class Ascend_ReduceOp<string mnemonic, string what>
    : Ascend_HostOp<mnemonic> {
  let summary = what # " over dimensions";
  let description = "No axes, or an empty list, means all dimensions unless "
      # "`noop_with_empty_axes`.\n\n```mlir\n%y = ascend." # mnemonic
      # " %x axes %a : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>\n```\n";
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$axes,
      BoolDefault<"true">:$keepdims, BoolDefault<"false">:$noop_with_empty_axes);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input (`axes` $axes^)? attr-dict `:` functional-type(operands, results)
  }];
}
def Ascend_ReduceMeanOp : Ascend_ReduceOp<"reduce_mean", "Mean">;
def Ascend_ReduceSumOp : Ascend_ReduceOp<"reduce_sum", "Sum">;
def Ascend_ReduceMaxOp : Ascend_ReduceOp<"reduce_max", "Maximum">;
def Ascend_ReduceMinOp : Ascend_ReduceOp<"reduce_min", "Minimum">;
def Ascend_ReduceProdOp : Ascend_ReduceOp<"reduce_prod", "Product">;
def Ascend_ReduceL1Op : Ascend_ReduceOp<"reduce_l1", "Sum of absolute values">;
def Ascend_ReduceL2Op : Ascend_ReduceOp<"reduce_l2", "Euclidean norm">;
def Ascend_ReduceLogSumOp : Ascend_ReduceOp<"reduce_log_sum", "Logarithm of the sum">;
def Ascend_ReduceLogSumExpOp
    : Ascend_ReduceOp<"reduce_log_sum_exp", "Logarithm of the sum of exponentials">;
def Ascend_ReduceSumSquareOp : Ascend_ReduceOp<"reduce_sum_square", "Sum of squares">;

class Ascend_ArgReduceOp<string mnemonic, string what> : Ascend_HostOp<mnemonic> {
  let summary = "Index of the " # what # " along a dimension";
  let description = "The first one of equals, or with `select_last_index` the last.\n\n"
      # "```mlir\n%y = ascend." # mnemonic
      # " %x {axis = 1 : i64} : (tensor<2x8xf32>) -> tensor<2x1xi64>\n```\n";
  let arguments = (ins AnyTensor:$input, I64Default<"0">:$axis, BoolDefault<"true">:$keepdims,
      BoolDefault<"false">:$select_last_index);
  let results = (outs AnyTensor:$output);
}
def Ascend_ArgMaxOp : Ascend_ArgReduceOp<"arg_max", "largest element">;
def Ascend_ArgMinOp : Ascend_ArgReduceOp<"arg_min", "smallest element">;

#endif // OPENATC_ASCEND_OPS_NORMALIZE_TD
