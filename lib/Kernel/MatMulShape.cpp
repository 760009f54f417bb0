//===- MatMulShape.cpp - Shape and tiling of a matrix product -------------===//

#include "MatMulShape.h"

#include "openatc/Target/CostModel.h"

using namespace mlir;

namespace openatc::kernel {

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t MatMulShape::batch() const {
  int64_t count = 1;
  for (int64_t d : batchDims)
    count *= d;
  return count;
}

MatMulShape matMulShape(Operation *op) {
  auto a = mlir::cast<RankedTensorType>(op->getOperand(0).getType());
  auto b = mlir::cast<RankedTensorType>(op->getOperand(1).getType());
  MatMulShape s;
  s.packed = layoutOf(b) == ascend::Layout::FRACTAL_Z;
  s.k = a.getShape().back();
  s.n = b.getShape().back();
  s.m = a.getDimSize(a.getRank() - 2);
  if (s.packed) {
    s.m = a.getNumElements() / std::max<int64_t>(s.k, 1);
    return s;
  }
  auto y = mlir::cast<RankedTensorType>(op->getResult(0).getType());
  s.batchDims.assign(y.getShape().begin(), y.getShape().end() - 2);
  auto strides = [&](ArrayRef<int64_t> shape) {
    llvm::SmallVector<int64_t> result(s.batchDims.size(), 0);
    int64_t stride = 1;
    for (size_t i = 0; i < shape.size() - 2; ++i) {
      int64_t dim = shape[shape.size() - 3 - i];
      if (dim != 1)
        result[s.batchDims.size() - 1 - i] = stride;
      stride *= dim;
    }
    return result;
  };
  s.aStrides = strides(a.getShape());
  s.bStrides = strides(b.getShape());
  return s;
}

std::optional<MatMulTile> chooseMatMulTile(const MatMulShape &s, const SocDescription &soc,
                                           llvm::function_ref<int64_t(int64_t)> ubBytes,
                                           int64_t outBytes) {
  std::optional<MatMulTile> best;
  auto consider = [&](int64_t m1, int64_t n1, bool wholeRows) {
    MatMulTile t;
    t.wholeRows = wholeRows;
    CubeTile &c = t.cube;
    c.m1 = m1;
    c.n1 = n1;
    c.aSliceBytes = m1 * 512;
    int64_t maxStep = std::min(soc.l0aSize / 1024 / m1, soc.l0bSize / 1024 / n1);
    if (ubBytes(m1) > soc.ubSize || maxStep < 1)
      return;
    c.chunkSlices = std::min(s.k1(), soc.l1Size / 2 / ((m1 + n1) * 512));
    if (c.chunkSlices < 1)
      return;
    // At least two chunks, so that loading the second overlaps computing the first.
    c.chunkSlices = ceilDiv(
        s.k1(), std::max<int64_t>(ceilDiv(s.k1(), c.chunkSlices), std::min<int64_t>(s.k1(), 2)));
    // A kernel of load3d is at most 255 wide.
    if (wholeRows)
      c.chunkSlices = std::min<int64_t>(c.chunkSlices, 255);
    c.stepK1 = ceilDiv(c.chunkSlices, ceilDiv(c.chunkSlices, std::min(maxStep, c.chunkSlices)));
    if (!fits(c, soc))
      return;
    int64_t rows = std::min(s.m, m1 * 16);
    int64_t steps = ceilDiv(s.k1(), c.stepK1);
    int64_t cube = steps * cost::mmad(soc, rows, c.stepK1 * 16, n1 * 16).busy;
    int64_t outWidth = wholeRows ? 1 : rows;
    int64_t mte1 = steps * (cost::load3d(soc, outWidth, 1, 0, rows, c.stepK1 * 16).busy +
                            cost::load2d(soc, c.stepK1 * n1, true).busy);
    int64_t aBytes = rows * s.k * 2, bBytes = s.k1() * n1 * 512;
    int64_t chunks = ceilDiv(s.k1(), c.chunkSlices);
    // Packed weights come from DRAM; what another kernel has computed is in L2.
    int64_t mte2 = cost::gmRead(soc, aBytes, wholeRows ? c.chunkSlices * 32 : 32, true) +
                   (wholeRows ? chunks : s.k1()) * soc.gmReadLatency +
                   cost::gmRead(soc, bBytes, s.packed ? n1 * 512 : 32, !s.packed) +
                   (s.packed ? chunks : chunks * n1) * soc.gmReadLatency;
    int64_t vector = cost::l0cToUb(soc, m1 * n1).busy + n1 * (2 * m1 + 60);
    int64_t mte3 = cost::gmWrite(soc, rows * n1 * 16 * outBytes, 16 * outBytes);
    int64_t tiles = s.batch() * ceilDiv(s.m, m1 * 16) * ceilDiv(s.n1(), n1);
    t.blockDim = std::min(tiles, soc.aiCores);
    t.cycles = ceilDiv(tiles, t.blockDim) * std::max({cube, mte1, mte2, vector, mte3}) +
               mte2 / chunks + vector + mte3 + soc.gmReadLatency;
    if (!best || t.cycles < best->cycles)
      best = t;
  };
  int64_t rows1 = ceilDiv(s.m, 16);
  for (int64_t m1 = 1;; m1 *= 2) {
    m1 = std::min(m1, rows1);
    for (int64_t n1 = 1;; n1 = n1 < 4 ? n1 + 1 : n1 + n1 / 4) {
      n1 = std::min(n1, s.n1());
      for (bool wholeRows : {true, false})
        consider(m1, n1, wholeRows);
      if (n1 == s.n1() || n1 > 128)
        break;
    }
    if (m1 == rows1 || m1 > 64)
      break;
  }
  return best;
}

} // namespace openatc::kernel
