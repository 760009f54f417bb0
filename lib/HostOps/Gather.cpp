//===- Gather.cpp - Gather, GatherElements, GatherND ---------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <cstring>

namespace openatc::host {

namespace {

Status checkIndices(const OpArgs &args) {
  if (args.dtype(1) != DType::I64 && args.dtype(1) != DType::I32)
    return fail("indices has element type ", args.dtype(1), ", expected i64 or i32");
  return Status::success();
}

/// The indices as i64 with negative ones counted from the end of a dimension of `size`.
Status readIndices(const WideInput<int64_t> &raw, int64_t count, int64_t size,
                   std::vector<int64_t> &indices) {
  indices.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    if (raw[i] < -size || raw[i] >= size)
      return fail("index ", raw[i], " is out of range for a dimension of size ", size);
    indices.push_back(raw[i] < 0 ? raw[i] + size : raw[i]);
  }
  return Status::success();
}

Status inferGather(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndices(args));
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
  if (!axis)
    return axis.status();
  if (!args.hasShape(1))
    return inferUnknownShape(args, results);
  const Shape &x = args.shape(0), &indices = args.shape(1);
  Shape shape(x.begin(), x.begin() + *axis);
  shape.insert(shape.end(), indices.begin(), indices.end());
  shape.insert(shape.end(), x.begin() + *axis + 1, x.end());
  return inferWithShape(args, results, shape);
}

Status computeGather(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &x = args.shape(0);
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  std::vector<int64_t> indices;
  OPENATC_TRY(readIndices(WideInput<int64_t>(args, 1), args.count(1), x[axis], indices));
  size_t inner = static_cast<size_t>(product(x, axis + 1, x.size())) * sizeOf(args.dtype(0));
  int64_t outer = product(x, 0, axis);
  const char *from = static_cast<const char *>(args.data(0));
  char *to = static_cast<char *>(results[0].data);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : indices) {
      std::memcpy(to, from + static_cast<size_t>(o * x[axis] + index) * inner, inner);
      to += inner;
    }
  return Status::success();
}

Status inferGatherElements(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndices(args));
  if (args.hasShape(0)) {
    auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
    if (!axis)
      return axis.status();
    if (args.hasShape(1)) {
      bool fits = args.rank(0) == args.rank(1);
      for (size_t d = 0; fits && d < args.shape(0).size(); ++d)
        fits = static_cast<int64_t>(d) == *axis || args.shape(1)[d] <= args.shape(0)[d];
      if (!fits)
        return fail("indices ", args.shape(1), " does not fit x ", args.shape(0));
    }
  }
  results.push_back({args.dtype(0), args.operand(1).type.shape});
  return Status::success();
}

Status computeGatherElements(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &x = args.shape(0), &shape = args.shape(1);
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  std::vector<int64_t> indices, strides = rowMajorStrides(x), place = rowMajorStrides(shape);
  OPENATC_TRY(readIndices(WideInput<int64_t>(args, 1), args.count(1), x[axis], indices));
  size_t size = sizeOf(args.dtype(0));
  for (size_t i = 0; i < indices.size(); ++i) {
    int64_t from = 0;
    for (size_t d = 0; d < shape.size(); ++d) {
      int64_t coordinate = static_cast<int64_t>(i) / place[d] % shape[d];
      from += (d == axis ? indices[i] : coordinate) * strides[d];
    }
    std::memcpy(static_cast<char *>(results[0].data) + i * size,
                elementAt(args.dtype(0), args.data(0), from), size);
  }
  return Status::success();
}

Status inferGatherNd(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndices(args));
  if (!args.hasShape(0) || !args.hasShape(1))
    return inferUnknownShape(args, results);
  const Shape &x = args.shape(0), &indices = args.shape(1);
  int64_t batch = args.intAttr("batch_dims", 0);
  if (batch < 0 || batch >= std::min(args.rank(0), args.rank(1)))
    return fail("batch_dims ", batch, " is out of range");
  if (indices.back() > args.rank(0) - batch)
    return fail("indices select ", indices.back(), " dimensions, x ", x, " has too few");
  if (!std::equal(x.begin(), x.begin() + batch, indices.begin()))
    return fail("the batch dimensions of x ", x, " and indices ", indices, " differ");
  Shape shape(indices.begin(), indices.end() - 1);
  shape.insert(shape.end(), x.begin() + batch + indices.back(), x.end());
  return inferWithShape(args, results, shape);
}

Status computeGatherNd(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &x = args.shape(0), &shape = args.shape(1);
  size_t batch = static_cast<size_t>(args.intAttr("batch_dims", 0));
  size_t depth = static_cast<size_t>(shape.back()), first = batch + depth;
  std::vector<int64_t> strides = rowMajorStrides(x);
  WideInput<int64_t> raw(args, 1);
  size_t bytes = static_cast<size_t>(product(x, first, x.size())) * sizeOf(args.dtype(0));
  int64_t tuples = product(shape, 0, shape.size() - 1);
  int64_t perBatch = product(shape, batch, shape.size() - 1);
  int64_t batchSize = product(x, batch, x.size());
  char *to = static_cast<char *>(results[0].data);
  for (int64_t t = 0; t < tuples; ++t, to += bytes) {
    int64_t from = t / perBatch * batchSize;
    for (size_t d = 0; d < depth; ++d) {
      int64_t index = raw[t * shape.back() + static_cast<int64_t>(d)], size = x[batch + d];
      if (index < -size || index >= size)
        return fail("index ", index, " is out of range for a dimension of size ", size);
      from += (index < 0 ? index + size : index) * strides[batch + d];
    }
    std::memcpy(to, elementAt(args.dtype(0), args.data(0), from), bytes);
  }
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"gather", 2, 2, kAnyType, 0, inferGather, computeGather},
    {"gather_elements", 2, 2, kAnyType, 0, inferGatherElements, computeGatherElements},
    {"gather_nd", 2, 2, kAnyType, 0, inferGatherNd, computeGatherNd},
};

} // namespace

std::span<const OpDef> gatherOps() { return kOps; }

} // namespace openatc::host
