//===- ImportSlice.cpp - Slice and Pad ------------------------------------===//
#include "OpTable.h"

using namespace mlir;

namespace openatc::importer {

namespace {

void importSlice(NodeImport &n) {
  n.output(0,
           n.make("slice", {n.required(0), n.required(1), n.required(2), n.input(3), n.input(4)}));
}

/// Starts, ends and axes as attributes.
void importOldSlice(NodeImport &n) {
  Value starts = n.list(n.integers("starts")), ends = n.list(n.integers("ends"));
  Value axes = n.has("axes") ? n.list(n.integers("axes")) : Value();
  n.output(0, n.make("slice", {n.required(0), starts, ends, axes, Value()}));
}

void importPad(NodeImport &n) {
  n.output(0, n.make("pad", {n.required(0), n.required(1), n.input(2), n.input(3)},
                     n.attrs().s("mode", n.string("mode", "constant"))));
}

/// Pads and value as attributes; the first operator set called them "paddings".
void importOldPad(NodeImport &n) {
  Value x = n.required(0);
  if (!x)
    return;
  Value pads = n.list(n.integers(n.has("paddings") ? "paddings" : "pads"));
  Value value = n.scalar(n.real("value", 0), elementTypeOf(x));
  n.output(0, n.make("pad", {x, pads, value, Value()},
                     n.attrs().s("mode", n.string("mode", "constant"))));
}

} // namespace

void addSliceImporters(OpTable &table) {
  table.add("Slice", 1, importOldSlice);
  table.add("Slice", 10, importSlice);
  table.add("Pad", 1, importOldPad);
  table.add("Pad", 11, importPad);
}

} // namespace openatc::importer
