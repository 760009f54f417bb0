//===- OpTypes.cpp - Names that operators go by -----------------------------===//
#include "OpTypes.h"

namespace openatc::compiler {
namespace {

struct Name {
  std::string_view cann;
  std::string_view onnx; ///< separated by blanks
  std::string_view fused = "";
};

/// Names of CANN that differ from ONNX's, and operators that exporters write out as several
/// nodes. Suffixes such as V2 or D are other versions of one operator.
constexpr Name names[] = {
    {"MatMul", "MatMul Gemm"},
    {"MatMulV2", "MatMul Gemm"},
    {"MatMulV3", "MatMul Gemm"},
    {"BatchMatMul", "MatMul"},
    {"BatchMatMulV2", "MatMul"},
    {"BatchMatMulV3", "MatMul"},
    {"FullyConnection", "Gemm"},
    {"Conv2D", "Conv"},
    {"Conv3D", "Conv"},
    {"DepthwiseConv2D", "Conv"},
    {"Conv2DTranspose", "ConvTranspose"},
    {"Conv2DTransposeD", "ConvTranspose"},
    {"Deconvolution", "ConvTranspose"},
    {"SoftmaxV2", "Softmax"},
    {"LogSoftmaxV2", "LogSoftmax"},
    {"Gelu", "Gelu", "gelu"},
    {"LayerNorm", "LayerNormalization", "layer_norm"},
    {"LayerNormV3", "LayerNormalization", "layer_norm"},
    {"LayerNormalization", "LayerNormalization", "layer_norm"},
    {"InstanceNorm", "InstanceNormalization"},
    {"InstanceNormV2", "InstanceNormalization"},
    {"GroupNorm", "GroupNormalization"},
    {"BatchNorm", "BatchNormalization"},
    {"BNInfer", "BatchNormalization"},
    {"BNInferenceD", "BatchNormalization"},
    {"Relu6", "Clip"},
    {"LeakyReluV2", "LeakyRelu"},
    {"PRelu", "PRelu"},
    {"SoftplusV2", "Softplus"},
    {"ClipByValue", "Clip"},
    {"ClipByValueV2", "Clip"},
    {"RealDiv", "Div"},
    {"Maximum", "Max"},
    {"Minimum", "Min"},
    {"LogicalAnd", "And"},
    {"LogicalOr", "Or"},
    {"LogicalNot", "Not"},
    {"Select", "Where"},
    {"SelectV2", "Where"},
    {"ReduceMeanD", "ReduceMean"},
    {"ReduceSumD", "ReduceSum"},
    {"ReduceMaxD", "ReduceMax"},
    {"ReduceMinD", "ReduceMin"},
    {"ReduceProdD", "ReduceProd"},
    {"ArgMaxV2", "ArgMax"},
    {"ArgMaxD", "ArgMax"},
    {"ArgMinD", "ArgMin"},
    {"GatherV2", "Gather"},
    {"GatherV2D", "Gather"},
    {"GatherNd", "GatherND"},
    {"ConcatD", "Concat"},
    {"ConcatV2", "Concat"},
    {"ConcatV2D", "Concat"},
    {"SplitD", "Split"},
    {"SplitV", "Split"},
    {"SplitVD", "Split"},
    {"StridedSlice", "Slice"},
    {"StridedSliceD", "Slice"},
    {"StridedSliceV2", "Slice"},
    {"TransposeD", "Transpose"},
    {"PadD", "Pad"},
    {"PadV3", "Pad"},
    {"TileD", "Tile"},
    {"ExpandD", "Expand"},
    {"BroadcastTo", "Expand"},
    {"MaxPoolV3", "MaxPool"},
    {"Pooling", "MaxPool AveragePool GlobalAveragePool GlobalMaxPool"},
    {"AvgPool", "AveragePool"},
    {"AvgPoolV2", "AveragePool"},
    {"ResizeNearestNeighborV2", "Resize Upsample"},
    {"ResizeBilinearV2", "Resize Upsample"},
    {"ReduceL2D", "ReduceL2"},
    {"LRN", "LRN"},
};

/// Operators whose names both sides share, as far as they are imported.
constexpr std::string_view shared[] = {
    "Abs",
    "Add",
    "And",
    "ArgMax",
    "ArgMin",
    "AveragePool",
    "Cast",
    "Ceil",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Cos",
    "DepthToSpace",
    "Div",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Expand",
    "Flatten",
    "Floor",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gemm",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Greater",
    "HardSigmoid",
    "HardSwish",
    "InstanceNormalization",
    "LeakyRelu",
    "Less",
    "Log",
    "LogSoftmax",
    "Max",
    "MaxPool",
    "Mean",
    "Min",
    "Mish",
    "Mod",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "Pad",
    "Pow",
    "Reciprocal",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Relu",
    "Reshape",
    "Resize",
    "Round",
    "Selu",
    "Sigmoid",
    "Sign",
    "Sin",
    "Slice",
    "Softmax",
    "Softplus",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Sum",
    "Tanh",
    "Tile",
    "Transpose",
    "Unsqueeze",
    "Upsample",
    "Where",
    "Xor",
    "BatchNormalization",
    "GroupNormalization",
};

} // namespace

OpType findOpType(std::string_view name) {
  for (const Name &entry : names) {
    if (entry.cann != name)
      continue;
    OpType type{{}, std::string(entry.fused), true};
    std::string_view rest = entry.onnx;
    while (!rest.empty()) {
      size_t end = rest.find(' ');
      type.onnx.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return type;
  }
  OpType type{{std::string(name)}, "", false};
  for (std::string_view known : shared)
    type.known |= known == name;
  return type;
}

} // namespace openatc::compiler
