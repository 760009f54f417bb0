//===- ImportMessages.h - What an import found, for the user --------------===//
#ifndef OPENATC_LIB_COMPILER_IMPORTMESSAGES_H
#define OPENATC_LIB_COMPILER_IMPORTMESSAGES_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Importer/Importer.h"

namespace openatc::compiler {

/// False, with a message, when the file at `path` (given by `--parameter`) cannot be opened.
bool checkReadable(const std::string &path, const std::string &parameter, Messages &messages);

/// The file field for field as JSON; empty with a message when it cannot be read.
std::string onnxAsJson(const std::string &path, Messages &messages);

/// Turns all errors and warnings of an import into messages, and unsupported operators into one
/// message for each cause with a line for each operator.
void reportImport(const importer::ImportReport &report, const std::string &path,
                  Messages &messages);

/// The JSON of atc's mode 3: totals and the nodes that cannot be compiled.
std::string checkReportJson(const importer::ImportReport &report, const std::string &path,
                            const Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_IMPORTMESSAGES_H
