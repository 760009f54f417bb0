//===- CubePipeline.cpp - The loop nest of every contraction --------------===//

#include "CubePipeline.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using openatc::davinci::MemSpace;

namespace openatc::kernel {

bool fits(const CubeTile &t, const SocDescription &soc) {
  return t.aSlots * t.l1aBytes() + t.bSlots * t.l1bBytes() + t.biasBytes() <= soc.l1Size &&
         2 * t.l0aBytes() + t.onesL0Bytes() <= soc.l0aSize &&
         2 * t.l0bBytes() + 2 * t.biasL0Bytes() <= soc.l0bSize &&
         t.accSlots * t.l0cBytes() <= soc.l0cSize;
}

CubePipeline::CubePipeline(KernelBuilder &kb, const CubeTile &tile) : kb(kb), tile(tile) {
  poolL1A = kb.pool("a.l1", MemSpace::L1, tile.l1aBytes(), tile.aSlots);
  poolL1B = kb.pool("b.l1", MemSpace::L1, tile.l1bBytes(), tile.bSlots);
  poolL0A = kb.pool("a.l0", MemSpace::L0A, tile.l0aBytes(), 2);
  poolL0B = kb.pool("b.l0", MemSpace::L0B, tile.l0bBytes(), 2);
  poolL0C = kb.pool("acc", MemSpace::L0C, tile.l0cBytes(), tile.accSlots);
}

void CubePipeline::prepare() {
  if (!tile.biasN1)
    return;
  constexpr uint32_t kTwoOnes = 0x3c003c00;
  bias = kb.acquire(kb.pool("bias.l1", MemSpace::L1, tile.biasBytes(), 1));
  Value fractal = kb.at(bias, tile.biasN1 * 512);
  kb.fillL1(fractal, 512, kTwoOnes);
  kb.fillL1(bias, tile.biasN1 * 512, 0);
  kb.barrier(davinci::PipeKind::MTE2);
  loadBias(bias);
  // Places of their own in L0, so that steps of K alternate undisturbed.
  ones = kb.acquire(kb.pool("ones.l0", MemSpace::L0A, tile.onesL0Bytes(), 1));
  kb.load2dA(ones, fractal, tile.m1, 1, 0, false);
  poolBias = kb.pool("bias.l0", MemSpace::L0B, tile.biasL0Bytes(), 2);
}

Value CubePipeline::begin(Num m, Num n1, Num column) {
  Value acc = kb.acquire(poolL0C);
  if (!tile.biasN1)
    return acc;
  // Ones times a matrix whose first row is the bias and whose other rows are zero.
  Value b0 = kb.acquire(poolBias);
  kb.load2dB(b0, kb.at(bias, kb.mul(column, 512)), n1, 1, 1, true);
  kb.mmad(acc, ones, b0, m, 16, kb.mul(n1, 16), 1);
  return acc;
}

void CubePipeline::multiply(Value acc, const Source &a, const Source &b, Num before, Num steps,
                            Num m, Num n1) {
  kb.loop(0, steps, tile.stepK1, [&](Num k1) {
    Num step = kb.min(tile.stepK1, kb.sub(steps, k1));
    Value a0 = kb.acquire(poolL0A);
    Value b0 = kb.acquire(poolL0B);
    feedA(a0, a.l1, a.slices, kb.add(a.k1, k1), step, m);
    feedB(b0, b.l1, b.slices, kb.add(b.k1, k1), step, n1);
    // Without a bias the accumulator starts at zero on the very first step.
    Num first = tile.biasN1 ? Num(0) : kb.cmp(arith::CmpIPredicate::eq, kb.add(before, k1), 0);
    kb.mmad(acc, a0, b0, m, kb.mul(step, 16), kb.mul(n1, 16), first);
  });
}

void CubePipeline::run(Value acc, Num m, Num n1, Num slices, Value wholeA, Num freshA, Num freshB,
                       Value wholeB) {
  kb.loop(0, slices, tile.chunkSlices, [&](Num slice) {
    Num count = kb.min(tile.chunkSlices, kb.sub(slices, slice));
    Num before = kb.mul(slice, tile.sliceK1);
    Source a = wholeA ? Source{wholeA, slices, before} : Source{kb.acquire(poolL1A), count, 0};
    Source b = wholeB ? Source{wholeB, slices, before} : Source{kb.acquire(poolL1B), count, 0};
    if (!wholeA)
      kb.when(tile.keepA ? freshA : Num(1), [&] { loadA(a.l1, slice, count); });
    if (!wholeB)
      kb.when(tile.keepB ? freshB : Num(1), [&] { loadB(b.l1, slice, count, n1); });
    multiply(acc, a, b, before, kb.mul(count, tile.sliceK1), m, n1);
  });
}

} // namespace openatc::kernel
