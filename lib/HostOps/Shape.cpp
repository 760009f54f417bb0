//===- Shape.cpp - Reshape and kin, Shape, Size, Range, ConstantOfShape ----===//

#include "Convert.h"
#include "Operators.h"
#include "Strided.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace openatc::host {

namespace {

Status inferReshape(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 1, "shape"));
  auto wanted = args.ints(1);
  if (!wanted || !args.hasShape(0))
    return inferUnknownShape(args, results);
  Shape shape = *wanted;
  int64_t rest = -1, count = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !args.flag("allowzero")) {
      if (i >= args.shape(0).size())
        return fail("dimension ", i, " of shape ", *wanted, " copies one that x ", args.shape(0),
                    " does not have");
      shape[i] = args.shape(0)[i];
    }
    if (shape[i] == -1) {
      if (rest >= 0)
        return fail("shape ", *wanted, " has more than one -1");
      rest = static_cast<int64_t>(i);
    } else if (shape[i] < 0) {
      return fail("shape ", *wanted, " has a negative dimension");
    } else if (__builtin_mul_overflow(count, shape[i], &count)) {
      return fail("shape ", *wanted, " is too large");
    }
  }
  int64_t total = args.count(0);
  if (rest >= 0) {
    if (count == 0 || total % count)
      return fail("x ", args.shape(0), " does not divide into shape ", *wanted);
    shape[static_cast<size_t>(rest)] = total / count;
  } else if (count != total) {
    return fail("x ", args.shape(0), " has ", total, " elements, shape ", *wanted, " has ", count);
  }
  return inferWithShape(args, results, std::move(shape));
}

Status inferFlatten(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  int64_t rank = args.rank(0), axis = args.intAttr("axis", 1);
  if (axis < -rank || axis > rank)
    return fail("axis ", axis, " is out of range for rank ", rank);
  size_t cut = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  const Shape &x = args.shape(0);
  return inferWithShape(args, results, {product(x, 0, cut), product(x, cut, x.size())});
}

Status inferSqueeze(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0) || (args.has(1) && !args.isConstant(1)))
    return inferUnknownShape(args, results);
  const Shape &x = args.shape(0);
  std::vector<bool> drop(x.size(), false);
  if (args.has(1)) {
    OPENATC_TRY(checkIndexOperand(args, 1, "axes"));
    auto axes = normalizeAxes(*args.ints(1), args.rank(0));
    if (!axes)
      return axes.status();
    for (int64_t a : *axes) {
      if (x[static_cast<size_t>(a)] != 1)
        return fail("dimension ", a, " of ", x, " is not 1 and cannot be squeezed");
      drop[static_cast<size_t>(a)] = true;
    }
  } else {
    for (size_t i = 0; i < x.size(); ++i)
      drop[i] = x[i] == 1;
  }
  Shape shape;
  for (size_t i = 0; i < x.size(); ++i)
    if (!drop[i])
      shape.push_back(x[i]);
  return inferWithShape(args, results, std::move(shape));
}

Status inferUnsqueeze(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 1, "axes"));
  if (!args.hasShape(0) || !args.isConstant(1))
    return inferUnknownShape(args, results);
  auto raw = *args.ints(1);
  int64_t rank = args.rank(0) + static_cast<int64_t>(raw.size());
  if (rank > kMaxRank)
    return fail("rank ", rank, " is above ", kMaxRank);
  auto axes = normalizeAxes(raw, rank);
  if (!axes)
    return axes.status();
  Shape shape(static_cast<size_t>(rank), 0);
  for (int64_t a : *axes)
    shape[static_cast<size_t>(a)] = 1;
  size_t next = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    if (std::find(axes->begin(), axes->end(), static_cast<int64_t>(i)) == axes->end())
      shape[i] = args.shape(0)[next++];
  return inferWithShape(args, results, std::move(shape));
}

/// The part of the shape that `start` and `end` select.
Shape shapeSlice(const OpArgs &args) {
  int64_t rank = args.rank(0);
  auto clamp = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
  int64_t begin = clamp(args.intAttr("start", 0));
  int64_t end = clamp(args.intAttr("end", std::numeric_limits<int64_t>::max()));
  Shape part;
  for (int64_t i = begin; i < end; ++i)
    part.push_back(args.shape(0)[static_cast<size_t>(i)]);
  return part;
}

Status inferShape(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType type{DType::I64, std::nullopt};
  if (args.hasShape(0))
    type.shape = Shape{static_cast<int64_t>(shapeSlice(args).size())};
  results.push_back(type);
  return Status::success();
}

Status computeShape(const OpArgs &args, std::span<const MutableTensorView> results) {
  Shape part = shapeSlice(args);
  std::memcpy(results[0].data, part.data(), part.size() * sizeof(int64_t));
  return Status::success();
}

Status inferSize(const OpArgs &, std::vector<TensorType> &results) {
  results.push_back({DType::I64, Shape{}});
  return Status::success();
}

Status computeSize(const OpArgs &args, std::span<const MutableTensorView> results) {
  *static_cast<int64_t *>(results[0].data) = args.count(0);
  return Status::success();
}

Status inferConstantOfShape(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 0, "shape"));
  auto type = static_cast<DType>(args.intAttr("value_dtype", 1));
  if (sizeOf(type) == 0)
    return fail("value has an unsupported element type");
  TensorType result{type, std::nullopt};
  if (auto shape = args.ints(0)) {
    if (static_cast<int64_t>(shape->size()) > kMaxRank)
      return fail("rank ", shape->size(), " is above ", kMaxRank);
    for (int64_t d : *shape)
      if (d < 0)
        return fail("shape ", *shape, " has a negative dimension");
    result.shape = *shape;
  }
  results.push_back(std::move(result));
  return Status::success();
}

Status computeConstantOfShape(const OpArgs &args, std::span<const MutableTensorView> results) {
  const MutableTensorView &out = results[0];
  uint64_t element = 0;
  if (isFloat(out.dtype)) {
    double value = args.floatAttr("value_float", 0);
    storeWide<double>(out.dtype, &element, 1, &value);
  } else {
    int64_t value = args.intAttr("value_int", 0);
    storeWide<int64_t>(out.dtype, &element, 1, &value);
  }
  fillElements(sizeOf(out.dtype), out.data, product(out.shape), &element);
  return Status::success();
}

/// Number of elements of a range; -1 for a step of zero, NaN or more than 2^40 elements.
template <typename W> int64_t rangeCount(W start, W limit, W delta) {
  if (delta == W(0))
    return -1;
  if constexpr (std::is_integral_v<W>) {
    // 128 bits hold the difference of any two 64-bit numbers.
    __int128 span = static_cast<__int128>(limit) - start, step = delta;
    if (span == 0 || (span > 0) != (step > 0))
      return 0;
    __int128 count = (span + step + (step > 0 ? -1 : 1)) / step;
    return count < __int128(1) << 40 ? static_cast<int64_t>(count) : -1;
  } else {
    double count = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                             static_cast<double>(delta));
    if (!(count < 0x1p40))
      return -1;
    return count > 0 ? static_cast<int64_t>(count) : 0;
  }
}

template <typename W> W scalarOperand(const OpArgs &args, size_t i) {
  W value;
  loadWide<W>(args.dtype(i), args.data(i), 1, &value);
  return value;
}

Status inferRange(const OpArgs &args, std::vector<TensorType> &results) {
  bool all = true;
  for (size_t i = 0; i < 3; ++i) {
    if (args.hasShape(i) && args.count(i) != 1)
      return fail("start, limit and delta of range are scalars, operand ", i, " has shape ",
                  args.shape(i));
    all &= args.isConstant(i);
  }
  if (!all)
    return inferUnknownShape(args, results);
  int64_t count = dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    return rangeCount(scalarOperand<W>(args, 0), scalarOperand<W>(args, 1),
                      scalarOperand<W>(args, 2));
  });
  if (count < 0)
    return fail("range has no finite number of elements");
  return inferWithShape(args, results, {count});
}

Status computeRange(const OpArgs &args, std::span<const MutableTensorView> results) {
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    W start = scalarOperand<W>(args, 0), delta = scalarOperand<W>(args, 2);
    WideOutput<W> out(results[0]);
    for (int64_t i = 0, n = product(results[0].shape); i < n; ++i)
      if constexpr (std::is_integral_v<W>)
        out[i] = static_cast<W>(uint64_t(start) + uint64_t(i) * uint64_t(delta));
      else
        out[i] = start + static_cast<W>(i) * delta;
  });
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"reshape", 2, 2, kAnyType, 0, inferReshape, computeCopy},
    {"flatten", 1, 1, kAnyType, 0, inferFlatten, computeCopy},
    {"squeeze", 1, 2, kAnyType, 0, inferSqueeze, computeCopy},
    {"unsqueeze", 2, 2, kAnyType, 0, inferUnsqueeze, computeCopy},
    {"shape", 1, 1, kAnyType, 0, inferShape, computeShape},
    {"size", 1, 1, kAnyType, 0, inferSize, computeSize},
    {"constant_of_shape", 1, 1, kInts, 0, inferConstantOfShape, computeConstantOfShape},
    {"range", 3, 3, kNumeric, 6, inferRange, computeRange},
};

} // namespace

std::span<const OpDef> shapeOps() { return kOps; }

} // namespace openatc::host
