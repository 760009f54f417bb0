//===- Report.h - What the compiler did, as JSON --------------------------===//
#ifndef OPENATC_CODEGEN_REPORT_H
#define OPENATC_CODEGEN_REPORT_H

#include "openatc/Codegen/Tasks.h"

#include <string>

namespace openatc::codegen {

/// The compile report of a model: chip, inputs and outputs, nodes per engine, every
/// task with its nodes, its estimate or the reason it is on the AI CPU, the sizes of weights
/// and arena, and the tensors that are alive where the arena is fullest. With gears, tasks,
/// estimates and arena sizes are given for each. Deterministic; also stored in the model itself.
std::string reportJson(const BuiltModel &built);

/// The compiler's estimate of the AI core's work of a plan in microseconds, launches included.
/// Tasks of the AI CPU and kernels without an estimate are not part of it.
struct Estimate {
  double microseconds = 0;
  size_t kernels = 0;   ///< launches that the sum covers
  size_t uncovered = 0; ///< launches of kernels without an estimate
};
Estimate estimate(const om::Model &model, const om::Plan &plan);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_REPORT_H
