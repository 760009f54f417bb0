//===- ConvEstimate.cpp - Cycles of a tiling of a convolution -------------===//

#include "ConvEstimate.h"

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
/// Entries of the vector queue: read-out with its flags, and an op with its barrier.
constexpr int64_t kQueuedPerDrain = 6, kQueuedPerOp = 2;
/// Tiles in one trip of the loop where the kernel makes its pixels.
constexpr int64_t kMostAhead = 8;

} // namespace

ConvEstimate::ConvEstimate(ascend::KernelOp op, const ConvGeometry &g, const SocDescription &soc)
    : g(g), soc(soc), works{CubeEpilogue::work(op, false), CubeEpilogue::work(op, true)},
      inLoop(op->getParentOfType<ascend::BatchLoopOp>() != nullptr) {
  for (Value v : op.getOutputs())
    outBytes += bytesOf(*elemOf(getElementTypeOrSelf(v.getType())));
}

/// Cycles of load3d for one step of K of one block of rows.
int64_t ConvEstimate::feedA(const ConvTile &t, int64_t rows) const {
  const int64_t k = t.cube.stepK1 * 16;
  if (g.few)
    return cost::load3dC04(soc, g.outW, g.strideW, g.kw, g.kh * g.kw, g.dilW, 0, rows, 0, k).busy;
  return cost::load3d(soc, g.isFlat() ? rows : t.tw, g.strideW, 0, rows, k).busy;
}

ConvEstimate::Making ConvEstimate::makePixels(const ConvTile &t) const {
  Making m;
  if (!g.planes)
    return m;
  const int64_t bytes = g.channels * bytesOf(*g.planes) * g.w;
  const int64_t rows = g.windowH(t.th), fresh = std::min(rows, t.th * g.strideH);
  const int64_t pieces = ceilDiv(rows * g.w, t.piece);
  // Rows that the tile before has read are in L2.
  m.load = t.images * (cost::gmRead(soc, fresh * bytes, fresh * g.w * bytesOf(*g.planes), false) +
                       ceilDiv((rows - fresh) * bytes, soc.l2ReadRate));
  m.vector = t.images * pieces * t.planes(g).vectorCycles(soc);
  m.store = t.images * pieces * cost::ubToL1(soc, t.piece * PixelPlanes::kPixel).busy;
  return m;
}

void ConvEstimate::operator()(ConvTile &t) const {
  const CubeTile &c = t.cube;
  const CubeEpilogue::Work &work = works[c.biasN1 > 0];
  const int64_t rows = t.blockRows(g), images = t.blocks(g), m = images * rows;
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
                     cost::load2d(soc, columns, true).busy);
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
  const int64_t outTile = m * columns * 16 / (g.pooled ? 4 : 1);
  const int64_t burst = std::max<int64_t>(1, g.isFlat()      ? t.tw
                                             : t.tw < g.outW ? t.tw
                                                             : t.th * t.tw) *
                        32;
  const int64_t mte3 = moves + cost::gmWrite(soc, outTile * outBytes, burst) - soc.gmWriteLatency;
  const int64_t operands =
      work.readBytes ? moves + cost::gmRead(soc, fractals * work.readBytes, burst, true) : 0;

  // Operands from L2.
  const bool inOneMove = g.isFlat() || g.few || t.tw == g.outW;
  const int64_t chunks = ceilDiv(c.slices, c.chunkSlices), aChunks = c.wholeA ? 1 : chunks;
  const int64_t aMoves = inOneMove && !g.stuffed()
                             ? t.images * aChunks
                             : c.slices * (g.stuffed() ? g.windowH(t.th) : 1) * t.images;
  const int64_t aBytes = c.slices * c.aSliceBytes;
  const int64_t aBurst =
      g.isFlat() ? t.tw * 32 : g.windowW(t.tw) * (inOneMove ? g.windowH(t.th) : 1) * g.pixelBytes();
  const Making making = makePixels(t);
  const int64_t loadA =
      g.planes ? making.load
               : cost::gmRead(soc, aBytes, aBurst, true) + (aMoves - 1) * soc.gmReadLatency;
  for (t.ahead = g.planes && nTiles == 1 ? kMostAhead : 1; t.ahead > 1; --t.ahead)
    if (items % t.ahead == 0 && ceilDiv(items / t.ahead, gridM) * t.ahead <= perCore)
      break;
  const int64_t bBytes = c.products * g.k1() * c.n1 * 512;
  const int64_t loadB =
      cost::gmRead(soc, bBytes, c.n1 * 512, true) + (chunks - 1) * soc.gmReadLatency;

  const int64_t tiles = perCore * nTiles;
  const int64_t mte2 = (c.wholeA || c.keepA ? perCore : tiles) * loadA +
                       (c.keepB ? nTiles : tiles) * loadB + tiles * operands;
  const int64_t scalar = tiles * (products * kScalarPerStep + kScalarPerTile);
  // With one accumulator the cube waits for its read-out. When the vector queue is full of the
  // epilogue, the scalar unit issues the next tile only after the product and what does not fit.
  const int64_t firstA = c.wholeA ? loadA : loadA / aChunks, firstB = loadB / chunks;
  const int64_t queued =
      drains * kQueuedPerDrain + (work.byColumn ? columns : drains) * work.vectorOps * kQueuedPerOp;
  const int64_t late = queued > soc.queueDepth ? firstA + (c.keepB ? 0 : firstB) + feed +
                                                     vector * (queued - soc.queueDepth) / queued
                                               : 0;
  const int64_t cube = tiles * (core + (c.accSlots == 1 ? vector : 0) + late);
  const int64_t allVector = tiles * vector + perCore * making.vector;
  const int64_t allMte3 = tiles * mte3 + perCore * making.store;
  const int64_t slowest = std::max({cube, allVector, allMte3, mte2, scalar});
  const int64_t others = cube + allVector + allMte3 + mte2 + scalar - slowest;
  // The first pixels of a trip wait for the last epilogue of the one before.
  const int64_t waits = g.planes ? (ceilDiv(perCore, t.ahead) - 1) *
                                       (making.load / 2 + making.vector + making.store + vector)
                                 : 0;
  const int64_t first = firstA + firstB + feed;
  const int64_t last = std::max(vector, mte3) + (vector + mte3) / drains;
  t.readCycles = mte2;
  t.cycles = slowest + others / kImperfection + waits + first + making.vector + making.store +
             last + soc.mmadLatency;
}

} // namespace openatc::kernel
