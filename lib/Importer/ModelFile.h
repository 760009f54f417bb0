//===- ModelFile.h - Reading and parsing an ONNX file ---------------------===//
#ifndef OPENATC_LIB_IMPORTER_MODELFILE_H
#define OPENATC_LIB_IMPORTER_MODELFILE_H

#include "onnx.pb.h"
#include "openatc/Support/Status.h"

#include <memory>

namespace openatc::importer {

/// Parses the file. Errors name the file and say whether it cannot be read, is no
/// ONNX model, is truncated or has an unsupported version.
Expected<std::unique_ptr<onnx::ModelProto>> readModelFile(const std::string &path);

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_MODELFILE_H
