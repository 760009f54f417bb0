//===- AttentionSteps.cpp - Single steps of an attention kernel -----------===//

#include "AttentionSteps.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// A sixteenth of what hides a key for good: added 16 times, its exponential is 0.
constexpr double kHidden = -8190;

GmPlanes planesOf(Value v, Value base) {
  auto type = mlir::cast<RankedTensorType>(v.getType());
  GmPlanes p;
  p.base = base;
  p.columns = type.getShape().back();
  p.rows = type.getNumElements() / p.columns;
  p.blocked = layoutOf(type) == ascend::Layout::FRACTAL_NZ;
  return p;
}

/// Bursts of `count` rows of `planes` blocks of 16 columns; on the chip each block
/// has `pitch` rows. Row-major ones take one instruction a block. `move` gets the offsets on
/// the chip and in GM, number and length of the bursts, and both strides.
void forEachBurst(KernelBuilder &kb, const GmPlanes &g, Num plane, int64_t planes, Num row,
                  Num count, int64_t pitch,
                  llvm::function_ref<void(Num, Num, Num, Num, Num, Num)> move) {
  if (g.blocked) {
    Num source = kb.mul(kb.add(kb.mul(plane, g.rows), row), 32);
    return move(0, source, planes, kb.mul(count, 32), pitch * 32, g.rows * 32);
  }
  for (int64_t p = 0; p < planes; ++p) {
    Num column = kb.mul(kb.add(plane, p), 16);
    Num bytes = g.columns % 16 ? kb.min(32, kb.mul(kb.sub(g.columns, column), 2)) : Num(32);
    Num source = kb.mul(kb.add(kb.mul(row, g.columns), column), 2);
    move(p * pitch * 32, source, count, bytes, 32, g.columns * 2);
  }
}

} // namespace

AttentionSteps::AttentionSteps(KernelBuilder &kb, ascend::AttentionOp op, const AttentionTile &tile,
                               ValueRange ins, Value out)
    : kb(kb), s(attentionShape(op, kb.soc)), tile(tile) {
  // The same tensor may be several operands; the group passes it once.
  auto from = [&](Value v) {
    return planesOf(v, ins[mlir::cast<BlockArgument>(v).getArgNumber()]);
  };
  query = from(op.getQuery());
  key = from(op.getKey());
  value = from(op.getValue());
  if (op.getMask())
    mask = from(op.getMask());
  result = planesOf(op.getOutput(), out);
  halfL0a = kb.soc.l0aSize / 1024;
  halfL0b = kb.soc.l0bSize / 1024;
  int64_t rows = tile.m1 * 512, scores = tile.m1 * tile.keys1, values1 = s.valueWidth1;
  poolQueryUb = kb.pool("query.ub", MemSpace::UB, rows * s.width1, 2);
  poolQuery = kb.pool("query", MemSpace::L1, rows * s.width1, 1);
  poolKeys = kb.pool("keys", MemSpace::L1, tile.keys1 * 512 * s.width1, 2);
  poolValues = kb.pool("values", MemSpace::L1, tile.keys1 * 512 * values1, 2);
  poolL0a = kb.pool("left", MemSpace::L0A, halfL0a * 512, 2);
  poolL0b = kb.pool("right", MemSpace::L0B, halfL0b * 512, 2);
  poolScores = kb.pool("scores", MemSpace::L0C, scores * 1024, 2);
  poolProduct = kb.pool("product", MemSpace::L0C, tile.m1 * (values1 + 1) * 1024, 1);
  poolScoresUb = kb.pool("scores.ub", MemSpace::UB, scores * 512, 1);
  poolMaximum = kb.pool("maximum", MemSpace::UB, rows, 1);
  poolPowers = kb.pool("powers.ub", MemSpace::UB, scores * 512, 1);
  poolPowersL1 = kb.pool("powers", MemSpace::L1, scores * 512, 1);
  poolPacked = kb.pool("packed", MemSpace::UB, tile.m1 * 32, 1);
  // One buffer for all that goes to L1 as soon as it is made; where flags are few, the
  // result shares it too.
  bool fewFlags = kb.soc.eventIds < 8;
  int64_t staged = std::max<int64_t>(
      {1536, rows, fewFlags ? rows * values1 : 0, s.mask == MaskKind::Keys ? tile.keys1 * 512 : 0});
  poolStage = kb.pool("stage", MemSpace::UB, staged, 1);
  poolBlocksL1 = kb.pool("blocks", MemSpace::L1, rows, 1);
  poolSums = kb.pool("product.ub", MemSpace::UB, 2 * rows * (values1 + 1), 1);
  poolInverse = kb.pool("inverse", MemSpace::UB, 2 * rows, 1);
  poolResult = fewFlags ? poolStage : kb.pool("result", MemSpace::UB, rows * values1, 2);
  if (s.mask == MaskKind::Full)
    poolMaskUb = kb.pool("mask.ub", MemSpace::UB, scores * 512, 2);
  if (s.mask == MaskKind::Keys) {
    poolMaskUb = kb.pool("mask.ub", MemSpace::UB, tile.keys1 * 32, 1);
    poolMaskL1 = kb.pool("mask", MemSpace::L1, tile.keys1 * 512, 2);
  }
}

void AttentionSteps::prepare() {
  Value ub = kb.acquire(poolStage);
  Value l1 = kb.acquire(kb.pool("constants", MemSpace::L1, 1536, 1));
  kb.dup(Elem::F16, ub, 1, VecShape::flat(256));
  kb.dup(Elem::F16, kb.at(ub, 512), -1.0 / 16, VecShape::flat(256));
  int64_t there = s.keys % 16;
  kb.dup(Elem::F16, kb.at(ub, 1024), 0, VecShape::flat(256));
  if (there)
    kb.dup(Elem::F16, kb.at(ub, 1024 + there * 32), kHidden, VecShape::flat(256 - there * 16));
  kb.ubToL1(l1, ub, 1, 1536, 0, 0);
  ones = l1;
  minusOne = kb.at(l1, 512);
  tail = kb.at(l1, 1024);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Value AttentionSteps::loadBlock(Value pool, const GmPlanes &from, Num plane, int64_t planes,
                                Num row, int64_t count) {
  Value l1 = kb.acquire(pool);
  int64_t pitch = fractals(count) * 16;
  forEachBurst(kb, from, plane, planes, row, count, pitch,
               [&](Num to, Num source, Num n, Num len, Num toStride, Num fromStride) {
                 kb.gmToL1(kb.at(l1, to), kb.at(from.base, source), n, len, toStride, fromStride);
               });
  // Padding keys meet probabilities of zero and must be finite.
  if (count < pitch)
    for (int64_t p = 0; p < planes; ++p)
      kb.fillL1(kb.at(l1, (p * pitch + count) * 32), (pitch - count) * 32, 0);
  return l1;
}

Value AttentionSteps::loadKeys(const RowTile &t, Num first, int64_t count) {
  return loadBlock(poolKeys, key, kb.add(kb.mul(t.head, s.width1), s.first1[1]), s.width1,
                   kb.add(kb.mul(t.batch, s.keys), first), count);
}

Value AttentionSteps::loadValues(const RowTile &t, Num first, int64_t count) {
  return loadBlock(poolValues, value, kb.add(kb.mul(t.head, s.valueWidth1), s.first1[2]),
                   s.valueWidth1, kb.add(kb.mul(t.batch, s.keys), first), count);
}

Value AttentionSteps::loadQuery(const RowTile &t) {
  Value ub = kb.acquire(poolQueryUb);
  forEachBurst(kb, query, kb.add(kb.mul(t.head, s.width1), s.first1[0]), s.width1,
               kb.add(kb.mul(t.batch, s.rows), t.row), t.rows, t.rows,
               [&](Num to, Num source, Num n, Num len, Num toStride, Num fromStride) {
                 kb.gmToUb(kb.at(ub, to), kb.at(query.base, source), n, len, toStride, fromStride);
               });
  return ub;
}

void AttentionSteps::scaleQuery(const RowTile &t, Value ub) {
  kb.scalar<VMulsOp>(Elem::F16, ub, ub, s.scale, VecShape::flat(t.rows * s.width1 * 16));
}

Value AttentionSteps::stageQuery(const RowTile &t, Value ub) {
  Value l1 = kb.acquire(poolQuery);
  kb.ubToL1(l1, ub, 1, t.rows * s.width1 * 32, 0, 0);
  return l1;
}

Num AttentionSteps::maskRow(const RowTile &t) {
  Num row = s.maskBatch == 1 ? Num(0) : t.batch;
  row = kb.add(kb.mul(row, s.maskHeads), s.maskHeads == 1 ? Num(0) : t.head);
  return kb.add(kb.mul(row, s.maskRows), s.maskRows == 1 ? Num(0) : t.row);
}

Value AttentionSteps::loadKeyMask(const RowTile &t, Num first, int64_t count) {
  if (s.mask != MaskKind::Keys)
    return {};
  int64_t count1 = fractals(count);
  Value line = kb.acquire(poolMaskUb), ub = kb.acquire(poolStage), l1 = kb.acquire(poolMaskL1);
  Num row = maskRow(t);
  if (mask.blocked)
    kb.gmToUb(line, kb.at(mask.base, kb.mul(kb.add(kb.mul(kb.div(first, 16), mask.rows), row), 32)),
              count1, 32, 32, mask.rows * 32);
  else
    kb.gmToUb(line, kb.at(mask.base, kb.mul(kb.add(kb.mul(row, s.keys), first), 2)), 1, count * 2,
              0, 0);
  // A sixteenth in each of 16 lanes: a right operand for a left one of ones.
  kb.scalar<VMulsOp>(Elem::F16, line, line, 1.0 / 16, VecShape::flat(count1 * 16));
  for (int64_t r = 0; r < count1 * 2; r += 254)
    kb.brcb(Elem::F16, kb.at(ub, r * 256), kb.at(line, r * 16),
            std::min<int64_t>(254, count1 * 2 - r), 1, 8);
  if (count % 16)
    kb.dup(Elem::F16, kb.at(ub, count * 32), kHidden, VecShape::flat((count1 * 16 - count) * 16));
  kb.ubToL1(l1, ub, 1, count1 * 512, 0, 0);
  return l1;
}

Value AttentionSteps::loadFullMask(const RowTile &t, Num first, int64_t count) {
  if (s.mask != MaskKind::Full)
    return {};
  Value ub = kb.acquire(poolMaskUb);
  if (s.maskRows == 1) {
    // The same row again and again.
    for (int64_t p = 0; p < fractals(count); ++p) {
      Num plane = kb.add(kb.div(first, 16), p);
      Num source = mask.blocked ? kb.mul(kb.add(kb.mul(plane, mask.rows), maskRow(t)), 32)
                                : kb.mul(kb.add(kb.mul(maskRow(t), s.keys), kb.mul(plane, 16)), 2);
      int64_t bytes = mask.blocked ? 32 : std::min<int64_t>(32, (count - p * 16) * 2);
      kb.gmToUb(kb.at(ub, p * m1Of(t) * 512), kb.at(mask.base, source), t.rows, bytes, 32, 0);
    }
    return ub;
  }
  forEachBurst(kb, mask, kb.div(first, 16), fractals(count), maskRow(t), t.rows, m1Of(t) * 16,
               [&](Num to, Num source, Num n, Num len, Num toStride, Num fromStride) {
                 kb.gmToUb(kb.at(ub, to), kb.at(mask.base, source), n, len, toStride, fromStride);
               });
  return ub;
}

//===----------------------------------------------------------------------===//
// Cube
//===----------------------------------------------------------------------===//

Value AttentionSteps::acquireScores() { return kb.acquire(poolScores); }
Value AttentionSteps::acquireProduct() { return kb.acquire(poolProduct); }

/// load3d of a matrix that lies as (K1, rows, 16): one row of pixels, a 1x1 kernel.
static void feedLeft(KernelBuilder &kb, Value l0a, Value l1, int64_t pitch, int64_t rows,
                     int64_t k1, int64_t count1) {
  int64_t filter = 1 | 1 << 8 | 1 << 16 | 1 << 24 | int64_t(1) << 32 | int64_t(1) << 40;
  kb.load3dA(l0a, l1, pitch | int64_t(1) << 16, filter, 0, rows, k1 * 16, count1 * 16);
}

void AttentionSteps::addStep(const RowTile &t, Value acc, Value left, int64_t step, Value right,
                             int64_t rightStep, int64_t first, int64_t count1) {
  for (int64_t n = 0; n < count1; n += halfL0b) {
    int64_t part = std::min(halfL0b, count1 - n);
    Value a = kb.acquire(poolL0a), b = kb.acquire(poolL0b);
    kb.load2dA(a, left, m1Of(t), 1, step, false);
    kb.load2dB(b, kb.at(right, n * rightStep * 512), part, 1, rightStep, false);
    kb.mmad(kb.at(acc, (first + n) * m1Of(t) * 1024), a, b, t.rows, 16, part * 16, 0);
  }
}

void AttentionSteps::multiplyKeys(const RowTile &t, Value acc, Value q, Value k, Value keyMask,
                                  int64_t count) {
  int64_t count1 = fractals(count), most = halfL0b / s.width1;
  int64_t step = (count1 + (count1 + most - 1) / most - 1) / ((count1 + most - 1) / most);
  for (int64_t n = 0; n < count1; n += step) {
    int64_t part = std::min(step, count1 - n);
    Value a = kb.acquire(poolL0a), b = kb.acquire(poolL0b);
    feedLeft(kb, a, q, t.rows, t.rows, 0, s.width1);
    if (part == count1)
      kb.load2dB(b, k, s.width1 * count1, 1, 1, false);
    else
      for (int64_t p = 0; p < s.width1; ++p)
        kb.load2dB(kb.at(b, p * part * 512), kb.at(k, (p * count1 + n) * 512), part, 1, 1, false);
    kb.mmad(kb.at(acc, n * m1Of(t) * 1024), a, b, t.rows, s.width1 * 16, part * 16, 1);
  }
  if (keyMask)
    addStep(t, acc, ones, 0, keyMask, 1, 0, count1);
  else if (count % 16)
    addStep(t, acc, ones, 0, tail, 0, count1 - 1, 1);
}

void AttentionSteps::subtractMaximum(const RowTile &t, Value acc, Value maximum, int64_t count) {
  addStep(t, acc, maximum, 1, minusOne, 0, 0, fractals(count));
}

void AttentionSteps::multiplyValues(const RowTile &t, Value acc, Value p, Value v, int64_t count,
                                    Num first) {
  int64_t count1 = fractals(count), columns = s.valueWidth1 + 1;
  int64_t most = std::min(halfL0a / m1Of(t), halfL0b / columns);
  int64_t chunks = (count1 + most - 1) / most, step = (count1 + chunks - 1) / chunks;
  for (int64_t k = 0; k < count1; k += step) {
    int64_t part = std::min(step, count1 - k);
    Value a = kb.acquire(poolL0a), b = kb.acquire(poolL0b);
    feedLeft(kb, a, p, m1Of(t) * 16, t.rows, k, part);
    for (int64_t e = 0; e < s.valueWidth1; ++e)
      kb.load2dB(kb.at(b, e * 512), kb.at(v, (e * count1 + k) * 512), part, columns, 1, true);
    kb.load2dB(kb.at(b, s.valueWidth1 * 512), ones, part, columns, 0, false);
    kb.mmad(acc, a, b, t.rows, part * 16, columns * 16, k == 0 ? first : Num(0));
  }
}

//===----------------------------------------------------------------------===//
// Vector
//===----------------------------------------------------------------------===//

Value AttentionSteps::startMaximum(const RowTile &t) {
  Value maximum = kb.acquire(poolMaximum);
  kb.dup(Elem::F16, maximum, -65504, VecShape::flat(m1Of(t) * 256));
  return maximum;
}

void AttentionSteps::addMask(const RowTile &t, Value scores, Value maskUb, int64_t count) {
  if (!maskUb)
    return;
  int64_t plane = m1Of(t) * 16, count1 = fractals(count);
  if (t.rows == plane)
    return kb.binary<VAddOp>(Elem::F16, scores, scores, maskUb,
                             VecShape::flat(count1 * plane * 16));
  // Rows that pad the last fractal have no mask.
  for (int64_t n = 0; n < count1; ++n) {
    Value part = kb.at(scores, n * plane * 32);
    kb.binary<VAddOp>(Elem::F16, part, part, kb.at(maskUb, n * plane * 32),
                      VecShape::flat(t.rows * 16));
  }
}

Value AttentionSteps::drainScores(const RowTile &t, Value acc, Value maskUb, int64_t count) {
  Value ub = kb.acquire(poolScoresUb);
  kb.l0cToUb(ub, acc, 1, m1Of(t) * fractals(count), 0, 0, Elem::F16);
  addMask(t, ub, maskUb, count);
  return ub;
}

/// Each eight rows fold their blocks of keys into one block of 16 lanes a row.
void AttentionSteps::updateMaximum(const RowTile &t, Value maximum, Value scores, int64_t count) {
  unsigned pitch = unsigned(m1Of(t) * 16);
  for (int64_t g = 0; g < m1Of(t) * 2; ++g) {
    Value eight = kb.at(maximum, g * 256);
    kb.binary<VMaxOp>(Elem::F16, eight, kb.at(scores, g * 256), eight,
                      VecShape::rows(fractals(count), 128, isa::packStrides(1, 1, 1, 0, pitch, 0)));
  }
}

Value AttentionSteps::foldMaximum(const RowTile &t, Value maximum) {
  Value packed = kb.acquire(poolPacked);
  kb.reduce<VCgmaxOp>(Elem::F16, packed, maximum,
                      VecShape::rows(m1Of(t) * 2, 128, isa::kContiguous));
  return packed;
}

Value AttentionSteps::spreadMaximum(const RowTile &t, Value packed) {
  Value blocks = kb.acquire(poolStage);
  kb.brcb(Elem::F16, blocks, packed, m1Of(t) * 2, 1, 8);
  return blocks;
}

Value AttentionSteps::stageMaximum(const RowTile &t, Value blocks) {
  Value l1 = kb.acquire(poolBlocksL1);
  kb.ubToL1(l1, blocks, 1, m1Of(t) * 512, 0, 0);
  return l1;
}

Value AttentionSteps::drainShifted(const RowTile &t, Value acc, Value maskUb, int64_t count) {
  Value ub = kb.acquire(poolPowers);
  kb.l0cToUb(ub, acc, 1, m1Of(t) * fractals(count), 0, 0, Elem::F16);
  addMask(t, ub, maskUb, count);
  return ub;
}

void AttentionSteps::exponentials(const RowTile &t, Value scores, int64_t count) {
  kb.unary<VExpOp>(Elem::F16, scores, scores, VecShape::flat(m1Of(t) * fractals(count) * 256));
}

Value AttentionSteps::stageProbabilities(const RowTile &t, Value ub, int64_t count) {
  Value l1 = kb.acquire(poolPowersL1);
  kb.ubToL1(l1, ub, 1, m1Of(t) * fractals(count) * 512, 0, 0);
  return l1;
}

Value AttentionSteps::drainProduct(const RowTile &t, Value acc) {
  Value ub = kb.acquire(poolSums);
  kb.l0cToUb(ub, acc, 1, m1Of(t) * (s.valueWidth1 + 1), 0, 0, Elem::F32);
  return ub;
}

Value AttentionSteps::invertSums(const RowTile &t, Value product) {
  Value inverse = kb.acquire(poolInverse);
  kb.unary<VRecOp>(Elem::F32, inverse, kb.at(product, s.valueWidth1 * m1Of(t) * 1024),
                   VecShape::flat(m1Of(t) * 256));
  return inverse;
}

void AttentionSteps::normalise(const RowTile &t, Value product, Value inverse) {
  for (int64_t e = 0; e < s.valueWidth1; ++e) {
    Value plane = kb.at(product, e * m1Of(t) * 1024);
    kb.binary<VMulOp>(Elem::F32, plane, plane, inverse, VecShape::flat(m1Of(t) * 256));
  }
}

Value AttentionSteps::roundResult(const RowTile &t, Value product) {
  Value ub = kb.acquire(poolResult);
  kb.conv(Elem::F32, Elem::F16, ub, product, VecShape::flat(m1Of(t) * s.valueWidth1 * 256));
  return ub;
}

void AttentionSteps::store(const RowTile &t, Value ub) {
  Num row = kb.add(kb.add(kb.mul(t.batch, s.rows), t.row), t.skip);
  Num count = kb.sub(t.rows, t.skip);
  forEachBurst(kb, result, kb.mul(t.head, s.valueWidth1), s.valueWidth1, row, count, m1Of(t) * 16,
               [&](Num from, Num to, Num n, Num len, Num fromStride, Num toStride) {
                 Value source = kb.at(ub, kb.add(from, kb.mul(t.skip, 32)));
                 kb.ubToGm(kb.at(result.base, to), source, kb.mul(n, t.valid), len, toStride,
                           fromStride);
               });
}

} // namespace openatc::kernel
