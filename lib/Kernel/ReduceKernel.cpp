//===- ReduceKernel.cpp - Moves, statistics and plain reductions ----------===//

#include "ReduceKernel.h"
#include "WorkItems.h"

#include <limits>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

void ReduceKernel::emit(int64_t blockDim) {
  int64_t items = plan.items(), slots = items > blockDim || !plan.resident() ? 2 : 1;
  bool keepsShape = plan.shape.kind == ReduceKind::Softmax ||
                    plan.shape.kind == ReduceKind::LogSoftmax ||
                    plan.shape.kind == ReduceKind::LayerNorm;
  int64_t tile = plan.groups * plan.groupPitch();
  inPool = kb.pool("in", MemSpace::UB, tile * bytesOf(plan.in), slots);
  outPool =
      kb.pool("out", MemSpace::UB, (keepsShape ? tile : plan.results()) * bytesOf(plan.out), slots);
  if (plan.shape.kind == ReduceKind::LayerNorm)
    prepareParameters();
  int64_t perTurn = plan.resident() ? itemsPerTurn(llvm::divideCeil(items, blockDim)) : 1;
  kb.loop(kb.blockId(), items, blockDim * perTurn, [&](Num first) {
    SmallVector<Item> turn;
    for (int64_t k = 0; k < perTurn; ++k) {
      Num valid = 1, number = itemOfTurn(kb, first, k, perTurn, items, blockDim, valid);
      turn.push_back(locate(number, valid));
    }
    auto readAhead = [&](int64_t k) {
      item = turn[k];
      if (plan.resident())
        turn[k].in = fetch(0, plan.reduced);
    };
    readAhead(0);
    for (int64_t k = 0; k < perTurn; ++k) {
      if (k + 1 < perTurn)
        readAhead(k + 1);
      item = turn[k];
      compute();
    }
  });
}

ReduceKernel::Item ReduceKernel::locate(Num number, Num valid) {
  const ReduceShape &shape = plan.shape;
  auto extent = [&](int64_t whole, int64_t part, Num from) -> Num {
    return whole % part == 0 ? Num(part) : kb.min(part, kb.sub(whole, from));
  };
  Item result;
  result.outerStart = kb.mul(kb.div(number, plan.innerTiles()), plan.groups);
  result.innerStart = kb.mul(kb.rem(number, plan.innerTiles()), plan.inner);
  result.groupCount = extent(shape.outer, plan.groups, result.outerStart);
  result.innerCount = extent(shape.inner, plan.inner, result.innerStart);
  result.storedGroups = kb.mul(result.groupCount, valid);
  return result;
}

void ReduceKernel::compute() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  bool isInteger = plan.work == Elem::S32;
  nextTemp = 0;
  if (plan.in != plan.work)
    workTile = temp("work", plan.groups * plan.groupPitch());
  switch (plan.shape.kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return reduce<VAddOp, VCaddOp>(0);
  case ReduceKind::Max:
    return reduce<VMaxOp, VCmaxOp>(isInteger ? INT32_MIN : -kInfinity);
  case ReduceKind::Min:
    return reduce<VMinOp, VCminOp>(isInteger ? INT32_MAX : kInfinity);
  case ReduceKind::Softmax:
  case ReduceKind::LogSoftmax:
    return softmax();
  case ReduceKind::LayerNorm:
    return layerNorm();
  }
}

Value ReduceKernel::temp(StringRef name, int64_t elements) {
  if (nextTemp == tempPools.size())
    tempPools.push_back(
        kb.pool(name, MemSpace::UB, std::max<int64_t>(elements, 8) * bytesOf(plan.work), 1));
  return kb.acquire(tempPools[nextTemp++]);
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

void ReduceKernel::forEachChunk(llvm::function_ref<void(Num, int64_t)> body) {
  int64_t tail = plan.shape.reduced % plan.reduced, full = plan.shape.reduced - tail;
  kb.loop(0, full, plan.reduced, [&](Num start) { body(start, plan.reduced); });
  if (tail)
    body(full, tail);
}

void ReduceKernel::move(Value ub, Num start, int64_t length, bool toGm) {
  const ReduceShape &shape = plan.shape;
  int64_t size = bytesOf(toGm ? plan.out : plan.in);
  Num first = kb.add(kb.mul(kb.add(kb.mul(item.outerStart, shape.reduced), start), shape.inner),
                     item.innerStart);
  Value gm = kb.at(toGm ? gmOut : ins[plan.argument], kb.mul(first, size));
  // Bursts of a group, elements of a burst, and their distances.
  bool lanes = shape.alongLanes();
  int64_t perGroup = lanes ? 1 : length, ubPitch = lanes ? plan.groupPitch() : plan.lanePitch();
  int64_t gmPitch = lanes ? shape.reduced : shape.inner, block = 32 / size;
  Num run = lanes ? Num(length) : item.innerCount;
  auto transfer = [&](Value onChip, Value global, Num bursts, Num elements) {
    if (elements.isConst(gmPitch) && gmPitch == ubPitch) { // no gaps on either side
      elements = kb.mul(bursts, gmPitch);
      bursts = 1;
    }
    Num bytes = kb.mul(elements, size);
    if (toGm)
      kb.ubToGm(global, onChip, bursts, bytes, gmPitch * size, ubPitch * size);
    else
      kb.gmToUb(onChip, global, bursts, bytes, ubPitch * size, gmPitch * size);
    // Blocks between the rows that instructions run over: any values.
    int64_t written = elements.isConst() ? int64_t(llvm::alignTo(elements.getConst(), block)) : 0;
    if (!toGm && written && written < ubPitch && !bursts.isConst(1))
      kb.gmToUb(kb.at(onChip, written * size), global, bursts,
                std::min<int64_t>(32, elements.getConst() * size), ubPitch * size, gmPitch * size);
  };
  transfer(ub, gm, kb.mul(toGm ? item.storedGroups : item.groupCount, perGroup), run);
  if (toGm)
    return;
  // Instructions run over whole tiles: the rest of a last tile gets other values.
  if (!item.groupCount.isConst()) {
    Num missing = kb.sub(plan.groups, item.groupCount);
    Num back = kb.mul(missing, shape.reduced * shape.inner * size);
    transfer(kb.at(ub, kb.mul(item.groupCount, plan.groupPitch() * size)),
             kb.at(gm, kb.sub(0, back)), kb.mul(missing, perGroup), run);
  }
  if (!item.innerCount.isConst()) {
    Num written = kb.alignUp(item.innerCount, block);
    transfer(kb.at(ub, kb.mul(written, size)), kb.at(gm, -plan.inner * size), perGroup,
             kb.max(kb.sub(plan.lanePitch(), written), 0));
  }
}

Value ReduceKernel::fetch(Num start, int64_t length) {
  Value in = kb.acquire(inPool);
  move(in, start, length, /*toGm=*/false);
  return in;
}

Value ReduceKernel::widen(Value in, int64_t length) {
  if (plan.in == plan.work)
    return in;
  kb.conv(plan.in, plan.work, workTile, in, VecShape::flat(plan.extent(length)));
  return workTile;
}

void ReduceKernel::storeTile(Num start, int64_t length, Value x,
                             llvm::function_ref<void(Value)> last) {
  Value out = kb.acquire(outPool);
  bool converts = plan.out != plan.work;
  last(converts ? x : out);
  if (converts)
    kb.conv(plan.work, plan.out, out, x, VecShape::flat(plan.extent(length)));
  move(out, start, length, /*toGm=*/true);
}

void ReduceKernel::storeResults(Value values) {
  const ReduceShape &shape = plan.shape;
  int64_t size = bytesOf(plan.out), n = plan.results();
  Value out = kb.acquire(outPool);
  double scale = shape.kind == ReduceKind::Mean ? 1.0 / double(shape.reduced) : 1.0;
  if (plan.out != plan.work) {
    if (scale != 1)
      scalar<VMulsOp>(values, scale, n);
    kb.conv(plan.work, plan.out, out, values, VecShape::flat(n));
  } else if (scale != 1) {
    kb.scalar<VMulsOp>(plan.work, out, values, scale, VecShape::flat(n));
  } else {
    kb.binary<VOrOp>(plan.work, out, values, values, VecShape::flat(n));
  }
  Value gm =
      kb.at(gmOut, kb.mul(kb.add(kb.mul(item.outerStart, shape.inner), item.innerStart), size));
  if (shape.alongLanes() || (plan.inner == shape.inner && plan.inner == plan.lanePitch()))
    kb.ubToGm(gm, out, 1, kb.mul(item.storedGroups, plan.lanePitch() * size), 32, 32);
  else
    kb.ubToGm(gm, out, item.storedGroups, kb.mul(item.innerCount, size), shape.inner * size,
              plan.lanePitch() * size);
}

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

Value ReduceKernel::accumulator(double identity) {
  Value acc = temp("acc", plan.accLanes());
  kb.dup(plan.work, acc, identity, VecShape::flat(plan.accLanes()));
  return acc;
}

Rows ReduceKernel::expand(Value values) {
  if (!plan.shape.alongLanes())
    return {values, 0, false};
  Value blocks = temp("blocks", llvm::alignTo(plan.groups, 8) * 8);
  RowMath(kb, plan.work, plan.groups).spread(blocks, values);
  return {blocks, 0, true};
}

void ReduceKernel::invert(Value x, int64_t n) {
  Value one = temp("one", 8);
  kb.dup(plan.work, one, 1, VecShape::flat(8));
  kb.binary<VDivOp>(plan.work, x, one, x,
                    {1, n, int64_t(isa::packStrides(1, 0, 1, 8, 0, 8)), true});
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <typename Fold, typename Across> void ReduceKernel::reduce(double identity) {
  if (!plan.resident()) {
    Value acc = accumulator(identity);
    forEachChunk(
        [&](Num start, int64_t length) { accumulate<Fold>(acc, load(start, length), length); });
    return storeResults(finish<Across>(acc));
  }
  Value x = widen(item.in, plan.reduced);
  Value values = fold<Fold, Across>(x, x);
  if (!plan.shape.alongLanes() && plan.groups > 1) {
    // The first row of each group.
    Value dense = temp("results", plan.results());
    int64_t lanes = plan.lanePitch();
    RowMath(kb, plan.work, plan.groups).copy({dense, lanes}, {x, plan.groupPitch()}, lanes);
    values = dense;
  }
  storeResults(values);
}

} // namespace openatc::kernel
