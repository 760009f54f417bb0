//===- ImportShape.cpp - Shape changes and data movement ------------------===//
#include "OpTable.h"

using namespace mlir;

namespace openatc::importer {

namespace {

void importReshape(NodeImport &n) {
  n.output(0, n.make("reshape", {n.required(0), n.required(1)},
                     n.attrs().b("allowzero", n.integer("allowzero", 0))));
}

void importOldReshape(NodeImport &n) {
  n.output(0, n.make("reshape", {n.required(0), n.list(n.integers("shape"))}));
}

void importFlatten(NodeImport &n) {
  n.output(0, n.make("flatten", {n.required(0)}, n.attrs().i("axis", n.integer("axis", 1))));
}

void importSqueeze(NodeImport &n) { n.output(0, n.make("squeeze", {n.required(0), n.input(1)})); }

void importOldSqueeze(NodeImport &n) {
  Value axes = n.has("axes") ? n.list(n.integers("axes")) : Value();
  n.output(0, n.make("squeeze", {n.required(0), axes}));
}

void importUnsqueeze(NodeImport &n) {
  n.output(0, n.make("unsqueeze", {n.required(0), n.required(1)}));
}

void importOldUnsqueeze(NodeImport &n) {
  n.output(0, n.make("unsqueeze", {n.required(0), n.list(n.integers("axes"))}));
}

void importTranspose(NodeImport &n) {
  n.output(0, n.make("transpose", {n.required(0)}, n.attrs().is("perm", n.integers("perm"))));
}

void importConcat(NodeImport &n) {
  if (n.opset >= 4 && !n.has("axis"))
    return n.fail("attribute 'axis' is missing");
  n.required(0);
  n.output(0, n.make("concat", n.allInputs(), n.attrs().i("axis", n.integer("axis", 1))));
}

void split(NodeImport &n, Value sizes) {
  // Operator set 18 states the number of parts; before, it is that of the outputs.
  int64_t parts = n.node.output_size();
  if (n.has("num_outputs") && n.integer("num_outputs", 0) != parts)
    return n.fail("attribute 'num_outputs' differs from the number of outputs");
  SmallVector<Value> results =
      n.makeAll("split", {n.required(0), sizes},
                n.attrs().i("axis", n.integer("axis", 0)).i("num_outputs", parts));
  for (auto [i, value] : llvm::enumerate(results))
    n.output(i, value);
}

void importSplit(NodeImport &n) { split(n, n.input(1)); }

void importOldSplit(NodeImport &n) {
  split(n, n.has("split") ? n.list(n.integers("split")) : n.input(1));
}

void importGather(NodeImport &n) {
  n.output(0, n.make("gather", {n.required(0), n.required(1)},
                     n.attrs().i("axis", n.integer("axis", 0))));
}

void importGatherElements(NodeImport &n) {
  n.output(0, n.make("gather_elements", {n.required(0), n.required(1)},
                     n.attrs().i("axis", n.integer("axis", 0))));
}

void importGatherNd(NodeImport &n) {
  n.output(0, n.make("gather_nd", {n.required(0), n.required(1)},
                     n.attrs().i("batch_dims", n.integer("batch_dims", 0))));
}

void importExpand(NodeImport &n) { n.output(0, n.make("expand", {n.required(0), n.required(1)})); }

void importTile(NodeImport &n) { n.output(0, n.make("tile", {n.required(0), n.required(1)})); }

void importDepthToSpace(NodeImport &n) {
  n.output(
      0,
      n.make(
          "depth_to_space", {n.required(0)},
          n.attrs().i("blocksize", n.integer("blocksize", 0)).s("mode", n.string("mode", "DCR"))));
}

void importSpaceToDepth(NodeImport &n) {
  n.output(0, n.make("space_to_depth", {n.required(0)},
                     n.attrs().i("blocksize", n.integer("blocksize", 0))));
}

void importShapeOf(NodeImport &n) {
  n.output(0, n.make("shape", {n.required(0)},
                     n.attrs()
                         .i("start", n.integer("start", 0))
                         .i("end", n.integer("end", std::numeric_limits<int64_t>::max()))));
}

void importSize(NodeImport &n) { n.output(0, n.make("size", {n.required(0)})); }

} // namespace

void addShapeImporters(OpTable &table) {
  table.add("Reshape", 1, importOldReshape);
  table.add("Reshape", 5, importReshape);
  table.add("Flatten", 1, importFlatten);
  table.add("Squeeze", 1, importOldSqueeze);
  table.add("Squeeze", 13, importSqueeze);
  table.add("Unsqueeze", 1, importOldUnsqueeze);
  table.add("Unsqueeze", 13, importUnsqueeze);
  table.add("Transpose", 1, importTranspose);
  table.add("Concat", 1, importConcat);
  table.add("Split", 1, importOldSplit);
  table.add("Split", 13, importSplit);
  table.add("Gather", 1, importGather);
  table.add("GatherElements", 11, importGatherElements);
  table.add("GatherND", 11, importGatherNd);
  table.add("Expand", 8, importExpand);
  table.add("Tile", 6, importTile);
  table.add("DepthToSpace", 1, importDepthToSpace);
  table.add("SpaceToDepth", 1, importSpaceToDepth);
  table.add("Shape", 1, importShapeOf);
  table.add("Size", 1, importSize);
}

} // namespace openatc::importer
