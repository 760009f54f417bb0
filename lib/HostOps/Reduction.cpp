//===- Reduction.cpp - Reduce* and ArgMax / ArgMin ----------------------------===//
//
// A reduction is a step that adds one element to an accumulator and a function that
// finishes the accumulator. Sums of floats accumulate in double.
//
//===----------------------------------------------------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace openatc::host {

namespace {

/// Which dimensions are reduced; nothing when the axes are not known.
Expected<std::optional<std::vector<bool>>> reducedDims(const OpArgs &args) {
  std::optional<std::vector<bool>> none;
  size_t rank = args.shape(0).size();
  std::vector<int64_t> axes;
  if (args.has(1)) {
    OPENATC_TRY(checkIndexOperand(args, 1, "axes"));
    auto values = args.ints(1);
    if (!values)
      return none;
    axes = *values;
  }
  if (axes.empty()) // all of them, or the identity
    return std::optional(std::vector<bool>(rank, !args.flag("noop_with_empty_axes")));
  auto normal = normalizeAxes(axes, args.rank(0));
  if (!normal)
    return normal.status();
  std::vector<bool> reduced(rank, false);
  for (int64_t axis : *normal)
    reduced[static_cast<size_t>(axis)] = true;
  return std::optional(reduced);
}

Status inferReduce(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  auto reduced = reducedDims(args);
  if (!reduced)
    return reduced.status();
  if (!*reduced)
    return inferUnknownShape(args, results);
  Shape shape;
  for (size_t i = 0; i < args.shape(0).size(); ++i)
    if (!(**reduced)[i])
      shape.push_back(args.shape(0)[i]);
    else if (args.flag("keepdims", true))
      shape.push_back(1);
  return inferWithShape(args, results, shape);
}

struct ReduceDim {
  int64_t size;
  bool reduced;
};

/// The dimensions of x with neighbours of one kind merged, so that the innermost loop is long.
struct ReducePlan {
  std::vector<ReduceDim> dims;
  int64_t outputs = 1, reduced = 1;
};

ReducePlan planReduction(const Shape &shape, const std::vector<bool> &reduced) {
  ReducePlan plan;
  for (size_t i = 0; i < shape.size(); ++i) {
    (reduced[i] ? plan.reduced : plan.outputs) *= shape[i];
    if (!plan.dims.empty() && plan.dims.back().reduced == reduced[i])
      plan.dims.back().size *= shape[i];
    else
      plan.dims.push_back({shape[i], reduced[i]});
  }
  if (plan.dims.empty())
    plan.dims.push_back({1, false});
  return plan;
}

/// Calls step(acc[output], x[input]) for all elements, in the order of the input.
template <typename W, typename Acc, typename Step>
void reduceLevel(const ReducePlan &plan, size_t level, const W *&x, Acc *acc, int64_t span,
                 Step step) {
  const ReduceDim &d = plan.dims[level];
  bool last = level + 1 == plan.dims.size();
  int64_t inner = d.reduced ? span : span / std::max<int64_t>(d.size, 1);
  if (last && d.reduced) {
    Acc value = *acc;
    for (int64_t i = 0; i < d.size; ++i)
      step(value, x[i]);
    *acc = value;
    x += d.size;
  } else if (last) {
    for (int64_t i = 0; i < d.size; ++i)
      step(acc[i], x[i]);
    x += d.size;
  } else {
    for (int64_t i = 0; i < d.size; ++i)
      reduceLevel<W, Acc>(plan, level + 1, x, acc + (d.reduced ? 0 : i * inner), inner, step);
  }
}

/// acc[output] over all elements that reduce to it, beginning with `start`.
template <typename W, typename Acc, typename Step>
std::vector<Acc> reduceAll(const ReducePlan &plan, const W *x, Acc start, Step step) {
  std::vector<Acc> acc(static_cast<size_t>(plan.outputs), start);
  if (plan.reduced > 0)
    reduceLevel<W, Acc>(plan, 0, x, acc.data(), plan.outputs, step);
  return acc;
}

template <typename W, typename Acc, typename Fn>
void finish(const MutableTensorView &result, const std::vector<Acc> &acc, Fn fn) {
  WideOutput<W> out(result);
  for (size_t i = 0; i < acc.size(); ++i)
    out.get()[i] = convertValue<W>(fn(acc[i]));
}

/// Accumulator of a sum: integers wrap modulo 2^64 and are narrowed at the end.
template <typename W> using SumOf = std::conditional_t<std::is_integral_v<W>, uint64_t, double>;

/// A call of one reduction: its plan, operand and result.
template <typename Fn>
Status withPlan(const OpArgs &args, std::span<const MutableTensorView> results, Fn &&fn) {
  ReducePlan plan = planReduction(args.shape(0), **reducedDims(args));
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0);
    fn(plan, x.get(), results[0]);
  });
  return Status::success();
}

Status computeSum(const OpArgs &args, std::span<const MutableTensorView> results) {
  std::string_view name = args.name();
  return withPlan(
      args, results,
      [&]<typename W>(const ReducePlan &plan, const W *x, const MutableTensorView &y) {
        using Sum = SumOf<W>;
        std::vector<Sum> sums;
        if (name == "reduce_l1")
          sums = reduceAll(plan, x, Sum(0), [](Sum &s, W v) {
            s += v < W(0) ? -static_cast<Sum>(v) : static_cast<Sum>(v);
          });
        else if (name == "reduce_sum_square" || name == "reduce_l2")
          sums = reduceAll(plan, x, Sum(0),
                           [](Sum &s, W v) { s += static_cast<Sum>(v) * static_cast<Sum>(v); });
        else if (name == "reduce_prod")
          sums = reduceAll(plan, x, Sum(1), [](Sum &s, W v) { s *= static_cast<Sum>(v); });
        else
          sums = reduceAll(plan, x, Sum(0), [](Sum &s, W v) { s += static_cast<Sum>(v); });
        if (name == "reduce_l2")
          finish<W>(y, sums, [](Sum s) { return std::sqrt(static_cast<double>(s)); });
        else if (name == "reduce_log_sum")
          finish<W>(y, sums,
                    [](Sum s) { return std::log(static_cast<double>(static_cast<W>(s))); });
        else if (name == "reduce_mean" && std::is_floating_point_v<W>)
          finish<W>(y, sums, [&](Sum s) { return s / static_cast<Sum>(plan.reduced); });
        else if (name == "reduce_mean")
          finish<W>(y, sums, [&](Sum s) {
            return plan.reduced ? static_cast<W>(s) / static_cast<W>(plan.reduced) : W(0);
          });
        else
          finish<W>(y, sums, [](Sum s) { return s; });
      });
}

template <typename W> constexpr W lowestOf() {
  using Limits = std::numeric_limits<W>;
  return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
}
template <typename W> constexpr W highestOf() {
  using Limits = std::numeric_limits<W>;
  return Limits::has_infinity ? Limits::infinity() : Limits::max();
}

/// Empty maximum or minimum of an integer type: the limit of the element type itself.
template <typename W> W emptyExtreme(DType type, bool maximum) {
  if constexpr (std::is_floating_point_v<W>) {
    return maximum ? lowestOf<W>() : highestOf<W>();
  } else {
    if (type == DType::Bool)
      return !maximum;
    int bits = static_cast<int>(sizeOf(type)) * 8;
    if constexpr (std::is_signed_v<W>)
      return maximum ? lowestOf<W>() >> (64 - bits) : highestOf<W>() >> (64 - bits);
    else
      return maximum ? W(0) : highestOf<W>() >> (64 - bits);
  }
}

Status computeExtreme(const OpArgs &args, std::span<const MutableTensorView> results) {
  bool maximum = args.name() == "reduce_max";
  return withPlan(
      args, results,
      [&]<typename W>(const ReducePlan &plan, const W *x, const MutableTensorView &y) {
        W start = emptyExtreme<W>(args.dtype(0), maximum);
        // NaN wins over every number.
        std::vector<W> best =
            maximum ? reduceAll(plan, x, start, [](W &b, W v) { b = v > b || v != v ? v : b; })
                    : reduceAll(plan, x, start, [](W &b, W v) { b = v < b || v != v ? v : b; });
        finish<W>(y, best, [](W b) { return b; });
      });
}

Status computeLogSumExp(const OpArgs &args, std::span<const MutableTensorView> results) {
  ReducePlan plan = planReduction(args.shape(0), **reducedDims(args));
  WideInput<double> x(args, 0);
  // exp is taken relative to the largest element, so that it cannot overflow.
  struct State {
    double largest, sum;
  };
  auto states = reduceAll(plan, x.get(), State{lowestOf<double>(), 0}, [](State &s, double v) {
    if (v > s.largest) {
      s.sum = s.sum * std::exp(s.largest - v) + 1;
      s.largest = v;
    } else if (v == s.largest) {
      s.sum += 1;
    } else {
      s.sum += std::exp(v - s.largest);
    }
  });
  finish<double>(results[0], states, [](const State &s) {
    return std::isinf(s.largest) ? s.largest : s.largest + std::log(s.sum);
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
      return fail(args.name(), " over dimension ", *axis, " of size 0");
    shape[static_cast<size_t>(*axis)] = 1;
    if (!args.flag("keepdims", true))
      shape.erase(shape.begin() + *axis);
    type.shape = shape;
  }
  results.push_back(std::move(type));
  return Status::success();
}

Status computeArg(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &shape = args.shape(0);
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  int64_t outer = product(shape, 0, axis), length = shape[axis];
  int64_t inner = product(shape, axis + 1, shape.size());
  bool maximum = args.name() == "arg_max", takeLast = args.flag("select_last_index");
  int64_t *out = static_cast<int64_t *>(results[0].data);
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        const W *x = in.get() + o * length * inner + i;
        int64_t best = 0;
        for (int64_t k = 1; k < length; ++k) {
          W value = x[k * inner], current = x[best * inner];
          bool better = maximum ? value > current : value < current;
          if (better || (takeLast && value == current))
            best = k;
        }
        out[o * inner + i] = best;
      }
  });
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"reduce_mean", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_sum", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_prod", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_l1", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_l2", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_sum_square", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_log_sum", 1, 2, kNumeric, 0, inferReduce, computeSum},
    {"reduce_log_sum_exp", 1, 2, kNumeric, 0, inferReduce, computeLogSumExp},
    {"reduce_max", 1, 2, kAnyType, 0, inferReduce, computeExtreme},
    {"reduce_min", 1, 2, kAnyType, 0, inferReduce, computeExtreme},
    {"arg_max", 1, 1, kNumeric, 0, inferArg, computeArg},
    {"arg_min", 1, 1, kNumeric, 0, inferArg, computeArg},
};

} // namespace

std::span<const OpDef> reductionOps() { return kOps; }

} // namespace openatc::host
