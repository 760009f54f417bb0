//===- Broadcast.cpp - NumPy broadcasting as a loop over rows --------------===//

#include "Broadcast.h"

#include <algorithm>

namespace openatc::host {

Expected<Shape> broadcastShapes(const Shape &a, const Shape &b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    // Dimensions are aligned at the end; a missing one counts as 1.
    int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1)
      return fail("shapes ", a, " and ", b, " do not broadcast");
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

Status broadcastOperandShapes(const OpArgs &args, size_t a, size_t b, std::optional<Shape> &shape) {
  if (!args.hasShape(a) || !args.hasShape(b))
    return Status::success();
  auto merged = broadcastShapes(args.shape(a), args.shape(b));
  if (!merged)
    return merged.status();
  shape = *merged;
  return Status::success();
}

Status inferBroadcast(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType type{args.dtype(0), std::nullopt};
  OPENATC_TRY(broadcastOperandShapes(args, 0, 1, type.shape));
  results.push_back(std::move(type));
  return Status::success();
}

BroadcastPlan::BroadcastPlan(const Shape &result, std::span<const Shape *const> operands)
    : strides(operands.size()) {
  size_t rank = result.size();
  for (size_t k = 0; k < operands.size(); ++k) {
    const Shape &shape = *operands[k];
    std::vector<int64_t> dense = rowMajorStrides(shape);
    strides[k].assign(rank, 0);
    size_t skip = rank - shape.size();
    for (size_t i = 0; i < shape.size(); ++i)
      if (shape[i] != 1)
        strides[k][skip + i] = dense[i];
  }
  // Merge dimension i into the one before it when every operand steps over both evenly.
  size_t kept = 0;
  for (size_t i = 0; i < rank; ++i) {
    if (result[i] == 1)
      continue;
    bool merge = kept > 0;
    for (auto &s : strides)
      merge &= kept > 0 && s[kept - 1] == s[i] * result[i];
    if (!merge)
      ++kept;
    for (auto &s : strides)
      s[kept - 1] = s[i];
    if (merge)
      dims.back() *= result[i];
    else
      dims.push_back(result[i]);
  }
  if (kept == 0) {
    dims.push_back(1);
    kept = 1;
  }
  for (auto &s : strides) {
    s.resize(kept, 0);
  }
}

void BroadcastPlan::forEachRow(const RowFn &fn) const {
  for (int64_t dim : dims)
    if (dim == 0)
      return;
  size_t outer = dims.size() - 1;
  std::vector<int64_t> index(outer, 0), offsets(strides.size(), 0);
  int64_t length = dims.back(), out = 0;
  while (true) {
    fn(out, offsets.data(), length);
    out += length;
    size_t d = outer;
    while (d-- > 0) {
      for (size_t k = 0; k < strides.size(); ++k)
        offsets[k] += strides[k][d];
      if (++index[d] < dims[d])
        break;
      for (size_t k = 0; k < strides.size(); ++k)
        offsets[k] -= strides[k][d] * dims[d];
      index[d] = 0;
    }
    if (d == SIZE_MAX)
      return;
  }
}

} // namespace openatc::host
