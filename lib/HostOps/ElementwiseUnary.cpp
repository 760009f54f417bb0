//===- ElementwiseUnary.cpp - Activations and unary arithmetic -------------===//

#include "Convert.h"
#include "Operators.h"

#include <algorithm>
#include <cmath>

namespace openatc::host {

namespace {

// Functors: F(args) reads the attributes of the call where there are any.

struct Relu {
  template <typename W> W operator()(W x) const { return x < W(0) ? W(0) : x; }
};
struct Abs {
  template <typename W> W operator()(W x) const {
    if constexpr (std::is_same_v<W, int64_t>)
      return x < 0 ? static_cast<int64_t>(-static_cast<uint64_t>(x)) : x;
    else if constexpr (std::is_floating_point_v<W>)
      return std::fabs(x);
    else
      return x;
  }
};
struct Neg {
  template <typename W> W operator()(W x) const {
    if constexpr (std::is_floating_point_v<W>)
      return -x;
    else
      return static_cast<W>(-static_cast<uint64_t>(x));
  }
};
struct Sign {
  template <typename W> W operator()(W x) const {
    return x > W(0) ? W(1) : x < W(0) ? static_cast<W>(-1) : x; // NaN and zero stay
  }
};
struct Not {
  uint64_t operator()(uint64_t x) const { return !x; }
};
struct Sigmoid {
  template <typename W> W operator()(W x) const { return W(1) / (W(1) + std::exp(-x)); }
};
struct Tanh {
  template <typename W> W operator()(W x) const { return std::tanh(x); }
};
struct Softplus {
  // log(1 + e^x) without overflow for large x.
  template <typename W> W operator()(W x) const {
    return std::max(x, W(0)) + std::log1p(std::exp(-std::fabs(x)));
  }
};
struct Mish {
  template <typename W> W operator()(W x) const { return x * std::tanh(Softplus()(x)); }
};
struct HardSwish {
  template <typename W> W operator()(W x) const {
    return x * std::clamp(x / W(6) + W(0.5), W(0), W(1));
  }
};
struct Erf {
  template <typename W> W operator()(W x) const { return std::erf(x); }
};
struct Sqrt {
  template <typename W> W operator()(W x) const { return std::sqrt(x); }
};
struct Exp {
  template <typename W> W operator()(W x) const { return std::exp(x); }
};
struct Log {
  template <typename W> W operator()(W x) const { return std::log(x); }
};
struct Floor {
  template <typename W> W operator()(W x) const { return std::floor(x); }
};
struct Ceil {
  template <typename W> W operator()(W x) const { return std::ceil(x); }
};
struct Round {
  template <typename W> W operator()(W x) const { return std::rint(x); } // ties to even
};
struct Reciprocal {
  template <typename W> W operator()(W x) const { return W(1) / x; }
};
struct Sin {
  template <typename W> W operator()(W x) const { return std::sin(x); }
};
struct Cos {
  template <typename W> W operator()(W x) const { return std::cos(x); }
};
struct LeakyRelu {
  double alpha;
  explicit LeakyRelu(const OpArgs &args) : alpha(args.floatAttr("alpha", 0.01)) {}
  template <typename W> W operator()(W x) const { return x < W(0) ? W(alpha) * x : x; }
};
struct Elu {
  double alpha;
  explicit Elu(const OpArgs &args) : alpha(args.floatAttr("alpha", 1)) {}
  template <typename W> W operator()(W x) const { return x < W(0) ? W(alpha) * std::expm1(x) : x; }
};
struct Selu {
  double alpha, gamma;
  explicit Selu(const OpArgs &args)
      : alpha(args.floatAttr("alpha", 1.67326319217681884765625)),
        gamma(args.floatAttr("gamma", 1.05070102214813232421875)) {}
  template <typename W> W operator()(W x) const {
    return W(gamma) * (x > W(0) ? x : W(alpha) * std::expm1(x));
  }
};
struct HardSigmoid {
  double alpha, beta;
  explicit HardSigmoid(const OpArgs &args)
      : alpha(args.floatAttr("alpha", 0.2)), beta(args.floatAttr("beta", 0.5)) {}
  template <typename W> W operator()(W x) const {
    return std::clamp(W(alpha) * x + W(beta), W(0), W(1));
  }
};
struct Gelu {
  bool approximate;
  explicit Gelu(const OpArgs &args)
      : approximate(args.stringAttr("approximate", "none") == "tanh") {}
  template <typename W> W operator()(W x) const {
    if (approximate)
      return W(0.5) * x * (W(1) + std::tanh(W(0.7978845608028654) * (x + W(0.044715) * x * x * x)));
    // erfc keeps precision where 1 + erf would cancel.
    return W(0.5) * x * std::erfc(x * W(-0.7071067811865476));
  }
};

template <typename F> F makeFunctor(const OpArgs &args) {
  if constexpr (std::is_constructible_v<F, const OpArgs &>)
    return F(args);
  else
    return F();
}

/// result[i] = f(x[i]) on W, in chunks that stay in L1.
template <typename W, typename F>
Status mapElements(const OpArgs &args, const MutableTensorView &result, F f) {
  W in[kChunk], out[kChunk];
  bool direct = result.dtype == nativeType<W>();
  int64_t count = args.count(0);
  for (int64_t i = 0; i < count; i += kChunk) {
    int64_t n = std::min(kChunk, count - i);
    const W *x = viewWide<W>(args.dtype(0), args.data(0), i, n, in);
    void *to = elementAt(result.dtype, result.data, i);
    W *y = direct ? static_cast<W *>(to) : out;
    for (int64_t k = 0; k < n; ++k)
      y[k] = f(x[k]);
    if (!direct)
      storeWide<W>(result.dtype, to, n, y);
  }
  return Status::success();
}

template <typename F>
Status computeFloat(const OpArgs &args, std::span<const MutableTensorView> results) {
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    return mapElements<W>(args, results[0], makeFunctor<F>(args));
  });
}

template <typename F>
Status computeNumeric(const OpArgs &args, std::span<const MutableTensorView> results) {
  return dispatchNumeric(args.dtype(0), [&]<typename W>(W) {
    return mapElements<W>(args, results[0], makeFunctor<F>(args));
  });
}

Status computeNot(const OpArgs &args, std::span<const MutableTensorView> results) {
  return mapElements<uint64_t>(args, results[0], Not());
}

Status inferGelu(const OpArgs &args, std::vector<TensorType> &results) {
  std::string_view mode = args.stringAttr("approximate", "none");
  if (mode != "none" && mode != "tanh")
    return fail("attribute approximate is '", mode, "', expected 'none' or 'tanh'");
  return inferLikeFirst(args, results);
}

constexpr OpDef kOps[] = {
    {"relu", 1, 1, kNumeric, 0, inferLikeFirst, computeNumeric<Relu>},
    {"abs", 1, 1, kNumeric, 0, inferLikeFirst, computeNumeric<Abs>},
    {"neg", 1, 1, kSignedNumeric, 0, inferLikeFirst, computeNumeric<Neg>},
    {"sign", 1, 1, kNumeric, 0, inferLikeFirst, computeNumeric<Sign>},
    {"not", 1, 1, kBool, 0, inferLikeFirst, computeNot},
    {"identity", 1, 1, kAnyType, 0, inferLikeFirst, computeCopy},
    {"sigmoid", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Sigmoid>},
    {"tanh", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Tanh>},
    {"softplus", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Softplus>},
    {"mish", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Mish>},
    {"hard_swish", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<HardSwish>},
    {"erf", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Erf>},
    {"sqrt", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Sqrt>},
    {"exp", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Exp>},
    {"log", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Log>},
    {"floor", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Floor>},
    {"ceil", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Ceil>},
    {"round", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Round>},
    {"reciprocal", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Reciprocal>},
    {"sin", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Sin>},
    {"cos", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Cos>},
    {"leaky_relu", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<LeakyRelu>},
    {"elu", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Elu>},
    {"selu", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<Selu>},
    {"hard_sigmoid", 1, 1, kFloats, 0, inferLikeFirst, computeFloat<HardSigmoid>},
    {"gelu", 1, 1, kFloats, 0, inferGelu, computeFloat<Gelu>},
};

} // namespace

std::span<const OpDef> unaryOps() { return kOps; }

} // namespace openatc::host
