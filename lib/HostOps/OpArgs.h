//===- OpArgs.h - Arguments of one operator, shared by inference and compute ===//
//
// Inference and computation see the operator through the same class, so that the
// geometry of an operator (window sizes, slice bounds, permutation ...) is derived
// by one function that both call. During computation every operand is known.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_OPARGS_H
#define OPENATC_LIB_HOSTOPS_OPARGS_H

#include "openatc/HostOps/HostOps.h"

#include <concepts>

namespace openatc::host {

/// Largest rank of any operand or result.
inline constexpr int64_t kMaxRank = 32;

/// Read access to the attributes, operand types and constant values of a call.
class OpArgs {
public:
  OpArgs(std::string_view name, const Attributes &attributes,
         std::span<const InferOperand> operandList)
      : opName(name), attrs(attributes), operands(operandList) {}

  std::string_view name() const { return opName; }
  size_t size() const { return operands.size(); }

  /// True when operand `i` was given.
  bool has(size_t i) const {
    return i < operands.size() && operands[i].type.dtype != DType::Undefined;
  }
  DType dtype(size_t i) const { return operands[i].type.dtype; }
  bool hasShape(size_t i) const { return has(i) && operands[i].type.shape.has_value(); }
  /// Shape of operand `i`; only valid when hasShape(i).
  const Shape &shape(size_t i) const { return *operands[i].type.shape; }
  int64_t rank(size_t i) const { return static_cast<int64_t>(shape(i).size()); }
  /// Number of elements of operand `i`; its shape was checked when the call began.
  int64_t count(size_t i) const;
  /// True when shape and value of operand `i` are known.
  bool isConstant(size_t i) const { return hasShape(i) && operands[i].data; }
  const void *data(size_t i) const { return operands[i].data; }
  const InferOperand &operand(size_t i) const { return operands[i]; }

  /// Values of a constant integer operand (any integer type), else nothing.
  std::optional<std::vector<int64_t>> ints(size_t i) const;
  /// Values of a constant numeric operand as doubles, else nothing.
  std::optional<std::vector<double>> doubles(size_t i) const;

  /// Attribute values; the type of each was checked when the call began.
  int64_t intAttr(std::string_view attr, int64_t defaultValue) const;
  bool flag(std::string_view attr, bool defaultValue = false) const {
    return intAttr(attr, defaultValue) != 0;
  }
  double floatAttr(std::string_view attr, double defaultValue) const;
  std::string_view stringAttr(std::string_view attr, std::string_view defaultValue) const;
  std::vector<int64_t> intsAttr(std::string_view attr) const;

private:
  std::string_view opName;
  const Attributes &attrs;
  std::span<const InferOperand> operands;
};

inline void appendText(std::string &out, std::string_view text) { out += text; }
inline void appendText(std::string &out, std::integral auto value) { out += std::to_string(value); }
inline void appendText(std::string &out, DType type) { out += nameOf(type); }
/// Appends "[2, 3, 4]".
void appendText(std::string &out, const Shape &shape);

/// An error whose text is the concatenation of the arguments.
template <typename... Ts> Status fail(const Ts &...parts) {
  std::string text;
  (appendText(text, parts), ...);
  return Status::error(std::move(text));
}

/// `axis` in [-rank, rank) as a value in [0, rank); else "axis 4 is out of range for rank 3".
Expected<int64_t> normalizeAxis(int64_t axis, int64_t rank);

/// Distinct axes, each normalised, in the order given.
Expected<std::vector<int64_t>> normalizeAxes(const std::vector<int64_t> &axes, int64_t rank);

/// Product of dims [begin, end) of a checked shape.
int64_t product(const Shape &shape, size_t begin, size_t end);
inline int64_t product(const Shape &shape) { return product(shape, 0, shape.size()); }

/// Row-major strides in elements.
std::vector<int64_t> rowMajorStrides(const Shape &shape);

/// Error unless operand `i` is a rank-0 or rank-1 tensor of i32 or i64.
Status checkIndexOperand(const OpArgs &args, size_t i, std::string_view what);

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_OPARGS_H
