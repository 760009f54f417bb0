//===- ConvSchedule.cpp - Tiling of a convolution -------------------------===//
//
// Enumerates tiles and keeps the one with the fewest estimated cycles.
//
//===----------------------------------------------------------------------===//

#include "ConvEstimate.h"

using namespace mlir;

namespace openatc::kernel {

namespace {

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Fractals that the epilogue drains at a time: enough to hide the start of its instructions.
constexpr int64_t kDrainFractals = 64;
/// Pixels of an input of few channels that are made at a time: enough to hide the start of
/// their instructions, few enough to leave room for the epilogue.
constexpr int64_t kMostPiece = 2048;

/// As many buffers as there are chunks of what stays in L1.
void setSlots(ConvTile &t, const ConvGeometry &g) {
  CubeTile &c = t.cube;
  const int64_t chunks = ceilDiv(c.slices, c.chunkSlices);
  c.aSlots = c.keepA ? chunks : 2;
  c.bSlots = c.keepB ? chunks * ceilDiv(t.coreN1(g), c.n1) : 2;
}

class TileSearch {
public:
  TileSearch(ascend::KernelOp op, const ConvGeometry &g, const SocDescription &soc)
      : op(op), g(g), soc(soc), hasBias(CubeEpilogue::biasArgument(op)), estimate(op, g, soc) {}

  std::optional<ConvTile> run();

private:
  void considerRows(int64_t th, int64_t tw);
  void considerColumns(ConvTile t);
  void considerResidency(ConvTile t);
  void consider(ConvTile t);
  void keepBetter(ConvTile &t);
  bool chooseSteps(ConvTile &t, int64_t chunks);
  bool chooseDrain(ConvTile &t);
  ascend::KernelOp op;
  const ConvGeometry &g;
  const SocDescription &soc;
  bool hasBias;
  ConvEstimate estimate;
  std::optional<ConvTile> best;
};

/// `chunks` chunks of K in L1 and steps in L0 for the tile; false if that does not fit.
bool TileSearch::chooseSteps(ConvTile &t, int64_t chunks) {
  CubeTile &c = t.cube;
  int64_t maxStep = std::min((soc.l0aSize - c.onesL0Bytes()) / 1024 / c.m1,
                             (soc.l0bSize - 2 * c.biasL0Bytes()) / 1024 / c.n1);
  if (maxStep < 1 || c.accSlots * c.l0cBytes() > soc.l0cSize)
    return false;
  c.chunkSlices = ceilDiv(c.slices, chunks);
  setSlots(t, g);
  if (!keepsRotate(t, g, soc))
    return false;
  int64_t extent = t.isGrouped(g) ? g.k1() : c.chunkSlices * c.sliceK1;
  c.stepK1 = ceilDiv(extent, ceilDiv(extent, std::min(maxStep, extent)));
  return fits(c, soc);
}

void TileSearch::keepBetter(ConvTile &t) {
  estimate(t);
  if (!best || t.cycles < best->cycles)
    best = t;
}

/// Columns the epilogue takes at a time, so that they fit UB.
bool TileSearch::chooseDrain(ConvTile &t) {
  int64_t all = t.cube.n1 * t.cube.products;
  t.columns = std::clamp<int64_t>(kDrainFractals / t.cube.m1, 1, all);
  t.columns = ceilDiv(all, ceilDiv(all, t.columns));
  constexpr int64_t group = PixelPlanes::kGroup;
  t.piece = std::min(kMostPiece, ceilDiv(g.windowH(t.th) * g.w, group) * group);
  while (CubeEpilogue::ubBytes(op, t.cube.m1, t.columns, g.outChannels1, t.cube.biasN1 > 0) +
             (g.planes ? t.planes(g).ubBytes() : 0) >
         soc.ubSize) {
    if (t.columns > 1)
      t.columns /= 2;
    else if (g.planes && t.piece > group)
      t.piece = t.piece / 2 / group * group;
    else
      return false;
  }
  return true;
}

void TileSearch::consider(ConvTile t) {
  if (hasBias && !t.cube.biasN1) {
    ConvTile other = t;
    other.cube.biasN1 = g.superGroups > 1 ? g.superGroups * g.groupN1 : t.coreN1(g);
    consider(other);
  }
  if (!chooseDrain(t))
    return;
  if (t.isGrouped(g)) {
    if (chooseSteps(t, 1))
      keepBetter(t);
    return;
  }
  int64_t before = 0;
  for (int64_t chunks = 1; chunks <= t.cube.slices; chunks = chunks < 8 ? chunks + 1 : chunks * 2) {
    // What stays for the next tile of rows needs two buffers for loads to run ahead.
    if (chunks == 1 && t.cube.slices > 1 && t.cube.keepA)
      continue;
    if (!chooseSteps(t, chunks) || t.cube.chunkSlices == before)
      continue;
    before = t.cube.chunkSlices;
    keepBetter(t);
  }
}

/// Which operands stay in L1 for the next tile.
void TileSearch::considerResidency(ConvTile t) {
  CubeTile &c = t.cube;
  if (g.planes || t.groups > 1) {
    c.wholeA = true;
    for (bool keepB : {true, false}) {
      c.keepB = keepB;
      if (!(keepB && g.superGroups > 1))
        consider(t);
    }
    return;
  }
  const int64_t nTiles = ceilDiv(t.coreN1(g), c.n1);
  for (bool keepA : {false, true})
    for (bool keepB : {false, true}) {
      if ((keepA && nTiles == 1) || ((keepA || keepB) && g.superGroups > 1))
        continue;
      c.keepA = keepA;
      c.keepB = keepB;
      consider(t);
    }
}

void TileSearch::considerColumns(ConvTile t) {
  CubeTile &c = t.cube;
  c.m1 = t.blocks(g) * ceilDiv(t.blockRows(g), 16);
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
  // Whole windows of a pool.
  th = g.pooled ? th + th % 2 : th;
  if (g.pooled && tw % 2)
    return;
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

bool keepsRotate(const ConvTile &t, const ConvGeometry &g, const SocDescription &soc) {
  const CubeTile &c = t.cube;
  const int64_t coreN1 = t.coreN1(g), lastN1 = g.groupN1 - (t.gridN - 1) * coreN1;
  if (c.keepB && ceilDiv(lastN1, c.n1) != ceilDiv(coreN1, c.n1))
    return false;
  return c.aSlots + c.bSlots + (c.biasN1 ? 1 : 0) <= soc.eventIds;
}

std::optional<ConvTile> chooseConvTile(ascend::KernelOp op, const ConvGeometry &g,
                                       const SocDescription &soc) {
  return TileSearch(op, g, soc).run();
}

DictionaryAttr toSchedule(MLIRContext *context, const ConvTile &t) {
  Builder b(context);
  auto entry = [&](StringRef name, int64_t value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(value));
  };
  return b.getDictionaryAttr({entry("block_dim", t.blockDim),
                              entry("grid_n", t.gridN),
                              entry("tile_images", t.images),
                              entry("tile_h", t.th),
                              entry("tile_w", t.tw),
                              entry("tile_groups", t.groups),
                              entry("tile_n1", t.cube.n1),
                              entry("drain_n1", t.columns),
                              entry("chunk_c1", t.cube.chunkSlices),
                              entry("step_k1", t.cube.stepK1),
                              entry("whole_a", t.cube.wholeA),
                              entry("keep_a", t.cube.keepA),
                              entry("keep_b", t.cube.keepB),
                              entry("acc_slots", t.cube.accSlots),
                              entry("bias_on_cube", t.cube.biasN1 > 0),
                              entry("reverse", t.reverse),
                              entry("ahead", t.ahead),
                              entry("piece", t.piece),
                              entry("estimate_cycles", t.cycles),
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
  t.ahead = value("ahead");
  t.piece = value("piece");
  CubeTile &c = t.cube;
  c.n1 = value("tile_n1");
  c.chunkSlices = value("chunk_c1");
  c.stepK1 = value("step_k1");
  c.accSlots = value("acc_slots");
  c.wholeA = scheduleValue(op, "whole_a", 0);
  c.keepA = scheduleValue(op, "keep_a", 0);
  c.keepB = scheduleValue(op, "keep_b", 0);
  t.reverse = scheduleValue(op, "reverse", 0);
  c.products = t.groups;
  if (scheduleValue(op, "bias_on_cube", 0) && CubeEpilogue::biasArgument(op))
    c.biasN1 = g.superGroups > 1 ? g.superGroups * g.groupN1 : t.coreN1(g);
  c.slices = t.groups * g.groupC1;
  c.sliceK1 = g.sliceK1();
  c.m1 = g.isFlat() ? ceilDiv(t.images * t.tw, 16) : t.images * ceilDiv(t.th * t.tw, 16);
  c.aSliceBytes = t.images * g.windowBytes(t.th, t.tw);
  setSlots(t, g);
  return t;
}

} // namespace openatc::kernel
