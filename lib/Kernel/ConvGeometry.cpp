//===- ConvGeometry.cpp - Shape and tiling of a convolution ---------------===//

#include "ConvGeometry.h"

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

/// A product with a packed matrix in FRACTAL_Z: one image of one row, a pixel for each
/// row of the left operand.
static ConvGeometry matmulGeometry(ascend::MatmulOp op) {
  auto x = mlir::cast<RankedTensorType>(op.getLhs().getType());
  auto y = mlir::cast<RankedTensorType>(op->getResult(0).getType());
  int64_t k = x.getShape().back(), n = y.getShape().back();
  ConvGeometry g;
  g.batch = g.h = g.outH = 1;
  g.w = g.outW = x.getNumElements() / std::max<int64_t>(k, 1);
  g.groupC1 = g.channels1 = ceilDiv(k, 16);
  g.groupN1 = g.outChannels1 = ceilDiv(n, 16);
  return g;
}

ConvGeometry convGeometry(Operation *op) {
  if (auto matmul = mlir::dyn_cast<ascend::MatmulOp>(op))
    return matmulGeometry(matmul);
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
  g.few = layoutOf(x) == ascend::Layout::NC1HWC0_C04;
  if (auto toPixels = op->getOperand(0).getDefiningOp<ascend::TransDataOp>()) {
    Value source = toPixels.getInput();
    if (auto cast = source.getDefiningOp<ascend::CastOp>())
      source = cast.getInput();
    g.planes = elemOf(getElementTypeOrSelf(source.getType()));
    g.channels = cin;
  }
  for (Operation &other : *op->getBlock())
    g.pooled |= mlir::isa<ascend::MaxPoolOp>(other);
  // Without a window the rows of an image are one row.
  if (!g.pooled && g.isPointwise() && !g.few && g.outH == g.h && g.outW == g.w) {
    g.w = g.outW = g.h * g.w;
    g.h = g.outH = 1;
  }
  return g;
}

} // namespace openatc::kernel
