//===- Movements.cpp - Operators that move elements -----------------------===//
#include "OpBuilder.h"

#include <algorithm>

namespace openatc::singleop {
namespace {

std::string permuted(OpBuilder &b, const std::vector<int64_t> &order) {
  return b.node("Transpose", {b.required(0)}, {{"perm", order}});
}

void transpose(OpBuilder &b) { b.output(0, permuted(b, b.constant(1, "perm"))); }
void transposeD(OpBuilder &b) { b.output(0, permuted(b, b.integers("perm"))); }

/// Between formats that only order the dimensions differently.
void transData(OpBuilder &b) {
  std::string x = b.required(0);
  if (b.failed())
    return;
  std::string from = b.text("src_format", b.inputDesc(0).format);
  std::string to = b.text("dst_format", b.outputDesc(0).format);
  if (from == to)
    return b.output(0, x);
  std::vector<int64_t> order;
  for (char axis : to) {
    size_t at = from.find(axis);
    if (at == std::string::npos || from.size() != to.size() || int64_t(to.size()) != b.rank(0))
      return b.fail("a change from format " + from + " to " + to + " is not supported");
    order.push_back(int64_t(at));
  }
  b.output(0, permuted(b, order));
}

/// Inputs from..to-1 joined.
void concat(OpBuilder &b, size_t from, size_t to, int64_t axis) {
  std::vector<std::string> inputs;
  for (size_t i = from; i < to; ++i)
    inputs.push_back(b.required(i));
  if (inputs.empty())
    return b.fail("there are no inputs");
  b.output(0, b.node("Concat", inputs, {{"axis", axis}}));
}

int64_t axisOf(OpBuilder &b, size_t i) {
  std::vector<int64_t> values = b.constant(i, "axis");
  if (values.size() != 1 && !b.failed())
    b.fail("input " + std::to_string(i) + " must be one number");
  return values.empty() ? 0 : values[0];
}

void concatD(OpBuilder &b) { concat(b, 0, b.numInputs(), b.integer("concat_dim", 0)); }
void concatFirst(OpBuilder &b) { concat(b, 1, b.numInputs(), axisOf(b, 0)); }
void concatLast(OpBuilder &b) {
  size_t last = b.numInputs() ? b.numInputs() - 1 : 0;
  concat(b, 0, last, axisOf(b, last));
}

void pack(OpBuilder &b) {
  int64_t axis = b.integer("axis", 0);
  std::vector<std::string> inputs;
  for (size_t i = 0; i < b.numInputs(); ++i)
    inputs.push_back(b.node("Unsqueeze", {b.required(i), b.list({axis})}));
  if (inputs.empty())
    return b.fail("there are no inputs");
  b.output(0, b.node("Concat", inputs, {{"axis", axis}}));
}

void split(OpBuilder &b, const std::string &x, int64_t axis, const std::vector<int64_t> &sizes) {
  std::vector<std::string> inputs = {x};
  std::vector<NodeAttr> attributes = {{"axis", axis}};
  if (sizes.empty())
    attributes.push_back({"num_outputs", int64_t(b.numOutputs())});
  else if (sizes.size() != b.numOutputs())
    return b.fail("there are " + std::to_string(sizes.size()) + " sizes for " +
                  std::to_string(b.numOutputs()) + " outputs");
  else
    inputs.push_back(b.list(sizes));
  std::vector<std::string> parts = b.nodes("Split", inputs, b.numOutputs(), attributes);
  for (size_t i = 0; i < parts.size(); ++i)
    b.output(i, parts[i]);
}

void splitD(OpBuilder &b) { split(b, b.required(0), b.integer("split_dim", 0), {}); }
void splitPlain(OpBuilder &b) { split(b, b.required(1), axisOf(b, 0), {}); }
void splitV(OpBuilder &b) { split(b, b.required(0), axisOf(b, 2), b.constant(1, "size_splits")); }
void splitVD(OpBuilder &b) {
  split(b, b.required(0), b.integer("split_dim", 0), b.integers("size_splits"));
}

void unpack(OpBuilder &b) {
  int64_t axis = b.integer("axis", 0);
  std::vector<std::string> parts =
      b.nodes("Split", {b.required(0)}, b.numOutputs(),
              {{"axis", axis}, {"num_outputs", int64_t(b.numOutputs())}});
  for (size_t i = 0; i < parts.size(); ++i)
    b.output(i, b.node("Squeeze", {parts[i], b.list({axis})}));
}

/// `pairs` has what goes before and behind each dimension.
void pad(OpBuilder &b, const std::vector<int64_t> &pairs, const std::string &value,
         const std::string &mode) {
  size_t rank = size_t(b.rank(0));
  if (pairs.size() != 2 * rank)
    return b.fail("there must be two paddings for each dimension");
  std::vector<int64_t> pads(2 * rank);
  for (size_t i = 0; i < rank; ++i) {
    pads[i] = pairs[2 * i];
    pads[rank + i] = pairs[2 * i + 1];
  }
  std::vector<std::string> inputs = {b.required(0), b.list(pads)};
  if (!value.empty())
    inputs.push_back(value);
  b.output(0, b.node("Pad", inputs, {{"mode", mode}}));
}

void padByInput(OpBuilder &b) { pad(b, b.constant(1, "paddings"), "", "constant"); }
void padV3(OpBuilder &b) {
  if (!b.boolean("paddings_contiguous", true))
    return b.fail("paddings_contiguous must be true");
  pad(b, b.constant(1, "paddings"), b.input(2), b.text("mode", "constant"));
}
void padD(OpBuilder &b) {
  std::vector<int64_t> flat;
  for (const std::vector<int64_t> &pair : b.integerLists("paddings"))
    flat.insert(flat.end(), pair.begin(), pair.end());
  pad(b, flat, "", "constant");
}

void tile(OpBuilder &b, const std::vector<int64_t> &repeats) {
  b.output(0, b.node("Tile", {b.required(0), b.list(repeats)}));
}
void tileByInput(OpBuilder &b) { tile(b, b.constant(1, "multiples")); }
void tileD(OpBuilder &b) { tile(b, b.integers("multiples")); }

void expand(OpBuilder &b, const std::vector<int64_t> &shape) {
  b.output(0, b.node("Expand", {b.required(0), b.list(shape)}));
}
void expandByInput(OpBuilder &b) { expand(b, b.constant(1, "shape")); }
void expandD(OpBuilder &b) { expand(b, b.integers("shape")); }

void unsqueeze(OpBuilder &b, const std::vector<int64_t> &axes) {
  b.output(0, b.node("Unsqueeze", {b.required(0), b.list(axes)}));
}
void expandDims(OpBuilder &b) { unsqueeze(b, {axisOf(b, 1)}); }
void unsqueezeD(OpBuilder &b) { unsqueeze(b, b.integers("axes")); }

void squeeze(OpBuilder &b) {
  std::vector<int64_t> axes = b.integers("axis");
  std::vector<std::string> inputs = {b.required(0)};
  if (!axes.empty())
    inputs.push_back(b.list(axes));
  b.output(0, b.node("Squeeze", inputs));
}

void reshape(OpBuilder &b) {
  b.output(0, b.node("Reshape", {b.required(0), b.list(b.constant(1, "shape"))},
                     {{"allowzero", int64_t(0)}}));
}

void flatten(OpBuilder &b) {
  b.output(0, b.node("Flatten", {b.required(0)}, {{"axis", b.integer("axis", 1)}}));
}

template <bool toDepth> void depthSpace(OpBuilder &b) {
  std::string x = b.required(0);
  if (b.failed())
    return;
  std::string image = b.toChannelsFirst(x, b.inputDesc(0));
  std::vector<NodeAttr> attributes = {{"blocksize", b.integer("block_size", 1)}};
  if (!toDepth)
    attributes.push_back({"mode", b.text("mode", "DCR")});
  std::string y = b.node(toDepth ? "SpaceToDepth" : "DepthToSpace", {image}, attributes);
  b.output(0, b.toChannelsLast(y, b.outputDesc(0)));
}

} // namespace

void addMovements(TranslationTable &table) {
  table["Transpose"] = transpose;
  table["TransposeD"] = transposeD;
  table["TransData"] = transData;
  table["Concat"] = concatFirst;
  table["ConcatV2"] = concatLast;
  table["ConcatD"] = table["ConcatV2D"] = concatD;
  table["Pack"] = pack;
  table["Unpack"] = unpack;
  table["Split"] = splitPlain;
  table["SplitD"] = splitD;
  table["SplitV"] = splitV;
  table["SplitVD"] = splitVD;
  table["Pad"] = padByInput;
  table["PadV3"] = padV3;
  table["PadD"] = padD;
  table["Tile"] = tileByInput;
  table["TileD"] = tileD;
  table["Expand"] = table["BroadcastTo"] = expandByInput;
  table["ExpandD"] = table["BroadcastToD"] = expandD;
  table["ExpandDims"] = expandDims;
  table["Unsqueeze"] = unsqueezeD;
  table["Squeeze"] = squeeze;
  table["Reshape"] = reshape;
  table["Flatten"] = table["FlattenV2"] = flatten;
  table["SpaceToDepth"] = depthSpace<true>;
  table["DepthToSpace"] = depthSpace<false>;
}

} // namespace openatc::singleop
