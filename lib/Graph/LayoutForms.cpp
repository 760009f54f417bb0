//===- LayoutForms.cpp - Values in other layouts --------------------------===//
#include "Constants.h"
#include "LayoutAssignment.h"

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {

Value halfOf(Value v) {
  auto cast = v.getDefiningOp<CastOp>();
  return cast && elementOf(cast.getInput()).isF16() ? cast.getInput() : Value();
}

LaneRange LayoutAssignment::lanesOf(Value v, Layout layout) {
  // Whole blocks have no padding lanes.
  ArrayRef<int64_t> shape = shapeOf(v);
  if (layout == Layout::NC1HWC0 && shape.size() == 4 && shape[1] % 16 == 0)
    return {};
  if (layout == Layout::FRACTAL_NZ && !shape.empty() && shape.back() % 16 == 0)
    return {};
  auto it = lanes.find(v);
  return it == lanes.end() ? LaneRange::data() : it->second;
}

std::optional<LaneRange> LayoutAssignment::rangeOfScalar(Value v) {
  if (layoutOf(v) != Layout::ND || cast<ShapedType>(v.getType()).getNumElements() != 1)
    return std::nullopt;
  std::optional<double> value = readSplat(v);
  return value ? LaneRange{*value, *value} : LaneRange::data();
}

/// `v` in another layout. Singles that were halves move as halves.
Value LayoutAssignment::transData(Value v, Layout layout) {
  Operation *user = &*rewriter.getInsertionPoint();
  Location loc = isa<func::ReturnOp>(user) ? v.getLoc() : user->getLoc();
  Value from = elementOf(v).isF32() ? halfOf(v) : Value();
  if (!from)
    return moved(v, layout, loc);
  from = layoutOf(from) == layout ? from : moved(from, layout, loc);
  return castTo(from, rewriter.getF32Type(), loc);
}

Value LayoutAssignment::moved(Value v, Layout layout, Location loc) {
  auto type = withLayout(mlir::cast<RankedTensorType>(v.getType()), layout);
  return TransDataOp::create(rewriter, loc, type, v);
}

Value LayoutAssignment::castTo(Value v, Type element, Location loc) {
  auto old = mlir::cast<RankedTensorType>(v.getType());
  auto type = RankedTensorType::get(old.getShape(), element, old.getEncoding());
  Value result = CastOp::create(rewriter, loc, type, v, element.isF16() ? 10 : 1);
  if (layoutOf(v) != Layout::ND)
    lanes[result] = lanesOf(v, layoutOf(v));
  return result;
}

Value LayoutAssignment::asRowMajor(Value v) {
  if (layoutOf(v) == Layout::ND)
    return v;
  Value &form = rowMajor[v];
  if (!form)
    form = transData(v, Layout::ND);
  return form;
}

Value LayoutAssignment::asImage(Value v) {
  if (layoutOf(v) == Layout::NC1HWC0)
    return v;
  if (Value form = images.lookup(v))
    return form;
  Value source = asRowMajor(v);
  SmallVector<int64_t> shape(shapeOf(v));
  shape.insert(shape.begin(), 4 - shape.size(), 1);
  Value form;
  if (constantOf(source)) {
    // A reshaped constant shows the same blob and dies with the packed form.
    Value whole = reshapeTo(rewriter, v.getLoc(), source, shape);
    form = packImage(rewriter, whole);
    if (whole != source)
      eraseIfDead(rewriter, whole);
    if (form)
      lanes[form] = {};
  }
  if (!form)
    form = transData(reshapeTo(rewriter, rewriter.getInsertionPoint()->getLoc(), source, shape),
                     Layout::NC1HWC0);
  return images[v] = form;
}

Value LayoutAssignment::asPixels(Value v) {
  Value &form = pixels[v];
  if (!form)
    form = transData(v, Layout::NC1HWC0_C04);
  return form;
}

Value LayoutAssignment::asRows(Value v) {
  if (layoutOf(v) == Layout::FRACTAL_NZ)
    return v;
  if (Value form = rows.lookup(v))
    return form;
  Value source = asRowMajor(v), form;
  if (constantOf(source)) {
    form = packRows(rewriter, source);
    if (form)
      lanes[form] = {};
  }
  if (!form) {
    SmallVector<int64_t> shape(shapeOf(v));
    if (shape.size() == 1)
      shape.insert(shape.begin(), 1);
    form = transData(reshapeTo(rewriter, rewriter.getInsertionPoint()->getLoc(), source, shape),
                     Layout::FRACTAL_NZ);
  }
  return rows[v] = form;
}

void LayoutAssignment::toRowMajor(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    // Packed constants are where they are meant to be.
    if (Layout layout = layoutOf(operand.get());
        layout == Layout::NC1HWC0 || layout == Layout::FRACTAL_NZ)
      operand.set(asRowMajor(operand.get()));
}

void LayoutAssignment::setLayout(Value result, Layout layout, LaneRange range) {
  result.setType(withLayout(cast<RankedTensorType>(result.getType()), layout));
  lanes[result] = range;
}

} // namespace openatc::graph
