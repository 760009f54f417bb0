//===- Softmax.cpp - Softmax and LogSoftmax --------------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

/// The tensor as [outer, dim, inner]; `flatten` makes everything from axis on one dim.
struct Split {
  int64_t outer, dim, inner;
};

Expected<Split> splitOf(const OpArgs &args) {
  const Shape &x = args.shape(0);
  if (x.empty())
    return Split{1, 1, 1};
  auto axis = normalizeAxis(args.intAttr("axis", -1), args.rank(0));
  if (!axis)
    return axis.status();
  size_t a = static_cast<size_t>(*axis);
  if (args.flag("flatten"))
    return Split{product(x, 0, a), product(x, a, x.size()), 1};
  return Split{product(x, 0, a), x[a], product(x, a + 1, x.size())};
}

Status inferSoftmax(const OpArgs &args, std::vector<TensorType> &results) {
  if (args.hasShape(0)) {
    auto split = splitOf(args);
    if (!split)
      return split.status();
  }
  return inferLikeFirst(args, results);
}

template <bool isLog>
Status computeSoftmax(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto split = splitOf(args);
  if (!split)
    return split.status();
  auto [outer, dim, inner] = *split;
  dispatchFloat(args.dtype(0), [&, outer = outer, dim = dim, inner = inner]<typename W>(W) {
    WideInput<W> x(args, 0);
    WideOutput<W> y(results[0]);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        const W *in = x.get() + o * dim * inner + i;
        W *out = y.get() + o * dim * inner + i;
        W top = in[0];
        for (int64_t d = 1; d < dim; ++d)
          top = in[d * inner] > top ? in[d * inner] : top;
        double sum = 0;
        for (int64_t d = 0; d < dim; ++d)
          sum += std::exp(static_cast<double>(in[d * inner] - top));
        double shift = std::log(sum);
        for (int64_t d = 0; d < dim; ++d) {
          double z = static_cast<double>(in[d * inner] - top);
          out[d * inner] = static_cast<W>(isLog ? z - shift : std::exp(z) / sum);
        }
      }
  });
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"softmax", 1, 1, kFloats, 0, inferSoftmax, computeSoftmax<false>},
    {"log_softmax", 1, 1, kFloats, 0, inferSoftmax, computeSoftmax<true>},
};

} // namespace

std::span<const OpDef> softmaxOps() { return kOps; }

} // namespace openatc::host
