//===- ElementwiseSpace.cpp - Iteration space of an elementwise kernel ----===//

#include "ElementwiseSpace.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

int64_t ElementwiseSpace::outer() const {
  int64_t n = 1;
  for (int64_t d : llvm::ArrayRef(dims).drop_back(2))
    n *= d;
  return n;
}

bool ElementwiseSpace::isBlock(const ElementwiseInput &input, int64_t tileRows,
                               int64_t tileLanes) const {
  if (input.spread == Spread::Scalar || (input.spread == Spread::Inner && tileRows == 1))
    return true;
  return input.spread == Spread::Row && tileRows > 1 && bytesOf(input.elem) > 1 &&
         tileLanes * bytesOf(input.elem) == 32 && pitch(tileRows, tileLanes) == tileLanes;
}

namespace {

/// Strides of `type` over the dimensions of `shape`, 0 where it broadcasts.
LogicalResult alignTo(ascend::KernelOp op, RankedTensorType type, RankedTensorType result,
                      ArrayRef<int64_t> shape, ElementwiseInput &input) {
  input.strides.assign(shape.size(), 0);
  if (type.getNumElements() == 1 && layoutOf(type) == ascend::Layout::ND)
    return success();
  llvm::SmallVector<int64_t> own = physicalShape(type);
  bool isRows = layoutOf(result) == ascend::Layout::FRACTAL_NZ;
  // One value for each row, and dimensions in front that broadcast.
  bool perRow = isRows && layoutOf(type) == ascend::Layout::ND && own.back() == 1;
  if (layoutOf(type) != layoutOf(result) && !perRow)
    return op.emitError("operand and result lie in different layouts");
  if (own.size() > shape.size())
    return op.emitError("operand has more dimensions than the result");
  if (isRows && !perRow)
    own.insert(own.begin() + 1, shape.size() - own.size(), 1);
  bool isImage = layoutOf(type) == ascend::Layout::NC1HWC0;
  int64_t stride = 1, offset = int64_t(shape.size() - own.size());
  for (int64_t d = int64_t(own.size()) - 1; d >= 0; stride *= own[d--]) {
    if (own[d] == shape[d + offset] && own[d] != 1)
      input.strides[d + offset] = stride;
    else if (own[d] != 1)
      return op.emitError("operand does not broadcast to the result");
  }
  if (isImage && type.getDimSize(1) == 1 && result.getDimSize(1) > 1) {
    if (!type.getElementType().isF16())
      return op.emitError("a broadcast channel must be f16");
    input.strides.back() = 0;
    input.firstLane = true;
  }
  return success();
}

/// Joins dimensions that all inputs treat alike and drops those of size 1.
void collapse(ElementwiseSpace &space, ArrayRef<int64_t> shape) {
  llvm::SmallVector<llvm::SmallVector<int64_t>> strides(space.inputs.size());
  for (auto [d, size] : llvm::enumerate(shape)) {
    if (size == 1)
      continue;
    bool joins = !space.dims.empty();
    for (auto [i, input] : llvm::enumerate(space.inputs))
      joins = joins && strides[i].back() == input.strides[d] * size;
    if (joins)
      space.dims.back() *= size;
    else
      space.dims.push_back(size);
    for (auto [i, input] : llvm::enumerate(space.inputs)) {
      if (joins)
        strides[i].back() = input.strides[d];
      else
        strides[i].push_back(input.strides[d]);
    }
  }
  while (space.dims.size() < 2) {
    space.dims.insert(space.dims.begin(), 1);
    for (auto &s : strides)
      s.insert(s.begin(), 0);
  }
  for (auto [i, input] : llvm::enumerate(space.inputs))
    input.strides = strides[i];
}

} // namespace

FailureOr<ElementwiseSpace> ElementwiseSpace::of(ascend::KernelOp op) {
  ElementwiseSpace space;
  auto result = mlir::cast<RankedTensorType>(op.getResult(0).getType());
  llvm::SmallVector<int64_t> shape = physicalShape(result);
  for (Type type : op.getResultTypes()) {
    auto ranked = mlir::cast<RankedTensorType>(type);
    auto elem = elemOf(ranked.getElementType());
    if (physicalShape(ranked) != shape || !elem)
      return op.emitError("results of an elementwise kernel differ in shape"), failure();
    space.outputs.push_back(*elem);
  }
  for (Value value : op.getInputs()) {
    auto type = mlir::cast<RankedTensorType>(value.getType());
    auto elem = elemOf(type.getElementType());
    if (!elem)
      return op.emitError("operand has an element type that the core has not"), failure();
    ElementwiseInput input{*elem, *elem, Spread::Full, false, {}};
    if (failed(alignTo(op, type, result, shape, input)))
      return failure();
    space.inputs.push_back(std::move(input));
  }
  collapse(space, shape);
  int64_t narrowest = 4;
  for (Elem e : space.outputs)
    narrowest = std::min(narrowest, bytesOf(e));
  for (ElementwiseInput &input : space.inputs) {
    ArrayRef<int64_t> s = input.strides;
    bool rows = s[s.size() - 2] != 0, lanes = s.back() != 0;
    if (space.rows() == 1 && lanes)
      rows = true;
    input.spread =
        lanes ? (rows ? Spread::Full : Spread::Row) : (rows ? Spread::Inner : Spread::Scalar);
    if (!lanes && space.lanes() == 1) // a single element
      input.spread = Spread::Scalar;
    if (!lanes && bytesOf(input.elem) == 1)
      input.inTile = Elem::F16;
    if (input.spread != Spread::Scalar)
      narrowest = std::min(narrowest, bytesOf(input.inTile));
  }
  space.align = 32 / narrowest;
  return space;
}

LogicalResult emitGroup(ascend::KernelOp op, const ElementwiseSpace &space, VectorEmitter &emitter,
                        int64_t tileRows, int64_t tileLanes, ArrayRef<Value> ins,
                        ArrayRef<Value> outs) {
  Block &body = op.getBody().front();
  for (auto [i, input] : llvm::enumerate(space.inputs))
    emitter.bind(
        body.getArgument(i),
        {ins.empty() ? Value() : ins[i], input.inTile,
         space.isBlock(input, tileRows, tileLanes) ? VectorTile::Block : VectorTile::Full});
  for (auto [i, elem] : llvm::enumerate(space.outputs))
    emitter.bindResult(body.getTerminator()->getOperand(i),
                       {outs.empty() ? Value() : outs[i], elem});
  return emitter.emitBody(body);
}

FailureOr<int64_t> elementwiseBytes(ascend::KernelOp op, const ElementwiseSpace &space,
                                    int64_t tileRows, int64_t tileLanes, int64_t slots) {
  auto blocks = [](int64_t bytes) { return llvm::alignTo(bytes, 32); };
  int64_t pitch = space.pitch(tileRows, tileLanes), capacity = tileRows * pitch;
  VectorEmitter measure(nullptr, capacity, capacity);
  if (failed(emitGroup(op, space, measure, tileRows, tileLanes, {}, {})))
    return failure();
  int64_t total = measure.needs().bytes(capacity);
  for (Elem e : space.outputs)
    total += blocks(capacity * bytesOf(e)) * slots;
  for (const ElementwiseInput &input : space.inputs) {
    int64_t size = bytesOf(input.elem), full = blocks(capacity * bytesOf(input.inTile));
    int64_t perRow = llvm::alignTo(tileRows, 16);
    switch (input.spread) {
    case Spread::Full:
      total += full * slots;
      break;
    case Spread::Row:
      total += blocks(pitch * size) * slots;
      total += space.isBlock(input, tileRows, tileLanes) ? 0 : full;
      break;
    case Spread::Inner:
    case Spread::Scalar:
      // What is read, an f16 copy or the chosen lanes, the blocks, the tile.
      total += (input.firstLane ? perRow * 32 : blocks(perRow * size)) * slots;
      total += blocks(perRow * 4) + 32 + perRow * 32;
      total += input.spread == Spread::Inner ? full : 0;
      break;
    }
  }
  return total;
}

} // namespace openatc::kernel
