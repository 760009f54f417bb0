//===- InputType.h - --input_fp16_nodes -----------------------------------===//
#ifndef OPENATC_LIB_COMPILER_INPUTTYPE_H
#define OPENATC_LIB_COMPILER_INPUTTYPE_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"

#include "mlir/IR/BuiltinOps.h"

namespace openatc::compiler {

/// Makes the inputs of --input_fp16_nodes f16 and casts them to the types that the network
/// takes. False with E10016 for a name that is not in the model, and E10017 for one that is
/// a node or constant.
bool setInputTypes(mlir::ModuleOp module, const CompileOptions &options, Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_INPUTTYPE_H
