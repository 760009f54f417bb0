//===- Attention.cpp - Attention as one kernel ----------------------------===//
//
// softmax(scale * Q K' + mask) V for one head and tile of rows at a time. Scores are
// drained from L0C twice: for the maximum of each row, and, after the cube has
// subtracted it in f32, for the exponential. So halves hold differences to the
// maximum, which are exact where they matter, and no pass over the scores subtracts.
//
// When the scores of all keys fit, they stay in L0C in between and three tiles are in
// work at a time: one finds its maximum, one takes exponentials, one is multiplied
// with the values. Otherwise blocks of keys are multiplied twice, once for each drain.
//
//===----------------------------------------------------------------------===//

#include "AttentionSteps.h"
#include "Authors.h"
#include "WorkItems.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace openatc::kernel {

namespace {

class AttentionEmitter {
public:
  AttentionEmitter(ascend::AttentionOp op, const AttentionTile &tile, KernelBuilder &kb,
                   ValueRange ins, Value out)
      : kb(kb), s(attentionShape(op, kb.soc)), tile(tile), steps(kb, op, tile, ins, out) {}

  void emit() {
    steps.prepare();
    if (tile.resident(s))
      return emitResident();
    kb.forEachTile(tile.items(s), tile.blockDim, [&](Num item) { emitBlocked(item); });
  }

private:
  /// What is under way for one tile.
  struct Work {
    RowTile rows;
    Value queryUb, query, maskL1, maskUb, scores, maximum, scoresUb, packed, blocks, stagedMaximum,
        powers, probabilities, product, productUb, inverse;
  };

  /// The last batch comes first: of what the products before have written, its rows are
  /// the most likely ones to be in L2 still.
  Num batchOf(Num head) {
    return s.batch == 1 ? Num(0) : kb.sub(s.batch - 1, kb.div(head, s.heads));
  }
  RowTile tileOf(Num item, Num valid, int64_t index);
  void emitResident();
  void round(MutableArrayRef<Work> work, int64_t r);
  void emitBlocked(Num item);
  void forEachBlock(llvm::function_ref<void(Num key, int64_t count)> body);

  KernelBuilder &kb;
  AttentionShape s;
  AttentionTile tile;
  AttentionSteps steps;
  int64_t tiles = 0;               // of an item
  SmallVector<Value> keys, values; // by item of the turn
};

RowTile AttentionEmitter::tileOf(Num item, Num valid, int64_t index) {
  RowTile t;
  int64_t begin = index * tile.m1 * 16;
  t.row = kb.add(kb.mul(kb.rem(item, tile.parts), tile.partRows(s)), begin);
  t.rows = std::min(tile.m1 * 16, tile.partRows(s) - begin);
  Num head = kb.div(item, tile.parts);
  t.head = kb.rem(head, s.heads);
  t.batch = batchOf(head);
  t.valid = valid;
  return t;
}

/// The tiles of a few items are written out, so that the steps of neighbours interleave.
void AttentionEmitter::emitResident() {
  tiles = tile.tilesPerItem(s);
  int64_t items = tile.items(s), perTurn = tile.itemsPerTurn(s);
  kb.loop(kb.blockId(), items, tile.blockDim * perTurn, [&](Num first) {
    SmallVector<Work> work;
    for (int64_t k = 0; k < perTurn; ++k) {
      Num valid = 1, item = itemOfTurn(kb, first, k, perTurn, items, tile.blockDim, valid);
      for (int64_t i = 0; i < tiles; ++i) {
        work.emplace_back();
        work.back().rows = tileOf(item, valid, i);
      }
    }
    keys.assign(size_t(perTurn), {});
    values.assign(size_t(perTurn), {});
    for (int64_t r = -2; r < int64_t(work.size()) + 3; ++r)
      round(work, r);
  });
}

/// Tile r finds its maximum, r - 1 takes exponentials, r - 2 is multiplied with the values, and
/// r - 3 is normalised in the gaps.
void AttentionEmitter::round(MutableArrayRef<Work> work, int64_t r) {
  auto at = [&](int64_t i) -> Work * {
    return i >= 0 && i < int64_t(work.size()) ? &work[size_t(i)] : nullptr;
  };
  Work *next = at(r + 1), *top = at(r), *power = at(r - 1), *sum = at(r - 2), *last = at(r - 3);
  if (Work *w = at(r + 2)) {
    if ((r + 2) % tiles == 0)
      keys[size_t((r + 2) / tiles)] = steps.loadKeys(w->rows, 0, s.keys);
    w->queryUb = steps.loadQuery(w->rows);
  }
  if (sum) {
    sum->product = steps.acquireProduct();
    steps.multiplyValues(sum->rows, sum->product, sum->probabilities,
                         values[size_t((r - 2) / tiles)], s.keys, 1);
  }
  if (top && r % tiles == 0)
    values[size_t(r / tiles)] = steps.loadValues(top->rows, 0, s.keys);
  if (top) {
    top->maskUb = steps.loadFullMask(top->rows, 0, s.keys);
    top->scoresUb = steps.drainScores(top->rows, top->scores, top->maskUb, s.keys);
    top->maximum = steps.startMaximum(top->rows);
  }
  if (next) {
    steps.scaleQuery(next->rows, next->queryUb);
    next->query = steps.stageQuery(next->rows, next->queryUb);
    next->maskL1 = (r + 1) % tiles == 0 ? steps.loadKeyMask(next->rows, 0, s.keys) : top->maskL1;
  }
  if (last)
    last->inverse = steps.invertSums(last->rows, last->productUb);
  if (top)
    steps.updateMaximum(top->rows, top->maximum, top->scoresUb, s.keys);
  if (last)
    steps.normalise(last->rows, last->productUb, last->inverse);
  if (top)
    top->packed = steps.foldMaximum(top->rows, top->maximum);
  if (last)
    steps.store(last->rows, steps.roundResult(last->rows, last->productUb));
  if (top) {
    top->blocks = steps.spreadMaximum(top->rows, top->packed);
    top->stagedMaximum = steps.stageMaximum(top->rows, top->blocks);
  }
  if (power)
    power->powers = steps.drainShifted(power->rows, power->scores, power->maskUb, s.keys);
  if (top)
    steps.subtractMaximum(top->rows, top->scores, top->stagedMaximum, s.keys);
  if (power) {
    steps.exponentials(power->rows, power->powers, s.keys);
    power->probabilities = steps.stageProbabilities(power->rows, power->powers, s.keys);
  }
  if (sum)
    sum->productUb = steps.drainProduct(sum->rows, sum->product);
  if (next) {
    next->scores = steps.acquireScores();
    steps.multiplyKeys(next->rows, next->scores, next->query, keys[size_t((r + 1) / tiles)],
                       next->maskL1, s.keys);
  }
}

/// Full blocks of keys, then the rest.
void AttentionEmitter::forEachBlock(llvm::function_ref<void(Num, int64_t)> body) {
  int64_t count = tile.keys1 * 16, rest = s.keys % count;
  kb.loop(0, s.keys - rest, count, [&](Num key) { body(key, count); });
  if (rest)
    body(s.keys - rest, rest);
}

void AttentionEmitter::emitBlocked(Num item) {
  Work w;
  RowTile &t = w.rows;
  t.rows = tile.partRows(s);
  Num begin = kb.mul(kb.rem(item, tile.parts), t.rows);
  t.row = kb.min(begin, s.rows - t.rows);
  t.skip = kb.sub(begin, t.row);
  Num head = kb.div(item, tile.parts);
  t.head = kb.rem(head, s.heads);
  t.batch = batchOf(head);
  w.queryUb = steps.loadQuery(t);
  steps.scaleQuery(t, w.queryUb);
  w.query = steps.stageQuery(t, w.queryUb);
  w.maximum = steps.startMaximum(t);
  auto multiplyKeys = [&](Num key, int64_t count) {
    Value block = steps.loadKeys(t, key, count), mask = steps.loadKeyMask(t, key, count);
    w.maskUb = steps.loadFullMask(t, key, count);
    w.scores = steps.acquireScores();
    steps.multiplyKeys(t, w.scores, w.query, block, mask, count);
  };
  forEachBlock([&](Num key, int64_t count) {
    multiplyKeys(key, count);
    Value ub = steps.drainScores(t, w.scores, w.maskUb, count);
    steps.updateMaximum(t, w.maximum, ub, count);
  });
  w.blocks = steps.spreadMaximum(t, steps.foldMaximum(t, w.maximum));
  w.stagedMaximum = steps.stageMaximum(t, w.blocks);
  w.product = steps.acquireProduct();
  forEachBlock([&](Num key, int64_t count) {
    multiplyKeys(key, count);
    Value values = steps.loadValues(t, key, count);
    steps.subtractMaximum(t, w.scores, w.stagedMaximum, count);
    Value powers = steps.drainShifted(t, w.scores, w.maskUb, count);
    steps.exponentials(t, powers, count);
    Value staged = steps.stageProbabilities(t, powers, count);
    Num first = kb.cmp(arith::CmpIPredicate::eq, key, 0);
    steps.multiplyValues(t, w.product, staged, values, count, first);
  });
  Value product = steps.drainProduct(t, w.product);
  steps.normalise(t, product, steps.invertSums(t, product));
  steps.store(t, steps.roundResult(t, product));
}

class AttentionAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    auto tile = chooseAttentionTile(attentionShape(attentionOf(op), soc), soc);
    if (!tile)
      return op.emitError("no tile of this attention fits the core");
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({entry("block_dim", tile->blockDim), entry("tile_m1", tile->m1),
                                entry("tile_keys1", tile->keys1), entry("parts", tile->parts),
                                entry("estimate_cycles", tile->cycles)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    AttentionTile tile;
    tile.m1 = scheduleValue(op, "tile_m1", 1);
    tile.keys1 = scheduleValue(op, "tile_keys1", 1);
    tile.parts = scheduleValue(op, "parts", 1);
    tile.blockDim = scheduleValue(op, "block_dim", 1);
    AttentionEmitter(attentionOf(op), tile, kb, ins, outs[0]).emit();
    return success();
  }

private:
  static ascend::AttentionOp attentionOf(ascend::KernelOp op) {
    return mlir::cast<ascend::AttentionOp>(op.getBody().front().front());
  }
};

} // namespace

const KernelAuthor *attentionAuthor() {
  static const AttentionAuthor author;
  return &author;
}

} // namespace openatc::kernel
