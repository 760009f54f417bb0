//===- OpenShapes.h - Models whose shapes are known when they run ---------===//
#ifndef OPENATC_LIB_COMPILER_OPENSHAPES_H
#define OPENATC_LIB_COMPILER_OPENSHAPES_H

#include "openatc/Compiler/Compiler.h"

namespace openatc::compiler {

/// Whether a dimension is left to run time: -1 or a range in --input_shape, without gears.
bool hasOpenShapes(const CompileOptions &options);

/// Makes a model that carries the network itself, for the runtime to compile each shape at
/// its first use. One sample of the shapes, the largest where ranges are bounded, is
/// compiled here to find what is not supported and what the outputs look like.
CompileResult compileOpen(const CompileOptions &options, Messages &messages);

/// Compiles for fixed shapes or gears.
CompileResult compileFixed(const CompileOptions &options, Messages &messages);

/// Shapes of the outputs for fixed input shapes, as far as shape inference knows; empty, with
/// the reason in `messages`, when it fails.
std::vector<host::Shape> inferOutputs(const CompileOptions &options, Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPENSHAPES_H
