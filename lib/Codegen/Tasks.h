//===- Tasks.h - The plan of a lowered module -----------------------------===//
#ifndef OPENATC_LIB_CODEGEN_TASKS_H
#define OPENATC_LIB_CODEGEN_TASKS_H

#include "openatc/Codegen/Tasks.h"
#include "openatc/Codegen/Weights.h"
#include "openatc/Target/SocDescription.h"

namespace openatc::codegen {

/// What one module gives: its plan, whose tasks refer to `kernels` and to `weights`, and what
/// makes up the lower bound of its arena.
struct BuiltPlan {
  om::Plan plan;
  std::vector<om::Kernel> kernels;
  std::vector<AliveTensor> aliveAtPeak;
};

/// Builds the plan of a module as buildModel() describes; constants are added to `weights`.
mlir::FailureOr<BuiltPlan> buildPlan(mlir::ModuleOp module, const ModelOptions &options,
                                     const SocDescription &soc, WeightSegment &weights);

} // namespace openatc::codegen

#endif // OPENATC_LIB_CODEGEN_TASKS_H
