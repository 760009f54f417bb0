//===- ConvSchedule.cpp - Tiling of a convolution -------------------------===//
//
// Enumerates tiles and keeps the one with the fewest estimated cycles. The estimate adds
// up what each pipe has to do, at the simulator's own rates: the busiest pipe decides,
// plus the time until it can start and after it has ended.
//
//===----------------------------------------------------------------------===//

#include "ConvSchedule.h"

#include "openatc/Target/CostModel.h"

using namespace mlir;

namespace openatc::kernel {

namespace {

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Scalar instructions around one step of K, and around one tile: loops and addresses.
constexpr int64_t kScalarPerStep = 40, kScalarPerTile = 150;
/// From a flag to the first effect of the instruction behind it, and back.
constexpr int64_t kHandover = 24;
/// One part in so many of what the other pipes do is not hidden behind the busiest one.
constexpr int64_t kImperfection = 16;
/// Fractals that the epilogue drains at a time: enough to hide the start of its instructions.
constexpr int64_t kDrainFractals = 64;

class TileSearch {
public:
  TileSearch(ascend::KernelOp op, const ConvGeometry &g, const SocDescription &soc)
      : op(op), g(g), soc(soc), bias(CubeEpilogue::biasArgument(op)),
        works{CubeEpilogue::work(op, false), CubeEpilogue::work(op, true)} {
    inLoop = op->getParentOfType<ascend::BatchLoopOp>() != nullptr;
    auto result = CubeEpilogue::contraction(op)->getResult(0);
    accBytes = bytesOf(*elemOf(getElementTypeOrSelf(result.getType())));
    outBytes = 0;
    for (Value v : op.getOutputs())
      outBytes += bytesOf(*elemOf(getElementTypeOrSelf(v.getType())));
  }

  std::optional<ConvTile> run();

private:
  void considerRows(int64_t th, int64_t tw);
  void considerColumns(ConvTile t);
  void considerResidency(const ConvTile &t);
  void consider(ConvTile t);
  bool chooseSteps(ConvTile &t, int64_t finer);
  bool chooseDrain(ConvTile &t);
  void estimate(ConvTile &t);
  int64_t feedA(const ConvTile &t, int64_t rows);

  /// Rows of one block of the accumulator: an image of a tile, or all of a flat one.
  int64_t blockRows(const ConvTile &t) const { return g.isFlat() ? t.images * t.tw : t.th * t.tw; }
  int64_t blocks(const ConvTile &t) const { return g.isFlat() ? 1 : t.images; }

  ascend::KernelOp op;
  const ConvGeometry &g;
  const SocDescription &soc;
  std::optional<unsigned> bias;
  CubeEpilogue::Work works[2]; ///< without and with the bias on the cube
  bool inLoop;                 ///< it runs for one slice of the batch after the other
  int64_t accBytes, outBytes;
  std::optional<ConvTile> best;
};

/// Chunks of K in L1, `finer` times as many as must be, and steps in L0 for the tile; false
/// if nothing fits.
bool TileSearch::chooseSteps(ConvTile &t, int64_t finer) {
  CubeTile &c = t.cube;
  int64_t maxStep = std::min(soc.l0aSize / 1024 / c.m1, soc.l0bSize / 1024 / c.n1);
  if (maxStep < 1 || c.accSlots * c.l0cBytes() > soc.l0cSize)
    return false;
  if ((c.wholeA && c.wholeN1) || t.isGrouped(g)) {
    c.chunkSlices = c.slices;
  } else {
    int64_t left = soc.l1Size - c.biasBytes() - (c.wholeA ? c.aSlots * c.l1aBytes() : 0) -
                   (c.wholeN1 ? c.l1bBytes() : 0);
    int64_t perSlice =
        2 * ((c.wholeA ? 0 : c.aSliceBytes) + (c.wholeN1 ? 0 : c.sliceK1 * c.n1 * 512));
    c.chunkSlices = std::min(c.slices, left / perSlice);
    if (c.chunkSlices < 1)
      return false;
    // Two chunks rather than one, so that loading the second overlaps computing the first;
    // small ones let the cube start early.
    int64_t chunks =
        std::max<int64_t>(ceilDiv(c.slices, c.chunkSlices), std::min<int64_t>(c.slices, 2));
    chunks = std::min(chunks * finer, c.slices);
    c.chunkSlices = ceilDiv(c.slices, chunks);
  }
  int64_t extent = t.isGrouped(g) ? g.k1() : c.chunkSlices * c.sliceK1;
  c.stepK1 = ceilDiv(extent, ceilDiv(extent, std::min(maxStep, extent)));
  return fits(c, soc);
}

/// Columns the epilogue takes at a time, so that they fit UB.
bool TileSearch::chooseDrain(ConvTile &t) {
  int64_t all = t.cube.n1 * t.cube.products;
  t.columns = std::clamp<int64_t>(kDrainFractals / t.cube.m1, 1, all);
  t.columns = ceilDiv(all, ceilDiv(all, t.columns));
  while (CubeEpilogue::ubBytes(op, t.cube.m1, t.columns, g.outChannels1, t.cube.biasN1 > 0) >
         soc.ubSize) {
    if (t.columns == 1)
      return false;
    t.columns /= 2;
  }
  return true;
}

/// Cycles of load3d for one step of K of one block of rows.
int64_t TileSearch::feedA(const ConvTile &t, int64_t rows) {
  const int64_t k = t.cube.stepK1 * 16;
  if (g.few)
    return cost::load3dC04(soc, g.outW, g.strideW, g.kw, g.kh * g.kw, g.dilW, 0, rows, 0, k).busy;
  return cost::load3d(soc, g.isFlat() ? rows : t.tw, g.strideW, 0, rows, k).busy;
}

void TileSearch::estimate(ConvTile &t) {
  const CubeTile &c = t.cube;
  const CubeEpilogue::Work &work = works[c.biasN1 > 0];
  const int64_t rows = blockRows(t), images = blocks(t), m = images * rows;
  const int64_t coreN1 = t.coreN1(g), items = t.items(g);
  const int64_t gridM = std::min(items, soc.aiCores / t.gridN);
  t.blockDim = gridM * t.gridN;
  const int64_t perCore = ceilDiv(items, gridM), nTiles = ceilDiv(coreN1, c.n1);

  // One product: steps of K whose loads hide behind the cube, or the other way round.
  const int64_t mmad = cost::mmad(soc, m == rows ? m : c.m1 * 16, c.stepK1 * 16, c.n1 * 16).busy;
  const int64_t feed = images * feedA(t, rows) + cost::load2d(soc, c.stepK1 * c.n1, true).busy;
  const int64_t steps = t.isGrouped(g) ? ceilDiv(g.k1(), c.stepK1)
                                       : ceilDiv(c.slices, c.chunkSlices) *
                                             ceilDiv(c.chunkSlices * c.sliceK1, c.stepK1);
  const int64_t products = c.products * steps;
  int64_t core = products * std::max(mmad, feed + kHandover);
  if (c.biasN1) {
    const int64_t columns = c.n1 * c.products;
    core += std::max(cost::mmad(soc, c.m1 * 16, 16, columns * 16).busy,
                     cost::load2d(soc, c.m1, false).busy + cost::load2d(soc, columns, true).busy);
  }

  // The epilogue of one tile.
  const int64_t columns = c.n1 * c.products, fractals = c.m1 * columns;
  const int64_t drains = ceilDiv(columns, t.columns);
  const int64_t vector =
      drains * (soc.vectorHead + soc.vectorLatency) + fractals * ceilDiv(1024, soc.l0cToUbRate) +
      fractals * work.vectorCycles +
      (work.byColumn ? columns : drains) * work.vectorOps * (soc.vectorHead + soc.vectorLatency);
  const int64_t moves =
      (drains - 1) * soc.gmWriteLatency +
      (t.tw < g.outW && !g.isFlat() ? columns : t.images * drains) * soc.gmWriteLatency;
  const int64_t outTile = m * columns * 16;
  const int64_t burst = std::max<int64_t>(1, g.isFlat()      ? t.tw
                                             : t.tw < g.outW ? t.tw
                                                             : t.th * t.tw) *
                        32;
  const int64_t mte3 = moves + cost::gmWrite(soc, outTile * outBytes, burst) - soc.gmWriteLatency;
  const int64_t operands =
      work.readBytes ? moves + cost::gmRead(soc, fractals * work.readBytes, burst, true) : 0;

  // Operands from L2.
  const bool inOneMove = g.isFlat() || g.few || t.tw == g.outW;
  const int64_t aChunks = c.wholeA ? 1 : ceilDiv(c.slices, c.chunkSlices);
  const int64_t aMoves = inOneMove && !g.stuffed()
                             ? t.images * aChunks
                             : c.slices * (g.stuffed() ? g.windowH(t.th) : 1) * t.images;
  const int64_t aBytes = c.slices * c.aSliceBytes;
  const int64_t aBurst =
      g.isFlat() ? t.tw * 32 : g.windowW(t.tw) * (inOneMove ? g.windowH(t.th) : 1) * g.pixelBytes();
  const int64_t loadA = cost::gmRead(soc, aBytes, aBurst, true) + (aMoves - 1) * soc.gmReadLatency;
  const int64_t bBytes = c.products * g.k1() * c.n1 * 512;
  const int64_t bMoves = c.wholeN1 ? 1 : ceilDiv(c.slices, c.chunkSlices);
  const int64_t loadB =
      cost::gmRead(soc, bBytes, c.n1 * 512, true) + (bMoves - 1) * soc.gmReadLatency;

  const int64_t tiles = perCore * nTiles;
  const int64_t mte2 = (c.wholeA ? perCore : tiles) * loadA + (c.wholeN1 ? nTiles : tiles) * loadB +
                       tiles * operands;
  const int64_t scalar = tiles * (products * kScalarPerStep + kScalarPerTile);
  // With one accumulator the cube waits for its read-out.
  const int64_t cube = tiles * (core + (c.accSlots == 1 ? vector : 0));
  const int64_t slowest = std::max({cube, tiles * vector, tiles * mte3, mte2, scalar});
  const int64_t others = cube + tiles * (vector + mte3) + mte2 + scalar - slowest;
  const int64_t first = loadA / aChunks + loadB * (c.wholeN1 ? nTiles : 1) / bMoves + feed;
  const int64_t last = std::max(vector, mte3) + (vector + mte3) / drains;
  t.readCycles = mte2;
  t.cycles = slowest + others / kImperfection + first + last + soc.mmadLatency;
}

void TileSearch::consider(ConvTile t) {
  if (bias && !t.cube.biasN1) {
    ConvTile other = t;
    other.cube.biasN1 = g.superGroups > 1 ? g.superGroups * g.groupN1 : t.coreN1(g);
    consider(other);
  }
  if (!chooseDrain(t))
    return;
  int64_t before = 0;
  for (int64_t finer = 1; finer <= 8; finer *= 2) {
    if (!chooseSteps(t, finer) || t.cube.chunkSlices == before)
      return;
    before = t.cube.chunkSlices;
    estimate(t);
    if (!best || t.cycles < best->cycles)
      best = t;
  }
}

/// Which operands lie in L1 whole, and with how many buffers.
void TileSearch::considerResidency(const ConvTile &t) {
  for (bool wholeA : {true, false})
    for (bool wholeB : {true, false}) {
      ConvTile tile = t;
      tile.cube.wholeA = wholeA;
      if ((wholeB && g.superGroups > 1) || (t.groups > 1 && !wholeA))
        continue;
      tile.cube.wholeN1 = wholeB ? tile.coreN1(g) : 0;
      consider(tile);
      if (wholeA) {
        tile.cube.aSlots = 1;
        consider(tile);
      }
    }
}

void TileSearch::considerColumns(ConvTile t) {
  CubeTile &c = t.cube;
  c.m1 = blocks(t) * ceilDiv(blockRows(t), 16);
  c.sliceK1 = g.sliceK1();
  c.slices = g.groupC1;
  c.aSliceBytes = t.images * g.windowBytes(t.th, t.tw);
  if (g.superGroups > 1) {
    c.n1 = g.groupN1;
    for (int64_t groups = 2; groups <= g.superGroups; groups *= 2) {
      t.groups = c.products = groups;
      c.slices = groups * g.groupC1;
      considerResidency(t);
    }
    t.groups = c.products = 1;
    c.slices = g.groupC1;
  }
  for (t.gridN = 1; t.gridN <= std::min(soc.aiCores, g.groupN1); t.gridN *= 2) {
    int64_t coreN1 = t.coreN1(g);
    if (t.gridN > 1 && (g.superGroups > 1 || (t.gridN - 1) * coreN1 >= g.groupN1))
      break;
    for (c.accSlots = 2; c.accSlots >= 1; --c.accSlots) {
      int64_t most = std::min(coreN1, soc.l0cSize / 1024 / c.accSlots / c.m1);
      if (most < 1)
        continue;
      // The widest tiles that split the columns evenly.
      int64_t parts = ceilDiv(coreN1, most), before = 0;
      for (int64_t p = parts; p < parts + 4; ++p) {
        c.n1 = ceilDiv(coreN1, p);
        if (c.n1 != before)
          considerResidency(t);
        before = c.n1;
      }
    }
  }
}

/// Tiles of `th` x `tw` outputs, of several images where they are whole.
void TileSearch::considerRows(int64_t th, int64_t tw) {
  // Parts of rows of few channels are picked by load3d out of whole rows, one at a time.
  if (g.few && tw < g.outW && th > 1)
    return;
  ConvTile t;
  t.th = th;
  t.tw = tw;
  bool whole = th == g.outH && tw == g.outW;
  for (t.images = 1; t.images <= std::min<int64_t>(g.batch, 16); ++t.images) {
    if (t.images > 1 && (!whole || g.stuffed()))
      break;
    if (g.batch % t.images == 0)
      considerColumns(t);
  }
}

std::optional<ConvTile> TileSearch::run() {
  constexpr int64_t kMostM1 = 64;
  if (g.isFlat()) {
    int64_t before = 0;
    for (int64_t m1 = 1; m1 <= kMostM1; m1 = m1 < 16 ? m1 + 1 : m1 + m1 / 8) {
      int64_t parts = ceilDiv(g.outW, m1 * 16);
      int64_t tw = parts == 1 ? g.outW : ceilDiv(ceilDiv(g.outW, parts), 16) * 16;
      if (tw != before)
        considerRows(1, tw);
      before = tw;
    }
    return best;
  }
  // Full rows first; columns are cut only where a single row is too long.
  for (int64_t parts = 1;; parts *= 2) {
    int64_t tw = ceilDiv(g.outW, parts);
    int64_t before = 0;
    for (int64_t th = 1; th <= g.outH && th * tw <= kMostM1 * 16;
         th = th < 8 ? th + 1 : th + ceilDiv(th, 8)) {
      // As many tiles, all of the same height.
      int64_t even = ceilDiv(g.outH, ceilDiv(g.outH, th));
      if (even != before)
        considerRows(even, tw);
      before = even;
    }
    if (g.outH * tw <= kMostM1 * 16)
      considerRows(g.outH, tw);
    if (best || tw == 1)
      break;
  }
  return best;
}

} // namespace

std::optional<ConvTile> chooseConvTile(ascend::KernelOp op, const ConvGeometry &g,
                                       const SocDescription &soc) {
  return TileSearch(op, g, soc).run();
}

DictionaryAttr toSchedule(MLIRContext *context, const ConvTile &t) {
  Builder b(context);
  auto entry = [&](StringRef name, int64_t value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(value));
  };
  return b.getDictionaryAttr(
      {entry("block_dim", t.blockDim), entry("grid_n", t.gridN), entry("tile_images", t.images),
       entry("tile_h", t.th), entry("tile_w", t.tw), entry("tile_groups", t.groups),
       entry("tile_n1", t.cube.n1), entry("drain_n1", t.columns),
       entry("chunk_c1", t.cube.chunkSlices), entry("step_k1", t.cube.stepK1),
       entry("whole_a", t.cube.wholeA), entry("whole_b", t.cube.wholeN1 > 0),
       entry("a_slots", t.cube.aSlots), entry("acc_slots", t.cube.accSlots),
       entry("bias_on_cube", t.cube.biasN1 > 0), entry("estimate_cycles", t.cycles),
       entry("estimate_read_cycles", t.readCycles)});
}

ConvTile tileOf(ascend::KernelOp op, const ConvGeometry &g) {
  ConvTile t;
  auto value = [&](StringRef name) { return std::max<int64_t>(1, scheduleValue(op, name, 1)); };
  t.blockDim = value("block_dim");
  t.gridN = value("grid_n");
  t.images = value("tile_images");
  t.th = value("tile_h");
  t.tw = value("tile_w");
  t.groups = value("tile_groups");
  t.columns = value("drain_n1");
  CubeTile &c = t.cube;
  c.n1 = value("tile_n1");
  c.chunkSlices = value("chunk_c1");
  c.stepK1 = value("step_k1");
  c.aSlots = value("a_slots");
  c.accSlots = value("acc_slots");
  c.wholeA = scheduleValue(op, "whole_a", 0);
  c.wholeN1 = scheduleValue(op, "whole_b", 0) ? t.coreN1(g) : 0;
  t.reverse = scheduleValue(op, "reverse", 0);
  c.products = t.groups;
  if (scheduleValue(op, "bias_on_cube", 0) && CubeEpilogue::biasArgument(op))
    c.biasN1 = g.superGroups > 1 ? g.superGroups * g.groupN1 : t.coreN1(g);
  c.slices = t.groups * g.groupC1;
  c.sliceK1 = g.sliceK1();
  c.m1 = g.isFlat() ? ceilDiv(t.images * t.tw, 16) : t.images * ceilDiv(t.th * t.tw, 16);
  c.aSliceBytes = t.images * g.windowBytes(t.th, t.tw);
  return t;
}

} // namespace openatc::kernel
