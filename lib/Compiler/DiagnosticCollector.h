//===- DiagnosticCollector.h - MLIR diagnostics as user messages ----------===//
#ifndef OPENATC_LIB_COMPILER_DIAGNOSTICCOLLECTOR_H
#define OPENATC_LIB_COMPILER_DIAGNOSTICCOLLECTOR_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"

#include "mlir/IR/Diagnostics.h"

namespace openatc::compiler {

/// While alive, takes all diagnostics of a context and turns errors into messages that
/// name the ONNX node, and warnings into warnings. The error code follows from the
/// phase: the graph phases complain about the model, the later ones about a kernel.
class DiagnosticCollector {
public:
  DiagnosticCollector(mlir::MLIRContext *context, Messages &messages);

  void setPhase(Phase current) { phase = current; }

private:
  void handle(mlir::Diagnostic &diagnostic);

  Messages &messages;
  Phase phase = Phase::Import;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_DIAGNOSTICCOLLECTOR_H
