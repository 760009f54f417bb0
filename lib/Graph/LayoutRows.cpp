//===- LayoutRows.cpp - Regions in FRACTAL_NZ -----------------------------===//
#include "Constants.h"
#include "LayoutAssignment.h"
#include "OpSets.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

// Fewer rows than a fractal has leave lanes of the cube idle either way, and cost little
// to move row-major.
constexpr int64_t minRows = 16;
// All columns of 8 rows have to fit the unified buffer.
constexpr int64_t maxNormalised = 1600;

bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() &&
         (type.getElementType().isF16() || type.getElementType().isF32());
}

bool isRowLayout(Value v) { return layoutOf(v) == Layout::FRACTAL_NZ; }

int64_t rowsOf(Value v) {
  return cast<ShapedType>(v.getType()).getNumElements() / std::max<int64_t>(shapeOf(v).back(), 1);
}

bool keepsColumns(Operation *op) {
  return isa<ReshapeOp>(op) && isFloatMatrix(op->getOperand(0)) &&
         isFloatMatrix(op->getResult(0)) &&
         shapeOf(op->getOperand(0)).back() == shapeOf(op->getResult(0)).back();
}

bool normalisesRows(LayerNormOp op) {
  Value x = op.getInput();
  if (op->getNumResults() != 1 || !isFloatMatrix(x) || shapeOf(x).back() % 16 != 0 ||
      shapeOf(x).back() > maxNormalised || rowsOf(x) < minRows)
    return false;
  int64_t axis = int64_t(op.getAxis()), rank = int64_t(shapeOf(x).size());
  return axis == -1 || axis == rank - 1;
}

/// Heads of whole blocks of columns, in halves.
bool splitsBlocks(AttentionOp op) {
  for (Value v : {op.getQuery(), op.getKey(), op.getValue(), op.getOutput()})
    if (!isFloatMatrix(v) || !elementOf(v).isF16() ||
        shapeOf(v).back() % (16 * int64_t(op.getHeads())) != 0)
      return false;
  return true;
}

} // namespace

bool isFloatMatrix(Value value) {
  return isFloatTensor(value) && cast<ShapedType>(value.getType()).getRank() >= 2;
}

/// Whether the kernel of a product with packed weights works on rows in blocks.
bool LayoutAssignment::takesRows(MatmulOp op) {
  if (!isFloatMatrix(op.getLhs()) || !isFloatMatrix(op.getOutput()))
    return false;
  return elementOf(op.getLhs()).isF16() && rowsOf(op.getLhs()) >= minRows &&
         constantOf(op.getRhs()) && elementOf(op.getRhs()).isF16() &&
         shapeOf(op.getRhs()).size() == 2;
}

void LayoutAssignment::findRowUses(Operation *op) {
  if (auto matmul = dyn_cast<MatmulOp>(op); matmul && takesRows(matmul))
    wantedAsRows.insert(matmul.getLhs());
  Value result = op->getResult(0);
  if (!wantedAsRows.contains(result))
    return;
  auto norm = dyn_cast<LayerNormOp>(op);
  if (keepsColumns(op) || (norm && normalisesRows(norm)))
    wantedAsRows.insert(op->getOperand(0));
  if (isa<ConcatOp>(op))
    wantedAsRows.insert_range(op->getOperands());
  if (isElementwise(op))
    for (Value operand : op->getOperands())
      if (isFloatMatrix(operand) && shapeOf(operand) == shapeOf(result))
        wantedAsRows.insert(operand);
}

bool LayoutAssignment::visitRowOp(Operation *op) {
  if (isa<ReshapeOp>(op))
    return visitRowReshape(op);
  if (auto norm = dyn_cast<LayerNormOp>(op))
    return visitNormalisation(norm);
  if (auto attention = dyn_cast<AttentionOp>(op))
    return visitAttention(attention);
  if (visitRowMove(op))
    return true;
  return isElementwise(op) && visitElementwiseRows(op);
}

void LayoutAssignment::visitMatmul(MatmulOp op) {
  bool inRows = takesRows(op);
  Value rhs = op.getRhs();
  Value &form = packed[rhs];
  if (!form)
    form = packMatrix(rewriter, rhs);
  if (!inRows || !form) {
    toRowMajor(op);
  } else {
    Value lhs = op.getLhs();
    // Weights of padding lanes are zero, which only finite lanes let stand.
    if (isRowLayout(lhs) && !lanesOf(lhs, Layout::FRACTAL_NZ).isFinite())
      lhs = transData(asRowMajor(lhs), Layout::FRACTAL_NZ);
    op.getLhsMutable().assign(asRows(lhs));
    setLayout(op->getResult(0), Layout::FRACTAL_NZ, {});
  }
  if (form)
    op.getRhsMutable().assign(form);
}

/// Rows are counted anew; nothing moves.
bool LayoutAssignment::visitRowReshape(Operation *op) {
  if (!keepsColumns(op) || !isRowLayout(op->getOperand(0)))
    return false;
  setLayout(op->getResult(0), Layout::FRACTAL_NZ, lanesOf(op->getOperand(0), Layout::FRACTAL_NZ));
  return true;
}

bool LayoutAssignment::visitNormalisation(LayerNormOp op) {
  Value x = op.getInput();
  if (!normalisesRows(op) || (!isRowLayout(x) && !wantedAsRows.contains(op->getResult(0))))
    return false;
  op->setOperand(0, asRows(x));
  setLayout(op->getResult(0), Layout::FRACTAL_NZ, {});
  return true;
}

/// Operands are read as they lie: for its few bytes to each score the kernel moves
/// row-major heads as well. The mask stays row-major.
bool LayoutAssignment::visitAttention(AttentionOp op) {
  if (!splitsBlocks(op))
    return false;
  bool anyRows = wantedAsRows.contains(op.getOutput());
  for (OpOperand &operand : op->getOpOperands()) {
    bool stays = operand.getOperandNumber() < 3 && isRowLayout(operand.get());
    anyRows |= stays;
    if (!stays)
      operand.set(asRowMajor(operand.get()));
  }
  if (anyRows)
    setLayout(op.getOutput(), Layout::FRACTAL_NZ, {});
  return true;
}

/// True when `op` was put into FRACTAL_NZ: an operand of the result's shape is there, or
/// the result is wanted there, and the other operands can follow.
bool LayoutAssignment::visitElementwiseRows(Operation *op) {
  Value result = op->getResult(0);
  if (!isFloatMatrix(result))
    return false;
  int64_t columns = shapeOf(result).back();
  bool anyRows = false;
  int64_t moves = 0;
  SmallVector<LaneRange> ranges;
  // One value for each row stays row-major and is spread by the kernel.
  auto isPerRow = [&](Value v) { return shapeOf(v).empty() || shapeOf(v).back() != columns; };
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    if (!isFloatTensor(operand) || shapeOf(operand).size() > shapeOf(result).size())
      return false;
    if (std::optional<LaneRange> scalar = rangeOfScalar(operand)) {
      ranges.push_back(*scalar);
      continue;
    }
    if (isa<ClipOp>(op) && i > 0)
      return false;
    bool isWhole = shapeOf(operand) == shapeOf(result);
    anyRows |= isRowLayout(operand) && isWhole;
    moves += !isRowLayout(operand) && !constantOf(operand) && isWhole;
    bool zeroLanes = constantOf(operand) && !isPerRow(operand);
    ranges.push_back(zeroLanes           ? LaneRange{}
                     : isPerRow(operand) ? LaneRange::data()
                                         : lanesOf(operand, Layout::FRACTAL_NZ));
  }
  // More than one operand to move costs more than moving the result.
  if (!anyRows && (!wantedAsRows.contains(result) || moves != 1))
    return false;
  LaneRange range = rangeOfResult(op, ranges);
  if (columns % 16 != 0 && range.mayBeNan)
    return false;
  for (OpOperand &operand : op->getOpOperands())
    if (!rangeOfScalar(operand.get()))
      operand.set(isPerRow(operand.get()) ? asRowMajor(operand.get()) : asRows(operand.get()));
  setLayout(op->getResult(0), Layout::FRACTAL_NZ, range);
  return true;
}

} // namespace openatc::graph
