//===- AscendDialect.h - The graph dialect --------------------------------===//
#ifndef OPENATC_ASCEND_DIALECT_H
#define OPENATC_ASCEND_DIALECT_H

#include "Ascend/AscendInference.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "Ascend/AscendDialect.h.inc"
#include "Ascend/AscendEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "Ascend/AscendAttrs.h.inc"

#endif // OPENATC_ASCEND_DIALECT_H
