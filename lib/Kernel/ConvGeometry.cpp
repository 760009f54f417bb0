//===- ConvGeometry.cpp - Shape and tiling of a convolution ---------------===//

#include "ConvGeometry.h"

#include "openatc/Target/CostModel.h"

#include <numeric>

using namespace mlir;

namespace openatc::kernel {

int64_t groupsPerSuperGroup(int64_t groups, int64_t cin, int64_t cout) {
  int64_t forIn = std::lcm(cin, int64_t(16)) / cin;
  int64_t forOut = std::lcm(cout, int64_t(16)) / cout;
  return std::min(std::lcm(forIn, forOut), groups);
}

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// `list` or `fallback` in both places.
static std::pair<int64_t, int64_t> pairOf(ArrayRef<int64_t> list, int64_t fallback) {
  return list.size() == 2 ? std::pair{list[0], list[1]} : std::pair{fallback, fallback};
}

ConvGeometry convGeometry(Operation *op) {
  auto x = mlir::cast<RankedTensorType>(op->getOperand(0).getType());
  auto filter = mlir::cast<RankedTensorType>(op->getOperand(1).getType());
  auto y = mlir::cast<RankedTensorType>(op->getResult(0).getType());
  ConvGeometry g;
  g.batch = x.getDimSize(0);
  g.h = x.getDimSize(2);
  g.w = x.getDimSize(3);
  g.outH = y.getDimSize(2);
  g.outW = y.getDimSize(3);
  g.kh = filter.getDimSize(2);
  g.kw = filter.getDimSize(3);
  int64_t cin = x.getDimSize(1), cout = y.getDimSize(1), groups;
  if (auto conv = mlir::dyn_cast<ascend::ConvOp>(op)) {
    std::tie(g.strideH, g.strideW) = pairOf(conv.getStrides(), 1);
    std::tie(g.dilH, g.dilW) = pairOf(conv.getDilations(), 1);
    groups = conv.getGroup();
    g.padT = conv.getPads().empty() ? 0 : conv.getPads()[0];
    g.padL = conv.getPads().empty() ? 0 : conv.getPads()[1];
  } else {
    auto transpose = mlir::cast<ascend::ConvTransposeOp>(op);
    std::tie(g.upH, g.upW) = pairOf(transpose.getStrides(), 1);
    std::tie(g.dilH, g.dilW) = pairOf(transpose.getDilations(), 1);
    groups = transpose.getGroup();
    g.strideH = g.strideW = 1;
    int64_t padT = transpose.getPads().empty() ? 0 : transpose.getPads()[0];
    int64_t padL = transpose.getPads().empty() ? 0 : transpose.getPads()[1];
    // The equivalent convolution pads by what the transposed one leaves uncropped.
    g.padT = (g.kh - 1) * g.dilH - padT;
    g.padL = (g.kw - 1) * g.dilW - padL;
    g.tailH = std::max<int64_t>(0, g.outH - g.padT - g.stuffedH());
    g.tailW = std::max<int64_t>(0, g.outW - g.padL - g.stuffedW());
  }
  g.channels1 = ceilDiv(cin, 16);
  g.outChannels1 = ceilDiv(cout, 16);
  int64_t merged = groupsPerSuperGroup(groups, cin / groups, cout / groups);
  g.superGroups = ceilDiv(groups, merged);
  g.groupC1 = ceilDiv(merged * (cin / groups), 16);
  g.groupN1 = ceilDiv(merged * (cout / groups), 16);
  return g;
}

/// Fills in chunk and step sizes for the output tile of `t`; false if nothing fits.
static bool completeTile(ConvTile &t, const ConvGeometry &g, const SocDescription &soc) {
  CubeTile &c = t.cube;
  c.sliceK1 = g.kh * g.kw;
  c.aSliceBytes = g.windowH(t.th) * g.windowW(t.tw) * 32;
  int64_t maxStep = std::min(soc.l0aSize / 1024 / c.m1, soc.l0bSize / 1024 / c.n1);
  if (maxStep < 1 || 2 * c.l0cBytes() > soc.l0cSize)
    return false;
  int64_t perSlice = c.aSliceBytes + c.sliceK1 * c.n1 * 512;
  c.chunkSlices = std::min(g.groupC1, soc.l1Size / 2 / perSlice);
  if (c.chunkSlices < 1)
    return false;
  // Two chunks rather than one, so that loading the second overlaps computing the first.
  c.chunkSlices = ceilDiv(g.groupC1, ceilDiv(g.groupC1, c.chunkSlices));
  int64_t chunkK1 = c.chunkSlices * c.sliceK1;
  c.stepK1 = ceilDiv(chunkK1, ceilDiv(chunkK1, std::min(maxStep, chunkK1)));
  return fits(c, soc);
}

/// Cycles of the slowest block: each tile costs its slowest pipe, plus the time
/// until the cube of the first tile can start and the last epilogue ends.
static void estimate(ConvTile &t, const ConvGeometry &g, const SocDescription &soc,
                     int64_t outBytes) {
  const CubeTile &c = t.cube;
  int64_t rows = std::min<int64_t>(t.th * t.tw, c.m1 * 16);
  int64_t k1 = g.groupC1 * c.sliceK1;
  int64_t steps = ceilDiv(k1, c.stepK1);
  int64_t cube = steps * cost::mmad(soc, rows, c.stepK1 * 16, c.n1 * 16).busy;
  int64_t mte1 = steps * (cost::load3d(soc, t.tw, g.strideW, 0, rows, c.stepK1 * 16).busy +
                          cost::load2d(soc, c.stepK1 * c.n1, true).busy);
  int64_t aBytes = g.groupC1 * c.aSliceBytes, bBytes = k1 * c.n1 * 512;
  int64_t mte2 = cost::gmRead(soc, aBytes, t.tw == g.outW ? aBytes : g.windowW(t.tw) * 32, true) +
                 cost::gmRead(soc, bBytes, c.n1 * 512, true);
  int64_t vector = cost::l0cToUb(soc, c.m1 * c.n1).busy + 2 * c.m1 * c.n1 * 256 * outBytes / 256;
  int64_t outTileBytes = rows * c.n1 * 16 * outBytes;
  int64_t mte3 = cost::gmWrite(soc, outTileBytes, t.tw == g.outW ? rows * 32 : t.tw * 32);
  int64_t tiles = g.batch * g.superGroups * ceilDiv(g.groupN1, c.n1) * ceilDiv(g.outH, t.th) *
                  ceilDiv(g.outW, t.tw);
  t.blockDim = std::min(tiles, soc.aiCores);
  int64_t perBlock = ceilDiv(tiles, t.blockDim);
  int64_t slowest = std::max({cube, mte1, mte2, vector, mte3});
  int64_t chunks = ceilDiv(g.groupC1, c.chunkSlices);
  t.cycles = perBlock * slowest + mte2 / chunks + vector + mte3 + soc.gmReadLatency;
}

std::optional<ConvTile> chooseConvTile(const ConvGeometry &g, const SocDescription &soc,
                                       llvm::function_ref<int64_t(int64_t)> ubBytes,
                                       int64_t outBytes) {
  std::optional<ConvTile> best;
  auto consider = [&](int64_t th, int64_t tw, int64_t n1) {
    ConvTile t;
    t.th = th;
    t.tw = tw;
    t.cube.m1 = ceilDiv(th * tw, 16);
    t.cube.n1 = n1;
    if (ubBytes(t.cube.m1) > soc.ubSize || !completeTile(t, g, soc))
      return;
    estimate(t, g, soc, outBytes);
    if (!best || t.cycles < best->cycles)
      best = t;
  };
  // Full rows first; columns are cut only where a single row is too long.
  for (int64_t parts = 1;; parts *= 2) {
    int64_t tw = ceilDiv(g.outW, parts);
    for (int64_t n1 = 1;; n1 *= 2) {
      n1 = std::min(n1, g.groupN1);
      for (int64_t th = 1; th <= g.outH; th = th < 8 ? th + 1 : th + ceilDiv(th, 8))
        consider(std::min(th, g.outH), tw, n1);
      consider(g.outH, tw, n1);
      if (n1 == g.groupN1)
        break;
    }
    if (best || tw == 1)
      break;
  }
  return best;
}

} // namespace openatc::kernel
