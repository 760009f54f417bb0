//===- VectorSupport.cpp - What the vector unit computes ------------------===//

#include "VectorSupport.h"

#include "Ascend/AscendOps.h"

using namespace mlir;

namespace openatc::kernel {
namespace {

Type elementType(Value value) { return mlir::cast<ShapedType>(value.getType()).getElementType(); }

bool isFloat(Value value) { return elementType(value).isF16() || elementType(value).isF32(); }
bool isFloatOrS32(Value value) {
  return isFloat(value) || elementType(value).isSignlessInteger(32);
}
bool isByte(Type type) { return type.isSignlessInteger(8) || type.isUnsignedInteger(8); }

std::string text(Type type) {
  std::string s;
  llvm::raw_string_ostream(s) << type;
  return s;
}

std::string refuse(Operation *op, Value value) {
  return op->getName().stripDialect().str() + " of " + text(elementType(value));
}

std::string castRefusal(ascend::CastOp op) {
  Type from = elementType(op.getInput()), to = elementType(op.getOutput());
  auto known = [](Type t) {
    return t.isF16() || t.isF32() || t.isSignlessInteger(32) || t.isInteger(1) || isByte(t);
  };
  // Narrowing of integers wraps, conversions of the core saturate.
  bool wraps = isByte(to) && (from.isSignlessInteger(32) || (isByte(from) && from != to));
  if (known(from) && known(to) && !wraps)
    return "";
  return "cast from " + text(from) + " to " + text(to);
}

} // namespace

std::optional<double> splatOf(Value value) {
  auto constant = value.getDefiningOp<ascend::ConstantOp>();
  if (!constant)
    return std::nullopt;
  auto dense = mlir::dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!dense || !dense.isSplat())
    return std::nullopt;
  Type type = dense.getElementType();
  if (mlir::isa<FloatType>(type))
    return dense.getSplatValue<APFloat>().convertToDouble();
  if (type.isInteger(1))
    return dense.getSplatValue<bool>() ? 1.0 : 0.0;
  if (auto integer = mlir::dyn_cast<IntegerType>(type)) {
    APInt v = dense.getSplatValue<APInt>();
    return integer.isUnsigned() ? double(v.getZExtValue()) : double(v.getSExtValue());
  }
  return std::nullopt;
}

std::string whyNotVector(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1)
    return op->getName().stripDialect().str();
  Value x = op->getOperand(0);
  Type type = elementType(x);
  if (auto cast = mlir::dyn_cast<ascend::CastOp>(op))
    return castRefusal(cast);
  if (auto where = mlir::dyn_cast<ascend::WhereOp>(op)) {
    return isFloatOrS32(where.getOnTrue()) ? "" : refuse(op, where.getOnTrue());
  }
  if (auto clip = mlir::dyn_cast<ascend::ClipOp>(op)) {
    if ((clip.getMin() && !splatOf(clip.getMin())) || (clip.getMax() && !splatOf(clip.getMax())))
      return "clip with bounds that are not constant";
    return isFloatOrS32(x) ? "" : refuse(op, x);
  }
  if (mlir::isa<ascend::AddOp, ascend::SubOp, ascend::MulOp, ascend::MinimumOp, ascend::MaximumOp,
                ascend::NegOp, ascend::ReluOp, ascend::AbsOp>(op))
    return isFloatOrS32(x) ? "" : refuse(op, x);
  if (mlir::isa<ascend::DivOp, ascend::LeakyReluOp, ascend::ExpOp, ascend::LogOp, ascend::SqrtOp,
                ascend::ReciprocalOp, ascend::FloorOp, ascend::CeilOp, ascend::RoundOp>(op))
    return isFloat(x) ? "" : refuse(op, x);
  if (mlir::isa<ascend::NotOp, ascend::AndOp, ascend::OrOp, ascend::XorOp>(op) ||
      (mlir::isa<ascend::EqualOp>(op) && type.isInteger(1)))
    return type.isInteger(1) ? "" : refuse(op, x);
  if (mlir::isa<ascend::EqualOp, ascend::GreaterOp, ascend::LessOp, ascend::GreaterOrEqualOp,
                ascend::LessOrEqualOp>(op))
    return isFloatOrS32(x) || isByte(type) ? "" : refuse(op, x);
  if (mlir::isa<ascend::IdentityOp>(op))
    return isFloatOrS32(x) || type.isInteger(1) || isByte(type) ? "" : refuse(op, x);
  return op->getName().stripDialect().str();
}

} // namespace openatc::kernel
