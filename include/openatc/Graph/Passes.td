//===- Passes.td - Graph phase --------------------------------------------===//
#ifndef OPENATC_GRAPH_PASSES
#define OPENATC_GRAPH_PASSES

include "mlir/Pass/PassBase.td"

def InsertAippPass : Pass<"ascend-insert-aipp", "::mlir::func::FuncOp"> {
  let summary = "Put image pre-processing in front of the network";
  let description = [{
    For every block of an AIPP configuration the network's input becomes the picture
    buffer (u8), and ops compute from it what the network took before: channel
    swaps, crop, colour conversion in f32, normalisation in f16, padding. The
    argument's dictionary `ascend.aipp` keeps what the input was. Later passes treat
    the ops like any others, so that they fuse with what follows. A dynamic block becomes
    one `ascend.dynamic_aipp`, whose parameters are a further argument of the network.

    ```mlir
    func.func @main(%x: tensor<1x1x8x8xf32>) ...
    // becomes, with input_format: YUV400_U8 and var_reci_chn_0: 0.0625
    func.func @main(%p: tensor<1x8x8x1xui8>) ... {
      %0 = ascend.cast %p {to = 10 : i64} : (tensor<1x8x8x1xui8>) -> tensor<1x8x8x1xf16>
      %1 = ascend.transpose %0 {perm = array<i64: 0, 3, 1, 2>} : (...) -> tensor<1x1x8x8xf16>
      %2 = ascend.mul %1, %c : (tensor<1x1x8x8xf16>, tensor<1x1x1xf16>) -> tensor<1x1x8x8xf16>
      %x = ascend.cast %2 {to = 1 : i64} : (tensor<1x1x8x8xf16>) -> tensor<1x1x8x8xf32>
    ```
  }];
  let options = [
    Option<"config", "config", "std::string", "\"\"", "file with aipp_op blocks">,
    Option<"maxPaddedWidth", "max-padded-width", "int64_t", "1080",
           "widest picture after padding">,
    Option<"nhwc", "nhwc", "bool", "false", "inputs of the network are NHWC">,
    Option<"batch", "batch", "int64_t", "0",
           "pictures that dynamic stages have parameters for; 0: the network's batch">];
}

def VerifyImportPass : Pass<"ascend-verify-import", "::mlir::ModuleOp"> {
  let summary = "Prove that a module is a well-formed import";
  let description = [{
    One function `main` of one block whose ops are `ascend` ops that HostOps implements,
    constants and the return; every argument and result of it has an `ascend.name`.
    Anything else is an error at that op.
  }];
}

def InferShapesPass : Pass<"ascend-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "Fold constants and give every tensor a static shape";
  let description = [{
    One forward walk: ops whose operands are constants are computed through HostOps,
    as are `shape` and `size` of tensors of known shape; the result types of the others
    are inferred again from what is known by then. A result that would be larger than
    both its operands and a bound stays an op, unless it is one repeated value. Where the
    shape depends on run-time data, the one that the model declares
    (`ascend.declared_shapes`, set by the importer) is taken; a tensor whose shape is
    unknown after that is an error that names the node.

    ```mlir
    %0 = ascend.shape %x : (tensor<1x4x8x8xf32>) -> tensor<4xi64>
    %y = ascend.reshape %z, %0 : (tensor<256xf32>, tensor<4xi64>) -> tensor<*xf32>
    // becomes
    %0 = ascend.constant dense<[1, 4, 8, 8]> : tensor<4xi64>
    %y = ascend.reshape %z, %0 : (tensor<256xf32>, tensor<4xi64>) -> tensor<1x4x8x8xf32>
    ```
  }];
}

def EliminateDeadCodePass : Pass<"ascend-eliminate-dead-code", "::mlir::ModuleOp"> {
  let summary = "Erase unused ops and give the memory of unused constants back";
  let description = [{
    Besides erasing ops without effects and users, releases every resource blob of the
    context that no op of the module refers to: a context must not hold other modules
    with resources when this pass runs.
  }];
}

def NormalizePass : Pass<"ascend-normalize", "::mlir::func::FuncOp"> {
  let summary = "Bring ops to the few forms that the later passes know";
  let description = [{
    * `gemm` becomes `matmul` and `add`; alpha, beta and transposes go into constants.
    * Convolutions and pools over one spatial dimension get a second one of extent one.
    * Rank-1 operands of `matmul`, `flatten`, `squeeze`, `unsqueeze` and the coerced
      softmax become `reshape`; so does a `transpose` that only moves unit dimensions.
    * Reshapes that only add or drop unit dimensions move below elementwise ops, so
      that pairs of them meet and cancel.
    * `auto_pad`, `output_shape` and the ceil mode become explicit pads; strides,
      dilations and pads are written out in full.
    * A mean or maximum over both dimensions of an image, and a pool whose window is the
      whole image, becomes a global pool; zero padding of an image goes into the
      convolution that follows. Other axes that lie apart are reduced one after the other.
    * A resize over one spatial dimension gets a second one of extent one.
    * With `functions`, GELU written out as arithmetic, with `erf` or `tanh`, becomes `gelu`;
      layer normalisation over the last dimension becomes `layer_norm`, with the scale and bias
      behind it.
    * `identity`, `dropout`, choices by a constant condition, and expansions that only feed
      broadcasting ops disappear.

    ```mlir
    %y = ascend.gemm %x, %w bias %b {trans_b = true} : (tensor<1x8xf32>, ...) -> tensor<1x4xf32>
    // becomes
    %0 = ascend.matmul %x, %wt : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
    %y = ascend.add %0, %b : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
    ```
  }];
  let options = [Option<"functions", "functions", "bool", "true",
                        "recognise functions in arithmetic">];
}

def FuseBatchNormPass : Pass<"ascend-fuse-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "Fold per-channel arithmetic into convolutions and matrix products";
  let description = [{
    A `batch_norm` with constant statistics, and a `mul` or `add` with per-channel
    constants, go into the filter and bias of the `conv` or `conv_transpose` that
    feeds only them; the arithmetic is done in f32. A `batch_norm` that follows
    something else becomes a `mul` and an `add` with constants of shape [C, 1, 1].

    ```mlir
    %0 = ascend.conv %x, %w : ...
    %y = ascend.batch_norm %0, %s, %b, %m, %v : ...
    // becomes
    %y = ascend.conv %x, %w2 bias %b2 : ...
    ```
  }];
  let options = [Option<"fold", "fold", "bool", "true",
                        "without it every batch_norm becomes a mul and an add">];
}

def FuseAttentionPass : Pass<"ascend-fuse-attention", "::mlir::func::FuncOp"> {
  let summary = "Make one op of the ops around a softmax that are attention";
  let description = [{
    A softmax over the last dimension between two matrix products, with what exporters put
    around them: transposes that split and join heads, a factor or divisor on the scores, the
    query or the key, a mask that is added, or a choice between the scores and a very low
    number. Where heads are not split by a transpose of [batch, rows, heads, columns], each
    matrix becomes a batch of one head. Heads that are no multiple of 16 columns stay as they
    are.

    ```mlir
    %0 = ascend.transpose %q {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x8x2x16xf32>) -> tensor<1x2x8x16xf32>
    %1 = ascend.transpose %k {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x8x2x16xf32>) -> tensor<1x2x16x8xf32>
    %2 = ascend.matmul %0, %1 : (...) -> tensor<1x2x8x8xf32>
    %3 = ascend.mul %2, %quarter : (tensor<1x2x8x8xf32>, tensor<f32>) -> tensor<1x2x8x8xf32>
    %4 = ascend.softmax %3 : (tensor<1x2x8x8xf32>) -> tensor<1x2x8x8xf32>
    %5 = ascend.matmul %4, %values : (...) -> tensor<1x2x8x16xf32>
    %6 = ascend.transpose %5 {perm = array<i64: 0, 2, 1, 3>} : (...) -> tensor<1x8x2x16xf32>
    %y = ascend.reshape %6, %shape : (...) -> tensor<1x8x32xf32>
    // becomes
    %y = ascend.attention %q2, %k2, %v2 {heads = 2 : i64, scale = 2.5e-01 : f64}
        : (tensor<1x8x32xf32>, tensor<1x8x32xf32>, tensor<1x8x32xf32>) -> tensor<1x8x32xf32>
    ```
  }];
}

def MergeProjectionsPass : Pass<"ascend-merge-projections", "::mlir::func::FuncOp"> {
  let summary = "Compute the operands of attention side by side in one product";
  let description = [{
    Products of one input with constant weights that are query, key and value of one attention
    become one product with the columns of all weights, whose result the attention reads
    by columns. Where a model has them in one tensor and splits it, the attention reads
    that one. Columns begin at multiples of 16.

    ```mlir
    %q = ascend.matmul %x, %wq : (tensor<1x8x32xf32>, tensor<32x32xf32>) -> tensor<1x8x32xf32>
    %k = ascend.matmul %x, %wk : (tensor<1x8x32xf32>, tensor<32x32xf32>) -> tensor<1x8x32xf32>
    %v = ascend.matmul %x, %wv : (tensor<1x8x32xf32>, tensor<32x32xf32>) -> tensor<1x8x32xf32>
    %y = ascend.attention %q, %k, %v {heads = 2 : i64} : ...
    // becomes
    %0 = ascend.matmul %x, %w : (tensor<1x8x32xf32>, tensor<32x96xf32>) -> tensor<1x8x96xf32>
    %y = ascend.attention %0, %0, %0 {columns = array<i64: 0, 32, 64>, heads = 2 : i64,
        value_width = 16 : i64, width = 16 : i64} : ...
    ```
  }];
}

def DecomposePass : Pass<"ascend-decompose", "::mlir::func::FuncOp"> {
  let summary = "Express composite functions by what the vector unit computes";
  let description = [{
    Activations, `erf`, sine and cosine, powers with a constant exponent, instance, group and
    local response normalisation and the composite reductions become sequences of primitive
    ops.
    Where halves would lose too much, the sequence computes in f32: its ops carry
    `ascend.precision = "f32"` and f16 data is cast around them. Where the mode and the policy
    (include/openatc/Graph/PrecisionPolicy.h) make data halves and do not ask for high
    precision, `sigmoid` and `gelu` take forms that are good enough in halves and carry
    `ascend.precision = "f16"`.

    ```mlir
    %y = ascend.sigmoid %x : (tensor<8xf32>) -> tensor<8xf32>
    // becomes
    %0 = ascend.neg %x {ascend.precision = "f32"} : (tensor<8xf32>) -> tensor<8xf32>
    %1 = ascend.exp %0 {ascend.precision = "f32"} : (tensor<8xf32>) -> tensor<8xf32>
    %2 = ascend.add %1, %one {ascend.precision = "f32"} : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
    %y = ascend.div %one, %2 {ascend.precision = "f32"} : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let options = [Option<"mode", "mode", "std::string", "\"force_fp16\"",
                        "precision mode, as for ascend-assign-precision">];
}

def AssignEnginePass : Pass<"ascend-assign-engine", "::mlir::func::FuncOp"> {
  let summary = "Mark the ops that no AI core kernel exists for";
  let description = [{
    `whyNotOnAiCore` (include/openatc/Kernel/KernelSupport.h) decides; its sentence is
    kept for the compile report.

    ```mlir
    %y = ascend.gather_nd %x, %i {ascend.engine = "aicpu",
        ascend.engine_reason = "gather_nd has no AI core kernel"} : ...
    ```
  }];
}

def AssignPrecisionPass : Pass<"ascend-assign-precision", "::mlir::func::FuncOp"> {
  let summary = "Choose the float type that each AI core op computes in";
  let description = [{
    In mode `force_fp16`, f32 ops compute in f16, except those that lose too much in
    halves (exponentials, logarithms, roots, quotients, sums); the sum of a matrix product
    and a tensor that passes by it is a half nevertheless. In mode
    `must_keep_origin_dtype` f32 stays f32; there each f32 operand of a contraction
    enters the cube as two halves, hi + lo, and the product is hi*hi + lo*hi + hi*lo.
    `cube_fp16in_fp32out` is the same with a single product, `allow_fp32_to_fp16` keeps
    f32 outside contractions where a kernel for it exists. In `mixed_float16` contractions
    are halves, the functions named above f32, and all others are what their operands are.
    The function's policy (include/openatc/Graph/PrecisionPolicy.h) has other rules for
    single nodes.
    In all modes an op marked by `ascend.precision` computes in the type it names,
    "f32" or "f16". Casts stand between the two, at the borders of the network and
    around AI CPU ops, which keep the types of the model; constants are converted at
    compile time. The cube has no bias: it becomes an `add`.

    ```mlir
    %y = ascend.relu %x : (tensor<8xf32>) -> tensor<8xf32>
    // becomes
    %0 = ascend.cast %x {to = 10 : i64} : (tensor<8xf32>) -> tensor<8xf16>
    %1 = ascend.relu %0 : (tensor<8xf16>) -> tensor<8xf16>
    %y = ascend.cast %1 {to = 1 : i64} : (tensor<8xf16>) -> tensor<8xf32>
    ```
  }];
  let options = [Option<"mode", "mode", "std::string", "\"force_fp16\"",
                        "force_fp16, must_keep_origin_dtype, cube_fp16in_fp32out, "
                        "allow_fp32_to_fp16 or mixed_float16">,
                 Option<"clip", "clip", "bool", "true",
                        "constants beyond the range of f16 become its largest values">];
}

def AssignLayoutPass : Pass<"ascend-assign-layout", "::mlir::func::FuncOp"> {
  let summary = "Put image regions into NC1HWC0, matrix rows into FRACTAL_NZ, weights into fractals";
  let description = [{
    Convolutions and pools take and give NC1HWC0; elementwise ops, nearest and linear
    `resize`, and `concat` on channels follow when an operand is in that layout
    already. `ascend.trans_data` stands where the layout changes. The padding lanes of
    NC1HWC0 hold a finite value: an op whose padding lanes could overflow stays
    row-major. Constant filters are packed as FRACTAL_Z, and so are constant right
    operands of `matmul`. A row-major image of at most 4 channels goes to a `conv` of one
    group as NC1HWC0_C04, with its filter as FRACTAL_Z_C04.

    A `matmul` of at least 16 rows with a packed right operand takes and gives
    FRACTAL_NZ, and so does `attention` whose heads are whole blocks. Elementwise ops,
    reshapes that keep the last dimension, `layer_norm` along it, and concatenations, splits
    and slices of rows follow; constants are packed at compile time. An image whose channels
    are transposed to columns goes from NC1HWC0 to FRACTAL_NZ at once. What reaches such a product
    through these ops enters the layout in front of the first of them.

    ```mlir
    %y = ascend.conv %x, %w : (tensor<1x3x8x8xf16>, tensor<4x3x1x1xf16>) -> tensor<1x4x8x8xf16>
    // becomes
    %0 = ascend.trans_data %x : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
    %1 = ascend.conv %0, %wz : (...) -> tensor<1x4x8x8xf16, #ascend.layout<nc1hwc0>>
    %y = ascend.trans_data %1 : (...) -> tensor<1x4x8x8xf16>
    ```
  }];
}

def FormKernelsPass : Pass<"ascend-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "Group ops into kernels";
  let description = [{
    Every op of the AI core goes into one `ascend.kernel`; the block comment of
    include/openatc/Graph/KernelForms.h gives the exact form of each kind. Steps that are
    switched off leave their ops in kernels of their own.

    ```mlir
    %0 = ascend.conv %x, %w : ...
    %y = ascend.relu %0 : ...
    // becomes
    %y = ascend.kernel "conv_0+relu_0" <cube_conv> (%x, %w) : (...) -> ... {
    ^bb0(%a: ..., %b: ...):
      %1 = ascend.conv %a, %b : ...
      %2 = ascend.relu %1 : ...
      ascend.yield %2 : ...
    }
    ```
  }];
  let options = [ListOption<"off", "off", "std::string",
                            "fusions that are switched off, by the names of Fusions.h">];
}

def VerifyGraphPass : Pass<"ascend-verify-graph", "::mlir::func::FuncOp"> {
  let summary = "Prove that the graph phase left only what the later phases accept";
  let description = [{
    Every op is a constant, a kernel, an AI CPU op, a reshape of row-major data or
    the return; every shape is static. Anything else is an error at that op.
  }];
}

#endif // OPENATC_GRAPH_PASSES
