//===- DaVinci.h - The core's dialect -------------------------------------===//
#ifndef DAVINCI_DAVINCI_H
#define DAVINCI_DAVINCI_H

#include "openatc/ISA/Instruction.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <vector>

#include "DaVinci/DaVinciInterfaces.h.inc"

#include "DaVinci/DaVinciDialect.h.inc"

#include "DaVinci/DaVinciEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "DaVinci/DaVinciAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "DaVinci/DaVinciTypes.h.inc"

#define GET_OP_CLASSES
#include "DaVinci/DaVinciOps.h.inc"

namespace openatc::davinci {

/// The `davinci.acquire` result or kernel argument that `ptr` is derived from by offsets.
mlir::Value getRoot(mlir::Value ptr);

} // namespace openatc::davinci

#endif // DAVINCI_DAVINCI_H
