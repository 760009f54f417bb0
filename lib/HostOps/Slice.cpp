//===- Slice.cpp - Strided slices ------------------------------------------===//

#include "Operators.h"
#include "Strided.h"

#include <algorithm>

namespace openatc::host {

namespace {

/// First element, step and count along each dimension.
struct Bounds {
  std::vector<int64_t> start, step, count;
};

/// Clamped as ONNX says: ends beyond the dimension mean all of it.
Expected<Bounds> sliceBounds(const OpArgs &args) {
  const Shape &x = args.shape(0);
  Bounds b{std::vector<int64_t>(x.size(), 0), std::vector<int64_t>(x.size(), 1), x};
  auto starts = *args.ints(1), ends = *args.ints(2);
  std::vector<int64_t> axes, steps(starts.size(), 1);
  if (args.has(3))
    axes = *args.ints(3);
  else
    for (size_t i = 0; i < starts.size(); ++i)
      axes.push_back(static_cast<int64_t>(i));
  if (args.has(4))
    steps = *args.ints(4);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size())
    return fail("starts, ends, axes and steps differ in length");
  auto normal = normalizeAxes(axes, args.rank(0));
  if (!normal)
    return normal.status();
  for (size_t i = 0; i < starts.size(); ++i) {
    size_t a = static_cast<size_t>((*normal)[i]);
    int64_t dim = x[a], step = steps[i];
    if (step == 0)
      return fail("step of axis ", axes[i], " is 0");
    // INT64_MIN cannot be negated; any step this long takes one element.
    step = std::clamp<int64_t>(step, -(int64_t(1) << 48), int64_t(1) << 48);
    auto place = [&](int64_t v, int64_t low, int64_t high) {
      return std::clamp(v < 0 ? std::max(v, -(int64_t(1) << 48)) + dim : v, low, high);
    };
    int64_t start = step > 0 ? place(starts[i], 0, dim) : place(starts[i], 0, dim - 1);
    int64_t end = step > 0 ? place(ends[i], 0, dim) : place(ends[i], -1, dim - 1);
    int64_t span = step > 0 ? end - start : start - end, size = step > 0 ? step : -step;
    b.start[a] = start;
    b.step[a] = step;
    b.count[a] = dim == 0 || span <= 0 ? 0 : (span + size - 1) / size;
  }
  return b;
}

Status inferSlice(const OpArgs &args, std::vector<TensorType> &results) {
  bool known = args.hasShape(0);
  for (size_t i = 1; i < args.size(); ++i)
    if (args.has(i)) {
      OPENATC_TRY(checkIndexOperand(args, i, "slice bound"));
      known &= args.isConstant(i);
    }
  TensorType type{args.dtype(0), std::nullopt};
  if (known) {
    auto bounds = sliceBounds(args);
    if (!bounds)
      return bounds.status();
    type.shape = bounds->count;
  }
  results.push_back(std::move(type));
  return Status::success();
}

Status computeSlice(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto bounds = sliceBounds(args);
  if (!bounds)
    return bounds.status();
  std::vector<int64_t> strides = rowMajorStrides(args.shape(0));
  int64_t offset = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    offset += bounds->start[i] * strides[i];
    strides[i] = bounds->count[i] > 1 ? strides[i] * bounds->step[i] : 0;
  }
  size_t size = sizeOf(args.dtype(0));
  copyStrided(size, results[0].shape, results[0].data, rowMajorStrides(results[0].shape),
              static_cast<const char *>(args.data(0)) + offset * int64_t(size), strides);
  return Status::success();
}

constexpr OpDef kOps[] = {{"slice", 3, 5, kAnyType, 0, inferSlice, computeSlice}};

} // namespace

std::span<const OpDef> sliceOps() { return kOps; }

} // namespace openatc::host
