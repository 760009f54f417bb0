//===- ElementwiseSelect.cpp - Clip, PRelu, Where, Dropout -----------------===//

#include "Broadcast.h"
#include "Operators.h"

#include <cstring>
#include <limits>

namespace openatc::host {

namespace {

Status inferClip(const OpArgs &args, std::vector<TensorType> &results) {
  for (size_t i = 1; i < args.size(); ++i)
    if (args.hasShape(i) && args.count(i) != 1)
      return fail(i == 1 ? "min" : "max", " of clip has shape ", args.shape(i),
                  ", expected a scalar");
  return inferLikeFirst(args, results);
}

Status computeClip(const OpArgs &args, std::span<const MutableTensorView> results) {
  return dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    using Limits = std::numeric_limits<W>;
    W low = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    W high = Limits::has_infinity ? Limits::infinity() : Limits::max();
    if (args.has(1))
      loadWide<W>(args.dtype(1), args.data(1), 1, &low);
    if (args.has(2))
      loadWide<W>(args.dtype(2), args.data(2), 1, &high);
    W scratch[kChunk];
    int64_t count = args.count(0);
    for (int64_t i = 0; i < count; i += kChunk) {
      int64_t n = std::min(kChunk, count - i);
      loadWide<W>(args.dtype(0), elementAt(args.dtype(0), args.data(0), i), n, scratch);
      // Where min is above max, max wins; NaN stays.
      for (int64_t k = 0; k < n; ++k) {
        W x = scratch[k] < low ? low : scratch[k];
        scratch[k] = x > high ? high : x;
      }
      storeWide<W>(results[0].dtype, elementAt(results[0].dtype, results[0].data, i), n, scratch);
    }
    return Status::success();
  });
}

Status inferPRelu(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(inferBroadcast(args, results));
  if (args.hasShape(0) && results[0].shape && *results[0].shape != args.shape(0))
    return fail("slope ", args.shape(1), " does not broadcast to x ", args.shape(0));
  results[0].shape = args.operand(0).type.shape;
  return Status::success();
}

Status computePRelu(const OpArgs &args, std::span<const MutableTensorView> results) {
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    broadcastBinary<W, W>(args, results[0], [](W x, W slope) {
      if constexpr (std::is_floating_point_v<W>)
        return x < W(0) ? slope * x : x;
      else
        return x < W(0) ? static_cast<W>(static_cast<uint64_t>(slope) * static_cast<uint64_t>(x))
                        : x;
    });
  });
  return Status::success();
}

Status inferWhere(const OpArgs &args, std::vector<TensorType> &results) {
  if (args.dtype(1) != args.dtype(2))
    return fail("x and y of where have element types ", args.dtype(1), " and ", args.dtype(2));
  TensorType type{args.dtype(1), std::nullopt};
  OPENATC_TRY(broadcastOperandShapes(args, 1, 2, type.shape));
  if (type.shape && args.hasShape(0)) {
    auto all = broadcastShapes(*type.shape, args.shape(0));
    if (!all)
      return all.status();
    type.shape = *all;
  } else {
    type.shape.reset();
  }
  results.push_back(std::move(type));
  return Status::success();
}

template <typename T> void selectElements(const OpArgs &args, const MutableTensorView &result) {
  const Shape *shapes[] = {&args.shape(0), &args.shape(1), &args.shape(2)};
  BroadcastPlan plan(result.shape, shapes);
  int64_t sc = plan.rowStride(0), sx = plan.rowStride(1), sy = plan.rowStride(2);
  plan.forEachRow([&](int64_t out, const int64_t *offsets, int64_t length) {
    const uint8_t *cond = static_cast<const uint8_t *>(args.data(0)) + offsets[0];
    const T *x = static_cast<const T *>(args.data(1)) + offsets[1];
    const T *y = static_cast<const T *>(args.data(2)) + offsets[2];
    T *z = static_cast<T *>(result.data) + out;
    for (int64_t i = 0; i < length; ++i)
      z[i] = cond[i * sc] ? x[i * sx] : y[i * sy];
  });
}

Status computeWhere(const OpArgs &args, std::span<const MutableTensorView> results) {
  switch (sizeOf(args.dtype(1))) {
  case 1:
    selectElements<uint8_t>(args, results[0]);
    break;
  case 2:
    selectElements<uint16_t>(args, results[0]);
    break;
  case 4:
    selectElements<uint32_t>(args, results[0]);
    break;
  default:
    selectElements<uint64_t>(args, results[0]);
    break;
  }
  return Status::success();
}

Status inferDropout(const OpArgs &args, std::vector<TensorType> &results) {
  if (args.has(2)) {
    if (args.dtype(2) != DType::Bool)
      return fail("training_mode has element type ", args.dtype(2), ", expected bool");
    if (auto training = args.ints(2))
      for (int64_t value : *training)
        if (value)
          return fail("dropout in training mode is not supported");
  }
  results.push_back(args.operand(0).type);
  if (args.flag("with_mask"))
    results.push_back({DType::Bool, args.operand(0).type.shape});
  return Status::success();
}

Status computeDropout(const OpArgs &args, std::span<const MutableTensorView> results) {
  OPENATC_TRY(computeCopy(args, results));
  if (results.size() > 1)
    std::memset(results[1].data, 1, static_cast<size_t>(args.count(0)));
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"clip", 1, 3, kNumeric, 6, inferClip, computeClip},
    {"prelu", 2, 2, kNumeric, 2, inferPRelu, computePRelu},
    {"where", 3, 3, kBool, 0, inferWhere, computeWhere},
    {"dropout", 1, 3, kFloats, 0, inferDropout, computeDropout},
};

} // namespace

std::span<const OpDef> selectOps() { return kOps; }

} // namespace openatc::host
