//===- ImportPool.cpp - Pooling -------------------------------------------===//
#include "OpTable.h"

using namespace mlir;

namespace openatc::importer {

namespace {

AttrList poolAttrs(NodeImport &n) {
  if (n.integers("kernel_shape").empty())
    n.fail("attribute 'kernel_shape' is missing");
  return n.attrs()
      .is("kernel_shape", n.integers("kernel_shape"))
      .is("strides", n.integers("strides"))
      .is("dilations", n.integers("dilations"))
      .is("pads", n.integers("pads"))
      .s("auto_pad", n.string("auto_pad", "NOTSET"))
      .b("ceil_mode", n.integer("ceil_mode", 0));
}

void importMaxPool(NodeImport &n) {
  AttrList attrs = poolAttrs(n);
  attrs.i("storage_order", n.integer("storage_order", 0)).b("with_indices", n.wants(1));
  SmallVector<Value> results = n.makeAll("max_pool", {n.required(0)}, attrs);
  for (auto [i, value] : llvm::enumerate(results))
    n.output(i, value);
}

void importAveragePool(NodeImport &n) {
  AttrList attrs = poolAttrs(n);
  attrs.b("count_include_pad", n.integer("count_include_pad", 0));
  n.output(0, n.make("average_pool", {n.required(0)}, attrs));
}

void importGlobalAveragePool(NodeImport &n) {
  n.output(0, n.make("global_average_pool", {n.required(0)}));
}

void importGlobalMaxPool(NodeImport &n) { n.output(0, n.make("global_max_pool", {n.required(0)})); }

} // namespace

void addPoolImporters(OpTable &table) {
  table.add("MaxPool", 1, importMaxPool);
  table.add("AveragePool", 1, importAveragePool);
  table.add("GlobalAveragePool", 1, importGlobalAveragePool);
  table.add("GlobalMaxPool", 1, importGlobalMaxPool);
}

} // namespace openatc::importer
