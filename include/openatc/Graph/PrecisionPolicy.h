//===- PrecisionPolicy.h - Who decides between f16 and f32 ------------------===//
//
// A precision mode gives every f32 operator a rule. A policy adds exceptions for single
// nodes of the model and for operators that fusion makes. It travels as the attribute
// `ascend.precision_policy` of the function, by names of nodes, which survive all passes
// as locations:
//
//     {nodes = {Conv_0 = "keep_f32", Gelu_3 = "precise"}, ops = {gelu = "f16"}, precise}
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_GRAPH_PRECISIONPOLICY_H
#define OPENATC_GRAPH_PRECISIONPOLICY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <optional>
#include <string>

namespace openatc::graph {

enum class PrecisionMode {
  ForceFp16,       ///< f16 data; f32 inside functions that lose too much in halves
  KeepOrigin,      ///< f32 data and arithmetic; contractions as sums of products of halves
  CubeFp32Out,     ///< contractions take f16 and give f32; the rest as KeepOrigin
  AllowFp32ToFp16, ///< contractions as in ForceFp16; the rest f32 where a kernel is
  MixedFp16,       ///< contractions f16, risky functions f32, others like their operands
};

/// "force_fp16", "must_keep_origin_dtype", "cube_fp16in_fp32out", "allow_fp32_to_fp16",
/// "mixed_float16".
llvm::StringRef nameOf(PrecisionMode mode);
std::optional<PrecisionMode> precisionModeOf(llvm::StringRef name);

/// How one op whose data is f32 in the model is computed.
enum class PrecisionRule {
  PreferHalf,   ///< in f16 unless it is risky or only f32 is there and none asks for f16
  Half,         ///< in f16 unless it is risky; results are f16
  Follow,       ///< in f16 when all operands are f16 by then
  PreferSingle, ///< in f32 where the AI core has a kernel for it
  CubeSingle,   ///< a contraction of f16 operands that gives f32
  KeepSingle,   ///< in f32, on the AI CPU if need be
};

/// "prefer_f16", "f16", "follow", "prefer_f32", "cube_f32", "keep_f32".
llvm::StringRef nameOf(PrecisionRule rule);

/// What a policy says of one node or operator.
struct OpPrecision {
  std::optional<PrecisionRule> rule; ///< none: the mode's
  std::optional<bool> precise;       ///< f32 inside activations and attention; none: the policy's
  bool operator==(const OpPrecision &) const = default;
};

struct PrecisionPolicy {
  std::map<std::string, OpPrecision> nodes; ///< by name of the ONNX node
  std::map<std::string, OpPrecision> ops;   ///< by mnemonic of the `ascend` op
  bool precise = false;                     ///< where no entry says otherwise
};

/// Writes the policy to the function, unless it says nothing.
void setPrecisionPolicy(mlir::func::FuncOp function, const PrecisionPolicy &policy);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_PRECISIONPOLICY_H
