//===- AippConfiguration.h - --insert_op_conf against a network -----------===//
#ifndef OPENATC_LIB_COMPILER_AIPPCONFIGURATION_H
#define OPENATC_LIB_COMPILER_AIPPCONFIGURATION_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"
#include "openatc/Graph/InsertAipp.h"

namespace openatc::compiler {

/// How the stages of --insert_op_conf go into the network that `options` describe.
graph::AippOptions aippOptions(const CompileOptions &options);

/// Reads --insert_op_conf and checks it against the network's inputs, so that errors name
/// the file and the line. `notes` gets a line for each input that AIPP feeds: what the
/// application must pass; with gears the function is called for each. False with a message when the
/// file or the combination with other options is wrong; true without effect when the option is not
/// given.
bool readAipp(const CompileOptions &options, mlir::func::FuncOp main, Messages &messages,
              std::vector<std::string> &notes);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_AIPPCONFIGURATION_H
