//===- LayoutRowMoves.cpp - Moving rows and blocks in FRACTAL_NZ ----------===//
//
// Concatenations, splits and slices of rows, or of whole blocks of columns, work on
// FRACTAL_NZ as they do on row-major data. An image in NC1HWC0 whose channels become
// columns only changes the order of its blocks.
//
//===----------------------------------------------------------------------===//
#include "Constants.h"
#include "LayoutAssignment.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

bool isRowLayout(Value v) { return layoutOf(v) == Layout::FRACTAL_NZ; }

/// Whether `axis` counts rows in a tensor like `v`.
bool isRowAxis(Value v, int64_t axis) {
  int64_t rank = int64_t(shapeOf(v).size());
  return (axis < 0 ? axis + rank : axis) != rank - 1;
}

bool endsInBlock(Value v) { return shapeOf(v).back() % 16 == 0; }

/// The image in NC1HWC0 that `v` is a row-major form of, be it with its plane as one
/// dimension; null if there is none.
Value imageBehind(Value v) {
  if (auto reshape = v.getDefiningOp<ReshapeOp>()) {
    if (!isStatic(reshape.getInput()))
      return {};
    ArrayRef<int64_t> from = shapeOf(reshape.getInput()), to = shapeOf(v);
    if (from.size() != 4 || to.size() != 3 || from.take_front(2) != to.take_front(2))
      return {};
    v = reshape.getInput();
  }
  if (auto trans = v.getDefiningOp<TransDataOp>())
    v = trans.getInput();
  return shapeOf(v).size() == 4 && layoutOf(v) == Layout::NC1HWC0 ? v : Value();
}

} // namespace

bool LayoutAssignment::visitRowMove(Operation *op) {
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return visitPixelRows(transpose);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return visitRowConcat(concat);
  if (auto split = dyn_cast<SplitOp>(op)) {
    Value x = split.getInput();
    bool rowAxis = isRowAxis(x, int64_t(split.getAxis()));
    if (!isRowLayout(x) || (!rowAxis && !llvm::all_of(op->getResults(), endsInBlock)))
      return false;
    for (Value result : op->getResults())
      setLayout(result, Layout::FRACTAL_NZ, lanesOf(x, Layout::FRACTAL_NZ));
    return true;
  }
  auto slice = dyn_cast<SliceOp>(op);
  if (!slice || !isRowLayout(slice.getInput()) || !slice.getAxes())
    return false;
  auto axes = getConstantIntegers(slice.getAxes());
  if (!axes || !llvm::all_of(*axes, [&](int64_t a) { return isRowAxis(slice.getInput(), a); }))
    return false;
  setLayout(slice.getOutput(), Layout::FRACTAL_NZ, lanesOf(slice.getInput(), Layout::FRACTAL_NZ));
  return true;
}

/// Rows after rows, or blocks of columns after blocks.
bool LayoutAssignment::visitRowConcat(ConcatOp op) {
  Value result = op.getOutput();
  if (!isFloatMatrix(result))
    return false;
  bool rowAxis = isRowAxis(result, int64_t(op.getAxis()));
  bool anyRows = wantedAsRows.contains(result);
  LaneRange range{};
  for (Value part : op.getInputs()) {
    anyRows |= isRowLayout(part);
    if (!isFloatMatrix(part) || (!rowAxis && !endsInBlock(part)))
      return false;
    LaneRange own = constantOf(part) ? LaneRange{} : lanesOf(part, Layout::FRACTAL_NZ);
    range = {std::min(range.lo, own.lo), std::max(range.hi, own.hi),
             range.mayBeNan || own.mayBeNan};
  }
  if (!anyRows)
    return false;
  for (OpOperand &operand : op->getOpOperands())
    operand.set(asRows(operand.get()));
  setLayout(result, Layout::FRACTAL_NZ, range);
  return true;
}

/// Channels of an image become columns: [N, C, H, W] to [N, H, W, C], or with H * W as one
/// dimension.
bool LayoutAssignment::visitPixelRows(TransposeOp op) {
  Value result = op.getOutput();
  if (!isFloatMatrix(result))
    return false;
  Value image = imageBehind(op.getInput());
  ArrayRef<int64_t> perm = op.getPerm();
  bool isPixels = perm == ArrayRef<int64_t>{0, 2, 1} || perm == ArrayRef<int64_t>{0, 2, 3, 1};
  if (!image || !isPixels || perm.size() != shapeOf(op.getInput()).size())
    return false;
  Location loc = op.getLoc();
  ArrayRef<int64_t> from = shapeOf(image);
  SmallVector<int64_t> shape{from[0], from[2], from[3], from[1]};
  LaneRange range = lanesOf(image, Layout::NC1HWC0);
  auto type = withLayout(RankedTensorType::get(shape, elementOf(image)), Layout::FRACTAL_NZ);
  Value pixels = TransposeOp::create(rewriter, loc, type, image, SmallVector<int64_t>{0, 2, 3, 1});
  lanes[pixels] = range;
  if (perm.size() == 3) {
    auto rowType = withLayout(cast<RankedTensorType>(result.getType()), Layout::FRACTAL_NZ);
    Value dims = createIntegers(rewriter, loc, rowType.getShape());
    pixels = ReshapeOp::create(rewriter, loc, rowType, pixels, dims, /*allowzero=*/false);
    lanes[pixels] = range;
  }
  rewriter.replaceOp(op, pixels);
  return true;
}

} // namespace openatc::graph
