//===- Normalization.cpp - Batch, layer, instance, group norm and LRN ------===//

#include "Broadcast.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

/// Error unless operand `i` has one element for each of `channels`.
Status checkChannels(const OpArgs &args, size_t i, int64_t channels, std::string_view what) {
  if (args.hasShape(i) && args.shape(i) != Shape{channels})
    return fail(what, " has shape ", args.shape(i), ", expected [", channels, "]");
  return Status::success();
}

Status checkRank(const OpArgs &args, int64_t least) {
  if (args.hasShape(0) && args.rank(0) < least)
    return fail("x has rank ", args.rank(0), ", expected at least ", least);
  return Status::success();
}

Status inferBatchNorm(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkRank(args, 1));
  if (args.hasShape(0)) {
    int64_t channels = args.rank(0) > 1 ? args.shape(0)[1] : 1;
    for (size_t i = 1; i < 5; ++i)
      OPENATC_TRY(checkChannels(args, i, channels, "a statistic of batch_norm"));
  }
  return inferLikeFirst(args, results);
}

Status computeBatchNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &s = args.shape(0);
  int64_t channels = s.size() > 1 ? s[1] : 1, plane = s.size() > 1 ? product(s, 2, s.size()) : 1;
  dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0), scale(args, 1), bias(args, 2), mean(args, 3), var(args, 4);
    WideOutput<W> y(results[0]);
    W epsilon = static_cast<W>(args.floatAttr("epsilon", 1e-5));
    for (int64_t p = 0, planes = s[0] * channels; p < planes; ++p) {
      int64_t c = p % channels;
      W k = scale[c] / std::sqrt(var[c] + epsilon);
      for (int64_t i = p * plane; i < (p + 1) * plane; ++i)
        y[i] = (x[i] - mean[c]) * k + bias[c];
    }
  });
  return Status::success();
}

/// Mean and 1 / sqrt(variance + epsilon) of `n` values.
template <typename W> std::pair<double, double> moments(const W *x, int64_t n, double epsilon) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < n; ++i)
    sum += static_cast<double>(x[i]);
  double mean = sum / static_cast<double>(n);
  for (int64_t i = 0; i < n; ++i)
    squares += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean);
  return {mean, 1.0 / std::sqrt(squares / static_cast<double>(n) + epsilon)};
}

Status inferLayerNorm(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType statistic{DType::F32, std::nullopt};
  if (args.hasShape(0)) {
    auto axis = normalizeAxis(args.intAttr("axis", -1), args.rank(0));
    if (!axis)
      return axis.status();
    Shape norm(args.shape(0).begin() + *axis, args.shape(0).end());
    for (size_t i = 1; i < 3; ++i)
      if (args.hasShape(i)) {
        auto both = broadcastShapes(norm, args.shape(i));
        if (!both || *both != norm)
          return fail(i == 1 ? "scale" : "bias", " ", args.shape(i), " does not broadcast to ",
                      norm);
      }
    Shape shape = args.shape(0);
    std::fill(shape.begin() + *axis, shape.end(), 1);
    statistic.shape = std::move(shape);
  }
  results.push_back(args.operand(0).type);
  for (int64_t i = 1; i < args.intAttr("num_results", 1) && i < 3; ++i)
    results.push_back(statistic);
  return Status::success();
}

Status computeLayerNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &s = args.shape(0);
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", -1), args.rank(0)));
  int64_t rows = product(s, 0, axis), n = product(s, axis, s.size());
  Shape norm(s.begin() + static_cast<ptrdiff_t>(axis), s.end());
  double epsilon = args.floatAttr("epsilon", 1e-5);
  // Scale and bias spread to full rows once.
  auto spread = [&](size_t i, double fallback) {
    std::vector<double> row(static_cast<size_t>(n), fallback);
    if (args.has(i)) {
      WideInput<double> values(args, i);
      const Shape *shapes[] = {&args.shape(i)};
      BroadcastPlan plan(norm, shapes);
      plan.forEachRow([&](int64_t out, const int64_t *offsets, int64_t length) {
        for (int64_t k = 0; k < length; ++k)
          row[static_cast<size_t>(out + k)] = values[offsets[0] + k * plan.rowStride(0)];
      });
    }
    return row;
  };
  std::vector<double> scale = spread(1, 1), bias = spread(2, 0);
  dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0);
    WideOutput<W> y(results[0]);
    for (int64_t r = 0; r < rows; ++r) {
      auto [mean, inverse] = moments(x.get() + r * n, n, epsilon);
      for (int64_t i = 0; i < n; ++i)
        y[r * n + i] =
            static_cast<W>((static_cast<double>(x[r * n + i]) - mean) * inverse *
                               scale[static_cast<size_t>(i)] + bias[static_cast<size_t>(i)]);
      for (size_t k = 1; k < results.size(); ++k)
        static_cast<float *>(results[k].data)[r] = static_cast<float>(k == 1 ? mean : inverse);
    }
  });
  return Status::success();
}

Status inferInstanceNorm(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkRank(args, 3));
  if (args.hasShape(0))
    for (size_t i = 1; i < 3; ++i)
      OPENATC_TRY(checkChannels(args, i, args.shape(0)[1], i == 1 ? "scale" : "bias"));
  return inferLikeFirst(args, results);
}

/// Normalises `groups` groups of channels of each image.
Status normalizeGroups(const OpArgs &args, const MutableTensorView &result, int64_t groups) {
  const Shape &s = args.shape(0);
  int64_t plane = product(s, 2, s.size()), width = s[1] / groups, n = width * plane;
  double epsilon = args.floatAttr("epsilon", 1e-5);
  dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0), scale(args, 1), bias(args, 2);
    WideOutput<W> y(result);
    for (int64_t g = 0; g < s[0] * groups; ++g) {
      auto [mean, inverse] = moments(x.get() + g * n, n, epsilon);
      for (int64_t i = 0; i < n; ++i) {
        int64_t c = g % groups * width + i / plane;
        y[g * n + i] = static_cast<W>((static_cast<double>(x[g * n + i]) - mean) * inverse *
                                          static_cast<double>(scale[c]) +
                                      static_cast<double>(bias[c]));
      }
    }
  });
  return Status::success();
}

Status computeInstanceNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  return normalizeGroups(args, results[0], args.shape(0)[1]);
}

Status inferGroupNorm(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t groups = args.intAttr("num_groups", 0);
  if (groups < 1 || (args.hasShape(0) && args.rank(0) > 1 && args.shape(0)[1] % groups))
    return fail("num_groups ", groups, " does not divide the channels");
  return inferInstanceNorm(args, results);
}

Status computeGroupNorm(const OpArgs &args, std::span<const MutableTensorView> results) {
  return normalizeGroups(args, results[0], args.intAttr("num_groups", 1));
}

Status inferLrn(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkRank(args, 2));
  if (args.intAttr("size", 0) < 1)
    return fail("size ", args.intAttr("size", 0), " is out of range");
  return inferLikeFirst(args, results);
}

Status computeLrn(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &s = args.shape(0);
  int64_t channels = s[1], plane = product(s, 2, s.size()), size = args.intAttr("size", 1);
  double alpha = args.floatAttr("alpha", 1e-4), beta = args.floatAttr("beta", 0.75);
  double bias = args.floatAttr("bias", 1);
  dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0);
    WideOutput<W> y(results[0]);
    for (int64_t n = 0; n < s[0]; ++n)
      for (int64_t c = 0; c < channels; ++c) {
        int64_t low = std::max<int64_t>(0, c - (size - 1) / 2);
        int64_t high = std::min(channels - 1, c + size / 2);
        for (int64_t i = 0; i < plane; ++i) {
          double sum = 0;
          for (int64_t k = low; k <= high; ++k) {
            double v = static_cast<double>(x[(n * channels + k) * plane + i]);
            sum += v * v;
          }
          int64_t at = (n * channels + c) * plane + i;
          y[at] = static_cast<W>(static_cast<double>(x[at]) /
                                 std::pow(bias + alpha / static_cast<double>(size) * sum, beta));
        }
      }
  });
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"batch_norm", 5, 5, kFloats, 0, inferBatchNorm, computeBatchNorm},
    {"layer_norm", 2, 3, kFloats, 6, inferLayerNorm, computeLayerNorm},
    {"instance_norm", 3, 3, kFloats, 6, inferInstanceNorm, computeInstanceNorm},
    {"group_norm", 3, 3, kFloats, 6, inferGroupNorm, computeGroupNorm},
    {"lrn", 1, 1, kFloats, 0, inferLrn, computeLrn},
};

} // namespace

std::span<const OpDef> normalizationOps() { return kOps; }

} // namespace openatc::host
