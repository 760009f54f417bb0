//===- Resize.cpp - Resize: nearest, linear, cubic -------------------------------===//
//
// Interpolation is separable: every output coordinate of a dimension is a weighted
// sum of a few input coordinates (taps), and dimensions are resized one after the
// other. Formulas are those of the Resize page of ONNX and its reference.
//
//===----------------------------------------------------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <algorithm>
#include <cmath>

namespace openatc::host {

namespace {

enum class Mode { Nearest, Linear, Cubic };

struct ResizeDims {
  Shape shape;
  std::vector<double> scale, roiBegin, roiEnd;
};

/// Largest scale or size that is taken; results are bounded separately.
constexpr double kMaxScale = 0x1p31;

/// Output sizes and scales from sizes and the aspect ratio policy.
Status scalesFromSizes(const OpArgs &args, const std::vector<int64_t> &axes,
                       const std::vector<int64_t> &sizes, ResizeDims &dims) {
  std::string_view policy = args.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return fail("keep_aspect_ratio_policy '", policy, "' is not known");
  double common = 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    size_t axis = static_cast<size_t>(axes[i]);
    int64_t in = args.shape(0)[axis];
    if (sizes[i] < 0 || sizes[i] > kMaxScale || (in == 0 && sizes[i] != 0))
      return fail("size ", sizes[i], " is out of range for dimension ", axis, " of size ", in);
    double scale = in == 0 ? 1 : static_cast<double>(sizes[i]) / static_cast<double>(in);
    common = i == 0                   ? scale
             : policy == "not_larger" ? std::min(common, scale)
                                      : std::max(common, scale);
    dims.scale[axis] = scale;
    dims.shape[axis] = sizes[i];
  }
  if (policy == "stretch")
    return Status::success();
  for (int64_t axis : axes) {
    size_t d = static_cast<size_t>(axis);
    double size = std::floor(common * static_cast<double>(args.shape(0)[d]) + 0.5);
    if (size > kMaxScale)
      return fail("dimension ", axis, " becomes too large");
    dims.scale[d] = common;
    dims.shape[d] = static_cast<int64_t>(size);
  }
  return Status::success();
}

/// Sizes, scales and regions of all dimensions; nothing while an operand is not known.
Expected<std::optional<ResizeDims>> resizeDims(const OpArgs &args) {
  std::optional<ResizeDims> none;
  bool bySizes = args.has(3) && !(args.hasShape(3) && args.count(3) == 0);
  bool byScales = args.has(2) && !(args.hasShape(2) && args.count(2) == 0);
  if (bySizes == byScales)
    return fail("resize needs either scales or sizes");
  bool crop =
      args.stringAttr("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
  auto values = args.doubles(bySizes ? 3 : 2);
  auto sizes = bySizes ? args.ints(3) : std::nullopt;
  std::optional<std::vector<double>> roi;
  if (crop && !args.has(1))
    return fail("tf_crop_and_resize needs the operand roi");
  if (crop)
    roi = args.doubles(1);
  // The region does not change the shape, so inference goes on without its values.
  if (!args.hasShape(0) || !values)
    return none;
  size_t rank = args.shape(0).size();
  auto axes = args.intsAttr("axes");
  if (axes.empty())
    for (size_t i = 0; i < rank; ++i)
      axes.push_back(static_cast<int64_t>(i));
  auto normal = normalizeAxes(axes, args.rank(0));
  if (!normal)
    return normal.status();
  if (values->size() != normal->size())
    return fail(bySizes ? "sizes" : "scales", " has ", values->size(), " values, expected ",
                normal->size());
  if (roi && roi->size() != 2 * normal->size())
    return fail("roi has ", roi->size(), " values, expected ", 2 * normal->size());
  ResizeDims dims{args.shape(0), std::vector<double>(rank, 1), std::vector<double>(rank, 0),
                  std::vector<double>(rank, 1)};
  if (bySizes)
    OPENATC_TRY(scalesFromSizes(args, *normal, *sizes, dims));
  for (size_t i = 0; i < normal->size(); ++i) {
    size_t axis = static_cast<size_t>((*normal)[i]);
    if (roi) {
      dims.roiBegin[axis] = (*roi)[i];
      dims.roiEnd[axis] = (*roi)[normal->size() + i];
    }
    if (bySizes)
      continue;
    // The scale is an f32 and so is its product: 1.4 of 20 is 28, not 27.
    double scale = (*values)[i];
    double size = static_cast<float>(scale) * static_cast<float>(args.shape(0)[axis]);
    if (!(scale > 0) || !(size < kMaxScale))
      return fail("scale of dimension ", axis, " is out of range");
    dims.scale[axis] = scale;
    dims.shape[axis] = static_cast<int64_t>(size);
  }
  return std::optional(std::move(dims));
}

Status inferResize(const OpArgs &args, std::vector<TensorType> &results) {
  std::string_view mode = args.stringAttr("mode", "nearest");
  if (mode != "nearest" && mode != "linear" && mode != "cubic")
    return fail("mode '", mode, "' of resize is not supported");
  std::string_view transform = args.stringAttr("coordinate_transformation_mode", "half_pixel");
  static constexpr std::string_view transforms[] = {
      "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",  "align_corners",
      "asymmetric", "tf_crop_and_resize",   "tf_half_pixel_for_nn"};
  if (std::find(std::begin(transforms), std::end(transforms), transform) == std::end(transforms))
    return fail("coordinate_transformation_mode '", transform, "' is not supported");
  std::string_view nearest = args.stringAttr("nearest_mode", "round_prefer_floor");
  if (nearest != "round_prefer_floor" && nearest != "round_prefer_ceil" && nearest != "floor" &&
      nearest != "ceil")
    return fail("nearest_mode '", nearest, "' is not supported");
  if (mode == "nearest" && args.flag("antialias"))
    return fail("antialias does not go with mode nearest");
  auto dims = resizeDims(args);
  if (!dims)
    return dims.status();
  if (!*dims)
    return inferUnknownShape(args, results);
  return inferWithShape(args, results, (*dims)->shape);
}

/// Weighted input coordinates of every output coordinate of one dimension.
struct Taps {
  int64_t perOutput = 1;
  std::vector<int64_t> index;
  std::vector<double> weight;
  std::vector<bool> outside; ///< tf_crop_and_resize: takes the extrapolation value
};

/// Input coordinate of output coordinate `x` of dimension `d`.
double transformCoordinate(const ResizeDims &dims, std::string_view mode, size_t d, int64_t in,
                           int64_t x) {
  double scale = dims.scale[d], width = static_cast<double>(in), at = static_cast<double>(x);
  double resized = scale * width;
  if (mode == "align_corners")
    return resized == 1 ? 0 : at * (width - 1) / (resized - 1);
  if (mode == "asymmetric")
    return at / scale;
  if (mode == "tf_half_pixel_for_nn") // opset 11 and 12 only
    return (at + 0.5) / scale;
  if (mode == "tf_crop_and_resize") {
    double begin = dims.roiBegin[d], end = dims.roiEnd[d];
    double inside = resized == 1 ? (end - begin) * (width - 1) / 2
                                 : at * (end - begin) * (width - 1) / (resized - 1);
    return inside + begin * (width - 1);
  }
  double center = (at + 0.5) / scale - 0.5;
  if (mode == "pytorch_half_pixel" && resized == 1)
    return -0.5;
  if (mode == "half_pixel_symmetric")
    center += width / 2 * (1 - static_cast<double>(dims.shape[d]) / resized);
  return center;
}

double linearWeight(double distance) { return std::max(0.0, 1 - std::fabs(distance)); }

double cubicWeight(double distance, double a) {
  double x = std::fabs(distance);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

int64_t nearestIndex(double x, std::string_view mode) {
  double index = mode == "floor"               ? std::floor(x)
                 : mode == "ceil"              ? std::ceil(x)
                 : mode == "round_prefer_ceil" ? std::floor(x + 0.5)
                                               : std::ceil(x - 0.5);
  return static_cast<int64_t>(std::clamp(index, -0x1p40, 0x1p40));
}

Taps makeTaps(const OpArgs &args, const ResizeDims &dims, size_t d, int64_t in) {
  std::string_view modeName = args.stringAttr("mode", "nearest");
  Mode mode = modeName == "nearest"  ? Mode::Nearest
              : modeName == "linear" ? Mode::Linear
                                     : Mode::Cubic;
  std::string_view transform = args.stringAttr("coordinate_transformation_mode", "half_pixel");
  std::string_view nearest = args.stringAttr("nearest_mode", "round_prefer_floor");
  double a = args.floatAttr("cubic_coeff_a", -0.75);
  bool exclude = args.flag("exclude_outside");
  // Antialiasing widens the filter when the dimension shrinks, but not beyond the input.
  double shrink = args.flag("antialias") ? std::min(dims.scale[d], 1.0) : 1;
  double support = mode == Mode::Nearest ? 0.5 : (mode == Mode::Linear ? 1 : 2) / shrink;
  int64_t half = static_cast<int64_t>(std::min(std::ceil(support), 4.0 * static_cast<double>(in)));
  Taps taps;
  taps.perOutput = mode == Mode::Nearest ? 1 : 2 * half;
  for (int64_t o = 0; o < dims.shape[d]; ++o) {
    double x = transformCoordinate(dims, transform, d, in, o);
    taps.outside.push_back(transform == "tf_crop_and_resize" &&
                           !(x >= 0 && x <= static_cast<double>(in - 1)));
    if (!(std::fabs(x) < 0x1p40))
      x = 0;
    if (mode == Mode::Nearest) {
      taps.index.push_back(std::clamp<int64_t>(nearestIndex(x, nearest), 0, in - 1));
      taps.weight.push_back(1);
      continue;
    }
    int64_t base = static_cast<int64_t>(std::floor(x)) - half + 1;
    size_t first = taps.weight.size();
    double sum = 0;
    for (int64_t i = base; i < base + 2 * half; ++i) {
      double distance = (static_cast<double>(i) - x) * shrink;
      double weight = mode == Mode::Linear ? linearWeight(distance) : cubicWeight(distance, a);
      if (exclude && (i < 0 || i >= in))
        weight = 0;
      sum += weight;
      taps.index.push_back(std::clamp<int64_t>(i, 0, in - 1));
      taps.weight.push_back(weight);
    }
    for (size_t i = first; i < taps.weight.size() && sum != 0; ++i)
      taps.weight[i] /= sum;
  }
  return taps;
}

/// y[outer, out, inner] from x[outer, in, inner].
template <typename W>
void resizeDim(const Taps &taps, const W *x, W *y, int64_t outer, int64_t in, int64_t inner) {
  int64_t count = static_cast<int64_t>(taps.outside.size());
  for (int64_t n = 0; n < outer; ++n)
    for (int64_t o = 0; o < count; ++o) {
      W *row = y + (n * count + o) * inner;
      std::fill_n(row, inner, W(0));
      for (int64_t t = o * taps.perOutput; t < (o + 1) * taps.perOutput; ++t) {
        W weight = static_cast<W>(taps.weight[static_cast<size_t>(t)]);
        const W *from = x + (n * in + taps.index[static_cast<size_t>(t)]) * inner;
        if (weight == W(1))
          std::copy_n(from, inner, row);
        else if (weight != W(0))
          for (int64_t i = 0; i < inner; ++i)
            row[i] += weight * from[i];
      }
    }
}

/// Sets every element that a coordinate outside of the input contributes to.
template <typename W>
void extrapolate(const std::vector<Taps> &taps, const Shape &shape, W value, W *y) {
  for (size_t d = 0; d < shape.size(); ++d) {
    int64_t outer = product(shape, 0, d), inner = product(shape, d + 1, shape.size());
    for (int64_t n = 0; n < outer; ++n)
      for (int64_t o = 0; o < shape[d]; ++o)
        if (!taps[d].outside.empty() && taps[d].outside[static_cast<size_t>(o)])
          std::fill_n(y + (n * shape[d] + o) * inner, inner, value);
  }
}

Status computeResize(const OpArgs &args, std::span<const MutableTensorView> results) {
  ResizeDims dims = **resizeDims(args);
  Shape current = args.shape(0);
  std::vector<Taps> taps(current.size());
  bool crop =
      args.stringAttr("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
  double extrapolation = args.floatAttr("extrapolation_value", 0);
  bool wide =
      args.dtype(0) != DType::F16 && args.dtype(0) != DType::BF16 && args.dtype(0) != DType::F32;
  auto run = [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    std::vector<W> x(in.get(), in.get() + product(current));
    for (size_t d = 0; d < current.size(); ++d) {
      if (dims.scale[d] == 1 && dims.shape[d] == current[d] && !crop)
        continue;
      taps[d] = makeTaps(args, dims, d, current[d]);
      int64_t outer = product(current, 0, d), inner = product(current, d + 1, current.size());
      std::vector<W> y(static_cast<size_t>(outer * dims.shape[d] * inner));
      resizeDim(taps[d], x.data(), y.data(), outer, current[d], inner);
      current[d] = dims.shape[d];
      x = std::move(y);
    }
    if (crop)
      extrapolate(taps, dims.shape, static_cast<W>(extrapolation), x.data());
    std::copy(x.begin(), x.end(), out.get());
    return Status::success();
  };
  return wide ? run(double{}) : run(float{});
}

constexpr OpDef kOps[] = {
    {"resize", 1, 4, kNumeric, 0, inferResize, computeResize},
};

} // namespace

std::span<const OpDef> resizeOps() { return kOps; }

} // namespace openatc::host
