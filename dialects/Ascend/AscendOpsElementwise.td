//===- AscendOpsElementwise.td - Arithmetic, comparison, activations ------===//
#ifndef OPENATC_ASCEND_OPS_ELEMENTWISE_TD
#define OPENATC_ASCEND_OPS_ELEMENTWISE_TD

include "AscendOpBase.td"

class Ascend_UnaryOp<string mnemonic, string formula, list<Trait> traits = []>
    : Ascend_HostOp<mnemonic, traits> {
  let summary = "Elementwise " # formula;
  let description = "The result has the type of the operand.\n\n```mlir\n%y = ascend." # mnemonic
      # " %x : (tensor<4xf32>) -> tensor<4xf32>\n```\n";
  let arguments = (ins AnyTensor:$input);
  let results = (outs AnyTensor:$output);
}

def Ascend_ReluOp : Ascend_UnaryOp<"relu", "max(x, 0)">;
def Ascend_SigmoidOp : Ascend_UnaryOp<"sigmoid", "1 / (1 + exp(-x))">;
def Ascend_TanhOp : Ascend_UnaryOp<"tanh", "hyperbolic tangent">;
def Ascend_SoftplusOp : Ascend_UnaryOp<"softplus", "log(1 + exp(x))">;
def Ascend_MishOp : Ascend_UnaryOp<"mish", "x * tanh(softplus(x))">;
def Ascend_HardSwishOp : Ascend_UnaryOp<"hard_swish", "x * max(0, min(1, x/6 + 0.5))">;
def Ascend_ErfOp : Ascend_UnaryOp<"erf", "error function">;
def Ascend_SqrtOp : Ascend_UnaryOp<"sqrt", "square root">;
def Ascend_ExpOp : Ascend_UnaryOp<"exp", "exponential">;
def Ascend_LogOp : Ascend_UnaryOp<"log", "natural logarithm">;
def Ascend_AbsOp : Ascend_UnaryOp<"abs", "absolute value">;
def Ascend_NegOp : Ascend_UnaryOp<"neg", "-x">;
def Ascend_FloorOp : Ascend_UnaryOp<"floor", "rounding down">;
def Ascend_CeilOp : Ascend_UnaryOp<"ceil", "rounding up">;
def Ascend_RoundOp : Ascend_UnaryOp<"round", "rounding, halves to even">;
def Ascend_ReciprocalOp : Ascend_UnaryOp<"reciprocal", "1 / x">;
def Ascend_SignOp : Ascend_UnaryOp<"sign", "sign: -1, 0 or 1">;
def Ascend_SinOp : Ascend_UnaryOp<"sin", "sine">;
def Ascend_CosOp : Ascend_UnaryOp<"cos", "cosine">;
def Ascend_IdentityOp : Ascend_UnaryOp<"identity", "copy of x"> {
  let hasFolder = 1;
}
def Ascend_NotOp : Ascend_UnaryOp<"not", "logical negation"> {
  let description = [{
    ```mlir
    %y = ascend.not %x : (tensor<4xi1>) -> tensor<4xi1>
    ```
  }];
}

def Ascend_LeakyReluOp : Ascend_UnaryOp<"leaky_relu", "x for x >= 0, else alpha * x"> {
  let arguments = (ins AnyTensor:$input, F64Default<"0.01">:$alpha);
}
def Ascend_EluOp : Ascend_UnaryOp<"elu", "x for x >= 0, else alpha * (exp(x) - 1)"> {
  let arguments = (ins AnyTensor:$input, F64Default<"1.0">:$alpha);
}
def Ascend_SeluOp : Ascend_UnaryOp<"selu", "gamma * (x > 0 ? x : alpha * (exp(x) - 1))"> {
  let arguments = (ins AnyTensor:$input, F64Default<"1.67326319217681884765625">:$alpha,
      F64Default<"1.05070102214813232421875">:$gamma);
}
def Ascend_HardSigmoidOp : Ascend_UnaryOp<"hard_sigmoid", "max(0, min(1, alpha * x + beta))"> {
  let arguments = (ins AnyTensor:$input, F64Default<"0.2">:$alpha, F64Default<"0.5">:$beta);
}
def Ascend_GeluOp : Ascend_UnaryOp<"gelu", "Gaussian error linear unit"> {
  let description = [{
    `approximate` is `none` for the form with erf, `tanh` for the approximation.

    ```mlir
    %y = ascend.gelu %x {approximate = "tanh"} : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, StrDefault<"none">:$approximate);
}

def Ascend_ClipOp : Ascend_HostOp<"clip", [AttrSizedOperandSegments]> {
  let summary = "Elementwise min(max(x, lower), upper)";
  let description = [{
    The bounds are scalars; an absent one is the limit of the element type.

    ```mlir
    %y = ascend.clip %x min %lo max %hi
        : (tensor<4xf32>, tensor<f32>, tensor<f32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$min, Optional<AnyTensor>:$max);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = [{
    $input (`min` $min^)? (`max` $max^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Ascend_PreluOp : Ascend_HostOp<"prelu"> {
  let summary = "Elementwise x for x >= 0, else slope * x";
  let description = [{
    The slope broadcasts to the input.

    ```mlir
    %y = ascend.prelu %x, %s : (tensor<1x4x8xf32>, tensor<4x1xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$slope);
  let results = (outs AnyTensor:$output);
}

class Ascend_BinaryOp<string mnemonic, string formula, string element = "f32",
                      string result = element> : Ascend_HostOp<mnemonic> {
  let summary = "Elementwise " # formula # " with broadcasting";
  let description = "Shapes broadcast as in numpy.\n\n```mlir\n%c = ascend." # mnemonic
      # " %a, %b : (tensor<2x4x" # element # ">, tensor<4x" # element # ">) -> tensor<2x4x"
      # result # ">\n```\n";
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
  let results = (outs AnyTensor:$output);
}

def Ascend_AddOp : Ascend_BinaryOp<"add", "a + b">;
def Ascend_SubOp : Ascend_BinaryOp<"sub", "a - b">;
def Ascend_MulOp : Ascend_BinaryOp<"mul", "a * b">;
def Ascend_DivOp : Ascend_BinaryOp<"div", "a / b (integers truncate)">;
def Ascend_PowOp : Ascend_BinaryOp<"pow", "a to the power of b, of a's type">;
def Ascend_MinimumOp : Ascend_BinaryOp<"minimum", "min(a, b)">;
def Ascend_MaximumOp : Ascend_BinaryOp<"maximum", "max(a, b)">;
def Ascend_EqualOp : Ascend_BinaryOp<"equal", "a == b", "f32", "i1">;
def Ascend_GreaterOp : Ascend_BinaryOp<"greater", "a > b", "f32", "i1">;
def Ascend_LessOp : Ascend_BinaryOp<"less", "a < b", "f32", "i1">;
def Ascend_GreaterOrEqualOp : Ascend_BinaryOp<"greater_or_equal", "a >= b", "f32", "i1">;
def Ascend_LessOrEqualOp : Ascend_BinaryOp<"less_or_equal", "a <= b", "f32", "i1">;
def Ascend_AndOp : Ascend_BinaryOp<"and", "logical and", "i1">;
def Ascend_OrOp : Ascend_BinaryOp<"or", "logical or", "i1">;
def Ascend_XorOp : Ascend_BinaryOp<"xor", "logical exclusive or", "i1">;
def Ascend_ModOp : Ascend_BinaryOp<"mod", "remainder"> {
  let description = [{
    The remainder has the sign of the divisor, or with `fmod` that of the dividend.

    ```mlir
    %c = ascend.mod %a, %b {fmod = true} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs, BoolDefault<"false">:$fmod);
}

def Ascend_WhereOp : Ascend_HostOp<"where"> {
  let summary = "Elementwise condition ? x : y with broadcasting";
  let description = [{
    ```mlir
    %z = ascend.where %c, %x, %y : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$condition, AnyTensor:$on_true, AnyTensor:$on_false);
  let results = (outs AnyTensor:$output);
}

def Ascend_CastOp : Ascend_HostOp<"cast"> {
  let summary = "Conversion of the element type";
  let description = [{
    `to` is the number of the type in ONNX's TensorProto.DataType (1 is f32, 7 is
    i64, 9 is bool, 10 is f16).

    ```mlir
    %y = ascend.cast %x {to = 10 : i64} : (tensor<4xf32>) -> tensor<4xf16>
    ```
  }];
  let arguments = (ins AnyTensor:$input, I64Attr:$to, BoolDefault<"true">:$saturate);
  let results = (outs AnyTensor:$output);
  let hasFolder = 1;
}

def Ascend_DropoutOp : Ascend_HostOp<"dropout", [AttrSizedOperandSegments]> {
  let summary = "Identity at inference";
  let description = [{
    `with_mask` adds a second result of the input's shape that is all true.

    ```mlir
    %y = ascend.dropout %x : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$ratio, Optional<AnyTensor>:$training,
      BoolDefault<"false">:$with_mask);
  let results = (outs AnyTensor:$output, Optional<AnyTensor>:$mask);
  let assemblyFormat = [{
    $input (`ratio` $ratio^)? (`training` $training^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

#endif // OPENATC_ASCEND_OPS_ELEMENTWISE_TD
