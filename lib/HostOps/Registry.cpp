//===- Registry.cpp - Operator table and the checked entry points ---------===//
//
// All checks that do not depend on the operator are made here: arity, element
// types, attribute types, sizes, and that results match the inferred types.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <algorithm>
#include <cstring>

namespace openatc::host {

namespace {

/// Families in the order of the operator table of the documentation.
constexpr std::span<const OpDef> (*kFamilies[])() = {
    convolutionOps, convTransposeOps, matMulOps,       normalizationOps, poolingOps,
    unaryOps,       binaryOps,        selectOps,       castOps,          softmaxOps,
    reductionOps,   shapeOps,         dataMovementOps, sliceOps,         padOps,
    gatherOps,      resizeOps,        attentionOps,    dynamicAippOps};

const std::vector<OpDef> &table() {
  static const std::vector<OpDef> sorted = [] {
    std::vector<OpDef> all;
    for (auto family : kFamilies)
      for (const OpDef &def : family())
        all.push_back(def);
    std::sort(all.begin(), all.end(),
              [](const OpDef &a, const OpDef &b) { return a.name < b.name; });
    return all;
  }();
  return sorted;
}

const OpDef *lookup(std::string_view op) {
  const auto &all = table();
  auto it =
      std::lower_bound(all.begin(), all.end(), op,
                       [](const OpDef &def, std::string_view name) { return def.name < name; });
  return it != all.end() && it->name == op ? &*it : nullptr;
}

/// Attributes that are not integers; one name has one type in every operator.
constexpr std::string_view kFloatAttrs[] = {"alpha",         "beta",    "bias",
                                            "cubic_coeff_a", "epsilon", "extrapolation_value",
                                            "gamma",         "scale",   "value_float"};
constexpr std::string_view kStringAttrs[] = {
    "approximate", "auto_pad",    "coordinate_transformation_mode", "keep_aspect_ratio_policy",
    "mode",        "nearest_mode"};
constexpr std::string_view kIntListAttrs[] = {"axes",         "columns",        "dilations",
                                              "kernel_shape", "output_padding", "output_shape",
                                              "pads",         "perm",           "strides"};
constexpr std::string_view kIntAttrs[] = {"allowzero",
                                          "antialias",
                                          "axis",
                                          "batch_dims",
                                          "blocksize",
                                          "ceil_mode",
                                          "count_include_pad",
                                          "end",
                                          "exclude_outside",
                                          "flatten",
                                          "fmod",
                                          "group",
                                          "heads",
                                          "keepdims",
                                          "max_padded_width",
                                          "noop_with_empty_axes",
                                          "num_groups",
                                          "num_outputs",
                                          "num_results",
                                          "saturate",
                                          "select_last_index",
                                          "size",
                                          "start",
                                          "storage_order",
                                          "to",
                                          "trans_a",
                                          "trans_b",
                                          "value_dtype",
                                          "value_int",
                                          "value_width",
                                          "width",
                                          "with_indices",
                                          "with_mask"};

Status checkAttributes(const Attributes &attrs) {
  for (const auto &[name, value] : attrs) {
    auto in = [&name = name](const auto &list) {
      return std::find(std::begin(list), std::end(list), name) != std::end(list);
    };
    bool isInt = std::holds_alternative<int64_t>(value);
    if (in(kIntAttrs) && !isInt)
      return fail("attribute ", name, " is not an integer");
    if (in(kFloatAttrs) && !isInt && !std::holds_alternative<double>(value))
      return fail("attribute ", name, " is not a float");
    if (in(kStringAttrs) && !std::holds_alternative<std::string>(value))
      return fail("attribute ", name, " is not a string");
    if (in(kIntListAttrs) && !std::holds_alternative<std::vector<int64_t>>(value))
      return fail("attribute ", name, " is not a list of integers");
  }
  return Status::success();
}

Status checkShape(const Shape &shape) {
  if (static_cast<int64_t>(shape.size()) > kMaxRank)
    return fail("rank ", shape.size(), " is above the limit of ", kMaxRank);
  return numElements(shape).status();
}

Status checkOperands(const OpDef &def, const OpArgs &args) {
  size_t given = args.size();
  while (given > def.minOperands && !args.has(given - 1))
    --given;
  if (given < def.minOperands || given > def.maxOperands)
    return fail(def.name, " has ", given, " operands, expected ", def.minOperands,
                given > def.maxOperands ? " at most" : " at least");
  for (size_t i = 0; i < given; ++i) {
    if (!args.has(i)) {
      if (i < def.minOperands)
        return fail("operand ", i, " of ", def.name, " is missing");
      continue;
    }
    if (args.hasShape(i))
      if (Status s = checkShape(args.shape(i)); !s.ok())
        return fail("operand ", i, " of ", def.name, ": ", s.message());
    if (i == 0 && !(setOf(args.dtype(0)) & def.types))
      return fail(def.name, " does not take element type ", args.dtype(0));
    bool same = def.sameType >> std::min<size_t>(i, 31) & 1;
    if (i > 0 && same && args.dtype(i) != args.dtype(0))
      return fail("operand ", i, " of ", def.name, " has element type ", args.dtype(i),
                  ", expected ", args.dtype(0));
  }
  return Status::success();
}

Status infer(const OpDef &def, const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkOperands(def, args));
  results.clear();
  OPENATC_TRY(def.infer(args, results));
  for (const TensorType &type : results)
    if (type.shape)
      if (Status s = checkShape(*type.shape); !s.ok())
        return fail("result of ", def.name, ": ", s.message());
  return Status::success();
}

} // namespace

Expected<int64_t> numElements(const Shape &shape) {
  // The product of the dimensions that are not 0 is bounded too, so that no
  // stride of an empty tensor overflows.
  int64_t count = 1;
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return fail("dimension ", dim, " is negative");
    empty |= dim == 0;
    if (dim > 0 && (__builtin_mul_overflow(count, dim, &count) || count > int64_t(1) << 48))
      return fail("shape ", shape, " has more than 2^48 elements");
  }
  return empty ? 0 : count;
}

bool isSupported(std::string_view op) { return lookup(op) != nullptr; }

std::vector<std::string> supportedOps() {
  std::vector<std::string> names;
  for (const OpDef &def : table())
    names.emplace_back(def.name);
  return names;
}

Status inferTypes(std::string_view op, const Attributes &attrs,
                  std::span<const InferOperand> operands, std::vector<TensorType> &results) {
  const OpDef *def = lookup(op);
  if (!def)
    return fail("operator ", op, " is not supported");
  OPENATC_TRY(checkAttributes(attrs));
  return infer(*def, OpArgs(op, attrs, operands), results);
}

Status compute(std::string_view op, const Attributes &attrs, std::span<const TensorView> operands,
               std::span<const MutableTensorView> results) {
  const OpDef *def = lookup(op);
  if (!def)
    return fail("operator ", op, " is not supported");
  OPENATC_TRY(checkAttributes(attrs));

  // Inference is repeated on the values: it is cheap next to any computation, and
  // the operator may then rely on every bound that it derived.
  static constexpr uint64_t noElements = 0;
  std::vector<InferOperand> known;
  known.reserve(operands.size());
  for (const TensorView &view : operands) {
    InferOperand operand{{view.dtype, view.shape}, view.data};
    if (view.dtype != DType::Undefined && !view.data) {
      OPENATC_TRY(checkShape(view.shape));
      if (product(view.shape) != 0)
        return fail("an operand of ", op, " has no data");
      operand.data = &noElements;
    }
    known.push_back(std::move(operand));
  }
  OpArgs args(op, attrs, known);
  std::vector<TensorType> types;
  OPENATC_TRY(infer(*def, args, types));
  if (types.size() != results.size())
    return fail(op, " has ", types.size(), " results, but ", results.size(), " are given");
  bool allEmpty = true;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i].shape)
      return fail("the shape of result ", i, " of ", op, " is not determined by its operands");
    if (results[i].dtype != types[i].dtype || results[i].shape != *types[i].shape)
      return fail("result ", i, " of ", op, " is ", types[i].dtype, " ", *types[i].shape,
                  ", but the buffer is ", results[i].dtype, " ", results[i].shape);
    bool empty = product(results[i].shape) == 0;
    if (!empty && !results[i].data)
      return fail("result ", i, " of ", op, " has no data");
    allEmpty &= empty;
  }
  return allEmpty ? Status::success() : def->compute(args, results);
}

Status inferLikeFirst(const OpArgs &args, std::vector<TensorType> &results) {
  results.push_back(args.operand(0).type);
  return Status::success();
}

Status inferUnknownShape(const OpArgs &args, std::vector<TensorType> &results) {
  results.push_back({args.dtype(0), std::nullopt});
  return Status::success();
}

Status inferWithShape(const OpArgs &args, std::vector<TensorType> &results, Shape shape) {
  results.push_back({args.dtype(0), std::move(shape)});
  return Status::success();
}

Status computeCopy(const OpArgs &args, std::span<const MutableTensorView> results) {
  std::memcpy(results[0].data, args.data(0),
              static_cast<size_t>(args.count(0)) * sizeOf(args.dtype(0)));
  return Status::success();
}

} // namespace openatc::host
