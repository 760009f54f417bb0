//===- ModelJson.cpp - An ONNX file as JSON -------------------------------===//
#include "openatc/Importer/ModelJson.h"
#include "ModelFile.h"
#include "openatc_onnx_json.pb.h"

#include <google/protobuf/util/json_util.h>

namespace openatc::importer {

Expected<std::string> onnxJson(const std::string &path, ImportError::Kind &kind) {
  Expected<ModelFile> file = ModelFile::read(path, kind);
  if (!file)
    return file.status();
  for (onnx::TensorProto &tensor : *file->model().mutable_graph()->mutable_initializer())
    if (std::optional<size_t> bytes = file->bytesInFile(tensor)) {
      std::string raw(*bytes, '\0');
      if (Status status = file->readBytes(tensor, raw.data()); !status.ok())
        return Status::error("model file '" + path + "' " + status.message());
      tensor.set_raw_data(std::move(raw));
    }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  // The same message in the form that knows its fields' names.
  onnx_json::ModelProto named;
  if (!named.ParseFromString(file->model().SerializeAsString()))
    return Status::error("model file '" + path + "' is too large to be printed as JSON");
  std::string json;
  auto status = google::protobuf::util::MessageToJsonString(named, &json, options);
  if (!status.ok())
    return Status::error("model file '" + path +
                         "' cannot be printed as JSON: " + status.ToString());
  return json;
}

} // namespace openatc::importer
