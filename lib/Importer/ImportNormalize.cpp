//===- ImportNormalize.cpp - Normalisations and softmax -------------------===//
#include "OpTable.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace openatc::importer {

namespace {

/// Operator sets 7 to 15. Outputs beyond the first belong to training and stay unset.
void importBatchNorm(NodeImport &n) {
  if (n.integer("training_mode", 0))
    return n.unsupported("training mode");
  if (n.opset < 9 && !n.integer("spatial", 1))
    return n.unsupported("attribute 'spatial' of 0");
  n.output(0, n.make("batch_norm",
                     {n.required(0), n.required(1), n.required(2), n.required(3), n.required(4)},
                     n.attrs().f("epsilon", n.real("epsilon", 1e-5))));
}

void importOldBatchNorm(NodeImport &n) {
  if (!n.integer("is_test", 0))
    return n.unsupported("training mode (attribute 'is_test' of 0)");
  importBatchNorm(n);
}

void importLayerNorm(NodeImport &n) {
  int64_t count = n.wants(2) ? 3 : n.wants(1) ? 2 : 1;
  SmallVector<Value> results = n.makeAll("layer_norm", {n.required(0), n.required(1), n.input(2)},
                                         n.attrs()
                                             .i("axis", n.integer("axis", -1))
                                             .f("epsilon", n.real("epsilon", 1e-5))
                                             .i("num_results", count));
  for (auto [i, value] : llvm::enumerate(results))
    n.output(i, value);
}

void importInstanceNorm(NodeImport &n) {
  n.output(0, n.make("instance_norm", {n.required(0), n.required(1), n.required(2)},
                     n.attrs().f("epsilon", n.real("epsilon", 1e-5))));
}

void groupNorm(NodeImport &n, Value scale, Value bias) {
  if (!n.has("num_groups"))
    return n.fail("attribute 'num_groups' is missing");
  n.output(0, n.make("group_norm", {n.required(0), scale, bias},
                     n.attrs()
                         .i("num_groups", n.integer("num_groups", 1))
                         .f("epsilon", n.real("epsilon", 1e-5))));
}

void importGroupNorm(NodeImport &n) { groupNorm(n, n.required(1), n.required(2)); }

/// Operator set 18 has one scale and bias per group; each is repeated for the group's
/// channels: [G] -> [G, 1] -> [G, C / G] -> [C].
void importOldGroupNorm(NodeImport &n) {
  Value x = n.required(0), groups = n.list(n.integer("num_groups", 1));
  Value channels = n.make("shape", {x}, n.attrs().i("start", 1).i("end", 2));
  Value perGroup = n.make("div", {channels, groups});
  Value repeats = n.make("concat", {n.list(1), perGroup}, n.attrs().i("axis", 0));
  auto expand = [&](Value perGroupValue) {
    Value column = n.make("unsqueeze", {perGroupValue, n.list(1)});
    return n.make("reshape", {n.make("tile", {column, repeats}), n.list(-1)});
  };
  Value scale = expand(n.required(1));
  Value bias = expand(n.required(2));
  groupNorm(n, scale, bias);
}

void importLrn(NodeImport &n) {
  if (!n.has("size"))
    return n.fail("attribute 'size' is missing");
  n.output(0, n.make("lrn", {n.required(0)},
                     n.attrs()
                         .f("alpha", n.real("alpha", 1e-4))
                         .f("beta", n.real("beta", 0.75))
                         .f("bias", n.real("bias", 1))
                         .i("size", n.integer("size", 1))));
}

/// Before operator set 13 the input was flattened to a matrix at the axis.
template <bool isLog, bool flatten> void importSoftmax(NodeImport &n) {
  n.output(0,
           n.make(isLog ? "log_softmax" : "softmax", {n.required(0)},
                  n.attrs().i("axis", n.integer("axis", flatten ? 1 : -1)).b("flatten", flatten)));
}

} // namespace

void addNormalizeImporters(OpTable &table) {
  table.add("BatchNormalization", 1, importOldBatchNorm);
  table.add("BatchNormalization", 7, importBatchNorm);
  table.add("LayerNormalization", 17, importLayerNorm);
  table.add("InstanceNormalization", 1, importInstanceNorm);
  table.add("GroupNormalization", 18, importOldGroupNorm);
  table.add("GroupNormalization", 21, importGroupNorm);
  table.add("LRN", 1, importLrn);
  table.add("Softmax", 1, importSoftmax<false, true>);
  table.add("Softmax", 13, importSoftmax<false, false>);
  table.add("LogSoftmax", 1, importSoftmax<true, true>);
  table.add("LogSoftmax", 13, importSoftmax<true, false>);
}

} // namespace openatc::importer
