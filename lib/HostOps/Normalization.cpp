//===- Normalization.cpp - Batch, Layer, Instance, Group norm and LRN --------===//
//
// Statistics are accumulated in double, so that f32 results do not depend on the
// order of a sum.
//
//===----------------------------------------------------------------------===//

#include "Broadcast.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

/// Error unless operands [1, end) are floats and, where `length` is known, vectors of it.
Status checkParameters(const OpArgs &args, std::optional<int64_t> length) {
  for (size_t i = 1; i < args.size(); ++i) {
    if (!args.has(i))
      continue;
    if (!isFloat(args.dtype(i)))
      return fail("operand ", i, " of ", args.name(), " has element type ", args.dtype(i),
                  ", expected a float type");
    if (length && args.hasShape(i) && args.shape(i) != Shape{*length})
      return fail("operand ", i, " of ", args.name(), " has shape ", args.shape(i), ", expected [",
                  *length, "]");
  }
  return Status::success();
}

/// Channels of x; rank 1 counts as batch only (one channel).
Expected<int64_t> channelsOf(const OpArgs &args) {
  if (args.rank(0) < 1)
    return fail("x of ", args.name(), " has rank 0");
  return args.rank(0) == 1 ? 1 : args.shape(0)[1];
}

Status inferChannelwise(const OpArgs &args, std::vector<TensorType> &results) {
  std::optional<int64_t> channels;
  if (args.hasShape(0)) {
    auto count = channelsOf(args);
    if (!count)
      return count.status();
    channels = *count;
  }
  OPENATC_TRY(checkParameters(args, channels));
  return inferLikeFirst(args, results);
}

Status computeBatchNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  int64_t channels = *channelsOf(args), batch = args.shape(0)[0];
  int64_t size = args.count(0) / (batch * channels);
  double epsilon = args.floatAttr("epsilon", 1e-5);
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideInput<double> scale(args, 1), bias(args, 2), mean(args, 3), variance(args, 4);
    WideOutput<W> out(results[0]);
    for (int64_t p = 0; p < batch * channels; ++p) {
      int64_t c = p % channels;
      double factor = scale[c] / std::sqrt(variance[c] + epsilon);
      W a = static_cast<W>(factor), m = static_cast<W>(mean[c]), b = static_cast<W>(bias[c]);
      const W *x = in.get() + p * size;
      W *y = out.get() + p * size;
      for (int64_t i = 0; i < size; ++i)
        y[i] = (x[i] - m) * a + b;
    }
    return Status::success();
  });
}

/// Mean and 1 / sqrt(variance + epsilon) of a row.
template <typename W>
std::pair<double, double> rowStatistics(const W *x, int64_t size, double epsilon) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < size; ++i)
    sum += static_cast<double>(x[i]);
  double mean = sum / static_cast<double>(size);
  for (int64_t i = 0; i < size; ++i)
    squares += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean);
  return {mean, 1 / std::sqrt(squares / static_cast<double>(size) + epsilon)};
}

Status inferLayerNorm(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkParameters(args, std::nullopt));
  int64_t count = args.intAttr("num_results", 1);
  if (count < 1 || count > 3)
    return fail("layer_norm has 1 to 3 results, not ", count);
  OPENATC_TRY(inferLikeFirst(args, results));
  // The statistics are f32 (stash_type 1) with the normalised dimensions of size 1.
  TensorType statistics{DType::F32, args.operand(0).type.shape};
  if (args.hasShape(0)) {
    auto axis = normalizeAxis(args.intAttr("axis", -1), args.rank(0));
    if (!axis)
      return axis.status();
    const Shape &x = args.shape(0);
    Shape row(x.begin() + *axis, x.end());
    for (size_t i = 1; i < args.size(); ++i) {
      if (!args.hasShape(i))
        continue;
      auto merged = broadcastShapes(row, args.shape(i));
      if (!merged || *merged != row)
        return fail("operand ", i, " ", args.shape(i), " does not broadcast to the normalised ",
                    row);
    }
    std::fill(statistics.shape->begin() + *axis, statistics.shape->end(), 1);
  }
  for (int64_t i = 1; i < count; ++i)
    results.push_back(statistics);
  return Status::success();
}

/// Operand `i` broadcast to `shape`; `absent` where it is not given.
template <typename W>
std::vector<W> broadcastOperand(const OpArgs &args, size_t i, const Shape &shape, W absent) {
  std::vector<W> values(static_cast<size_t>(product(shape)), absent);
  if (!args.has(i))
    return values;
  WideInput<W> in(args, i);
  const Shape *shapes[] = {&args.shape(i)};
  BroadcastPlan plan(shape, shapes);
  plan.forEachRow([&](int64_t out, const int64_t *offsets, int64_t length) {
    for (int64_t k = 0; k < length; ++k)
      values[static_cast<size_t>(out + k)] = in[offsets[0] + k * plan.rowStride(0)];
  });
  return values;
}

Status computeLayerNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &shape = args.shape(0);
  int64_t axis = *normalizeAxis(args.intAttr("axis", -1), args.rank(0));
  Shape row(shape.begin() + axis, shape.end());
  int64_t size = product(row), rows = product(shape, 0, static_cast<size_t>(axis));
  double epsilon = args.floatAttr("epsilon", 1e-5);
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    std::vector<W> scale = broadcastOperand<W>(args, 1, row, W(1));
    std::vector<W> bias = broadcastOperand<W>(args, 2, row, W(0));
    for (int64_t r = 0; r < rows; ++r) {
      const W *x = in.get() + r * size;
      W *y = out.get() + r * size;
      auto [mean, inverse] = rowStatistics(x, size, epsilon);
      for (size_t i = 0; i < static_cast<size_t>(size); ++i)
        y[i] = static_cast<W>((static_cast<double>(x[i]) - mean) * inverse) * scale[i] + bias[i];
      if (results.size() > 1)
        static_cast<float *>(results[1].data)[r] = static_cast<float>(mean);
      if (results.size() > 2)
        static_cast<float *>(results[2].data)[r] = static_cast<float>(inverse);
    }
    return Status::success();
  });
}

Status inferGroupNorm(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t groups = args.intAttr("num_groups", 0);
  OPENATC_TRY(checkParameters(args, std::nullopt));
  if (args.hasShape(0)) {
    if (args.rank(0) < 2)
      return fail("x of group_norm has rank ", args.rank(0), ", expected batch and channels");
    int64_t channels = args.shape(0)[1];
    if (groups < 1 || channels % groups)
      return fail("num_groups ", groups, " does not divide ", channels, " channels");
    // Parameters are per channel since opset 21 and were per group before.
    for (size_t i = 1; i < 3; ++i)
      if (args.hasShape(i) && args.shape(i) != Shape{channels} && args.shape(i) != Shape{groups})
        return fail("operand ", i, " of group_norm has shape ", args.shape(i), ", expected [",
                    channels, "]");
  }
  return inferLikeFirst(args, results);
}

/// Instance norm is group norm with one channel per group.
Status computeGroupNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &shape = args.shape(0);
  int64_t batch = shape[0], channels = *channelsOf(args);
  int64_t size = args.count(0) / (batch * channels);
  int64_t groups = args.name() == "group_norm" ? args.intAttr("num_groups", 1) : channels;
  int64_t perGroup = channels / groups;
  double epsilon = args.floatAttr("epsilon", 1e-5);
  auto parameter = [&](size_t i, const WideInput<double> &values, int64_t channel) {
    return values[args.count(i) == channels ? channel : channel / perGroup];
  };
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideInput<double> scale(args, 1), bias(args, 2);
    WideOutput<W> out(results[0]);
    for (int64_t g = 0; g < batch * groups; ++g) {
      int64_t first = g * perGroup; // plane of the first channel of the group
      auto [mean, inverse] = rowStatistics(in.get() + first * size, perGroup * size, epsilon);
      for (int64_t p = first; p < first + perGroup; ++p) {
        double a = inverse * parameter(1, scale, p % channels);
        double b = parameter(2, bias, p % channels);
        for (int64_t i = p * size; i < (p + 1) * size; ++i)
          out.get()[i] = static_cast<W>((static_cast<double>(in[i]) - mean) * a + b);
      }
    }
    return Status::success();
  });
}

Status inferLrn(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t size = args.intAttr("size", 0);
  if (size < 1 || size > INT32_MAX)
    return fail("attribute size of lrn is ", size, ", which is out of range");
  if (args.hasShape(0) && args.rank(0) < 2)
    return fail("x of lrn has rank ", args.rank(0), ", expected batch and channels");
  return inferLikeFirst(args, results);
}

Status computeLrn(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &shape = args.shape(0);
  int64_t channels = shape[1], size = product(shape, 2, shape.size());
  int64_t width = args.intAttr("size", 1), before = (width - 1) / 2, after = width / 2;
  double alpha = args.floatAttr("alpha", 1e-4) / static_cast<double>(width);
  double beta = args.floatAttr("beta", 0.75), bias = args.floatAttr("bias", 1);
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    std::vector<double> sum(static_cast<size_t>(size));
    for (int64_t p = 0; p < shape[0] * channels; ++p) {
      int64_t c = p % channels;
      int64_t first = p - std::min(before, c), last = p + std::min(after, channels - 1 - c);
      std::fill(sum.begin(), sum.end(), 0);
      for (int64_t q = first; q <= last; ++q)
        for (int64_t i = 0; i < size; ++i)
          sum[size_t(i)] += static_cast<double>(in[q * size + i]) * in[q * size + i];
      for (int64_t i = 0; i < size; ++i)
        out.get()[p * size + i] =
            static_cast<W>(in[p * size + i] / std::pow(bias + alpha * sum[size_t(i)], beta));
    }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"batch_norm", 5, 5, kFloats, 0, inferChannelwise, computeBatchNorm},
    {"layer_norm", 2, 3, kFloats, 0, inferLayerNorm, computeLayerNorm},
    {"instance_norm", 3, 3, kFloats, 0, inferChannelwise, computeGroupNorm},
    {"group_norm", 3, 3, kFloats, 0, inferGroupNorm, computeGroupNorm},
    {"lrn", 1, 1, kFloats, 0, inferLrn, computeLrn},
};

} // namespace

std::span<const OpDef> normalizationOps() { return kOps; }

} // namespace openatc::host
