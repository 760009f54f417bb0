//===- HostOps.h - Host implementation of every operator ------------------===//
//
// One implementation per operator serves three users: the constant folder and
// shape inference of the compiler, the AI CPU engine of the runtime, and the
// numeric reference of `om compare`. Operator names and attributes are those of
// the `ascend` dialect (dialects/Ascend/AscendOps.td, mnemonic without prefix).
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_HOSTOPS_HOSTOPS_H
#define OPENATC_HOSTOPS_HOSTOPS_H

#include "openatc/Support/DType.h"
#include "openatc/Support/Status.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace openatc::host {

using Shape = std::vector<int64_t>;

/// Attribute values as the dialect and the offline model carry them.
using AttrValue =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;
/// Attributes by dialect name; absent means the default in AscendOps.td.
using Attributes = std::map<std::string, AttrValue, std::less<>>;

/// Element type and shape; an unknown shape has no value. Known shapes are static.
struct TensorType {
  DType dtype = DType::Undefined;
  std::optional<Shape> shape;
};

/// A dense row-major view. Bool is one byte (0 or 1); f16 and bf16 are raw bits.
struct TensorView {
  DType dtype = DType::Undefined;
  Shape shape;
  const void *data = nullptr;
};
struct MutableTensorView {
  DType dtype = DType::Undefined;
  Shape shape;
  void *data = nullptr;
};

/// An operand during inference: its type and, if it is a constant, its value.
/// An absent optional operand has dtype Undefined.
struct InferOperand {
  TensorType type;
  const void *data = nullptr; ///< value of a constant of known shape, else null
};

/// Number of elements of a static shape; error on negative dimensions or overflow of 2^48.
Expected<int64_t> numElements(const Shape &shape);

/// True when `op` (dialect mnemonic, e.g. "conv2d") is implemented.
bool isSupported(std::string_view op);

/// Names of all implemented operators, sorted.
std::vector<std::string> supportedOps();

/// Result types of `op`. Element types are always inferred; a shape that depends
/// on a non-constant operand stays unknown. Errors say which operand or attribute
/// is wrong, in ONNX terms, e.g. "axis 4 is out of range for rank 3".
Status inferTypes(std::string_view op, const Attributes &attrs,
                  std::span<const InferOperand> operands, std::vector<TensorType> &results);

/// Computes `op`. `results` have the inferred types and allocated data. Absent
/// optional operands have dtype Undefined. Never reads or writes out of bounds
/// for operands whose types passed inferTypes; data-dependent errors (an index
/// out of range) are returned.
Status compute(std::string_view op, const Attributes &attrs, std::span<const TensorView> operands,
               std::span<const MutableTensorView> results);

} // namespace openatc::host

#endif // OPENATC_HOSTOPS_HOSTOPS_H
