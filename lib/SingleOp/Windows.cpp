//===- Windows.cpp - Convolutions, pools and resizing ---------------------===//
#include "OpBuilder.h"

namespace openatc::singleop {
namespace {

/// Height and width of a list that has an entry for each dimension of the input.
std::vector<int64_t> spatial(OpBuilder &b, const char *name, int64_t otherwise = 0) {
  std::vector<int64_t> all = b.integers(name);
  if (all.empty() && otherwise)
    return {otherwise, otherwise};
  if (all.size() == 2)
    return all;
  if (all.size() != 4) {
    b.fail(std::string("attribute ") + name + " must have 4 entries");
    return {1, 1};
  }
  bool last = b.has(0) && OpBuilder::channelsLast(b.inputDesc(0));
  return last ? std::vector<int64_t>{all[1], all[2]} : std::vector<int64_t>{all[2], all[3]};
}

/// [top, bottom, left, right] in the order of ONNX.
std::vector<int64_t> pads(OpBuilder &b, const char *name) {
  std::vector<int64_t> all = b.integers(name);
  if (all.empty())
    return {0, 0, 0, 0};
  if (all.size() != 4) {
    b.fail(std::string("attribute ") + name + " must have 4 entries");
    return {0, 0, 0, 0};
  }
  return {all[0], all[2], all[1], all[3]};
}

void checkImage(OpBuilder &b) {
  if (b.has(0) && b.rank(0) != 4)
    b.fail("input 0 must have 4 dimensions");
}

/// The filter as [out, in, h, w].
std::string filter(OpBuilder &b) {
  std::string w = b.required(1);
  if (!b.has(1))
    return w;
  if (b.rank(1) != 4)
    b.fail("the filter must have 4 dimensions");
  if (b.inputDesc(1).format == "HWCN")
    return b.node("Transpose", {w}, {{"perm", std::vector<int64_t>{3, 2, 0, 1}}});
  return b.toChannelsFirst(w, b.inputDesc(1));
}

void convolve(OpBuilder &b, std::string w, int64_t groups) {
  checkImage(b);
  if (b.has(3))
    b.fail("offset_w is not supported");
  std::string x = b.required(0);
  if (b.failed())
    return;
  std::string image = b.toChannelsFirst(x, b.inputDesc(0));
  std::string y = b.node("Conv", {image, w, b.input(2)},
                         {{"strides", spatial(b, "strides", 1)},
                          {"pads", pads(b, "pads")},
                          {"dilations", spatial(b, "dilations", 1)},
                          {"group", groups}});
  b.output(0, b.toChannelsLast(y, b.outputDesc(0)));
}

void conv2d(OpBuilder &b) { convolve(b, filter(b), b.integer("groups", 1)); }

/// The filter is [h, w, channels, multiplier], or [multiplier, channels, h, w].
void depthwiseConv2d(OpBuilder &b) {
  std::string w = b.required(1);
  if (b.failed() || b.rank(0) != 4 || b.rank(1) != 4)
    return b.fail("input and filter must have 4 dimensions");
  const om::OpTensor &desc = b.inputDesc(1);
  int64_t channels = b.inputDesc(0).shape[OpBuilder::channelsLast(b.inputDesc(0)) ? 3 : 1];
  bool spatialFirst = desc.format == "HWCN";
  // Channels outermost, their multiplier next, as grouped convolution counts its outputs.
  w = b.node("Transpose", {w},
             {{"perm", spatialFirst ? std::vector<int64_t>{2, 3, 0, 1}
                                    : std::vector<int64_t>{1, 0, 2, 3}}});
  int64_t h = desc.shape[spatialFirst ? 0 : 2], width = desc.shape[spatialFirst ? 1 : 3];
  w = b.node("Reshape", {w, b.list({-1, 1, h, width})});
  convolve(b, w, channels);
}

/// Shared attributes of pools; `padding` names how the border is treated.
std::vector<NodeAttr> window(OpBuilder &b, const std::string &padding) {
  std::vector<NodeAttr> out = {{"kernel_shape", spatial(b, "ksize")},
                               {"strides", spatial(b, "strides", 1)}};
  if (padding == "SAME")
    out.push_back({"auto_pad", std::string("SAME_UPPER")});
  else if (padding == "VALID")
    out.push_back({"auto_pad", std::string("VALID")});
  else if (padding == "CALCULATED")
    out.push_back({"pads", pads(b, "pads")});
  else
    b.fail("the padding must be SAME, VALID or CALCULATED, not " + padding);
  return out;
}

void pool(OpBuilder &b, const char *onnx, std::vector<NodeAttr> attributes) {
  checkImage(b);
  std::string x = b.required(0);
  if (b.failed())
    return;
  std::string y = b.node(onnx, {b.toChannelsFirst(x, b.inputDesc(0))}, std::move(attributes));
  b.output(0, b.toChannelsLast(y, b.outputDesc(0)));
}

void maxPool(OpBuilder &b) { pool(b, "MaxPool", window(b, b.text("padding", "VALID"))); }

void avgPool(OpBuilder &b) { pool(b, "AveragePool", window(b, b.text("padding", "VALID"))); }

void maxPoolV3(OpBuilder &b) {
  if (b.boolean("global_pooling", false))
    return pool(b, "GlobalMaxPool", {});
  std::vector<NodeAttr> attributes = window(b, b.text("padding_mode", "CALCULATED"));
  attributes.push_back({"ceil_mode", int64_t(b.boolean("ceil_mode", false))});
  pool(b, "MaxPool", std::move(attributes));
}

void avgPoolV2(OpBuilder &b) {
  if (b.boolean("global_pooling", false))
    return pool(b, "GlobalAveragePool", {});
  std::vector<NodeAttr> attributes = window(b, b.text("padding_mode", "CALCULATED"));
  attributes.push_back({"ceil_mode", int64_t(b.boolean("ceil_mode", false))});
  attributes.push_back({"count_include_pad", int64_t(!b.boolean("exclusive", true))});
  pool(b, "AveragePool", std::move(attributes));
}

void resize(OpBuilder &b, const char *mode, const std::vector<int64_t> &size) {
  checkImage(b);
  std::string x = b.required(0);
  if (size.size() != 2)
    b.fail("the size must be [height, width]");
  if (b.failed())
    return;
  bool half = b.boolean("half_pixel_centers", false), corners = b.boolean("align_corners", false);
  if (half && corners)
    b.fail("align_corners and half_pixel_centers exclude each other");
  std::string coordinates = half ? "half_pixel" : corners ? "align_corners" : "asymmetric";
  std::string image = b.toChannelsFirst(x, b.inputDesc(0));
  bool nearest = std::string(mode) == "nearest";
  std::string y =
      b.node("Resize", {image, "", "", b.list(size)},
             {{"mode", std::string(mode)},
              {"axes", std::vector<int64_t>{2, 3}},
              {"coordinate_transformation_mode", coordinates},
              {"nearest_mode", std::string(nearest && corners ? "round_prefer_ceil" : "floor")}});
  b.output(0, b.toChannelsLast(y, b.outputDesc(0)));
}

void resizeNearest(OpBuilder &b) { resize(b, "nearest", b.constant(1, "size")); }
void resizeNearestD(OpBuilder &b) { resize(b, "nearest", b.integers("size")); }
void resizeBilinear(OpBuilder &b) { resize(b, "linear", b.constant(1, "size")); }
void resizeBilinearD(OpBuilder &b) { resize(b, "linear", b.integers("size")); }

} // namespace

void addWindows(TranslationTable &table) {
  table["Conv2D"] = conv2d;
  table["DepthwiseConv2D"] = depthwiseConv2d;
  table["MaxPool"] = maxPool;
  table["MaxPoolV3"] = maxPoolV3;
  table["AvgPool"] = avgPool;
  table["AvgPoolV2"] = avgPoolV2;
  table["ResizeNearestNeighborV2"] = resizeNearest;
  table["ResizeNearestNeighborV2D"] = resizeNearestD;
  table["ResizeBilinearV2"] = resizeBilinear;
  table["ResizeBilinearV2D"] = resizeBilinearD;
}

} // namespace openatc::singleop
