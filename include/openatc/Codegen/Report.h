//===- Report.h - What the compiler did, as JSON --------------------------===//
#ifndef OPENATC_CODEGEN_REPORT_H
#define OPENATC_CODEGEN_REPORT_H

#include "openatc/OfflineModel/Model.h"

#include <optional>
#include <string>

namespace openatc::codegen {

/// The compile report of a model: chip, inputs and outputs, nodes per engine, every
/// task with its nodes, its estimate or the reason it is on the AI CPU, and the sizes
/// of arena and weights. Deterministic; also stored in the model itself.
std::string reportJson(const om::Model &model);

/// Sum of the estimates of all kernels with their launches, in microseconds; nothing
/// when a kernel has no estimate. Tasks of the AI CPU are not part of it.
std::optional<double> estimatedMicroseconds(const om::Model &model);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_REPORT_H
