//===- Resize.cpp - Nearest, linear and cubic resizing ---------------------===//
//
// Interpolation is separable: every output position of an axis is a weighted sum of
// a few input positions, and the axes are resized one after the other. Formulas are
// those of the ONNX operator's documentation.
//
//===----------------------------------------------------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <algorithm>
#include <cmath>

namespace openatc::host {

namespace {

/// How one axis is resized.
struct Axis {
  int64_t in, out;
  double scale, roiStart = 0, roiEnd = 1;
};

Expected<std::vector<Axis>> resizeAxes(const OpArgs &args) {
  const Shape &x = args.shape(0);
  std::vector<Axis> axes;
  for (int64_t d : x)
    axes.push_back({d, d, 1.0});
  std::vector<int64_t> which = args.intsAttr("axes");
  if (which.empty())
    for (size_t i = 0; i < x.size(); ++i)
      which.push_back(static_cast<int64_t>(i));
  auto normal = normalizeAxes(which, args.rank(0));
  if (!normal)
    return normal.status();
  size_t n = normal->size();
  bool hasScales = args.has(2) && args.count(2) > 0, hasSizes = args.has(3) && args.count(3) > 0;
  if (hasScales == hasSizes)
    return fail("resize needs either scales or sizes");
  if (static_cast<size_t>(args.count(hasScales ? 2 : 3)) != n)
    return fail(hasScales ? "scales" : "sizes", " needs ", n, " numbers");
  if (hasScales) {
    auto scales = *args.doubles(2);
    for (size_t i = 0; i < n; ++i) {
      Axis &a = axes[static_cast<size_t>((*normal)[i])];
      if (!(scales[i] > 0) || double(a.in) * scales[i] > 0x1p40)
        return fail("a scale is out of range");
      a.scale = scales[i];
      // The scale is an f32; its product is taken as the model's author meant it.
      a.out = static_cast<int64_t>(
          std::floor(static_cast<float>(a.in) * static_cast<float>(scales[i])));
    }
  } else {
    auto sizes = *args.ints(3);
    auto policy = args.stringAttr("keep_aspect_ratio_policy", "stretch");
    double common = policy == "not_larger" ? INFINITY : 0;
    for (size_t i = 0; i < n; ++i) {
      Axis &a = axes[static_cast<size_t>((*normal)[i])];
      if (sizes[i] < 0 || sizes[i] > (int64_t(1) << 40))
        return fail("sizes ", sizes, " is out of range");
      a.out = sizes[i];
      a.scale = double(a.out) / double(a.in);
      common = policy == "not_larger" ? std::min(common, a.scale) : std::max(common, a.scale);
    }
    if (policy != "stretch")
      for (int64_t d : *normal) {
        Axis &a = axes[static_cast<size_t>(d)];
        a.scale = common;
        a.out = static_cast<int64_t>(std::floor(common * double(a.in) + 0.5));
      }
  }
  if (args.stringAttr("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize") {
    auto roi = args.has(1) ? args.doubles(1) : std::nullopt;
    if (!roi || roi->size() != 2 * n)
      return fail("tf_crop_and_resize needs roi with ", 2 * n, " numbers");
    for (size_t i = 0; i < n; ++i) {
      axes[static_cast<size_t>((*normal)[i])].roiStart = (*roi)[i];
      axes[static_cast<size_t>((*normal)[i])].roiEnd = (*roi)[i + n];
    }
  }
  return axes;
}

Status inferResize(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType type{args.dtype(0), std::nullopt};
  bool known = args.hasShape(0);
  for (size_t i = 1; i < 4; ++i)
    known &= !args.has(i) || args.isConstant(i);
  if (known) {
    auto axes = resizeAxes(args);
    if (!axes)
      return axes.status();
    Shape shape;
    for (const Axis &a : *axes) {
      if (a.out > 0 && a.in == 0)
        return fail("x ", args.shape(0), " has nothing to resize");
      shape.push_back(a.out);
    }
    type.shape = std::move(shape);
  }
  results.push_back(std::move(type));
  return Status::success();
}

/// Input coordinate of output position `o`.
double coordinate(std::string_view mode, const Axis &a, int64_t o) {
  double x = double(o), in = double(a.in), out = double(a.out);
  if (mode == "asymmetric")
    return x / a.scale;
  if (mode == "align_corners")
    return a.out == 1 ? 0 : x * (in - 1) / (out - 1);
  if (mode == "pytorch_half_pixel" && a.out == 1)
    return 0;
  if (mode == "tf_half_pixel_for_nn")
    return (x + 0.5) / a.scale;
  if (mode == "half_pixel_symmetric") {
    double adjustment = out / (a.scale * in);
    return in / 2 * (1 - adjustment) + (x + 0.5) / a.scale - 0.5;
  }
  if (mode == "tf_crop_and_resize")
    return a.out > 1 ? a.roiStart * (in - 1) + x * (a.roiEnd - a.roiStart) * (in - 1) / (out - 1)
                     : 0.5 * (a.roiStart + a.roiEnd) * (in - 1);
  return (x + 0.5) / a.scale - 0.5;
}

int64_t nearest(std::string_view mode, double x) {
  if (mode == "floor")
    return static_cast<int64_t>(std::floor(x));
  if (mode == "ceil")
    return static_cast<int64_t>(std::ceil(x));
  if (mode == "round_prefer_ceil")
    return static_cast<int64_t>(std::floor(x + 0.5));
  return static_cast<int64_t>(std::ceil(x - 0.5));
}

double cubic(double a, double d) {
  d = std::abs(d);
  if (d < 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// Input positions of one output position, and their weights; outside: extrapolate.
struct Taps {
  std::vector<std::pair<int64_t, double>> taps;
  bool outside = false;
};

Taps tapsOf(const OpArgs &args, const Axis &axis, int64_t o) {
  auto mode = args.stringAttr("mode", "nearest");
  auto transform = args.stringAttr("coordinate_transformation_mode", "half_pixel");
  double x = coordinate(transform, axis, o);
  Taps result;
  result.outside = transform == "tf_crop_and_resize" && (x < 0 || x > double(axis.in - 1));
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i, 0, axis.in - 1); };
  if (mode == "nearest") {
    result.taps.push_back(
        {clamp(nearest(args.stringAttr("nearest_mode", "round_prefer_floor"), x)), 1.0});
    return result;
  }
  // Antialiasing widens the filter by the shrinking factor.
  double stretch = args.flag("antialias") && axis.scale < 1 ? 1 / axis.scale : 1;
  double a = args.floatAttr("cubic_coeff_a", -0.75), radius = (mode == "cubic" ? 2 : 1) * stretch;
  bool exclude = args.flag("exclude_outside") || stretch > 1;
  double sum = 0;
  for (auto i = static_cast<int64_t>(std::ceil(x - radius));
       i <= static_cast<int64_t>(std::floor(x + radius)); ++i) {
    double d = (x - double(i)) / stretch;
    double w = mode == "cubic" ? cubic(a, d) : std::max(0.0, 1 - std::abs(d));
    if (w == 0 || (exclude && (i < 0 || i >= axis.in)))
      continue;
    result.taps.push_back({clamp(i), w});
    sum += w;
  }
  if (exclude)
    for (auto &tap : result.taps)
      tap.second /= sum;
  return result;
}

/// Resizes dimension `d` of a tensor of `shape`.
template <typename W>
std::vector<W> resizeAxis(const std::vector<W> &x, const Shape &shape, size_t d,
                          const std::vector<Taps> &all, W outside) {
  int64_t outer = product(shape, 0, d), in = shape[d], inner = product(shape, d + 1, shape.size());
  auto out = static_cast<int64_t>(all.size());
  std::vector<W> y(static_cast<size_t>(outer * out * inner), W(0));
  for (int64_t p = 0; p < outer; ++p)
    for (int64_t o = 0; o < out; ++o) {
      const Taps &t = all[static_cast<size_t>(o)];
      W *to = y.data() + (p * out + o) * inner;
      if (t.outside) {
        std::fill_n(to, inner, outside);
        continue;
      }
      for (auto [i, weight] : t.taps) {
        const W *from = x.data() + (p * in + i) * inner;
        auto w = static_cast<W>(weight);
        if (t.taps.size() == 1 && weight == 1.0)
          std::copy_n(from, inner, to);
        else
          for (int64_t k = 0; k < inner; ++k)
            to[k] += w * from[k];
      }
    }
  return y;
}

Status computeResize(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto axes = resizeAxes(args);
  if (!axes)
    return axes.status();
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    Shape shape = args.shape(0);
    std::vector<W> value(in.get(), in.get() + product(shape));
    W outside = static_cast<W>(args.floatAttr("extrapolation_value", 0));
    for (size_t d = 0; d < axes->size(); ++d) {
      const Axis &a = (*axes)[d];
      if (a.in == a.out && a.scale == 1 && a.roiStart == 0 && a.roiEnd == 1)
        continue;
      std::vector<Taps> taps;
      for (int64_t o = 0; o < a.out; ++o)
        taps.push_back(tapsOf(args, a, o));
      value = resizeAxis(value, shape, d, taps, outside);
      shape[d] = a.out;
    }
    WideOutput<W> y(results[0]);
    std::copy(value.begin(), value.end(), y.get());
  });
  return Status::success();
}

constexpr OpDef kOps[] = {{"resize", 1, 4, kNumeric, 0, inferResize, computeResize}};

} // namespace

std::span<const OpDef> resizeOps() { return kOps; }

} // namespace openatc::host
