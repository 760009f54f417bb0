//===- SingleOps.h - Models of single operators ---------------------------===//
#ifndef OPENATC_COMPILER_SINGLEOPS_H
#define OPENATC_COMPILER_SINGLEOPS_H

#include "openatc/Compiler/Compiler.h"

namespace openatc::compiler {

/// Compiles one CANN operator with the options for chip and precision of `options`. The
/// model records the operator, so that the runtime finds it. Shapes that the operator does
/// not give are E10027.
CompileResult compileOp(const om::OpDescription &op, CompileOptions options, Messages &messages);

/// Compiles the one operator of a JSON text.
CompileResult compileOp(const std::string &json, const CompileOptions &options, Messages &messages);

/// Compiles all operators of the --singleop file at `path` and writes one .om file for each
/// into the folder `options.output`; all problems are reported, and nothing is written
/// then. Returns a line for every file written.
std::vector<std::string> compileOps(const std::string &path, const CompileOptions &options,
                                    Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_SINGLEOPS_H
