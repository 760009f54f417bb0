//===- Gather.cpp - Gather, GatherElements ---------------------------------===//

#include "Operators.h"

#include <cstring>

namespace openatc::host {

namespace {

int64_t indexAt(const OpArgs &args, int64_t i) {
  return args.dtype(1) == DType::I64 ? static_cast<const int64_t *>(args.data(1))[i]
                                     : static_cast<const int32_t *>(args.data(1))[i];
}

Status checkIndices(const OpArgs &args) {
  if (args.dtype(1) != DType::I32 && args.dtype(1) != DType::I64)
    return fail("indices have element type ", args.dtype(1), ", expected i32 or i64");
  return Status::success();
}

Status outOfRange(int64_t index, int64_t dim) {
  return fail("index ", index, " is out of range for a dimension of ", dim);
}

Status inferGather(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndices(args));
  TensorType type{args.dtype(0), std::nullopt};
  if (args.hasShape(0)) {
    auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
    if (!axis)
      return axis.status();
    if (args.hasShape(1)) {
      const Shape &x = args.shape(0);
      Shape shape(x.begin(), x.begin() + *axis);
      shape.insert(shape.end(), args.shape(1).begin(), args.shape(1).end());
      shape.insert(shape.end(), x.begin() + *axis + 1, x.end());
      type.shape = std::move(shape);
    }
  }
  results.push_back(std::move(type));
  return Status::success();
}

Status computeGather(const OpArgs &args, std::span<const MutableTensorView> results) {
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  const Shape &x = args.shape(0);
  int64_t outer = product(x, 0, axis), dim = x[axis], count = args.count(1);
  size_t row = static_cast<size_t>(product(x, axis + 1, x.size())) * sizeOf(args.dtype(0));
  char *dst = static_cast<char *>(results[0].data);
  const char *src = static_cast<const char *>(args.data(0));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < count; ++i, dst += row) {
      int64_t index = indexAt(args, i);
      if (index < -dim || index >= dim)
        return outOfRange(index, dim);
      index += index < 0 ? dim : 0;
      std::memcpy(dst, src + static_cast<size_t>(o * dim + index) * row, row);
    }
  return Status::success();
}

Status inferGatherElements(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndices(args));
  if (args.hasShape(0) && args.hasShape(1)) {
    auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
    if (!axis)
      return axis.status();
    if (args.rank(0) != args.rank(1))
      return fail("indices ", args.shape(1), " and x ", args.shape(0), " differ in rank");
    for (size_t d = 0; d < args.shape(0).size(); ++d)
      if (static_cast<int64_t>(d) != *axis && args.shape(1)[d] > args.shape(0)[d])
        return fail("indices ", args.shape(1), " exceed x ", args.shape(0));
  }
  results.push_back({args.dtype(0), args.operand(1).type.shape});
  return Status::success();
}

Status computeGatherElements(const OpArgs &args, std::span<const MutableTensorView> results) {
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  std::vector<int64_t> strides = rowMajorStrides(args.shape(0));
  const Shape &out = results[0].shape;
  size_t size = sizeOf(args.dtype(0));
  std::vector<int64_t> position(out.size(), 0);
  char *dst = static_cast<char *>(results[0].data);
  for (int64_t i = 0, n = args.count(1); i < n; ++i, dst += size) {
    int64_t index = indexAt(args, i), dim = args.shape(0)[axis], offset = 0;
    if (index < -dim || index >= dim)
      return outOfRange(index, dim);
    index += index < 0 ? dim : 0;
    for (size_t d = 0; d < out.size(); ++d)
      offset += (d == axis ? index : position[d]) * strides[d];
    std::memcpy(dst, static_cast<const char *>(args.data(0)) + size_t(offset) * size, size);
    for (size_t d = out.size(); d-- > 0;) {
      if (++position[d] < out[d])
        break;
      position[d] = 0;
    }
  }
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"gather", 2, 2, kAnyType, 0, inferGather, computeGather},
    {"gather_elements", 2, 2, kAnyType, 0, inferGatherElements, computeGatherElements},
};

} // namespace

std::span<const OpDef> gatherOps() { return kOps; }

} // namespace openatc::host
