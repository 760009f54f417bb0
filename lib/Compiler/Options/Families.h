//===- Families.h - Options that belong together --------------------------===//
#ifndef OPENATC_LIB_COMPILER_OPTIONS_FAMILIES_H
#define OPENATC_LIB_COMPILER_OPTIONS_FAMILIES_H

#include "OptionReader.h"
#include "openatc/Compiler/CommandLine.h"
#include "openatc/Compiler/OptionTable.h"

#include <array>
#include <span>

namespace openatc::compiler {

/// One file of this folder: rows of the option table, and how their values become compile
/// options. `read` is null for families without any; it is called for modes that compile or
/// check a model, also when other values are wrong, so that all problems are reported.
struct OptionFamily {
  std::span<const OptionInfo> rows;
  void (*read)(OptionReader &reader, CommandLine &line) = nullptr;
};

OptionFamily generalOptions();   ///< modes and their files
OptionFamily modelOptions();     ///< the source model and its inputs
OptionFamily outputOptions();    ///< what is written, and outputs of the model
OptionFamily targetOptions();    ///< chip and host
OptionFamily precisionOptions(); ///< element types and accuracy
OptionFamily functionOptions();  ///< AIPP, memory, streams, weights
OptionFamily tuningOptions();    ///< schedules and passes
OptionFamily debugOptions();     ///< logs, reports, dumps

/// All of them in the order of the help text.
inline auto optionFamilies() {
  return std::array{generalOptions(),   modelOptions(),    outputOptions(), targetOptions(),
                    precisionOptions(), functionOptions(), tuningOptions(), debugOptions()};
}

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPTIONS_FAMILIES_H
