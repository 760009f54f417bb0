//===- ElementwiseBinary.cpp - Broadcasting arithmetic, comparison, logic --===//

#include "Broadcast.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

// Signed integers wrap like the hardware: arithmetic goes through uint64_t.
template <typename W> constexpr bool isInteger = std::is_integral_v<W>;

struct Add {
  template <typename W> W operator()(W a, W b) const {
    if constexpr (isInteger<W>)
      return static_cast<W>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    else
      return a + b;
  }
};
struct Sub {
  template <typename W> W operator()(W a, W b) const {
    if constexpr (isInteger<W>)
      return static_cast<W>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
    else
      return a - b;
  }
};
struct Mul {
  template <typename W> W operator()(W a, W b) const {
    if constexpr (isInteger<W>)
      return static_cast<W>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    else
      return a * b;
  }
};
struct Div {
  // Zero divisors of integers were refused before.
  template <typename W> W operator()(W a, W b) const {
    if constexpr (std::is_same_v<W, int64_t>)
      return b == -1 ? static_cast<W>(-static_cast<uint64_t>(a)) : a / b;
    else
      return a / b;
  }
};
/// Remainder with the sign of the divisor (Python's %).
struct FloorMod {
  template <typename W> W operator()(W a, W b) const {
    if constexpr (std::is_same_v<W, int64_t>) {
      W rest = b == -1 ? 0 : a % b;
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    } else {
      return a % b;
    }
  }
};
/// Remainder with the sign of the dividend (C's fmod).
struct TruncMod {
  template <typename W> W operator()(W a, W b) const {
    if constexpr (std::is_same_v<W, int64_t>)
      return b == -1 ? 0 : a % b;
    else if constexpr (isInteger<W>)
      return a % b;
    else
      return std::fmod(a, b);
  }
};
struct Minimum {
  template <typename W> W operator()(W a, W b) const {
    return a != a ? a : b < a || b != b ? b : a;
  }
};
struct Maximum {
  template <typename W> W operator()(W a, W b) const {
    return a != a ? a : b > a || b != b ? b : a;
  }
};
struct Power {
  template <typename W> W operator()(W base, W exponent) const {
    if constexpr (!isInteger<W>) {
      return exponent == W(2) ? base * base : std::pow(base, exponent);
    } else {
      if constexpr (std::is_signed_v<W>)
        if (exponent < 0) // 1 / base^|exponent|, truncated
          return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
      uint64_t result = 1, factor = static_cast<uint64_t>(base);
      for (uint64_t e = static_cast<uint64_t>(exponent); e; e >>= 1, factor *= factor)
        if (e & 1)
          result *= factor;
      return static_cast<W>(result);
    }
  }
};

struct Equal {
  template <typename W> uint8_t operator()(W a, W b) const { return a == b; }
};
struct Greater {
  template <typename W> uint8_t operator()(W a, W b) const { return a > b; }
};
struct Less {
  template <typename W> uint8_t operator()(W a, W b) const { return a < b; }
};
struct GreaterOrEqual {
  template <typename W> uint8_t operator()(W a, W b) const { return a >= b; }
};
struct LessOrEqual {
  template <typename W> uint8_t operator()(W a, W b) const { return a <= b; }
};
struct And {
  uint8_t operator()(uint64_t a, uint64_t b) const { return a && b; }
};
struct Or {
  uint8_t operator()(uint64_t a, uint64_t b) const { return a || b; }
};
struct Xor {
  uint8_t operator()(uint64_t a, uint64_t b) const { return a != b; }
};

template <typename F>
Status computeArithmetic(const OpArgs &args, std::span<const MutableTensorView> results) {
  dispatchNumeric(args.dtype(0),
                  [&]<typename W>(W) { broadcastBinary<W, W>(args, results[0], F()); });
  return Status::success();
}

template <typename F>
Status computeCompare(const OpArgs &args, std::span<const MutableTensorView> results) {
  dispatchNumeric(args.dtype(0),
                  [&]<typename W>(W) { broadcastBinary<W, uint8_t>(args, results[0], F()); });
  return Status::success();
}

template <typename F>
Status computeLogic(const OpArgs &args, std::span<const MutableTensorView> results) {
  broadcastBinary<uint64_t, uint8_t>(args, results[0], F());
  return Status::success();
}

/// Error when an integer divisor is zero.
Status checkDivisor(const OpArgs &args) {
  if (isFloat(args.dtype(1)))
    return Status::success();
  uint64_t scratch[kChunk];
  int64_t count = args.count(1);
  for (int64_t i = 0; i < count; i += kChunk) {
    int64_t n = std::min(kChunk, count - i);
    loadWide<uint64_t>(args.dtype(1), elementAt(args.dtype(1), args.data(1), i), n, scratch);
    if (std::find(scratch, scratch + n, 0) != scratch + n)
      return fail(args.name(), " divides an integer by zero");
  }
  return Status::success();
}

Status computeDiv(const OpArgs &args, std::span<const MutableTensorView> results) {
  OPENATC_TRY(checkDivisor(args));
  return computeArithmetic<Div>(args, results);
}

Status inferMod(const OpArgs &args, std::vector<TensorType> &results) {
  if (isFloat(args.dtype(0)) && !args.flag("fmod"))
    return fail("mod of ", args.dtype(0), " needs attribute fmod = 1");
  return inferBroadcast(args, results);
}

Status computeMod(const OpArgs &args, std::span<const MutableTensorView> results) {
  OPENATC_TRY(checkDivisor(args));
  if (args.flag("fmod"))
    return computeArithmetic<TruncMod>(args, results);
  if (setOf(args.dtype(0)) & kUnsignedInts)
    broadcastBinary<uint64_t, uint64_t>(args, results[0], FloorMod());
  else
    broadcastBinary<int64_t, int64_t>(args, results[0], FloorMod());
  return Status::success();
}

Status inferPow(const OpArgs &args, std::vector<TensorType> &results) {
  if (!(setOf(args.dtype(1)) & kNumeric))
    return fail("the exponent has element type ", args.dtype(1), ", expected a number");
  return inferBroadcast(args, results);
}

Status computePow(const OpArgs &args, std::span<const MutableTensorView> results) {
  // The exponent has its own type: integers stay exact, mixed pairs go through double.
  bool integers = !isFloat(args.dtype(0)) && !isFloat(args.dtype(1));
  if (integers && args.dtype(0) != DType::U64)
    broadcastBinary<int64_t, int64_t>(args, results[0], Power());
  else if (integers)
    broadcastBinary<uint64_t, uint64_t>(args, results[0], Power());
  else if (args.dtype(0) == args.dtype(1) && args.dtype(0) != DType::F64)
    broadcastBinary<float, float>(args, results[0], Power());
  else
    broadcastBinary<double, double>(args, results[0], Power());
  return Status::success();
}

Status inferCompare(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(inferBroadcast(args, results));
  results[0].dtype = DType::Bool;
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"add", 2, 2, kNumeric, 2, inferBroadcast, computeArithmetic<Add>},
    {"sub", 2, 2, kNumeric, 2, inferBroadcast, computeArithmetic<Sub>},
    {"mul", 2, 2, kNumeric, 2, inferBroadcast, computeArithmetic<Mul>},
    {"div", 2, 2, kNumeric, 2, inferBroadcast, computeDiv},
    {"mod", 2, 2, kNumeric, 2, inferMod, computeMod},
    {"pow", 2, 2, kNumeric, 0, inferPow, computePow},
    {"minimum", 2, 2, kNumeric, 2, inferBroadcast, computeArithmetic<Minimum>},
    {"maximum", 2, 2, kNumeric, 2, inferBroadcast, computeArithmetic<Maximum>},
    {"equal", 2, 2, kAnyType, 2, inferCompare, computeCompare<Equal>},
    {"greater", 2, 2, kNumeric, 2, inferCompare, computeCompare<Greater>},
    {"less", 2, 2, kNumeric, 2, inferCompare, computeCompare<Less>},
    {"greater_or_equal", 2, 2, kNumeric, 2, inferCompare, computeCompare<GreaterOrEqual>},
    {"less_or_equal", 2, 2, kNumeric, 2, inferCompare, computeCompare<LessOrEqual>},
    {"and", 2, 2, kBool, 2, inferBroadcast, computeLogic<And>},
    {"or", 2, 2, kBool, 2, inferBroadcast, computeLogic<Or>},
    {"xor", 2, 2, kBool, 2, inferBroadcast, computeLogic<Xor>},
};

} // namespace

std::span<const OpDef> binaryOps() { return kOps; }

} // namespace openatc::host
