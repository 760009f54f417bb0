//===- CubeEpilogue.cpp - From the accumulator to GM ----------------------===//

#include "CubeEpilogue.h"

using namespace mlir;
using openatc::davinci::Elem;
using openatc::davinci::MemSpace;

namespace openatc::kernel {

Operation *CubeEpilogue::contraction(ascend::KernelOp op) { return &op.getBody().front().front(); }

static Elem elemOfValue(Value v) {
  return *elemOf(mlir::cast<RankedTensorType>(v.getType()).getElementType());
}

static ascend::YieldOp yieldOf(ascend::KernelOp op) {
  return mlir::cast<ascend::YieldOp>(op.getBody().front().getTerminator());
}

llvm::SmallVector<CubeEpilogue::Argument> CubeEpilogue::arguments(ascend::KernelOp op) {
  llvm::SmallVector<Argument> result;
  auto shape = mlir::cast<RankedTensorType>(contraction(op)->getResult(0).getType()).getShape();
  for (BlockArgument arg : op.getBody().front().getArguments()) {
    bool epilogue =
        llvm::any_of(arg.getUsers(), [&](Operation *user) { return user != contraction(op); });
    if (epilogue)
      result.push_back({arg.getArgNumber(),
                        mlir::cast<RankedTensorType>(arg.getType()).getShape() != shape,
                        elemOfValue(arg), Value()});
  }
  return result;
}

/// A per-channel f16 column is one block that repeats; wider ones are spread out.
int64_t CubeEpilogue::bytesOfArgument(const Argument &a, int64_t m1) {
  return a.perChannel && bytesOf(a.elem) == 2 ? 32 : m1 * 256 * bytesOf(a.elem);
}

int64_t CubeEpilogue::ubBytes(ascend::KernelOp op, int64_t m1) {
  int64_t capacity = m1 * 256, bytes = 0;
  VectorEmitter measure(nullptr, capacity, capacity);
  Value acc = contraction(op)->getResult(0);
  for (Argument &a : arguments(op)) {
    bytes += 2 * bytesOfArgument(a, m1);
    bool block = bytesOfArgument(a, m1) == 32;
    measure.bind(op.getBody().front().getArgument(a.number),
                 {Value(), a.elem, block ? VectorTile::Block : VectorTile::Full});
  }
  bool direct = false;
  for (Value v : yieldOf(op).getValues()) {
    bytes += 2 * capacity * bytesOf(elemOfValue(v));
    direct |= v == acc;
    if (v != acc)
      measure.bindResult(v, {Value(), elemOfValue(v)});
  }
  if (!direct)
    bytes += capacity * bytesOf(elemOfValue(acc));
  measure.bind(acc, {Value(), elemOfValue(acc)});
  // An op that cannot be emitted is reported when the kernel is.
  if (failed(measure.emitBody(op.getBody().front())))
    return bytes;
  return bytes + measure.needs().bytes(capacity);
}

CubeEpilogue::CubeEpilogue(KernelBuilder &kb, ascend::KernelOp op, int64_t m1)
    : kb(kb), op(op), m1(m1), args(arguments(op)) {
  Value acc = contraction(op)->getResult(0);
  for (Argument &a : args)
    a.pool = kb.pool(("operand" + Twine(a.number)).str(), MemSpace::UB, bytesOfArgument(a, m1), 2);
  bool direct = false;
  for (auto [i, v] : llvm::enumerate(yieldOf(op).getValues())) {
    outPools.push_back(
        kb.pool(("out" + Twine(i)).str(), MemSpace::UB, m1 * 256 * bytesOf(elemOfValue(v)), 2));
    direct |= v == acc;
  }
  if (!direct)
    accPool = kb.pool("acc.ub", MemSpace::UB, m1 * 256 * bytesOf(elemOfValue(acc)), 1);
}

LogicalResult CubeEpilogue::run(Value acc, Num m, Num n1) {
  Value result = contraction(op)->getResult(0);
  Num rows1 = kb.ceilDiv(m, 16);
  LogicalResult status = success();
  kb.loop(0, n1, 1, [&](Num col) {
    VectorEmitter emitter(&kb, kb.mul(m, 16), m1 * 256);
    for (Argument &a : args) {
      Value ub = kb.acquire(a.pool);
      bool block = bytesOfArgument(a, m1) == 32;
      if (a.perChannel)
        loadChannel(ub, a.number, col, block ? Num(1) : m);
      else
        loadFull(ub, a.number, col);
      emitter.bind(op.getBody().front().getArgument(a.number),
                   {ub, a.elem, block ? VectorTile::Block : VectorTile::Full});
    }
    llvm::SmallVector<Value> outs;
    Value accUb;
    for (auto [i, v] : llvm::enumerate(yieldOf(op).getValues())) {
      outs.push_back(kb.acquire(outPools[i]));
      if (v == result)
        accUb = outs.back();
      else
        emitter.bindResult(v, {outs.back(), elemOfValue(v)});
    }
    if (!accUb)
      accUb = kb.acquire(accPool);
    Value column = kb.at(acc, kb.mul(col, kb.mul(rows1, 1024)));
    kb.l0cToUb(accUb, column, 1, rows1, 0, 0, elemOfValue(result));
    emitter.bind(result, {accUb, elemOfValue(result)});
    if (failed(emitter.emitBody(op.getBody().front())))
      status = failure();
    for (auto [i, out] : llvm::enumerate(outs))
      store(out, i, col);
  });
  return status;
}

} // namespace openatc::kernel
