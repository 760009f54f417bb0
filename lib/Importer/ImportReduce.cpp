//===- ImportReduce.cpp - Reductions and arg reductions -------------------===//
#include "OpTable.h"

using namespace mlir;

namespace openatc::importer {

namespace {

constexpr const char *kReductions[][2] = {
    {"ReduceMean", "reduce_mean"},
    {"ReduceSum", "reduce_sum"},
    {"ReduceMax", "reduce_max"},
    {"ReduceMin", "reduce_min"},
    {"ReduceProd", "reduce_prod"},
    {"ReduceL1", "reduce_l1"},
    {"ReduceL2", "reduce_l2"},
    {"ReduceLogSum", "reduce_log_sum"},
    {"ReduceLogSumExp", "reduce_log_sum_exp"},
    {"ReduceSumSquare", "reduce_sum_square"},
};

/// The dialect's name of the node's operator.
StringRef reductionName(NodeImport &n) {
  for (auto &[onnxName, name] : kReductions)
    if (n.node.op_type() == onnxName)
      return name;
  return {};
}

AttrList reduceAttrs(NodeImport &n) {
  return n.attrs()
      .b("keepdims", n.integer("keepdims", 1))
      .b("noop_with_empty_axes", n.integer("noop_with_empty_axes", 0));
}

void importReduce(NodeImport &n) {
  n.output(0, n.make(reductionName(n), {n.required(0), n.input(1)}, reduceAttrs(n)));
}

/// Axes as an attribute.
void importOldReduce(NodeImport &n) {
  SmallVector<int64_t> axes = n.integers("axes");
  Value operand = axes.empty() ? Value() : n.list(axes);
  n.output(0, n.make(reductionName(n), {n.required(0), operand}, reduceAttrs(n)));
}

template <bool isMax> void importArgReduce(NodeImport &n) {
  n.output(0, n.make(isMax ? "arg_max" : "arg_min", {n.required(0)},
                     n.attrs()
                         .i("axis", n.integer("axis", 0))
                         .b("keepdims", n.integer("keepdims", 1))
                         .b("select_last_index", n.integer("select_last_index", 0))));
}

} // namespace

void addReduceImporters(OpTable &table) {
  for (auto &[onnxName, name] : kReductions) {
    table.add(onnxName, 1, importOldReduce);
    // ReduceSum got its axes operand five versions before the others.
    table.add(onnxName, StringRef(name) == "reduce_sum" ? 13 : 18, importReduce);
  }
  table.add("ArgMax", 1, importArgReduce<true>);
  table.add("ArgMin", 1, importArgReduce<false>);
}

} // namespace openatc::importer
