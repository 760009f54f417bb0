//===- CubeEpilogue.cpp - From the accumulator to GM ----------------------===//

#include "CubeEpilogue.h"

#include "openatc/Target/CostModel.h"

using namespace mlir;
using openatc::davinci::Elem;
using openatc::davinci::MemSpace;

namespace openatc::kernel {

Operation *CubeEpilogue::contraction(ascend::KernelOp op) {
  for (Operation &inner : op.getBody().front())
    if (!mlir::isa<ascend::CastOp, ascend::TransDataOp>(inner))
      return &inner;
  return nullptr; // a terminator at least is there
}

/// Marks what stands in front of the contraction as done.
static void bindFront(VectorEmitter &emitter, Operation *contraction) {
  for (Operation *op = contraction->getPrevNode(); op; op = op->getPrevNode())
    emitter.bind(op->getResult(0), {Value(), Elem::F16});
}

static Elem elemOfValue(Value v) {
  return *elemOf(mlir::cast<RankedTensorType>(v.getType()).getElementType());
}

static ascend::YieldOp yieldOf(ascend::KernelOp op) {
  return mlir::cast<ascend::YieldOp>(op.getBody().front().getTerminator());
}

/// The only user of the result of `op`; null if there are more.
static Operation *onlyUser(Operation *op) {
  return op->getResult(0).hasOneUse() ? *op->getResult(0).user_begin() : nullptr;
}

Operation *CubeEpilogue::pool(ascend::KernelOp op) {
  return yieldOf(op).getValues().front().getDefiningOp<ascend::MaxPoolOp>();
}

/// What the elementwise ops give: the results, but for a pool over one of them.
static llvm::SmallVector<Value, 2> elementwiseResults(ascend::KernelOp op) {
  if (Operation *pool = CubeEpilogue::pool(op))
    return {pool->getOperand(0)};
  return llvm::to_vector<2>(yieldOf(op).getValues());
}

/// Binds what is no elementwise op: what stands in front of the contraction and behind.
static void bindOthers(VectorEmitter &emitter, ascend::KernelOp op) {
  bindFront(emitter, CubeEpilogue::contraction(op));
  if (Operation *pool = CubeEpilogue::pool(op))
    emitter.bind(pool->getResult(0), {Value(), Elem::F16});
}

std::optional<unsigned> CubeEpilogue::biasArgument(ascend::KernelOp op) {
  Value acc = contraction(op)->getResult(0);
  auto add = mlir::dyn_cast_if_present<ascend::AddOp>(onlyUser(contraction(op)));
  if (!add || elemOfValue(acc) != Elem::F16)
    return std::nullopt;
  Value other = add.getLhs() == acc ? add.getRhs() : add.getLhs();
  auto arg = mlir::dyn_cast<BlockArgument>(other);
  auto shape = [](Value v) { return mlir::cast<RankedTensorType>(v.getType()).getShape(); };
  if (!arg || !arg.hasOneUse() || shape(arg) == shape(acc) || elemOfValue(arg) != Elem::F16)
    return std::nullopt;
  return arg.getArgNumber();
}

llvm::SmallVector<Operation *, 2> CubeEpilogue::freeOps(ascend::KernelOp op, bool biasOnCube) {
  llvm::SmallVector<Operation *, 2> ops;
  if (biasOnCube && biasArgument(op))
    ops.push_back(onlyUser(contraction(op)));
  Operation *next = onlyUser(ops.empty() ? contraction(op) : ops.back());
  if (mlir::isa_and_present<ascend::ReluOp>(next))
    ops.push_back(next);
  return ops;
}

/// What the read-out of the accumulator gives.
static Value readOut(Operation *contraction, ArrayRef<Operation *> free) {
  return (free.empty() ? contraction : free.back())->getResult(0);
}

llvm::SmallVector<CubeEpilogue::Argument> CubeEpilogue::arguments(ascend::KernelOp op,
                                                                  bool biasOnCube) {
  llvm::SmallVector<Argument> result;
  std::optional<unsigned> bias = biasOnCube ? biasArgument(op) : std::nullopt;
  auto shape = mlir::cast<RankedTensorType>(contraction(op)->getResult(0).getType()).getShape();
  for (BlockArgument arg : op.getBody().front().getArguments()) {
    bool epilogue = llvm::any_of(
        arg.getUsers(), [&](Operation *user) { return contraction(op)->isBeforeInBlock(user); });
    if (epilogue && bias != arg.getArgNumber())
      result.push_back({arg.getArgNumber(),
                        mlir::cast<RankedTensorType>(arg.getType()).getShape() != shape,
                        elemOfValue(arg), Value(), Value()});
  }
  return result;
}

int64_t CubeEpilogue::ubBytes(ascend::KernelOp op, int64_t m1, int64_t columns, int64_t channels1,
                              bool biasOnCube) {
  int64_t bytes = 0;
  llvm::SmallVector<Argument> args = arguments(op, biasOnCube);
  auto free = freeOps(op, biasOnCube);
  bool byColumn = llvm::any_of(args, [](const Argument &a) { return a.isBlock(); });
  int64_t tile = m1 * columns * 256, capacity = byColumn ? m1 * 256 : tile;
  VectorEmitter measure(nullptr, capacity, capacity);
  for (Argument &a : args) {
    bytes += a.bytes(m1 * columns, channels1);
    measure.bind(op.getBody().front().getArgument(a.number),
                 {Value(), a.elem, a.isBlock() ? VectorTile::Block : VectorTile::Full});
  }
  Value acc = readOut(contraction(op), free);
  bool direct = false;
  for (Value v : elementwiseResults(op)) {
    bytes += 2 * tile * bytesOf(elemOfValue(v));
    direct |= v == acc;
    if (v != acc)
      measure.bindResult(v, {Value(), elemOfValue(v)});
  }
  if (!direct)
    bytes += tile * bytesOf(elemOfValue(acc));
  bindOthers(measure, op);
  measure.bind(contraction(op)->getResult(0), {Value(), elemOfValue(acc)});
  for (Operation *inner : free)
    measure.bind(inner->getResult(0), {Value(), elemOfValue(acc)});
  // An op that cannot be emitted is reported when the kernel is.
  if (failed(measure.emitBody(op.getBody().front())))
    return bytes;
  return bytes + measure.needs().bytes(capacity);
}

CubeEpilogue::Work CubeEpilogue::work(ascend::KernelOp op, bool biasOnCube) {
  Work result;
  for (const Argument &a : arguments(op, biasOnCube)) {
    result.byColumn |= a.isBlock();
    result.readBytes += a.perChannel ? 0 : 256 * bytesOf(a.elem);
  }
  auto free = freeOps(op, biasOnCube);
  for (Operation &inner : op.getBody().front().without_terminator()) {
    if (!contraction(op)->isBeforeInBlock(&inner) || llvm::is_contained(free, &inner) ||
        mlir::isa<ascend::ConstantOp>(inner))
      continue;
    if (&inner == pool(op)) { // half the elements of a fractal, then a quarter
      result.vectorOps += 2;
      result.vectorCycles += 2;
      continue;
    }
    bool wide = llvm::any_of(inner.getOperandTypes(), [](Type type) {
      return getElementTypeOrSelf(type).getIntOrFloatBitWidth() > 16;
    });
    bool slow = mlir::isa<ascend::ExpOp, ascend::LogOp, ascend::SqrtOp, ascend::DivOp,
                          ascend::ReciprocalOp>(inner);
    ++result.vectorOps;
    result.vectorCycles += (wide ? 4 : 2) * (slow ? 4 : 1);
  }
  return result;
}

CubeEpilogue::CubeEpilogue(KernelBuilder &kb, ascend::KernelOp op, int64_t m1, int64_t columns,
                           int64_t channels1, bool biasOnCube)
    : kb(kb), op(op), m1(m1), columns(columns), free(freeOps(op, biasOnCube)),
      args(arguments(op, biasOnCube)) {
  Value acc = readOut(contraction(op), free);
  int64_t tile = m1 * columns * 256;
  for (Argument &a : args)
    a.pool = kb.pool(("operand" + Twine(a.number)).str(), MemSpace::UB,
                     a.bytes(m1 * columns, channels1) / (a.isBlock() ? 1 : 2), a.isBlock() ? 1 : 2);
  bool direct = false;
  for (auto [i, v] : llvm::enumerate(elementwiseResults(op))) {
    outPools.push_back(kb.pool(("out" + Twine(i)).str(), MemSpace::UB,
                               tile * bytesOf(elemOfValue(v)), pool(op) ? 1 : 2));
    direct |= v == acc;
  }
  // Together they take no more than a second buffer of the result would.
  if (pool(op)) {
    columnPool = kb.pool("columns.ub", MemSpace::UB, tile, 1);
    pooledPool = kb.pool("pooled.ub", MemSpace::UB, tile / 2, 2);
  }
  if (!direct)
    accPool = kb.pool("acc.ub", MemSpace::UB, tile * bytesOf(elemOfValue(acc)), 1);
}

void CubeEpilogue::prepare() {
  for (Argument &a : args)
    if (a.isBlock()) {
      a.ub = kb.acquire(a.pool);
      loadChannels(a.ub, a.number);
    }
}

/// Maxima over `rows` pixels in rows of `width`: over neighbours, then over pairs of rows.
void CubeEpilogue::emitPool(Value pooled, Value ub, Num rows, Num width) {
  constexpr int64_t kPixel = 32;
  Value half = kb.acquire(columnPool);
  VecShape pairs = VecShape::flat(kb.mul(kb.div(rows, 2), 16));
  pairs.strides = int64_t(isa::packStrides(1, 2, 2, 8, 16, 16));
  kb.binary<davinci::VMaxOp>(Elem::F16, half, ub, kb.at(ub, kPixel), pairs);
  Num line = kb.div(width, 2), bytes = kb.mul(line, kPixel);
  kb.loop(0, kb.div(rows, kb.mul(width, 2)), 1, [&](Num pair) {
    Value upper = kb.at(half, kb.mul(kb.mul(pair, 2), bytes));
    kb.binary<davinci::VMaxOp>(Elem::F16, kb.at(pooled, kb.mul(pair, bytes)), upper,
                               kb.at(upper, bytes), VecShape::flat(kb.mul(line, 16)));
  });
}

LogicalResult CubeEpilogue::run(Value acc, Num blocks, Num rows, Num n1, Num width) {
  Value result = readOut(contraction(op), free);
  bool relu = !free.empty() && mlir::isa<ascend::ReluOp>(free.back());
  int64_t accBytes = 16 * bytesOf(elemOfValue(result));
  Num block1 = kb.ceilDiv(rows, 16), m = kb.mul(blocks, rows);
  bool byColumn = llvm::any_of(args, [](const Argument &a) { return a.isBlock(); });
  LogicalResult status = success();
  kb.loop(0, n1, columns, [&](Num col) {
    Num cols = kb.min(columns, kb.sub(n1, col));
    for (Argument &a : args) {
      if (a.isBlock())
        continue;
      a.ub = kb.acquire(a.pool);
      if (!a.perChannel)
        loadFull(a.ub, a.number, col, cols);
      else
        kb.loop(0, cols, 1, [&](Num c) {
          spreadChannel(kb.at(a.ub, kb.mul(c, kb.mul(m, 16 * bytesOf(a.elem)))), a.number,
                        kb.add(col, c), m);
        });
    }
    llvm::SmallVector<Value> outs;
    Value accUb;
    for (auto [i, v] : llvm::enumerate(elementwiseResults(op))) {
      outs.push_back(kb.acquire(outPools[i]));
      if (v == result)
        accUb = outs.back();
    }
    if (!accUb)
      accUb = kb.acquire(accPool);
    // The unused rows of a block's last fractal give way to the next block.
    Value first = kb.at(acc, kb.mul(kb.mul(col, kb.mul(blocks, block1)), 1024));
    kb.l0cToUb(accUb, first, kb.mul(cols, blocks), block1, kb.mul(rows, accBytes), block1,
               elemOfValue(result), relu);
    auto compute = [&](Num c, Num elements, int64_t capacity) {
      VectorEmitter emitter(&kb, elements, capacity);
      emitter.share(scratch);
      auto part = [&](Value ub, Elem elem) {
        return VectorTile{kb.at(ub, kb.mul(kb.mul(c, elements), bytesOf(elem))), elem};
      };
      for (Argument &a : args) {
        VectorTile tile = a.isBlock()
                              ? VectorTile{kb.at(a.ub, kb.mul(channelBlock(kb.add(col, c)), 32)),
                                           a.elem, VectorTile::Block}
                              : part(a.ub, a.elem);
        emitter.bind(op.getBody().front().getArgument(a.number), tile);
      }
      for (auto [i, v] : llvm::enumerate(elementwiseResults(op)))
        if (v != result)
          emitter.bindResult(v, part(outs[i], elemOfValue(v)));
      VectorTile tile = part(accUb, elemOfValue(result));
      bindOthers(emitter, op);
      emitter.bind(contraction(op)->getResult(0), tile);
      for (Operation *inner : free)
        emitter.bind(inner->getResult(0), tile);
      if (failed(emitter.emitBody(op.getBody().front())))
        status = failure();
    };
    Num column = kb.mul(m, 16);
    if (byColumn)
      kb.loop(0, cols, 1, [&](Num c) { compute(c, column, m1 * 256); });
    else
      compute(0, kb.mul(cols, column), m1 * columns * 256);
    if (pool(op)) {
      Value pooled = kb.acquire(pooledPool);
      emitPool(pooled, outs.front(), kb.mul(cols, m), width);
      outs.front() = pooled;
    }
    for (auto [i, out] : llvm::enumerate(outs))
      store(out, i, col, cols);
  });
  return status;
}

} // namespace openatc::kernel
