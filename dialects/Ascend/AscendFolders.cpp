//===- AscendFolders.cpp - Local simplifications --------------------------===//
//
// Ops that change nothing fold to their operand; chains of reshapes or transposes
// become one op. Arithmetic on constants is folded by the passes, through HostOps.
//
//===----------------------------------------------------------------------===//
#include "Ascend/HostBridge.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace openatc::ascend;

namespace {

/// `input` when it has the static type of `output`, else null.
Value sameType(Value input, Value output) {
  auto type = dyn_cast<RankedTensorType>(input.getType());
  return type && type.hasStaticShape() && type == output.getType() ? input : Value();
}

/// The permutation of a transpose, written out; empty when the rank is unknown.
SmallVector<int64_t> permutation(TransposeOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getInput().getType());
  if (!type)
    return {};
  SmallVector<int64_t> perm(op.getPerm());
  if (perm.empty())
    for (int64_t i = type.getRank(); i > 0; --i)
      perm.push_back(i - 1);
  return perm;
}

bool isReshapeLike(Operation *op) {
  return isa_and_present<ReshapeOp, FlattenOp, SqueezeOp, UnsqueezeOp>(op);
}

} // namespace

OpFoldResult IdentityOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : Value();
}
OpFoldResult CastOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult ReshapeOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult FlattenOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult SqueezeOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult UnsqueezeOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult ExpandOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }
OpFoldResult TileOp::fold(FoldAdaptor) { return sameType(getInput(), getOutput()); }

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? sameType(getInputs().front(), getOutput()) : Value();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  // Equal shapes are not enough: begin and end pads may cancel out.
  std::optional<SmallVector<int64_t>> pads = getConstantIntegers(getPads());
  if (!pads || llvm::any_of(*pads, [](int64_t p) { return p != 0; }))
    return {};
  return sameType(getInput(), getOutput());
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  // A negative step reverses; a positive one that keeps the extent keeps everything.
  if (getSteps()) {
    std::optional<SmallVector<int64_t>> steps = getConstantIntegers(getSteps());
    if (!steps || llvm::any_of(*steps, [](int64_t s) { return s <= 0; }))
      return {};
  }
  return sameType(getInput(), getOutput());
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  // Dimensions of extent one may go anywhere; the order of the others must stay.
  Value same = sameType(getInput(), getOutput());
  if (!same)
    return {};
  ArrayRef<int64_t> shape = cast<RankedTensorType>(same.getType()).getShape();
  SmallVector<int64_t> perm = permutation(*this);
  llvm::erase_if(perm, [&](int64_t d) { return shape[d] == 1; });
  return llvm::is_sorted(perm) ? same : Value();
}

OpFoldResult TransDataOp::fold(FoldAdaptor) {
  if (Value same = sameType(getInput(), getOutput()))
    return same;
  if (auto producer = getInput().getDefiningOp<TransDataOp>())
    return sameType(producer.getInput(), getOutput());
  return {};
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {

/// reshape(reshape-like(x)) -> reshape(x). The shape operand is written out, because
/// a 0 in it would refer to another input now.
LogicalResult mergeReshapes(ReshapeOp op, PatternRewriter &rewriter) {
  Operation *producer = op.getInput().getDefiningOp();
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!isReshapeLike(producer) || !type || !type.hasStaticShape() ||
      llvm::is_contained(type.getShape(), 0))
    return failure();
  Value input = producer->getOperand(0);
  auto inputType = dyn_cast<RankedTensorType>(input.getType());
  if (!inputType || !inputType.hasStaticShape() || inputType.getEncoding() || type.getEncoding())
    return failure();
  Value shape = createIntegers(rewriter, op.getLoc(), type.getShape());
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, input, shape, /*allowzero=*/false);
  return success();
}

/// transpose(transpose(x)) -> transpose(x).
LogicalResult mergeTransposes(TransposeOp op, PatternRewriter &rewriter) {
  auto producer = op.getInput().getDefiningOp<TransposeOp>();
  if (!producer)
    return failure();
  SmallVector<int64_t> first = permutation(producer), second = permutation(op);
  if (first.empty() || first.size() != second.size())
    return failure();
  SmallVector<int64_t> merged;
  for (int64_t d : second)
    merged.push_back(first[d]);
  rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getType(), producer.getInput(), merged);
  return success();
}

/// dropout(x) -> x at inference; a mask that is used becomes all true.
LogicalResult removeDropout(DropoutOp op, PatternRewriter &rewriter) {
  if (Value training = op.getTraining()) {
    std::optional<ConstantData> data = getConstantData(training);
    if (!data || data->values<char>()[0] != 0)
      return failure();
  }
  Value input = op.getInput(), mask = op.getMask();
  if (op.getOutput().getType() != input.getType())
    return failure();
  SmallVector<Value> replacements{input};
  if (mask) {
    auto type = dyn_cast<RankedTensorType>(mask.getType());
    if (!type || !type.hasStaticShape())
      return failure();
    auto allTrue = DenseElementsAttr::get(type, true);
    replacements.push_back(ConstantOp::create(rewriter, op.getLoc(), allTrue));
  }
  rewriter.replaceOp(op, replacements);
  return success();
}

} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(mergeReshapes);
}
void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(mergeTransposes);
}
void DropoutOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(removeDropout);
}
