//===- Interface.h - Nodes and types at a model's borders -------------------===//
#ifndef OPENATC_LIB_COMPILER_OPTIONS_INTERFACE_H
#define OPENATC_LIB_COMPILER_OPTIONS_INTERFACE_H

#include "OptionReader.h"
#include "openatc/Compiler/Options.h"

namespace openatc::compiler {

/// --out_nodes, --output_type and --input_fp16_nodes; names are not looked up yet.
void readInterface(OptionReader &reader, CompileOptions &options);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPTIONS_INTERFACE_H
