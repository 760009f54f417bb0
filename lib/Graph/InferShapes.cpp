//===- InferShapes.cpp - Constant folding and static shapes ---------------===//
#include "Constants.h"
#include "openatc/Graph/Passes.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SetVector.h"

namespace openatc::graph {
#define GEN_PASS_DEF_INFERSHAPESPASS
#include "openatc/Graph/Passes.h.inc"

using namespace mlir;

namespace {

// Results up to this size are folded even when they are larger than the operands.
constexpr uint64_t kMaxGrownBytes = 1 << 20;

uint64_t bytesOf(Type type) {
  host::TensorType hostType = ascend::toHostType(type);
  if (!hostType.shape)
    return 0;
  Expected<int64_t> count = host::numElements(*hostType.shape);
  return count ? *count * sizeOf(hostType.dtype) : UINT64_MAX;
}

bool isStaticTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape();
}

class InferShapes : public impl::InferShapesPassBase<InferShapes> {
public:
  void runOnOperation() override;

private:
  LogicalResult visit(Operation *op);
  LogicalResult refineTypes(Operation *op);
  /// The results of `op` as values when they are known now, empty when not.
  FailureOr<SmallVector<Value>> fold(Operation *op, IRRewriter &rewriter);
  bool isWorthFolding(Operation *op);
};

/// Infers the result types again. Known dimensions of the old types stay.
LogicalResult InferShapes::refineTypes(Operation *op) {
  if (!isa<InferTypeOpInterface>(op))
    return success();
  SmallVector<Type> inferred;
  auto attributes = dyn_cast_if_present<DictionaryAttr>(op->getPropertiesAsAttribute());
  Status status = ascend::inferResultTypes(op->getName().getStringRef(), op->getContext(),
                                           op->getOperands(), attributes, inferred);
  if (!status.ok())
    return emitError(op->getLoc(), "") << status.message();
  if (inferred.size() != op->getNumResults())
    return emitError(op->getLoc(), "has ")
           << op->getNumResults() << " results instead of " << inferred.size();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), inferred)) {
    if (getElementTypeOrSelf(type) != getElementTypeOrSelf(result.getType()) ||
        failed(verifyCompatibleShape(type, result.getType())))
      return emitError(op->getLoc(), "result has type ")
             << result.getType() << " instead of " << type;
    if (isStaticTensor(type) && !isStaticTensor(result.getType()))
      result.setType(type);
  }
  return success();
}

/// The extents that the model declares for a result, if any.
std::optional<ArrayRef<int64_t>> declaredShape(OpResult result) {
  Operation *op = result.getOwner();
  auto shapes = op->getAttrOfType<ArrayAttr>(ascend::kDeclaredShapes);
  if (!shapes || shapes.size() != op->getNumResults())
    return std::nullopt;
  auto extents = dyn_cast<DenseI64ArrayAttr>(shapes[result.getResultNumber()]);
  return extents ? std::optional(extents.asArrayRef()) : std::nullopt;
}

/// What the model declares for `result`, or for what elementwise functions of one
/// operand make of it: these keep the shape.
std::optional<ArrayRef<int64_t>> shapeFromUses(OpResult result) {
  for (OpResult current = result;;) {
    if (std::optional<ArrayRef<int64_t>> shape = declaredShape(current))
      return shape;
    if (!current.hasOneUse())
      return std::nullopt;
    Operation *user = *current.user_begin();
    if (!isa<ascend::CastOp, ascend::IdentityOp, ascend::SqrtOp, ascend::LogOp, ascend::ExpOp,
             ascend::AbsOp, ascend::NegOp, ascend::ReluOp, ascend::SigmoidOp, ascend::TanhOp>(user))
      return std::nullopt;
    current = user->getResult(0);
  }
}

/// What neither operands nor constants tell, the model may have stated. The AI CPU
/// checks it when it runs the op.
void useDeclaredShapes(Operation *op) {
  for (OpResult result : op->getResults())
    if (!isStaticTensor(result.getType()))
      if (std::optional<ArrayRef<int64_t>> shape = shapeFromUses(result))
        result.setType(RankedTensorType::get(*shape, getElementTypeOrSelf(result.getType())));
  op->removeAttr(ascend::kDeclaredShapes);
}

bool InferShapes::isWorthFolding(Operation *op) {
  uint64_t operandBytes = 0, resultBytes = 0;
  for (Value operand : op->getOperands())
    operandBytes += bytesOf(operand.getType());
  for (Type type : op->getResultTypes()) {
    if (!isStaticTensor(type))
      return false;
    resultBytes += bytesOf(type);
  }
  return resultBytes <= std::max(operandBytes, kMaxGrownBytes);
}

/// An attribute of `type` whose elements all have the value of the first of `bytes`.
DenseElementsAttr splat(Type type, ArrayRef<char> bytes) {
  auto ranked = cast<RankedTensorType>(type);
  if (ranked.getElementType().isInteger(1))
    return DenseElementsAttr::get(ranked, bytes[0] != 0);
  return DenseElementsAttr::getFromRawBuffer(ranked,
                                             bytes.take_front(ranked.getElementTypeBitWidth() / 8));
}

/// A tensor of one repeated value needs no memory: constant_of_shape with a known
/// shape, and expand or tile of a single element. Null for everything else.
ElementsAttr foldToSplat(Operation *op) {
  if (op->getNumResults() != 1 || !isStaticTensor(op->getResult(0).getType()))
    return {};
  Type type = op->getResult(0).getType();
  if (cast<RankedTensorType>(type).getNumElements() < 2)
    return {};
  if (isa<ascend::ConstantOfShapeOp>(op)) {
    host::TensorType one{ascend::toHostType(type).dtype, host::Shape{1}};
    int64_t extent = 1;
    host::TensorView shape{DType::I64, {1}, &extent};
    char value[8] = {};
    host::MutableTensorView result{one.dtype, *one.shape, value};
    Status status =
        host::compute("constant_of_shape", ascend::toHostAttributes(op), {&shape, 1}, {&result, 1});
    return status.ok() ? splat(type, value) : ElementsAttr();
  }
  if (!isa<ascend::ExpandOp, ascend::TileOp>(op))
    return {};
  std::optional<ascend::ConstantData> data = ascend::getConstantData(op->getOperand(0));
  if (!data || data->view.shape.size() > 64 ||
      llvm::any_of(data->view.shape, [](int64_t d) { return d != 1; }))
    return {};
  return splat(type, {static_cast<const char *>(data->view.data), sizeOf(data->view.dtype)});
}

/// shape and size of a tensor of known shape do not wait for its data.
ElementsAttr foldShapeQuery(Operation *op) {
  host::TensorType input = ascend::toHostType(op->getOperand(0).getType());
  if (!input.shape || !isStaticTensor(op->getResult(0).getType()))
    return {};
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (isa<ascend::SizeOp>(op)) {
    Expected<int64_t> count = host::numElements(*input.shape);
    return count ? DenseIntElementsAttr::get(type, *count) : DenseElementsAttr();
  }
  auto query = dyn_cast<ascend::ShapeOp>(op);
  if (!query)
    return {};
  int64_t rank = input.shape->size(), start = query.getStart();
  start = std::clamp<int64_t>(start < 0 ? start + rank : start, 0, rank);
  ArrayRef<int64_t> dims = ArrayRef<int64_t>(*input.shape).drop_front(start);
  if (dims.size() < size_t(type.getNumElements()))
    return {};
  return DenseIntElementsAttr::get(type, dims.take_front(type.getNumElements()));
}

FailureOr<SmallVector<Value>> InferShapes::fold(Operation *op, IRRewriter &rewriter) {
  auto constant = [&](ElementsAttr attr) -> SmallVector<Value> {
    return {ascend::ConstantOp::create(rewriter, op->getLoc(), attr)};
  };
  // Ops that change nothing.
  SmallVector<OpFoldResult> folded;
  if (succeeded(op->fold(folded)) && folded.size() == op->getNumResults() &&
      llvm::all_of(folded, [](OpFoldResult r) { return isa_and_present<Value>(r); }))
    return llvm::map_to_vector(folded, [](OpFoldResult r) { return cast<Value>(r); });
  if (op->getNumOperands() > 0)
    if (ElementsAttr attr = foldShapeQuery(op))
      return constant(attr);

  bool constantOperands = op->getNumOperands() > 0 &&
                          llvm::all_of(op->getOperands(), [](Value v) { return constantOf(v); });
  if (!constantOperands)
    return SmallVector<Value>();
  if (ElementsAttr attr = foldToSplat(op))
    return constant(attr);
  // The same bytes in another shape stay where they are.
  if (isa<ascend::ReshapeOp, ascend::FlattenOp, ascend::SqueezeOp, ascend::UnsqueezeOp>(op) &&
      isStaticTensor(op->getResult(0).getType()))
    return SmallVector<Value>{
        reshapeTo(rewriter, op->getLoc(), op->getOperand(0),
                  cast<RankedTensorType>(op->getResult(0).getType()).getShape())};
  if (!isWorthFolding(op) || !llvm::all_of(op->getOperands(), [](Value v) {
        return ascend::getConstantData(v).has_value();
      }))
    return SmallVector<Value>();
  Expected<std::vector<ElementsAttr>> results =
      ascend::evaluate(op, SmallVector<Type>(op->getResultTypes()));
  if (!results)
    return emitError(op->getLoc(), "cannot be computed: ") << results.message();
  SmallVector<Value> values;
  for (ElementsAttr attr : *results)
    llvm::append_range(values, constant(attr));
  return values;
}

LogicalResult InferShapes::visit(Operation *op) {
  if (!isa_and_present<ascend::AscendDialect>(op->getDialect()) || isa<ascend::ConstantOp>(op))
    return success();
  if (failed(refineTypes(op)))
    return failure();
  IRRewriter rewriter(op);
  FailureOr<SmallVector<Value>> values = fold(op, rewriter);
  if (failed(values))
    return failure();
  if (!values->empty()) {
    llvm::SmallSetVector<Value, 4> operands(op->operand_begin(), op->operand_end());
    rewriter.replaceOp(op, *values);
    for (Value operand : operands)
      if (!llvm::is_contained(*values, operand))
        eraseIfDead(rewriter, operand);
    return success();
  }
  useDeclaredShapes(op);
  for (Type type : op->getResultTypes())
    if (!isStaticTensor(type))
      return emitError(op->getLoc(), "the shape of its result depends on data that is only known "
                                     "at run time; only static shapes can be compiled");
  return success();
}

void InferShapes::runOnOperation() {
  func::FuncOp function = getOperation();
  if (function.isExternal())
    return;
  for (Block &block : function.getBody())
    for (Operation &op : llvm::make_early_inc_range(block))
      if (failed(visit(&op)))
        return signalPassFailure();

  // What only fed folded ops is dead by now; users come after their operands.
  Block &block = function.getBody().back();
  IRRewriter rewriter(&getContext());
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (auto dead = dyn_cast<ascend::ConstantOp>(op))
      eraseIfDead(rewriter, dead.getOutput());
    else if (isOpTriviallyDead(&op))
      rewriter.eraseOp(&op);
  }
  function.setType(FunctionType::get(&getContext(), function.getArgumentTypes(),
                                     block.getTerminator()->getOperandTypes()));
}

} // namespace
} // namespace openatc::graph
