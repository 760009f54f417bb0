//===- Slice.cpp - Slice -------------------------------------------------------===//

#include "Convert.h"
#include "Operators.h"
#include "Strided.h"

#include <algorithm>
#include <limits>

namespace openatc::host {

namespace {

struct SliceDims {
  Shape shape;
  std::vector<int64_t> start, step;
};

/// Bounds of every dimension, clamped as the Slice page of ONNX says; nothing while an operand
/// is not known.
Expected<std::optional<SliceDims>> sliceDims(const OpArgs &args) {
  std::optional<SliceDims> none;
  static constexpr std::string_view names[] = {"x", "starts", "ends", "axes", "steps"};
  std::optional<std::vector<int64_t>> given[5];
  bool known = args.hasShape(0);
  for (size_t i = 1; i < 5; ++i) {
    if (!args.has(i))
      continue;
    OPENATC_TRY(checkIndexOperand(args, i, names[i]));
    given[i] = args.ints(i);
    known &= given[i].has_value();
  }
  if (!known)
    return none;
  size_t count = given[1]->size(), rank = args.shape(0).size();
  for (size_t i = 2; i < 5; ++i)
    if (given[i] && given[i]->size() != count)
      return fail(names[i], " has ", given[i]->size(), " values, starts has ", count);
  std::vector<int64_t> axes;
  for (size_t i = 0; i < count; ++i)
    axes.push_back(given[3] ? (*given[3])[i] : static_cast<int64_t>(i));
  auto normal = normalizeAxes(axes, args.rank(0));
  if (!normal)
    return normal.status();
  SliceDims dims{args.shape(0), std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 1)};
  for (size_t i = 0; i < count; ++i) {
    size_t axis = static_cast<size_t>((*normal)[i]);
    int64_t size = args.shape(0)[axis], step = given[4] ? (*given[4])[i] : 1;
    if (step == 0)
      return fail("steps has the value 0");
    // -2^63 has no negation; one more is as far beyond every dimension.
    step = std::max(step, -std::numeric_limits<int64_t>::max());
    bool back = step < 0;
    auto clamp = [&](int64_t v) {
      return std::clamp<int64_t>(v < 0 ? v + size : v, back ? -1 : 0, back ? size - 1 : size);
    };
    int64_t start = clamp((*given[1])[i]), end = clamp((*given[2])[i]);
    int64_t span = back ? start - end : end - start, stride = back ? -step : step;
    dims.shape[axis] = span > 0 ? (span - 1) / stride + 1 : 0;
    dims.start[axis] = start;
    dims.step[axis] = dims.shape[axis] > 1 ? step : 1;
  }
  return std::optional(std::move(dims));
}

Status inferSlice(const OpArgs &args, std::vector<TensorType> &results) {
  auto dims = sliceDims(args);
  if (!dims)
    return dims.status();
  if (!*dims)
    return inferUnknownShape(args, results);
  return inferWithShape(args, results, (*dims)->shape);
}

Status computeSlice(const OpArgs &args, std::span<const MutableTensorView> results) {
  SliceDims dims = **sliceDims(args);
  std::vector<int64_t> strides = rowMajorStrides(args.shape(0));
  int64_t first = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    first += dims.start[i] * strides[i];
    strides[i] *= dims.step[i];
  }
  copyStrided(sizeOf(args.dtype(0)), dims.shape, results[0].data, rowMajorStrides(dims.shape),
              elementAt(args.dtype(0), args.data(0), first), strides);
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"slice", 3, 5, kAnyType, 0, inferSlice, computeSlice},
};

} // namespace

std::span<const OpDef> sliceOps() { return kOps; }

} // namespace openatc::host
