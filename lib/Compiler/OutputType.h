//===- OutputType.h - --output_type ---------------------------------------===//
#ifndef OPENATC_LIB_COMPILER_OUTPUTTYPE_H
#define OPENATC_LIB_COMPILER_OUTPUTTYPE_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"

#include "mlir/IR/BuiltinOps.h"

namespace openatc::compiler {

/// Casts the outputs of `main` to the element types that --output_type names: one for all
/// of them, or those of single outputs, which must be outputs of --out_nodes (else E10001
/// and false). Warns where whole numbers become floating-point ones.
bool setOutputTypes(mlir::ModuleOp module, const CompileOptions &options, Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OUTPUTTYPE_H
