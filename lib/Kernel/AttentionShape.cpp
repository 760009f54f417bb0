//===- AttentionShape.cpp - Shape and tiling of attention -----------------===//

#include "AttentionShape.h"

#include "openatc/Target/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace openatc::kernel {

using llvm::divideCeil;

AttentionShape attentionShape(ascend::AttentionOp op, const SocDescription &soc) {
  auto dims = [](Value v) { return mlir::cast<RankedTensorType>(v.getType()).getShape(); };
  AttentionShape s;
  ArrayRef<int64_t> q = dims(op.getQuery()), k = dims(op.getKey()), v = dims(op.getValue());
  s.batch = q[0];
  s.heads = int64_t(op.getHeads());
  s.rows = q[1];
  s.keys = k[1];
  s.width1 = q[2] / s.heads / 16;
  s.valueWidth1 = v[2] / s.heads / 16;
  if (!op.getColumns().empty()) {
    s.width1 = int64_t(op.getWidth()) / 16;
    s.valueWidth1 = int64_t(op.getValueWidth()) / 16;
    for (unsigned i = 0; i < 3; ++i)
      s.first1[i] = op.getColumns()[i] / 16;
  }
  s.scale = op.getScale().convertToDouble();
  if (Value mask = op.getMask()) {
    SmallVector<int64_t> shape(dims(mask));
    shape.insert(shape.begin(), 4 - shape.size(), 1);
    s.maskBatch = shape[0];
    s.maskHeads = shape[1];
    s.maskRows = shape[2];
    s.mask = s.maskRows == 1 && soc.eventIds >= 8 ? MaskKind::Keys : MaskKind::Full;
  }
  return s;
}

int64_t AttentionTile::itemsPerTurn(const AttentionShape &s) const {
  // Filling and draining takes as long as about this many tiles.
  constexpr double fill = 1.4;
  constexpr int64_t mostTiles = 24;
  int64_t perBlock = divideCeil(items(s), blockDim), tiles = tilesPerItem(s), best = 1;
  double least = 0;
  for (int64_t n = 1; n <= perBlock && (n == 1 || n * tiles <= mostTiles); ++n) {
    double cost = double(divideCeil(perBlock, n)) * (double(n * tiles) + fill);
    if (n == 1 || cost < least) {
      best = n;
      least = cost;
    }
  }
  return best;
}

namespace {

/// Bytes of the pools in lib/Kernel/Attention.cpp.
bool fits(const AttentionShape &s, const AttentionTile &t, const SocDescription &soc) {
  int64_t scores = t.m1 * t.keys1, rows = t.m1 * 512, values1 = s.valueWidth1;
  int64_t l0c = 2 * scores * 1024 + t.m1 * (values1 + 1) * 1024;
  int64_t l1 = 2 * t.keys1 * 512 * (s.width1 + values1) + rows * s.width1 + scores * 512 + rows +
               2 * t.keys1 * 512 + 2048;
  int64_t ub = 2 * scores * 512 + 2 * rows * s.width1 + 2 * rows * (values1 + 1) + 2 * rows +
               2 * rows * values1 + 4 * rows + 6144;
  if (s.mask == MaskKind::Full)
    ub += 2 * scores * 512;
  if (s.mask == MaskKind::Keys)
    ub += t.keys1 * (512 + 32);
  return l0c <= soc.l0cSize && l1 <= soc.l1Size && ub <= soc.ubSize &&
         2 * t.m1 * s.width1 * 512 <= soc.l0aSize && 2 * t.m1 * 512 <= soc.l0aSize &&
         2 * s.width1 * 512 <= soc.l0bSize && 2 * (values1 + 1) * 512 <= soc.l0bSize;
}

/// Cycles of the slowest block.
int64_t estimate(const AttentionShape &s, const AttentionTile &t, const SocDescription &soc) {
  int64_t m = t.m1 * 16, keys = t.keys1 * 16, scores = t.m1 * t.keys1;
  int64_t blocks = divideCeil(s.keys1(), t.keys1), values1 = s.valueWidth1;
  auto vector = [&](isa::Opcode op, int64_t bytes, int64_t elements) {
    return cost::vector(soc, op, bytes, divideCeil(elements * bytes, 256)).busy;
  };
  using isa::Opcode;
  int64_t score = 2 * cost::l0cToUb(soc, scores).busy + vector(Opcode::VMax, 2, scores * 256) +
                  2 * t.m1 * soc.vectorHead + vector(Opcode::VExp, 2, scores * 256);
  if (s.mask == MaskKind::Full)
    score += 2 * vector(Opcode::VAdd, 2, scores * 256);
  int64_t row = vector(Opcode::VCgmax, 2, m * 16) + vector(Opcode::VMuls, 2, m * s.width1 * 16) +
                cost::l0cToUb(soc, t.m1 * (values1 + 1)).busy +
                2 * vector(Opcode::VMul, 4, m * values1 * 16) + vector(Opcode::VRec, 4, m * 16);
  // Five barriers; without the maximum at hand each block waits for the cube.
  int64_t barriers = 5 * soc.vectorLatency;
  int64_t vectorCycles = blocks * (score + barriers) + row;
  int64_t qk = cost::mmad(soc, m, s.width1 * 16, keys).busy;
  int64_t pv = cost::mmad(soc, m, keys, (values1 + 1) * 16).busy;
  int64_t extra = cost::mmad(soc, m, 16, keys).busy * (s.mask == MaskKind::Keys ? 2 : 1);
  bool resident = t.resident(s);
  int64_t cube = blocks * ((resident ? 1 : 2) * qk + pv + extra);
  int64_t mte1 =
      blocks * ((resident ? 1 : 2) * cost::load2d(soc, s.width1 * t.keys1, true).busy +
                cost::load2d(soc, (values1 + 1) * t.keys1, true).busy +
                cost::load2d(soc, t.keys1, true).busy + cost::load3d(soc, m, 1, 0, m, keys).busy);
  int64_t tile = std::max({vectorCycles, cube, mte1});
  if (!resident) // the vector unit waits for each product of probabilities and values
    tile += blocks * (pv + qk);
  int64_t loads = cost::gmRead(soc, s.keys * (s.width1 + values1) * 32, s.keys * 32, true);
  int64_t tiles = t.tilesPerItem(s);
  int64_t item = std::max(tiles * tile, resident ? loads : tiles * 2 * loads);
  // The pipeline of a turn fills and drains.
  int64_t fill = qk + pv + vectorCycles / 2;
  int64_t perBlock = divideCeil(t.items(s), t.blockDim), perTurn = t.itemsPerTurn(s);
  int64_t turns = divideCeil(perBlock, perTurn);
  return resident ? turns * (perTurn * item + fill) : perBlock * item + fill;
}

} // namespace

std::optional<AttentionTile> chooseAttentionTile(const AttentionShape &s,
                                                 const SocDescription &soc) {
  std::optional<AttentionTile> best;
  auto consider = [&](AttentionTile t) {
    if (!fits(s, t, soc))
      return;
    t.blockDim = std::min(t.items(s), soc.aiCores);
    t.cycles = estimate(s, t, soc);
    if (!best || t.cycles < best->cycles)
      best = t;
  };
  // All keys at once, if a useful number of rows is left.
  for (int64_t parts = 1; parts <= 16; ++parts) {
    if (s.rows % parts)
      continue;
    AttentionTile t;
    t.parts = parts;
    t.keys1 = s.keys1();
    int64_t rows1 = divideCeil(t.partRows(s), 16);
    for (int64_t m1 = std::min<int64_t>(rows1, 16); m1 >= 1; --m1) {
      // Tiles of one item are written out one by one.
      t.m1 = m1;
      if (t.tilesPerItem(s) <= 12)
        consider(t);
    }
  }
  if (best)
    return best;
  // Blocks of keys; each item is one tile of rows.
  for (int64_t m1 : {8, 6, 4, 2, 1})
    for (int64_t keys1 : {64, 32, 16, 8, 4, 2, 1}) {
      AttentionTile t;
      t.m1 = std::min(m1, s.rows1());
      t.keys1 = keys1;
      t.parts = divideCeil(s.rows, t.m1 * 16);
      if (keys1 < s.keys1())
        consider(t);
    }
  return best;
}

} // namespace openatc::kernel
