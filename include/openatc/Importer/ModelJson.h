//===- ModelJson.h - An ONNX file as JSON ---------------------------------===//
#ifndef OPENATC_IMPORTER_MODELJSON_H
#define OPENATC_IMPORTER_MODELJSON_H

#include "openatc/Importer/Importer.h"
#include "openatc/Support/Status.h"

namespace openatc::importer {

/// The ONNX file at `path` field for field, as protobuf prints JSON: fields have their ONNX
/// names, enumerators their names, bytes are base64, 64-bit integers are strings. External
/// data is not read. Errors are those of importOnnx for files; `kind` says which.
Expected<std::string> onnxJson(const std::string &path, ImportError::Kind &kind);

} // namespace openatc::importer

#endif // OPENATC_IMPORTER_MODELJSON_H
