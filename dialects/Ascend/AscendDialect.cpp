//===- AscendDialect.cpp - Registration and attributes --------------------===//
#include "Ascend/AscendOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace openatc::ascend;

#include "Ascend/AscendDialect.cpp.inc"
#include "Ascend/AscendEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "Ascend/AscendAttrs.cpp.inc"

void AscendDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "Ascend/AscendAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsStructure.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsAipp.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsContraction.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsElementwise.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsMove.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsNormalize.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Ascend/AscendOpsPool.cpp.inc"
      >();
}

Operation *AscendDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                              Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

LogicalResult AscendDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != "ascend.engine")
    return success();
  auto engine = dyn_cast<StringAttr>(attribute.getValue());
  if (!engine || engine.getValue() != "aicpu")
    return op->emitOpError() << "'ascend.engine' must be \"aicpu\"";
  return success();
}

LogicalResult LayoutAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                                         function_ref<InFlightDiagnostic()> emitError) const {
  size_t rank = shape.size();
  switch (getValue()) {
  case Layout::ND:
    return success();
  case Layout::NC1HWC0:
    if (rank == 4)
      return success();
    return emitError() << "layout " << stringifyLayout(getValue()) << " needs rank 4, not " << rank;
  case Layout::FRACTAL_Z:
    if (rank == 4 || rank == 2)
      return success();
    return emitError() << "layout fractal_z needs rank 2 or 4, not " << rank;
  case Layout::NC1HWC0_C04:
  case Layout::FRACTAL_Z_C04:
    if (rank == 4 && (ShapedType::isDynamic(shape[1]) || shape[1] <= 4))
      return success();
    return emitError() << "layout " << stringifyLayout(getValue())
                       << " needs rank 4 and at most 4 channels";
  case Layout::FRACTAL_NZ:
    if (rank >= 2)
      return success();
    return emitError() << "layout nz needs at least rank 2, not " << rank;
  }
  return success();
}
