//===- LayoutImages.cpp - Regions in NC1HWC0 ------------------------------===//
#include "Constants.h"
#include "LayoutAssignment.h"
#include "OpSets.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

bool isFloatImage(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() == 4 &&
         (type.getElementType().isF16() || type.getElementType().isF32());
}

bool isHalfImage(Value value) { return isFloatImage(value) && elementOf(value).isF16(); }

bool isImageLayout(Value v) { return layoutOf(v) == Layout::NC1HWC0; }

bool isWindowOp(Operation *op) {
  return isa<ConvOp, ConvTransposeOp, MaxPoolOp, AveragePoolOp, GlobalAveragePoolOp,
             GlobalMaxPoolOp>(op);
}

/// Nearest and linear resampling of the two image dimensions.
bool isImageResize(Operation *op) {
  auto resize = dyn_cast<ResizeOp>(op);
  return resize && isFloatImage(resize.getInput()) && isFloatImage(resize.getOutput()) &&
         resize.getMode() != "cubic" &&
         shapeOf(resize.getInput()).take_front(2) == shapeOf(resize.getOutput()).take_front(2);
}

} // namespace

void LayoutAssignment::findImageUses(Operation *op) {
  bool passes = isElementwise(op) || isa<ConcatOp>(op);
  if (passes && wantedAsImage.contains(op->getResult(0)))
    wantedAsImage.insert_range(op->getOperands());
  if (isWindowOp(op) || isImageResize(op))
    wantedAsImage.insert(op->getOperand(0));
}

bool LayoutAssignment::visitImageOp(Operation *op) {
  if (isa<ConvOp, ConvTransposeOp>(op))
    return visitConv(op);
  if (isWindowOp(op) || isImageResize(op)) {
    if (op->getNumResults() != 1 || !isHalfImage(op->getOperand(0)))
      return false;
    // Lanes only meet lanes of the same channel, and zeros from padding.
    LaneRange range = lanesOf(op->getOperand(0), Layout::NC1HWC0);
    range.lo = std::min(range.lo, 0.0);
    range.hi = std::max(range.hi, 0.0);
    op->setOperand(0, asImage(op->getOperand(0)));
    setLayout(op->getResult(0), Layout::NC1HWC0, range);
    return true;
  }
  if (auto concat = dyn_cast<ConcatOp>(op); concat && joinsBlocks(concat)) {
    LaneRange last = lanesOf(op->getOperands().back(), Layout::NC1HWC0);
    for (OpOperand &operand : op->getOpOperands())
      operand.set(asImage(operand.get()));
    setLayout(op->getResult(0), Layout::NC1HWC0, last);
    return true;
  }
  return isElementwise(op) && visitElementwiseImage(op);
}

/// Concatenation of channels where every part but the last fills its blocks.
bool LayoutAssignment::joinsBlocks(ConcatOp op) {
  if (!isHalfImage(op.getOutput()) || (int64_t(op.getAxis()) != 1 && int64_t(op.getAxis()) != -3))
    return false;
  bool anyImage = false;
  for (Value part : op.getInputs()) {
    anyImage |= isImageLayout(part);
    if (!isHalfImage(part) || (part != op.getInputs().back() && shapeOf(part)[1] % 16 != 0))
      return false;
  }
  return anyImage;
}

/// True for a convolution of a row-major image of at most 4 channels. As pixels of 4 halves
/// it has a quarter of the bytes of blocks of 16, and K a quarter of the steps; each takes at
/// most four times the fetches, so that the cube's loads do not become longer. load3d then
/// reads out of whole rows, which must leave room in L1.
bool LayoutAssignment::readsPixels(Operation *op) {
  constexpr int64_t mostWindowBytes = 256 << 10, pixelBytes = 8;
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv || conv.getGroup() != 1)
    return false;
  Value x = op->getOperand(0);
  ArrayRef<int64_t> image = shapeOf(x), filter = shapeOf(op->getOperand(1));
  if (image[1] > 4 || layoutOf(x) != Layout::ND || constantOf(x) || images.lookup(x))
    return false;
  int64_t dilation = conv.getDilations().empty() ? 1 : conv.getDilations()[0];
  return ((filter[2] - 1) * dilation + 1) * image[3] * pixelBytes <= mostWindowBytes;
}

bool LayoutAssignment::visitConv(Operation *op) {
  Value x = op->getOperand(0);
  if (!isHalfImage(x) || !isFloatImage(op->getResult(0)))
    return false;
  if (readsPixels(op)) {
    Value filter = packFilterC04(rewriter, cast<ConvOp>(op));
    if (!filter)
      return false;
    op->setOperand(0, asPixels(x));
    op->setOperand(1, filter);
    setLayout(op->getResult(0), Layout::NC1HWC0, {});
    return true;
  }
  Value filter = packFilter(rewriter, op);
  if (!filter)
    return false;
  // Weights of padding lanes are zero, which only finite lanes let stand.
  if (isImageLayout(x) && !lanesOf(x, Layout::NC1HWC0).isFinite())
    x = transData(asRowMajor(x), Layout::NC1HWC0);
  op->setOperand(0, asImage(x));
  op->setOperand(1, filter);
  setLayout(op->getResult(0), Layout::NC1HWC0, {});
  return true;
}

/// True when `op` was put into NC1HWC0: an operand of the result's shape is there, and
/// the others can follow.
bool LayoutAssignment::visitElementwiseImage(Operation *op) {
  Value result = op->getResult(0);
  if (!isFloatImage(result))
    return false;
  // Halves change their layout at least cost, so what ends row-major in f32 leaves the
  // images before it becomes f32.
  auto leavesAsHalf = [&](Value v) {
    return !isImageLayout(v) || elementOf(v).isF16() || halfOf(v);
  };
  if (elementOf(result).isF32() && !wantedAsImage.contains(result) &&
      llvm::all_of(op->getOperands(), leavesAsHalf))
    return false;
  bool anyImage = false;
  SmallVector<LaneRange> ranges;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (!type || !type.hasStaticShape() || type.getRank() > 4 ||
        layoutOf(operand) == Layout::FRACTAL_NZ ||
        !(type.getElementType().isF16() || type.getElementType().isF32()))
      return false;
    if (std::optional<LaneRange> scalar = rangeOfScalar(operand)) {
      ranges.push_back(*scalar);
      continue;
    }
    if (isa<ClipOp>(op) && i > 0)
      return false;
    anyImage |= isImageLayout(operand) && type.getShape() == shapeOf(result);
    // One channel for all is spread inside a block; the core does that for halves.
    bool spreads =
        shapeOf(result)[1] != 1 && (type.getRank() < 3 || type.getDimSize(type.getRank() - 3) == 1);
    if (spreads && !type.getElementType().isF16())
      return false;
    // Packing gives constants zero lanes; so does spreading a first lane its value.
    bool zeroLanes = constantOf(operand) && !spreads;
    ranges.push_back(zeroLanes ? LaneRange{}
                     : spreads ? LaneRange::data()
                               : lanesOf(operand, Layout::NC1HWC0));
  }
  if (!anyImage)
    return false;
  LaneRange range = rangeOfResult(op, ranges);
  bool wholeBlocks = shapeOf(result)[1] % 16 == 0;
  if (!wholeBlocks && range.mayBeNan)
    return false;
  for (OpOperand &operand : op->getOpOperands())
    if (!rangeOfScalar(operand.get()))
      operand.set(asImage(operand.get()));
  setLayout(op->getResult(0), Layout::NC1HWC0, range);
  return true;
}

} // namespace openatc::graph
