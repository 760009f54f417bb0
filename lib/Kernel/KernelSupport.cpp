//===- KernelSupport.cpp - Which ops the AI core has kernels for ----------===//
#include "openatc/Kernel/KernelSupport.h"

#include "ReduceShape.h"
#include "SupportChecks.h"
#include "VectorSupport.h"

#include "Ascend/AscendOps.h"

#include "llvm/ADT/STLExtras.h"

#include <vector>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::kernel {
namespace {

/// Classes of element types. A kernel for floats serves both f16 and f32.
enum Types : unsigned {
  Float = 1 << 0,
  Bool = 1 << 1,
  I32 = 1 << 2,
  I64 = 1 << 3,
  Byte = 1 << 4,
  OtherType = 1 << 5,
  AnyType = Float | Bool | I32 | I64 | Byte | OtherType,
};

using Check = std::optional<std::string> (*)(Operation *);

struct Row {
  StringRef name;        ///< mnemonic
  unsigned types;        ///< element types of the data operands
  bool epilogue = false; ///< may follow a convolution or matrix product in its kernel
  Check check = nullptr; ///< further conditions, or null
};

/// The vector unit's own list of operators and types.
std::optional<std::string> vectorCheck(Operation *op) {
  std::string why = whyNotVector(op);
  if (why.empty())
    return std::nullopt;
  return "the vector unit has no " + why;
}

/// Reductions, softmax and normalisation: axes next to each other, types of the core.
std::optional<std::string> reduceCheck(Operation *op) {
  std::string why;
  if (reduceShapeOf(op, why))
    return std::nullopt;
  return why;
}

/// One line for each op that has a kernel, in alphabetical order.
const std::vector<Row> &table() {
  static const std::vector<Row> rows = {
      {"abs", AnyType, true, vectorCheck},
      {"add", AnyType, true, vectorCheck},
      {"and", AnyType, false, vectorCheck},
      {"attention", Float, false, attentionCheck},
      {"average_pool", Float, false, poolCheck},
      {"cast", AnyType, true, vectorCheck},
      {"ceil", AnyType, false, vectorCheck},
      {"clip", AnyType, true, vectorCheck},
      {"concat", AnyType, false, moveCheck},
      {"conv", Float, false, convCheck},
      {"conv_transpose", Float, false, convCheck},
      {"depth_to_space", AnyType, false, moveCheck},
      {"div", AnyType, true, vectorCheck},
      {"equal", AnyType, false, vectorCheck},
      {"exp", AnyType, true, vectorCheck},
      {"expand", AnyType, false, moveCheck},
      {"floor", AnyType, false, vectorCheck},
      {"gather", AnyType, false, gatherCheck},
      {"global_average_pool", AnyType, false, reduceCheck},
      {"global_max_pool", AnyType, false, reduceCheck},
      {"greater", AnyType, false, vectorCheck},
      {"greater_or_equal", AnyType, false, vectorCheck},
      {"identity", AnyType, false, vectorCheck},
      {"layer_norm", AnyType, false, reduceCheck},
      {"leaky_relu", AnyType, true, vectorCheck},
      {"less", AnyType, false, vectorCheck},
      {"less_or_equal", AnyType, false, vectorCheck},
      {"log", AnyType, true, vectorCheck},
      {"log_softmax", AnyType, false, reduceCheck},
      {"matmul", Float, false, matmulCheck},
      {"max_pool", Float, false, poolCheck},
      {"maximum", AnyType, true, vectorCheck},
      {"minimum", AnyType, true, vectorCheck},
      {"mul", AnyType, true, vectorCheck},
      {"neg", AnyType, true, vectorCheck},
      {"not", AnyType, false, vectorCheck},
      {"or", AnyType, false, vectorCheck},
      {"pad", AnyType, false, moveCheck},
      {"reciprocal", AnyType, true, vectorCheck},
      {"reduce_max", AnyType, false, reduceCheck},
      {"reduce_mean", AnyType, false, reduceCheck},
      {"reduce_min", AnyType, false, reduceCheck},
      {"reduce_sum", AnyType, false, reduceCheck},
      {"relu", AnyType, true, vectorCheck},
      {"resize", Float, false, resizeCheck},
      {"round", AnyType, false, vectorCheck},
      {"slice", AnyType, false, moveCheck},
      {"softmax", AnyType, false, reduceCheck},
      {"space_to_depth", AnyType, false, moveCheck},
      {"split", AnyType, false, moveCheck},
      {"sqrt", AnyType, true, vectorCheck},
      {"sub", AnyType, true, vectorCheck},
      {"tile", AnyType, false, moveCheck},
      {"transpose", AnyType, false, moveCheck},
      {"where", AnyType, false, vectorCheck},
      {"xor", AnyType, false, vectorCheck},
  };
  return rows;
}

const Row *rowOf(Operation *op) {
  auto row =
      llvm::find_if(table(), [&](const Row &r) { return r.name == op->getName().stripDialect(); });
  return row == table().end() ? nullptr : &*row;
}

unsigned classOf(Type type) {
  if (type.isF16() || type.isF32())
    return Float;
  if (type.isInteger(1))
    return Bool;
  if (type.isSignlessInteger(32))
    return I32;
  if (type.isSignlessInteger(64))
    return I64;
  if (type.isInteger(8))
    return Byte;
  return OtherType;
}

} // namespace

std::optional<std::string> whyNotOnAiCore(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  const Row *row = rowOf(op);
  if (!row)
    return name + " has no AI core kernel";
  for (Type type : op->getResultTypes()) {
    auto ranked = dyn_cast<RankedTensorType>(type);
    if (!ranked || !ranked.hasStaticShape())
      return name + " has a result whose shape is not known at compile time";
    if (llvm::is_contained(ranked.getShape(), 0))
      return name + " has an empty result";
  }
  for (Value operand : op->getOperands()) {
    auto ranked = dyn_cast<RankedTensorType>(operand.getType());
    if (!ranked || !ranked.hasStaticShape())
      return name + " has an operand whose shape is not known at compile time";
    if (llvm::is_contained(ranked.getShape(), 0))
      return name + " has an empty operand";
  }
  // The condition of `where` is bool whatever the data are.
  Value data = op->getNumOperands() ? op->getOperand(isa<WhereOp>(op) ? 1 : 0) : op->getResult(0);
  Type element = cast<ShapedType>(data.getType()).getElementType();
  if (!(row->types & classOf(element))) {
    std::string text;
    llvm::raw_string_ostream(text) << name << " has no AI core kernel for " << element;
    return text;
  }
  return row->check ? row->check(op) : std::nullopt;
}

bool fusesIntoEpilogue(Operation *, Operation *op) {
  const Row *row = rowOf(op);
  return row && row->epilogue;
}

} // namespace openatc::kernel
