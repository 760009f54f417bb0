//===- PrecisionLists.h - Exceptions from the precision mode ----------------===//
#ifndef OPENATC_LIB_COMPILER_PRECISIONLISTS_H
#define OPENATC_LIB_COMPILER_PRECISIONLISTS_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"
#include "openatc/Graph/PrecisionPolicy.h"

#include <map>
#include <string>

namespace openatc::compiler {

/// Reads the files of --modify_mixlist, --op_precision_mode, --keep_dtype and
/// --customize_dtypes; what a later one of these says of a node counts, and within one file a
/// node goes before its type. `operators` are the model's nodes with their ONNX types. Files
/// that cannot be read or understood are errors with their line; names that the model does not
/// have are warned about.
graph::PrecisionPolicy readPrecisionPolicy(const PrecisionOptions &options,
                                           const std::map<std::string, std::string> &operators,
                                           Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_PRECISIONLISTS_H
