//===- Reduction.cpp - Reductions over axes, ArgMax, ArgMin ----------------===//

#include "Convert.h"
#include "Operators.h"

#include <cmath>
#include <limits>

namespace openatc::host {

namespace {

/// Which dimensions are reduced; nothing when the axes are not known.
Expected<std::vector<bool>> reducedDims(const OpArgs &args) {
  std::vector<bool> reduced(args.shape(0).size(), false);
  std::vector<int64_t> axes;
  if (args.has(1))
    axes = *args.ints(1);
  if (axes.empty()) {
    if (!args.flag("noop_with_empty_axes"))
      reduced.assign(reduced.size(), true);
    return reduced;
  }
  auto normal = normalizeAxes(axes, args.rank(0));
  if (!normal)
    return normal.status();
  for (int64_t a : *normal)
    reduced[static_cast<size_t>(a)] = true;
  return reduced;
}

Status inferReduce(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType type{args.dtype(0), std::nullopt};
  if (args.has(1))
    OPENATC_TRY(checkIndexOperand(args, 1, "axes"));
  if (args.hasShape(0) && (!args.has(1) || args.isConstant(1))) {
    auto reduced = reducedDims(args);
    if (!reduced)
      return reduced.status();
    Shape shape;
    for (size_t i = 0; i < reduced->size(); ++i)
      if (!(*reduced)[i])
        shape.push_back(args.shape(0)[i]);
      else if (args.flag("keepdims", true))
        shape.push_back(1);
    type.shape = std::move(shape);
  }
  results.push_back(std::move(type));
  return Status::success();
}

enum class Kind { Mean, Sum, Max, Min, Prod, L1, L2, LogSum, LogSumExp, SumSquare };

/// One accumulator; sums run in double so that long reductions keep their digits.
template <Kind kind, typename W> class Accumulator {
  using Sum = std::conditional_t<std::is_floating_point_v<W>, double, W>;

public:
  void add(W x) {
    if constexpr (kind == Kind::Max)
      value = count && !(x > value) ? value : static_cast<Sum>(x);
    else if constexpr (kind == Kind::Min)
      value = count && !(x < value) ? value : static_cast<Sum>(x);
    else if constexpr (kind == Kind::Prod)
      value = (count ? value : Sum(1)) * static_cast<Sum>(x);
    else if constexpr (kind == Kind::L1)
      value += x < W(0) ? static_cast<Sum>(W(0) - x) : static_cast<Sum>(x);
    else if constexpr (kind == Kind::L2 || kind == Kind::SumSquare)
      value += static_cast<Sum>(x) * static_cast<Sum>(x);
    else if constexpr (kind == Kind::LogSumExp) {
      // Keeps the sum relative to the largest value seen.
      double z = static_cast<double>(x);
      if (!count || z > top) {
        exps = count && std::isfinite(top) ? exps * std::exp(top - z) + 1 : 1;
        top = z;
      } else {
        exps += z == top ? 1 : std::exp(z - top);
      }
    } else
      value += static_cast<Sum>(x);
    ++count;
  }

  W result() const {
    if constexpr (kind == Kind::Mean)
      return count ? static_cast<W>(value / static_cast<Sum>(count))
                   : std::numeric_limits<W>::quiet_NaN();
    else if constexpr (kind == Kind::L2)
      return static_cast<W>(std::sqrt(static_cast<double>(value)));
    else if constexpr (kind == Kind::LogSum)
      return static_cast<W>(std::log(static_cast<double>(value)));
    else if constexpr (kind == Kind::LogSumExp)
      return static_cast<W>(count ? top + std::log(exps)
                                  : -std::numeric_limits<double>::infinity());
    else if constexpr (kind == Kind::Max || kind == Kind::Min) {
      using Limits = std::numeric_limits<W>;
      W empty = kind == Kind::Max ? (Limits::has_infinity ? -Limits::infinity() : Limits::lowest())
                                  : (Limits::has_infinity ? Limits::infinity() : Limits::max());
      return count ? static_cast<W>(value) : empty;
    } else if constexpr (kind == Kind::Prod)
      return count ? static_cast<W>(value) : W(1);
    else
      return static_cast<W>(value);
  }

private:
  Sum value = 0;
  int64_t count = 0;
  double top = 0, exps = 0;
};

template <Kind kind>
Status computeReduce(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto reduced = reducedDims(args);
  if (!reduced)
    return reduced.status();
  bool any = false;
  for (bool r : *reduced)
    any |= r;
  if (!any && args.flag("noop_with_empty_axes") &&
      (!args.has(1) || args.ints(1)->empty()))
    return computeCopy(args, results);
  const Shape &x = args.shape(0);
  std::vector<int64_t> strides = rowMajorStrides(x);
  Shape keep, fold;
  std::vector<int64_t> keepStrides, foldStrides;
  for (size_t i = 0; i < x.size(); ++i) {
    ((*reduced)[i] ? fold : keep).push_back(x[i]);
    ((*reduced)[i] ? foldStrides : keepStrides).push_back(strides[i]);
  }
  // Visits every offset of a box in row-major order.
  auto visit = [](const Shape &dims, const std::vector<int64_t> &steps, auto fn) {
    int64_t total = product(dims), offset = 0;
    std::vector<int64_t> index(dims.size(), 0);
    for (int64_t n = 0; n < total; ++n) {
      fn(offset);
      for (size_t d = dims.size(); d-- > 0;) {
        offset += steps[d];
        if (++index[d] < dims[d])
          break;
        offset -= steps[d] * dims[d];
        index[d] = 0;
      }
    }
  };
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    int64_t o = 0;
    visit(keep, keepStrides, [&](int64_t base) {
      Accumulator<kind, W> sum;
      visit(fold, foldStrides, [&](int64_t offset) { sum.add(in[base + offset]); });
      out[o++] = sum.result();
    });
  });
  return Status::success();
}

Status inferArg(const OpArgs &args, std::vector<TensorType> &results) {
  TensorType type{DType::I64, std::nullopt};
  if (args.hasShape(0)) {
    auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
    if (!axis)
      return axis.status();
    Shape shape = args.shape(0);
    if (shape[static_cast<size_t>(*axis)] == 0)
      return fail("axis ", *axis, " of ", shape, " is empty");
    if (args.flag("keepdims", true))
      shape[static_cast<size_t>(*axis)] = 1;
    else
      shape.erase(shape.begin() + *axis);
    type.shape = std::move(shape);
  }
  results.push_back(std::move(type));
  return Status::success();
}

template <bool isMax>
Status computeArg(const OpArgs &args, std::span<const MutableTensorView> results) {
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  const Shape &x = args.shape(0);
  int64_t outer = product(x, 0, axis), dim = x[axis], inner = product(x, axis + 1, x.size());
  bool last = args.flag("select_last_index");
  int64_t *out = static_cast<int64_t *>(results[0].data);
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        const W *p = in.get() + o * dim * inner + i;
        int64_t best = 0;
        for (int64_t d = 1; d < dim; ++d) {
          W a = p[d * inner], b = p[best * inner];
          if ((isMax ? a > b : a < b) || (last && a == b))
            best = d;
        }
        out[o * inner + i] = best;
      }
  });
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"reduce_mean", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::Mean>},
    {"reduce_sum", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::Sum>},
    {"reduce_max", 1, 2, kAnyType, 0, inferReduce, computeReduce<Kind::Max>},
    {"reduce_min", 1, 2, kAnyType, 0, inferReduce, computeReduce<Kind::Min>},
    {"reduce_prod", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::Prod>},
    {"reduce_l1", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::L1>},
    {"reduce_l2", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::L2>},
    {"reduce_log_sum", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::LogSum>},
    {"reduce_log_sum_exp", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::LogSumExp>},
    {"reduce_sum_square", 1, 2, kNumeric, 0, inferReduce, computeReduce<Kind::SumSquare>},
    {"arg_max", 1, 1, kNumeric, 0, inferArg, computeArg<true>},
    {"arg_min", 1, 1, kNumeric, 0, inferArg, computeArg<false>},
};

} // namespace

std::span<const OpDef> reductionOps() { return kOps; }

} // namespace openatc::host
