//===- PassRecorder.h - Notes what each pass does to the network ----------===//
#ifndef OPENATC_LIB_COMPILER_PASSRECORDER_H
#define OPENATC_LIB_COMPILER_PASSRECORDER_H

#include "openatc/Codegen/PassHistory.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/MapVector.h"

#include <memory>

namespace openatc::compiler {

/// Fills a PassHistory by comparing the ops of `main` before and after each pass. The IR itself
/// is not marked, so what passes do (merging equal ops, say) and what they leave is the same
/// with and without a recorder.
class PassRecorder {
public:
  explicit PassRecorder(codegen::PassHistory &history) : history(history) {}

  /// Takes the ops of `main` as they are now for imported.
  void begin(mlir::ModuleOp module);
  /// What a pass manager calls after its passes. The recorder must outlive it.
  std::unique_ptr<mlir::PassInstrumentation> instrumentation();

private:
  /// Sums of hashes over the ops of a node.
  struct Ops {
    uint64_t operators = 0; ///< kinds, attributes and source nodes of what computes
    uint64_t all = 0;       ///< element types, layouts, constants, conversions and grouping, too
  };
  using State = llvm::MapVector<mlir::StringAttr, Ops>;
  class Instrumentation;

  static State stateOf(mlir::Operation *main);
  void afterPass(llvm::StringRef pass, mlir::Operation *op);

  codegen::PassHistory &history;
  State state;
  bool operatorsAreFinal = false;
};

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_PASSRECORDER_H
