//===- FusionSwitches.h - --fusion_switch_file and --optimization_switch ----===//
#ifndef OPENATC_LIB_COMPILER_FUSIONSWITCHES_H
#define OPENATC_LIB_COMPILER_FUSIONSWITCHES_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"
#include "openatc/Graph/Fusions.h"

namespace openatc::compiler {

/// The fusions that --fusion_switch_file, --optimization_switch and --buffer_optimize leave
/// on. The file holds lines `name:off`, or JSON with the objects GraphFusion and UBFusion;
/// ALL stands for all of them, and other entries go before it. Names of passes that are none
/// here are warned about once, all together; what cannot be read is an error.
graph::FusionSet readFusionSwitches(const FusionOptions &options, Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_FUSIONSWITCHES_H
