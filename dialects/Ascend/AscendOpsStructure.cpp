//===- AscendOpsStructure.cpp - Constants, layouts, kernel groups ---------===//
#include "Ascend/AscendOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/PatternMatch.h"

#define GET_OP_CLASSES
#include "Ascend/AscendOpsStructure.cpp.inc"

using namespace mlir;
using namespace openatc::ascend;

ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &result) {
  ElementsAttr value;
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseAttribute(value, "value", result.attributes))
    return failure();
  result.addTypes(value.getType());
  return success();
}

void ConstantOp::print(OpAsmPrinter &printer) {
  printer.printOptionalAttrDict((*this)->getAttrs(), {"value"});
  printer << ' ' << getValue();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

LogicalResult ConstantOp::verify() {
  if (getValue().getType() != getType())
    return emitOpError() << "value type " << getValue().getType() << " differs from result type "
                         << getType();
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  if (!resource)
    return success();
  // A module printed with elided resources parses back without the bytes.
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  auto type = cast<ShapedType>(getType());
  if (!blob || !type.hasStaticShape())
    return success();
  // Bool takes a byte per element; everything else is a whole number of bytes.
  uint64_t wanted = type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
  bool packed = isa_and_present<LayoutAttr>(cast<RankedTensorType>(getType()).getEncoding());
  if (!packed && blob->getData().size() != wanted)
    return emitOpError() << "resource has " << blob->getData().size() << " bytes, but its type "
                         << getType() << " needs " << wanted;
  return success();
}

LogicalResult TransDataOp::verify() {
  auto from = cast<TensorType>(getInput().getType());
  auto to = cast<TensorType>(getOutput().getType());
  if (from.getElementType() != to.getElementType())
    return emitOpError() << "cannot change the element type from " << from.getElementType()
                         << " to " << to.getElementType();
  if (failed(verifyCompatibleShape(from, to)))
    return emitOpError() << "cannot change the logical shape";
  return success();
}

bool openatc::ascend::isSameInNz(ArrayRef<int64_t> shape) {
  int64_t rows = 1;
  for (int64_t d : shape.drop_back())
    rows *= d;
  return shape.back() % 16 == 0 && (rows == 1 || shape.back() == 16);
}

LogicalResult KernelOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() != getInputs().getTypes())
    return emitOpError() << "block arguments (" << body.getArgumentTypes()
                         << ") must have the types of the operands (" << getInputs().getTypes()
                         << ")";
  auto yield = dyn_cast_or_null<YieldOp>(body.empty() ? nullptr : &body.back());
  if (!yield)
    return emitOpError() << "body must end with 'ascend.yield'";
  if (yield.getValues().getTypes() != getOutputs().getTypes())
    return emitOpError() << "yields (" << yield.getValues().getTypes() << ") but has the results ("
                         << getOutputs().getTypes() << ")";
  return success();
}
