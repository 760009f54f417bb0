//===- OutputType.h - --output_type ---------------------------------------===//
#ifndef OPENATC_LIB_COMPILER_OUTPUTTYPE_H
#define OPENATC_LIB_COMPILER_OUTPUTTYPE_H

#include "mlir/IR/BuiltinOps.h"

namespace openatc::compiler {

/// Casts every floating-point output of `main` to the element type that
/// --output_type names ("FP32", "FP16" or "UINT8"); "" leaves the outputs alone.
void setOutputTypes(mlir::ModuleOp module, llvm::StringRef type);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OUTPUTTYPE_H
