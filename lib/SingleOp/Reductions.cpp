//===- Reductions.cpp - Sums, softmax and normalisations ------------------===//
#include "OpBuilder.h"

#include <numeric>

namespace openatc::singleop {
namespace {

enum class Reduce { Sum, Mean, Max, Min, Prod };

constexpr const char *onnxName(Reduce kind) {
  switch (kind) {
  case Reduce::Sum:
    return "ReduceSum";
  case Reduce::Mean:
    return "ReduceMean";
  case Reduce::Max:
    return "ReduceMax";
  case Reduce::Min:
    return "ReduceMin";
  case Reduce::Prod:
    return "ReduceProd";
  }
  return "";
}

void reduce(OpBuilder &b, Reduce kind, std::vector<int64_t> axes) {
  // An empty list means all axes.
  if (axes.empty()) {
    axes.resize(size_t(b.rank(0)));
    std::iota(axes.begin(), axes.end(), 0);
  }
  int64_t keep = b.boolean("keep_dims", false);
  std::string x = b.required(0);
  b.output(0, axes.empty() ? x : b.node(onnxName(kind), {x, b.list(axes)}, {{"keepdims", keep}}));
}

template <Reduce kind> void reduceD(OpBuilder &b) { reduce(b, kind, b.integers("axes")); }
template <Reduce kind> void reduceByInput(OpBuilder &b) { reduce(b, kind, b.constant(1, "axes")); }

void extremum(OpBuilder &b, const char *onnx, int64_t axis) {
  b.output(0,
           b.node(DType::I64, onnx, {b.required(0)}, {{"axis", axis}, {"keepdims", int64_t(0)}}));
}

int64_t single(OpBuilder &b, const std::vector<int64_t> &values, const char *what) {
  if (values.size() == 1)
    return values[0];
  b.fail(std::string(what) + " must be one number");
  return 0;
}

void argMaxD(OpBuilder &b) { extremum(b, "ArgMax", b.integer("dimension", 0)); }
void argMinD(OpBuilder &b) { extremum(b, "ArgMin", b.integer("dimension", 0)); }
void argMax(OpBuilder &b) {
  extremum(b, "ArgMax", single(b, b.constant(1, "dimension"), "dimension"));
}
void argMin(OpBuilder &b) {
  extremum(b, "ArgMin", single(b, b.constant(1, "dimension"), "dimension"));
}

void softmax(OpBuilder &b, const char *onnx) {
  std::vector<int64_t> axes = b.integers("axes");
  int64_t axis = axes.empty() ? -1 : single(b, axes, "attribute axes");
  b.output(0, b.node(onnx, {b.required(0)}, {{"axis", axis}}));
}
void softmaxV2(OpBuilder &b) { softmax(b, "Softmax"); }
void logSoftmaxV2(OpBuilder &b) { softmax(b, "LogSoftmax"); }

/// The normalised tensor, and where asked for mean and variance with kept dimensions.
void layerNorm(OpBuilder &b) {
  int64_t rank = b.rank(0), axis = b.integer("begin_norm_axis", 0);
  axis += axis < 0 ? rank : 0;
  if (axis < 0 || axis >= rank)
    b.fail("attribute begin_norm_axis is out of range");
  if (b.failed())
    return;
  std::string x = b.required(0);
  b.output(0, b.node("LayerNormalization", {x, b.required(1), b.input(2)},
                     {{"axis", axis}, {"epsilon", b.real("epsilon", 1e-7f)}}));
  if (b.numOutputs() == 1)
    return;
  std::vector<int64_t> axes(size_t(rank - axis));
  std::iota(axes.begin(), axes.end(), axis);
  std::string mean = b.node("ReduceMean", {x, b.list(axes)}, {{"keepdims", int64_t(1)}});
  std::string distance = b.node("Sub", {x, mean});
  b.output(1, mean);
  b.output(2, b.node("ReduceMean", {b.node("Mul", {distance, distance}), b.list(axes)},
                     {{"keepdims", int64_t(1)}}));
}

void batchNorm(OpBuilder &b) {
  std::string x = b.required(0);
  if (b.failed())
    return;
  std::string y = b.node("BatchNormalization",
                         {b.toChannelsFirst(x, b.inputDesc(0)), b.required(1), b.required(2),
                          b.required(3), b.required(4)},
                         {{"epsilon", b.real("epsilon", 1e-4f)}});
  b.output(0, b.toChannelsLast(y, b.outputDesc(0)));
}

} // namespace

void addReductions(TranslationTable &table) {
  table["ReduceSum"] = reduceByInput<Reduce::Sum>;
  table["ReduceSumD"] = reduceD<Reduce::Sum>;
  table["ReduceMean"] = reduceByInput<Reduce::Mean>;
  table["ReduceMeanD"] = reduceD<Reduce::Mean>;
  table["ReduceMax"] = reduceByInput<Reduce::Max>;
  table["ReduceMaxD"] = reduceD<Reduce::Max>;
  table["ReduceMin"] = reduceByInput<Reduce::Min>;
  table["ReduceMinD"] = reduceD<Reduce::Min>;
  table["ReduceProd"] = reduceByInput<Reduce::Prod>;
  table["ReduceProdD"] = reduceD<Reduce::Prod>;
  table["ArgMaxD"] = argMaxD;
  table["ArgMinD"] = argMinD;
  table["ArgMax"] = table["ArgMaxV2"] = argMax;
  table["ArgMin"] = argMin;
  table["SoftmaxV2"] = softmaxV2;
  table["LogSoftmaxV2"] = logSoftmaxV2;
  table["LayerNorm"] = layerNorm;
  table["BNInfer"] = table["BNInferenceD"] = batchNorm;
}

} // namespace openatc::singleop
