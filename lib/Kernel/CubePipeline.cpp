//===- CubePipeline.cpp - The loop nest of every contraction --------------===//

#include "CubePipeline.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using openatc::davinci::MemSpace;

namespace openatc::kernel {

bool fits(const CubeTile &t, const SocDescription &soc) {
  return 2 * (t.l1aBytes() + t.l1bBytes()) <= soc.l1Size && 2 * t.l0aBytes() <= soc.l0aSize &&
         2 * t.l0bBytes() <= soc.l0bSize && 2 * t.l0cBytes() <= soc.l0cSize;
}

CubePipeline::CubePipeline(KernelBuilder &kb, const CubeTile &tile) : kb(kb), tile(tile) {
  poolL1A = kb.pool("a.l1", MemSpace::L1, tile.l1aBytes(), 2);
  poolL1B = kb.pool("b.l1", MemSpace::L1, tile.l1bBytes(), 2);
  poolL0A = kb.pool("a.l0", MemSpace::L0A, tile.l0aBytes(), 2);
  poolL0B = kb.pool("b.l0", MemSpace::L0B, tile.l0bBytes(), 2);
  poolL0C = kb.pool("acc", MemSpace::L0C, tile.l0cBytes(), 2);
}

Value CubePipeline::run(Num m, Num n1, Num slices) {
  Value acc = kb.acquire(poolL0C);
  kb.loop(0, slices, tile.chunkSlices, [&](Num slice) {
    Num count = kb.min(tile.chunkSlices, kb.sub(slices, slice));
    Value a1 = kb.acquire(poolL1A);
    Value b1 = kb.acquire(poolL1B);
    loadA(a1, slice, count);
    loadB(b1, slice, count, n1);
    Num chunkK1 = kb.mul(count, tile.sliceK1);
    kb.loop(0, chunkK1, tile.stepK1, [&](Num k1) {
      Num step = kb.min(tile.stepK1, kb.sub(chunkK1, k1));
      Value a0 = kb.acquire(poolL0A);
      Value b0 = kb.acquire(poolL0B);
      feedA(a0, a1, count, k1, step, m);
      feedB(b0, b1, count, k1, step, n1);
      // The accumulator starts at zero on the very first step.
      Num first = kb.cmp(arith::CmpIPredicate::eq, kb.add(slice, k1), 0);
      kb.mmad(acc, a0, b0, m, kb.mul(step, 16), kb.mul(n1, 16), first);
    });
  });
  return acc;
}

} // namespace openatc::kernel
