//===- ResizeShape.cpp - Resampling of images as two maps of positions ----===//

#include "ResizeShape.h"

#include "SupportChecks.h"

#include "Ascend/AscendOps.h"
#include "Ascend/HostBridge.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace openatc::kernel {

bool ResizeAxis::blends() const {
  return llvm::any_of(at, [](double x) { return x != std::floor(x); });
}

bool ResizeAxis::isIdentity() const {
  if (in != out)
    return false;
  for (int64_t o = 0; o < out; ++o)
    if (at[size_t(o)] != double(o))
      return false;
  return true;
}

namespace {

/// Fixed-point positions of images up to this extent do not overflow.
constexpr int64_t kMaxExtent = 1 << 20;

/// Positions of all outputs: what the host's resize makes of the ramp 0, 1, 2 ... That
/// keeps every coordinate and rounding mode in one place.
bool samplePositions(ascend::ResizeOp op, int64_t dim, StringRef mode, const ResizeAxis &axis,
                     std::vector<double> &at) {
  auto sizes = ascend::getConstantData(op.getSizes());
  bool bySizes = sizes && sizes->view.shape != host::Shape{0};
  auto factors = ascend::getConstantData(bySizes ? op.getSizes() : op.getScales());
  if (!factors || factors->view.shape.size() != 1)
    return false;
  std::vector<double> ramp(size_t(axis.in));
  for (size_t i = 0; i < ramp.size(); ++i)
    ramp[i] = double(i);
  at.assign(size_t(axis.out), 0);

  int64_t place = dim;
  if (auto axes = op.getAxes(); !axes.empty()) {
    auto found = llvm::find_if(axes, [&](int64_t a) { return (a < 0 ? a + 4 : a) == dim; });
    if (found == axes.end()) {
      at = ramp;
      return axis.in == axis.out;
    }
    place = found - axes.begin();
  }
  if (place >= factors->view.shape[0])
    return false;
  host::TensorView factor = factors->view;
  factor.shape = {1};
  factor.data = static_cast<const char *>(factor.data) + size_t(place) * sizeOf(factor.dtype);

  host::Attributes attributes = ascend::toHostAttributes(op);
  attributes.erase("axes");
  attributes["mode"] = mode.str();
  std::vector<host::TensorView> operands(bySizes ? 4 : 3);
  operands[0] = {DType::F64, {axis.in}, ramp.data()};
  operands.back() = factor;
  std::vector<host::InferOperand> known;
  for (const host::TensorView &v : operands)
    known.push_back({{v.dtype, v.shape}, v.data});
  std::vector<host::TensorType> types;
  if (!host::inferTypes("resize", attributes, known, types).ok() || types.size() != 1 ||
      types[0].shape != host::Shape{axis.out})
    return false;
  host::MutableTensorView result{DType::F64, {axis.out}, at.data()};
  if (!host::compute("resize", attributes, operands, {&result, 1}).ok())
    return false;
  for (double &x : at)
    if (std::fabs(x - std::round(x)) < 1e-9)
      x = std::round(x);
  return true;
}

/// The slope between the clamped ends, where every coordinate mode is linear.
double slopeOf(const ResizeAxis &axis, ArrayRef<double> line) {
  double last = double(axis.in - 1);
  auto inside = [&](double x) { return x > 0 && x < last; };
  auto first = llvm::find_if(line, inside);
  if (first == line.end())
    return axis.out > 1 ? last / double(axis.out - 1) : 0;
  auto behind = first;
  while (behind + 1 != line.end() && inside(*(behind + 1)))
    ++behind;
  if (behind == first)
    return double(axis.in) / double(axis.out);
  return (*behind - *first) / double(behind - first);
}

/// Finds `start` such that (o * step + start) / kOne gives every position; each output
/// bounds it from one side or both. False when there is none.
bool findStart(ResizeAxis &axis, bool exact) {
  constexpr int64_t one = ResizeAxis::kOne;
  // A weight is off by less than a millionth.
  int64_t slack = exact ? 0 : one >> 20;
  constexpr int64_t none = std::numeric_limits<int64_t>::max() / 4;
  int64_t low = -none, high = none;
  double last = double(axis.in - 1);
  for (int64_t o = 0; o < axis.out; ++o) {
    double x = axis.at[size_t(o)];
    int64_t rest = std::llround(x * double(one)) - o * axis.step;
    if (x > 0)
      low = std::max(low, rest - slack);
    if (x < last)
      high = std::min(high, rest + (exact ? one - 1 : slack));
  }
  if (low > high)
    return false;
  axis.start = low == -none   ? (high == none ? 0 : high)
               : high == none ? low
                              : low + (high - low) / 2;
  return true;
}

bool makeAxis(ascend::ResizeOp op, int64_t dim, ResizeAxis &axis) {
  auto in = mlir::cast<RankedTensorType>(op.getInput().getType());
  auto out = mlir::cast<RankedTensorType>(op.getOutput().getType());
  axis.in = in.getDimSize(dim);
  axis.out = out.getDimSize(dim);
  bool linear = op.getMode() == "linear";
  std::vector<double> line;
  if (!samplePositions(op, dim, "linear", axis, line) ||
      !samplePositions(op, dim, op.getMode(), axis, axis.at))
    return false;
  for (double slope : {slopeOf(axis, line), double(axis.in) / double(axis.out)}) {
    axis.step = std::llround(slope * double(ResizeAxis::kOne));
    if (findStart(axis, !linear))
      return true;
  }
  return false;
}

} // namespace

std::optional<ResizeShape> resizeShapeOf(Operation *op, std::string &why) {
  auto resize = mlir::cast<ascend::ResizeOp>(op);
  auto in = mlir::cast<RankedTensorType>(resize.getInput().getType());
  auto out = mlir::cast<RankedTensorType>(resize.getOutput().getType());
  auto refuse = [&](const Twine &text) -> std::optional<ResizeShape> {
    why = text.str();
    return std::nullopt;
  };
  if (in.getRank() != 4 || in.getShape().take_front(2) != out.getShape().take_front(2))
    return refuse("only the last two of four dimensions are resized by a kernel");
  if (resize.getMode() != "nearest" && resize.getMode() != "linear")
    return refuse("resize with mode " + resize.getMode() + " has no AI core kernel");
  if (resize.getAntialias() || resize.getKeepAspectRatioPolicy() != "stretch" ||
      resize.getCoordinateTransformationMode() == "tf_crop_and_resize")
    return refuse("resize with antialiasing, cropping or a fixed aspect has no AI core kernel");
  if (llvm::any_of(in.getShape(), [](int64_t d) { return d > kMaxExtent; }) ||
      llvm::any_of(out.getShape(), [](int64_t d) { return d > kMaxExtent; }))
    return refuse("the image is too large for the resize kernel");
  ResizeShape shape;
  shape.linear = resize.getMode() == "linear";
  if (!makeAxis(resize, 2, shape.rows) || !makeAxis(resize, 3, shape.columns))
    return refuse("the positions of this resize are not known at compile time");
  return shape;
}

std::optional<std::string> resizeCheck(Operation *op) {
  std::string why;
  if (resizeShapeOf(op, why))
    return std::nullopt;
  return why;
}

} // namespace openatc::kernel
