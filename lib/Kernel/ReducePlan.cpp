//===- ReducePlan.cpp - Tiles of the reducing kernels ---------------------===//

#include "ReduceKernel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

static bool isSoftmax(ReduceKind kind) {
  return kind == ReduceKind::Softmax || kind == ReduceKind::LogSoftmax;
}

static Elem elemOfValue(Value value) {
  return elemOf(mlir::cast<ShapedType>(value.getType()).getElementType()).value_or(Elem::S64);
}

FailureOr<ReducePlan> ReducePlan::of(ascend::KernelOp op) {
  ReducePlan plan;
  Block &body = op.getBody().front();
  for (Operation &inner : body.without_terminator()) {
    if (mlir::isa<ascend::ConstantOp, ascend::CastOp>(inner))
      continue;
    if (plan.op)
      return op.emitError("a reducing kernel holds one op and casts"), failure();
    plan.op = &inner;
  }
  if (!plan.op || op.getNumResults() != 1)
    return op.emitError("a reducing kernel holds one op with one result"), failure();
  std::string why;
  std::optional<ReduceShape> shape = reduceShapeOf(plan.op, why);
  if (!shape)
    return op.emitError(why), failure();
  plan.shape = *shape;
  // f16 -> f32 in front, f32 -> f16 behind.
  Value x = plan.op->getOperand(0), source = x, result = body.getTerminator()->getOperand(0);
  if (auto cast = x.getDefiningOp<ascend::CastOp>())
    source = cast.getInput();
  auto last = result.getDefiningOp<ascend::CastOp>();
  auto argument = mlir::dyn_cast<BlockArgument>(source);
  if (!argument || (last ? last.getInput() : result) != plan.op->getResult(0))
    return op.emitError("a reducing kernel reads an operand and gives its result"), failure();
  plan.argument = argument.getArgNumber();
  plan.in = elemOfValue(source);
  plan.out = elemOfValue(result);
  bool isExtreme = shape->kind == ReduceKind::Max || shape->kind == ReduceKind::Min;
  Elem elem = elemOfValue(x);
  plan.work = isExtreme || elem == Elem::S32 ? elem : Elem::F32;
  auto isFloat = [](Elem e) { return e == Elem::F16 || e == Elem::F32; };
  for (Elem e : {plan.in, plan.out})
    if (e != plan.work && (!isFloat(e) || !isFloat(plan.work)))
      return op.emitError("a reducing kernel converts between f16 and f32 only"), failure();
  return plan;
}

int64_t ReducePlan::foldElements() const {
  if (shape.alongLanes())
    return groups * RowMath::foldPitch(reduced, bytesOf(work));
  return groups * (reduced - reduced / 2) * lanePitch();
}

int64_t ReducePlan::ubBytes() const {
  int64_t wide = bytesOf(work), n = groups * groupPitch();
  int64_t total = 2 * n * bytesOf(in) + (in != work ? n * wide : 0) + 2048;
  // Packed statistics and their blocks.
  total += 4 * (groups * wide + 32) + 2 * llvm::alignTo(groups, 8) * 32;
  if (!resident())
    total += 2 * accLanes() * wide;
  if (!isSoftmax(shape.kind) && shape.kind != ReduceKind::LayerNorm)
    return total + results() * (wide + 2 * bytesOf(out)) + 128;
  total += 2 * n * bytesOf(out);
  if (shape.kind == ReduceKind::LayerNorm)
    return total + n * wide + 2 * groupPitch() * 3 * wide;
  if (resident())
    total += foldElements() * wide + (shape.kind == ReduceKind::LogSoftmax ? n * wide : 0);
  return total;
}

bool ReducePlan::chooseTile(const SocDescription &soc) {
  constexpr int64_t kSmallTile = 2048, kShortBurst = 128;
  int64_t share = llvm::divideCeil(shape.outer * shape.inner, 2 * soc.aiCores);
  auto fits = [&] { return ubBytes() <= soc.ubSize; };
  groups = 1;
  reduced = shape.reduced;
  inner = shape.inner;
  if (shape.inner > kShortBurst)
    inner = std::clamp<int64_t>(llvm::alignTo(share, kShortBurst), kShortBurst, shape.inner);
  while (!fits() && inner > kShortBurst)
    inner = std::max<int64_t>(llvm::alignTo(inner / 2, 16), kShortBurst);
  // Chunks along the lanes are whole repeats.
  int64_t unit = shape.alongLanes() ? 128 : 1;
  while (!fits() && reduced > unit)
    reduced = llvm::alignDown(reduced * 3 / 4, unit);
  if (!fits())
    return false;
  // Tiles of equal extent overlap least at the end.
  inner = std::min<int64_t>(
      inner, llvm::alignTo(llvm::divideCeil(shape.inner, innerTiles()), inner > 16 ? 16 : 1));
  bool canGroup =
      resident() && inner == shape.inner && (shape.alongLanes() || !isSoftmax(shape.kind));
  if (!canGroup)
    return true;
  int64_t slice = shape.reduced * shape.inner;
  int64_t wanted =
      std::max(llvm::divideCeil(shape.outer, 2 * soc.aiCores), llvm::divideCeil(kSmallTile, slice));
  groups = std::min<int64_t>({int64_t(wanted), shape.outer, 240});
  while (!fits() && groups > 1)
    groups = groups * 3 / 4;
  // As many tiles for every core.
  int64_t tiles = llvm::divideCeil(shape.outer, groups);
  if (tiles > soc.aiCores)
    tiles = llvm::alignTo(tiles, soc.aiCores);
  groups = llvm::divideCeil(shape.outer, tiles);
  return fits();
}

} // namespace openatc::kernel
