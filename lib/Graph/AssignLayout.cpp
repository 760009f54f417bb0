//===- AssignLayout.cpp - NC1HWC0 regions and packed weights --------------===//
//
// One pass in program order. A value has the layout of the op that computes it; the
// other form is made by one trans_data in front of the first op that asks for it.
//
//===----------------------------------------------------------------------===//
#include "Constants.h"
#include "LaneRange.h"
#include "OpSets.h"
#include "PackWeights.h"

#include "openatc/Graph/Passes.h"

namespace openatc::graph {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

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

class LayoutAssignment {
public:
  explicit LayoutAssignment(func::FuncOp func) : func(func), rewriter(func.getContext()) {}

  void run() {
    for (Operation &op : llvm::reverse(func.getBody().front()))
      findImageUses(&op);
    for (Operation &op : llvm::make_early_inc_range(func.getBody().front())) {
      if (isa<ConstantOp>(op))
        continue;
      llvm::SmallSetVector<Value, 4> before;
      before.insert_range(op.getOperands());
      rewriter.setInsertionPoint(&op);
      if (isOnAiCpu(&op) || isStructural(&op) || isView(&op))
        toRowMajor(&op);
      else
        visit(&op);
      for (Value operand : before)
        if (constantOf(operand) && operand.use_empty()) {
          images.erase(operand);
          packed.erase(operand);
          eraseIfDead(rewriter, operand);
        }
    }
  }

private:
  func::FuncOp func;
  IRRewriter rewriter;
  /// Other forms of values, by the form that was computed; looked up only.
  DenseMap<Value, Value> images, rowMajor, packed;
  DenseMap<Value, LaneRange> lanes;
  /// Values that reach, through elementwise ops, one that works on images.
  DenseSet<Value> wantedAsImage;

  void findImageUses(Operation *op) {
    if (isOnAiCpu(op) || op->getNumOperands() == 0 || op->getNumResults() != 1)
      return;
    bool passes = isElementwise(op) || isa<ConcatOp>(op);
    if (passes && wantedAsImage.contains(op->getResult(0)))
      wantedAsImage.insert_range(op->getOperands());
    if (isWindowOp(op) || isImageResize(op))
      wantedAsImage.insert(op->getOperand(0));
  }

  static bool isWindowOp(Operation *op) {
    return isa<ConvOp, ConvTransposeOp, MaxPoolOp, AveragePoolOp, GlobalAveragePoolOp,
               GlobalMaxPoolOp>(op);
  }

  bool isImageLayout(Value v) { return layoutOf(v) == Layout::NC1HWC0; }

  LaneRange lanesOf(Value v) {
    // Whole blocks have no padding lanes.
    if (shapeOf(v).size() == 4 && shapeOf(v)[1] % 16 == 0)
      return {};
    auto it = lanes.find(v);
    return it == lanes.end() ? LaneRange::data() : it->second;
  }

  /// The half that `v` is a cast of, or null.
  static Value halfOf(Value v) {
    auto cast = v.getDefiningOp<CastOp>();
    return cast && elementOf(cast.getInput()).isF16() ? cast.getInput() : Value();
  }

  /// `v` in another layout. Singles that were halves move as halves.
  Value transData(Value v, Layout layout) {
    Operation *user = &*rewriter.getInsertionPoint();
    Location loc = isa<func::ReturnOp>(user) ? v.getLoc() : user->getLoc();
    Value from = elementOf(v).isF32() ? halfOf(v) : Value();
    if (!from)
      return moved(v, layout, loc);
    from = layoutOf(from) == layout ? from : moved(from, layout, loc);
    return castTo(from, rewriter.getF32Type(), loc);
  }

  Value moved(Value v, Layout layout, Location loc) {
    auto type = withLayout(mlir::cast<RankedTensorType>(v.getType()), layout);
    return TransDataOp::create(rewriter, loc, type, v);
  }

  Value castTo(Value v, Type element, Location loc) {
    auto old = mlir::cast<RankedTensorType>(v.getType());
    auto type = RankedTensorType::get(old.getShape(), element, old.getEncoding());
    Value result = CastOp::create(rewriter, loc, type, v, element.isF16() ? 10 : 1);
    if (isImageLayout(v))
      lanes[result] = lanesOf(v);
    return result;
  }

  Value asRowMajor(Value v) {
    if (!isImageLayout(v))
      return v;
    Value &form = rowMajor[v];
    if (!form)
      form = transData(v, Layout::ND);
    return form;
  }

  /// `v`, of rank 4 or broadcastable to it, in NC1HWC0.
  Value asImage(Value v) {
    if (isImageLayout(v))
      return v;
    if (Value form = images.lookup(v))
      return form;
    SmallVector<int64_t> shape(shapeOf(v));
    shape.insert(shape.begin(), 4 - shape.size(), 1);
    Value form;
    if (constantOf(v)) {
      // A reshaped constant shows the same blob and dies with the packed form.
      Value whole = reshapeTo(rewriter, v.getLoc(), v, shape);
      form = packImage(rewriter, whole);
      if (whole != v)
        eraseIfDead(rewriter, whole);
      if (form)
        lanes[form] = {};
    }
    if (!form)
      form = transData(reshapeTo(rewriter, rewriter.getInsertionPoint()->getLoc(), v, shape),
                       Layout::NC1HWC0);
    return images[v] = form;
  }

  void toRowMajor(Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      if (isImageLayout(operand.get()))
        operand.set(asRowMajor(operand.get()));
  }

  void setImageResult(Operation *op, LaneRange range) {
    Value result = op->getResult(0);
    result.setType(withLayout(cast<RankedTensorType>(result.getType()), Layout::NC1HWC0));
    lanes[result] = range;
  }

  void visit(Operation *op) {
    if (isa<ConvOp, ConvTransposeOp>(op))
      return visitConv(op);
    if (auto matmul = dyn_cast<MatmulOp>(op))
      return visitMatmul(matmul);
    if (isa<MaxPoolOp, AveragePoolOp, GlobalAveragePoolOp, GlobalMaxPoolOp>(op) ||
        isImageResize(op)) {
      if (op->getNumResults() == 1 && isHalfImage(op->getOperand(0))) {
        // Lanes only meet lanes of the same channel, and zeros from padding.
        LaneRange range = lanesOf(op->getOperand(0));
        range.lo = std::min(range.lo, 0.0);
        range.hi = std::max(range.hi, 0.0);
        op->setOperand(0, asImage(op->getOperand(0)));
        return setImageResult(op, range);
      }
      return toRowMajor(op);
    }
    if (auto concat = dyn_cast<ConcatOp>(op); concat && joinsBlocks(concat)) {
      LaneRange last = lanesOf(op->getOperands().back());
      for (OpOperand &operand : op->getOpOperands())
        operand.set(asImage(operand.get()));
      return setImageResult(op, last);
    }
    if (isElementwise(op) && visitElementwise(op))
      return;
    toRowMajor(op);
  }

  /// Nearest and linear resampling of the two image dimensions.
  static bool isImageResize(Operation *op) {
    auto resize = dyn_cast<ResizeOp>(op);
    return resize && isFloatImage(resize.getInput()) && isFloatImage(resize.getOutput()) &&
           resize.getMode() != "cubic" &&
           shapeOf(resize.getInput()).take_front(2) == shapeOf(resize.getOutput()).take_front(2);
  }

  /// Concatenation of channels where every part but the last fills its blocks.
  bool joinsBlocks(ConcatOp op) {
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

  void visitConv(Operation *op) {
    Value x = op->getOperand(0);
    if (!isHalfImage(x) || !isFloatImage(op->getResult(0)))
      return toRowMajor(op);
    Value filter = packFilter(rewriter, op);
    if (!filter)
      return toRowMajor(op);
    // Weights of padding lanes are zero, which only finite lanes let stand.
    if (isImageLayout(x) && !lanesOf(x).isFinite())
      x = transData(asRowMajor(x), Layout::NC1HWC0);
    op->setOperand(0, asImage(x));
    op->setOperand(1, filter);
    setImageResult(op, {});
  }

  void visitMatmul(MatmulOp op) {
    toRowMajor(op);
    Value rhs = op.getRhs();
    Value &form = packed[rhs];
    if (!form)
      form = packMatrix(rewriter, rhs);
    if (form)
      op.getRhsMutable().assign(form);
  }

  /// True when `op` was put into NC1HWC0: an operand of the result's shape is there, and
  /// the others can follow.
  bool visitElementwise(Operation *op) {
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
          !(type.getElementType().isF16() || type.getElementType().isF32()))
        return false;
      if (type.getNumElements() == 1 && !isImageLayout(operand)) {
        std::optional<double> value = readSplat(operand);
        ranges.push_back(value ? LaneRange{*value, *value} : LaneRange::data());
        continue;
      }
      if (isa<ClipOp>(op) && i > 0)
        return false;
      anyImage |= isImageLayout(operand) && type.getShape() == shapeOf(result);
      // One channel for all is spread inside a block; the core does that for halves.
      bool spreads = shapeOf(result)[1] != 1 &&
                     (type.getRank() < 3 || type.getDimSize(type.getRank() - 3) == 1);
      if (spreads && !type.getElementType().isF16())
        return false;
      // Packing gives constants zero lanes; so does spreading a first lane its value.
      bool zeroLanes = constantOf(operand) && !spreads;
      ranges.push_back(zeroLanes ? LaneRange{} : spreads ? LaneRange::data() : lanesOf(operand));
    }
    if (!anyImage)
      return false;
    LaneRange range = rangeOfResult(op, ranges);
    bool wholeBlocks = shapeOf(result)[1] % 16 == 0;
    if (!wholeBlocks && range.mayBeNan)
      return false;
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = cast<RankedTensorType>(operand.get().getType());
      if (type.getNumElements() != 1 || isImageLayout(operand.get()))
        operand.set(asImage(operand.get()));
    }
    setImageResult(op, range);
    return true;
  }
};

struct AssignLayoutPass : impl::AssignLayoutPassBase<AssignLayoutPass> {
  using AssignLayoutPassBase::AssignLayoutPassBase;

  void runOnOperation() override {
    if (!getOperation().isExternal())
      LayoutAssignment(getOperation()).run();
  }
};

} // namespace
} // namespace openatc::graph
