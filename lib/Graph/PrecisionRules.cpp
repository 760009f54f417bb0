//===- PrecisionRules.cpp - The rule of every op ----------------------------===//
#include "PrecisionRules.h"

#include "OpSets.h"

#include "openatc/Graph/KernelForms.h"

#include <iterator>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

constexpr llvm::StringLiteral kPolicy = "ascend.precision_policy";
constexpr llvm::StringLiteral kModes[] = {"force_fp16", "must_keep_origin_dtype",
                                          "cube_fp16in_fp32out", "allow_fp32_to_fp16",
                                          "mixed_float16"};
constexpr llvm::StringLiteral kRules[] = {"prefer_f16", "f16",      "follow",
                                          "prefer_f32", "cube_f32", "keep_f32"};

/// The words of an entry, "keep_f32 precise".
std::string wordsOf(const OpPrecision &precision) {
  std::string words = precision.rule ? nameOf(*precision.rule).str() : "";
  if (precision.precise)
    words += std::string(words.empty() ? "" : " ") + (*precision.precise ? "precise" : "fast");
  return words;
}

OpPrecision parse(StringRef words) {
  OpPrecision precision;
  while (!words.empty()) {
    auto [word, rest] = words.split(' ');
    words = rest;
    if (word == "precise" || word == "fast")
      precision.precise = word == "precise";
    for (auto [i, name] : llvm::enumerate(kRules))
      if (name == word)
        precision.rule = PrecisionRule(i);
  }
  return precision;
}

void read(DictionaryAttr entries, llvm::DenseMap<StringAttr, OpPrecision> &into) {
  if (entries)
    for (NamedAttribute entry : entries)
      if (auto words = dyn_cast<StringAttr>(entry.getValue()))
        into[entry.getName()] = parse(words);
}

} // namespace

llvm::StringRef nameOf(PrecisionMode mode) { return kModes[int(mode)]; }

std::optional<PrecisionMode> precisionModeOf(llvm::StringRef name) {
  auto found = llvm::find(kModes, name);
  if (found == std::end(kModes))
    return std::nullopt;
  return PrecisionMode(found - std::begin(kModes));
}

llvm::StringRef nameOf(PrecisionRule rule) { return kRules[int(rule)]; }

void setPrecisionPolicy(func::FuncOp function, const PrecisionPolicy &policy) {
  Builder builder(function.getContext());
  auto dictionary = [&](const std::map<std::string, OpPrecision> &entries) {
    SmallVector<NamedAttribute> attributes;
    for (const auto &[name, precision] : entries)
      attributes.push_back(builder.getNamedAttr(name, builder.getStringAttr(wordsOf(precision))));
    return builder.getDictionaryAttr(attributes);
  };
  SmallVector<NamedAttribute> parts;
  if (!policy.nodes.empty())
    parts.push_back(builder.getNamedAttr("nodes", dictionary(policy.nodes)));
  if (!policy.ops.empty())
    parts.push_back(builder.getNamedAttr("ops", dictionary(policy.ops)));
  if (policy.precise)
    parts.push_back(builder.getNamedAttr("precise", builder.getUnitAttr()));
  if (!parts.empty())
    function->setAttr(kPolicy, builder.getDictionaryAttr(parts));
}

bool isContraction(Operation *op) { return isa<ConvOp, ConvTransposeOp, MatmulOp>(op); }

bool takesHalves(Operation *op) { return isContraction(op) || isa<AttentionOp>(op); }

bool needsSingle(Operation *op) {
  return isa<ExpOp, LogOp, DivOp, PowOp, SqrtOp, ReciprocalOp, SigmoidOp, TanhOp, SoftplusOp,
             MishOp, ErfOp, EluOp, SeluOp, GeluOp, SoftmaxOp, LogSoftmaxOp, LayerNormOp,
             InstanceNormOp, GroupNormOp, LrnOp, ReduceSumOp, ReduceMeanOp, ReduceProdOp,
             ReduceL1Op, ReduceL2Op, ReduceLogSumOp, ReduceLogSumExpOp, ReduceSumSquareOp>(op);
}

PrecisionRules::PrecisionRules(func::FuncOp function, PrecisionMode mode) : mode(mode) {
  auto policy = function->getAttrOfType<DictionaryAttr>(kPolicy);
  if (!policy)
    return;
  read(policy.getAs<DictionaryAttr>("nodes"), nodes);
  read(policy.getAs<DictionaryAttr>("ops"), ops);
  precise = policy.contains("precise");
}

OpPrecision PrecisionRules::exceptionOf(Operation *op) const {
  OpPrecision result;
  auto add = [&](const OpPrecision &entry) {
    if (entry.rule)
      result.rule = std::max(result.rule.value_or(PrecisionRule::PreferHalf), *entry.rule);
    if (entry.precise)
      result.precise = result.precise.value_or(false) || *entry.precise;
  };
  if (!nodes.empty())
    for (StringAttr name : nodeNames(op->getLoc()))
      if (auto found = nodes.find(name); found != nodes.end())
        add(found->second);
  if (result == OpPrecision() && !ops.empty())
    if (auto found = ops.find(StringAttr::get(op->getContext(), op->getName().stripDialect()));
        found != ops.end())
      add(found->second);
  return result;
}

PrecisionRule PrecisionRules::ruleOf(Operation *op) const {
  OpPrecision exception = exceptionOf(op);
  PrecisionRule rule = exception.rule.value_or(PrecisionRule::PreferHalf);
  if (!exception.rule)
    switch (mode) {
    case PrecisionMode::ForceFp16:
      break;
    case PrecisionMode::KeepOrigin:
      rule = PrecisionRule::KeepSingle;
      break;
    case PrecisionMode::CubeFp32Out:
      rule = PrecisionRule::CubeSingle;
      break;
    case PrecisionMode::AllowFp32ToFp16:
      rule = takesHalves(op) ? PrecisionRule::PreferHalf : PrecisionRule::PreferSingle;
      break;
    case PrecisionMode::MixedFp16:
      rule = takesHalves(op)   ? PrecisionRule::Half
             : needsSingle(op) ? PrecisionRule::PreferSingle
                               : PrecisionRule::Follow;
      break;
    }
  return rule == PrecisionRule::CubeSingle && !isContraction(op) ? PrecisionRule::KeepSingle : rule;
}

bool PrecisionRules::allowsHalves(Operation *op) const {
  PrecisionRule rule = ruleOf(op);
  return (rule == PrecisionRule::PreferHalf || rule == PrecisionRule::Half) &&
         !exceptionOf(op).precise.value_or(precise);
}

} // namespace openatc::graph
