//===- Softmax.cpp - Softmax and LogSoftmax ----------------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

/// x as [outer, length, inner] with the sum over `length`.
struct SoftmaxDims {
  int64_t outer = 1, length = 1, inner = 1;
};

Expected<SoftmaxDims> softmaxDims(const OpArgs &args) {
  const Shape &x = args.shape(0);
  SoftmaxDims dims;
  if (x.empty())
    return dims;
  auto axis = normalizeAxis(args.intAttr("axis", -1), args.rank(0));
  if (!axis)
    return axis.status();
  size_t at = static_cast<size_t>(*axis);
  dims.outer = product(x, 0, at);
  // Before opset 13 everything from the axis on is one row.
  bool flatten = args.flag("flatten");
  dims.length = flatten ? product(x, at, x.size()) : x[at];
  dims.inner = flatten ? 1 : product(x, at + 1, x.size());
  return dims;
}

Status inferSoftmax(const OpArgs &args, std::vector<TensorType> &results) {
  if (args.hasShape(0))
    if (auto dims = softmaxDims(args); !dims)
      return dims.status();
  return inferLikeFirst(args, results);
}

template <typename W> void softmaxRow(const SoftmaxDims &d, const W *x, W *y, bool logarithm) {
  W largest = x[0];
  for (int64_t i = 0; i < d.length; ++i)
    largest = std::max(largest, x[i * d.inner]);
  double sum = 0;
  for (int64_t i = 0; i < d.length; ++i) {
    W shifted = x[i * d.inner] - largest, e = std::exp(shifted);
    sum += static_cast<double>(e);
    y[i * d.inner] = logarithm ? shifted : e;
  }
  W scale = static_cast<W>(logarithm ? std::log(sum) : 1 / sum);
  for (int64_t i = 0; i < d.length; ++i)
    y[i * d.inner] = logarithm ? y[i * d.inner] - scale : y[i * d.inner] * scale;
}

Status computeSoftmax(const OpArgs &args, std::span<const MutableTensorView> results) {
  SoftmaxDims d = *softmaxDims(args);
  bool logarithm = args.name() == "log_softmax";
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0);
    WideOutput<W> y(results[0]);
    for (int64_t o = 0; o < d.outer; ++o)
      for (int64_t i = 0; i < d.inner; ++i) {
        int64_t start = o * d.length * d.inner + i;
        softmaxRow(d, x.get() + start, y.get() + start, logarithm);
      }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"softmax", 1, 1, kFloats, 0, inferSoftmax, computeSoftmax},
    {"log_softmax", 1, 1, kFloats, 0, inferSoftmax, computeSoftmax},
};

} // namespace

std::span<const OpDef> softmaxOps() { return kOps; }

} // namespace openatc::host
