//===- Window.cpp - Geometry of sliding windows ----------------------------===//

#include "Window.h"

#include <algorithm>

namespace openatc::host {

namespace {

/// Copies a list attribute (empty = default) behind the leading ones.
Status readList(const OpArgs &args, std::string_view name, size_t rank, int64_t least,
                Triple &values) {
  std::vector<int64_t> list = args.intsAttr(name);
  if (list.empty())
    return Status::success();
  if (list.size() != rank)
    return fail("attribute ", name, " has ", list.size(), " values, expected ", rank);
  for (size_t i = 0; i < rank; ++i) {
    if (list[i] < least || list[i] > kMaxWindowValue)
      return fail("attribute ", name, " has the value ", list[i], ", which is out of range");
    values[3 - rank + i] = list[i];
  }
  return Status::success();
}

Status readPads(const OpArgs &args, Window &w) {
  std::vector<int64_t> pads = args.intsAttr("pads");
  if (pads.empty())
    return Status::success();
  if (pads.size() != 2 * w.rank)
    return fail("attribute pads has ", pads.size(), " values, expected ", 2 * w.rank);
  for (int64_t pad : pads)
    if (pad < 0 || pad > kMaxWindowValue)
      return fail("attribute pads has the value ", pad, ", which is out of range");
  for (size_t i = 0; i < w.rank; ++i) {
    w.padBegin[3 - w.rank + i] = pads[i];
    w.padEnd[3 - w.rank + i] = pads[w.rank + i];
  }
  return Status::success();
}

} // namespace

Expected<Window> readWindow(const OpArgs &args, const Shape &x, std::span<const int64_t> kernel) {
  Window w;
  if (x.size() < 3 || x.size() > 5)
    return fail("x has rank ", x.size(), ", expected 3 to 5 (batch, channels, spatial)");
  w.rank = x.size() - 2;
  if (kernel.size() != w.rank)
    return fail("the kernel has ", kernel.size(), " dimensions, x has ", w.rank,
                " spatial dimensions");
  for (size_t i = 0; i < w.rank; ++i) {
    if (kernel[i] < 1 || kernel[i] > kMaxWindowValue)
      return fail("kernel size ", kernel[i], " is out of range");
    w.kernel[3 - w.rank + i] = kernel[i];
    w.in[3 - w.rank + i] = x[2 + i];
  }
  OPENATC_TRY(readList(args, "strides", w.rank, 1, w.stride));
  OPENATC_TRY(readList(args, "dilations", w.rank, 1, w.dilation));
  std::string_view mode = args.stringAttr("auto_pad", "NOTSET");
  if (mode == "NOTSET")
    OPENATC_TRY(readPads(args, w));
  else if (mode != "VALID" && mode != "SAME_UPPER" && mode != "SAME_LOWER")
    return fail("attribute auto_pad is '", mode, "'");
  return w;
}

Expected<Window> slidingWindow(const OpArgs &args, const Shape &x,
                               std::span<const int64_t> kernel) {
  auto window = readWindow(args, x, kernel);
  if (!window)
    return window;
  std::string_view mode = args.stringAttr("auto_pad", "NOTSET");
  bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  bool ceilMode = args.flag("ceil_mode");
  Window &w = *window;
  for (size_t d = 3 - w.rank; d < 3; ++d) {
    int64_t stride = w.stride[d];
    if (same) {
      w.out[d] = (w.in[d] + stride - 1) / stride;
      int64_t pad = std::max<int64_t>(0, (w.out[d] - 1) * stride + w.extent(d) - w.in[d]);
      w.padBegin[d] = mode == "SAME_UPPER" ? pad / 2 : pad - pad / 2;
      w.padEnd[d] = pad - w.padBegin[d];
      continue;
    }
    int64_t padded = w.in[d] + w.padBegin[d] + w.padEnd[d], room = padded - w.extent(d);
    if (room < 0)
      return fail("the kernel covers ", w.extent(d), " elements, the padded input of dimension ",
                  d + w.rank - 1, " has only ", padded);
    w.out[d] = (room + (ceilMode ? stride - 1 : 0)) / stride + 1;
    if (ceilMode && (w.out[d] - 1) * stride >= w.in[d] + w.padBegin[d])
      --w.out[d];
  }
  return window;
}

Shape windowShape(const Window &window, int64_t batch, int64_t channels) {
  Shape shape{batch, channels};
  shape.insert(shape.end(), window.out.end() - static_cast<ptrdiff_t>(window.rank),
               window.out.end());
  return shape;
}

} // namespace openatc::host
