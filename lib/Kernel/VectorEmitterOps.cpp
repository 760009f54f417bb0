//===- VectorEmitterOps.cpp - Operators as vector instructions ------------===//

#include "VectorEmitter.h"

#include <cmath>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

LogicalResult VectorEmitter::emitUnary(Operation *op) {
  Value result = op->getResult(0);
  VectorTile x = fullOperand(op->getOperand(0));
  releaseOperands(op);
  VectorTile y = resultTile(result);
  if (mlir::isa<ascend::FloorOp>(op))
    round(y, x, RoundKind::Floor);
  else if (mlir::isa<ascend::CeilOp>(op))
    round(y, x, RoundKind::Ceil);
  else if (mlir::isa<ascend::RoundOp>(op))
    round(y, x, RoundKind::Rint);
  else if (mlir::isa<ascend::AbsOp>(op))
    unary<VAbsOp>(y, x);
  else if (mlir::isa<ascend::NegOp>(op))
    scalar<VMulsOp>(y, x, -1);
  else if (mlir::isa<ascend::ReluOp>(op))
    unary<VReluOp>(y, x);
  else if (auto leaky = mlir::dyn_cast<ascend::LeakyReluOp>(op))
    scalar<VLreluOp>(y, x, leaky.getAlpha().convertToDouble());
  else if (mlir::isa<ascend::ExpOp>(op))
    unary<VExpOp>(y, x);
  else if (mlir::isa<ascend::LogOp>(op))
    unary<VLnOp>(y, x);
  else if (mlir::isa<ascend::SqrtOp>(op))
    unary<VSqrtOp>(y, x);
  else if (mlir::isa<ascend::ReciprocalOp>(op))
    unary<VRecOp>(y, x);
  else
    store(y, x);
  define(result, y);
  return success();
}

/// x * (1/c) equals x / c up to one half ulp, or exactly for powers of two.
static bool canMultiplyByInverse(Elem elem, double c) {
  int exponent;
  if (std::abs(std::frexp(c, &exponent)) == 0.5 && exponent > -12 && exponent < 14)
    return true;
  return elem == Elem::F16 && std::abs(c) > 0x1p-12 && std::abs(c) < 0x1p12;
}

void VectorEmitter::emitWithScalar(Operation *op, Value value, double c, bool scalarIsLeft) {
  Value result = op->getResult(0);
  VectorTile x = fullOperand(value);
  releaseOperands(op);
  VectorTile y = resultTile(result);
  if (mlir::isa<ascend::AddOp>(op)) {
    scalar<VAddsOp>(y, x, c);
  } else if (mlir::isa<ascend::SubOp>(op) && scalarIsLeft) {
    scalar<VMulsOp>(y, x, -1);
    scalar<VAddsOp>(y, y, c);
  } else if (mlir::isa<ascend::SubOp>(op)) {
    scalar<VAddsOp>(y, x, -c);
  } else if (mlir::isa<ascend::MulOp>(op)) {
    scalar<VMulsOp>(y, x, c);
  } else if (mlir::isa<ascend::MaximumOp>(op)) {
    scalar<VMaxsOp>(y, x, c);
  } else if (mlir::isa<ascend::MinimumOp>(op)) {
    scalar<VMinsOp>(y, x, c);
  } else if (scalarIsLeft && c == 1) {
    unary<VRecOp>(y, x); // a quarter of a division's cycles
  } else if (scalarIsLeft) {
    binary<VDivOp>(y, constantBlock(y.elem, c), x);
  } else if (canMultiplyByInverse(y.elem, c)) {
    scalar<VMulsOp>(y, x, 1 / c);
  } else {
    binary<VDivOp>(y, x, constantBlock(y.elem, c));
  }
  define(result, y);
}

LogicalResult VectorEmitter::emitBinary(Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (auto c = splatOf(rhs))
    return emitWithScalar(op, lhs, *c, false), success();
  if (auto c = splatOf(lhs))
    return emitWithScalar(op, rhs, *c, true), success();
  VectorTile a = operand(lhs), b = operand(rhs);
  releaseOperands(op);
  VectorTile y = resultTile(op->getResult(0));
  if (mlir::isa<ascend::AddOp>(op))
    binary<VAddOp>(y, a, b);
  else if (mlir::isa<ascend::SubOp>(op))
    binary<VSubOp>(y, a, b);
  else if (mlir::isa<ascend::MulOp>(op))
    binary<VMulOp>(y, a, b);
  else if (mlir::isa<ascend::DivOp>(op))
    binary<VDivOp>(y, a, b);
  else if (mlir::isa<ascend::MaximumOp>(op))
    binary<VMaxOp>(y, a, b);
  else
    binary<VMinOp>(y, a, b);
  define(op->getResult(0), y);
  return success();
}

void VectorEmitter::emitClip(ascend::ClipOp op) {
  VectorTile x = fullOperand(op.getInput());
  releaseOperands(op);
  VectorTile y = resultTile(op.getOutput());
  if (op.getMin())
    scalar<VMaxsOp>(y, x, splatOf(op.getMin()).value_or(0));
  if (op.getMax())
    scalar<VMinsOp>(y, op.getMin() ? y : x, splatOf(op.getMax()).value_or(0));
  if (!op.getMin() && !op.getMax())
    bitwise<VOrOp>(y, x, x);
  define(op.getOutput(), y);
}

//===----------------------------------------------------------------------===//
// Comparison, logic, selection, conversion
//===----------------------------------------------------------------------===//

static CondKind mirrored(CondKind c) {
  switch (c) {
  case CondKind::LT:
    return CondKind::GT;
  case CondKind::LE:
    return CondKind::GE;
  case CondKind::GT:
    return CondKind::LT;
  case CondKind::GE:
    return CondKind::LE;
  default:
    return c;
  }
}

void VectorEmitter::emitCompare(Operation *op, CondKind cond) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (splatOf(lhs)) {
    std::swap(lhs, rhs);
    cond = mirrored(cond);
  }
  std::optional<double> c = splatOf(rhs);
  VectorTile a = floatOperand(lhs);
  VectorTile b = c ? VectorTile() : floatOperand(rhs);
  VectorTile mask = takeTemp(Elem::U8, VectorTile::Mask);
  if (c) {
    compareScalar(cond, mask, a, *c);
  } else if (kb) {
    kb->cmpv(a.elem, cond, mask.ptr, a.ptr, b.ptr, VecShape::flat(count));
  }
  releaseOperands(op);
  define(op->getResult(0), mask);
}

void VectorEmitter::emitLogic(Operation *op) {
  VectorTile a = maskOperand(op->getOperand(0));
  VectorTile b = op->getNumOperands() > 1 ? maskOperand(op->getOperand(1)) : a;
  VectorTile y = takeTemp(Elem::U8, VectorTile::Mask);
  if (mlir::isa<ascend::NotOp>(op)) {
    invert(y, a);
  } else if (mlir::isa<ascend::AndOp>(op)) {
    bitwise<VAndOp>(y, a, b);
  } else if (mlir::isa<ascend::OrOp, ascend::IdentityOp>(op)) {
    bitwise<VOrOp>(y, a, b);
  } else {
    VectorTile both = takeTemp(Elem::U8, VectorTile::Mask);
    bitwise<VAndOp>(both, a, b);
    invert(both, both);
    bitwise<VOrOp>(y, a, b);
    bitwise<VAndOp>(y, y, both);
    giveBack(both);
    if (mlir::isa<ascend::EqualOp>(op))
      invert(y, y);
  }
  releaseOperands(op);
  define(op->getResult(0), y);
}

void VectorEmitter::emitWhere(ascend::WhereOp op) {
  VectorTile mask = maskOperand(op.getCondition());
  VectorTile a = operand(op.getOnTrue()), b = operand(op.getOnFalse());
  releaseOperands(op);
  VectorTile y = resultTile(op.getOutput());
  select(y, mask, a, b);
  define(op.getOutput(), y);
}

void VectorEmitter::emitCast(ascend::CastOp op) {
  VectorTile y;
  if (isBool(op.getOutput())) {
    VectorTile mask = maskOperand(op.getInput());
    y = takeTemp(Elem::U8, VectorTile::Mask);
    bitwise<VOrOp>(y, mask, mask);
  } else {
    VectorTile x = fullOperand(op.getInput());
    y = resultTile(op.getOutput());
    store(y, x);
  }
  releaseOperands(op);
  define(op.getOutput(), y);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult VectorEmitter::emitOp(Operation *op) {
  if (std::string why = whyNotVector(op); !why.empty())
    return op->emitError("the vector unit has no ") << why;
  for (Value value : op->getOperands())
    if (!tiles.contains(value) && !splatOf(value))
      return op->emitError("an operand is neither a tile nor a constant of one value");
  if (kb)
    kb->loc = op->getLoc();
  bool ofBools = isBool(op->getOperand(0));
  if (mlir::isa<ascend::EqualOp>(op) && !ofBools)
    return emitCompare(op, CondKind::EQ), success();
  if (mlir::isa<ascend::GreaterOp>(op))
    return emitCompare(op, CondKind::GT), success();
  if (mlir::isa<ascend::LessOp>(op))
    return emitCompare(op, CondKind::LT), success();
  if (mlir::isa<ascend::GreaterOrEqualOp>(op))
    return emitCompare(op, CondKind::GE), success();
  if (mlir::isa<ascend::LessOrEqualOp>(op))
    return emitCompare(op, CondKind::LE), success();
  if (auto where = mlir::dyn_cast<ascend::WhereOp>(op))
    return emitWhere(where), success();
  if (auto cast = mlir::dyn_cast<ascend::CastOp>(op))
    return emitCast(cast), success();
  if (auto clip = mlir::dyn_cast<ascend::ClipOp>(op))
    return emitClip(clip), success();
  if (ofBools)
    return emitLogic(op), success();
  return op->getNumOperands() == 2 ? emitBinary(op) : emitUnary(op);
}

LogicalResult VectorEmitter::emitBody(Block &body) {
  llvm::SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    if (!mlir::isa<ascend::ConstantOp>(op) && !tiles.contains(op.getResult(0)))
      ops.push_back(&op);
  for (Operation *op : ops)
    for (Value value : op->getOperands())
      ++usesLeft[value];
  for (Value value : body.getTerminator()->getOperands()) {
    auto wanted = destinations.find(value);
    if (wanted == destinations.end() || (!tiles.contains(value) && !splatOf(value)))
      continue;
    llvm::SmallVector<VectorTile, 1> stores = wanted->second;
    destinations.erase(wanted);
    for (const VectorTile &dst : stores)
      store(dst, operand(value));
  }
  for (Operation *op : ops)
    if (failed(emitOp(op)))
      return failure();
  return success();
}

} // namespace openatc::kernel
