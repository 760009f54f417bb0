//===- ReferenceFiles.cpp - Reference tensors of another runtime ----------===//

#include "ReferenceFiles.h"

#include "openatc/Runtime/Npy.h"

#include <nlohmann/json.hpp>

namespace openatc::tool {

Expected<ReferenceFiles> ReferenceFiles::open(const std::string &folder) {
  ReferenceFiles out;
  out.folder = folder;
  std::string path = folder + "/reference.json";
  Expected<std::vector<uint8_t>> text = rt::readBinary(path);
  if (!text)
    return text.status();
  auto document = nlohmann::json::parse(text->begin(), text->end(), nullptr, false);
  auto malformed = [&](const std::string &what) { return Status::error("'" + path + "' " + what); };
  if (!document.is_object() || !document.contains("tensors") || !document["tensors"].is_object())
    return malformed("is not a JSON object with the object 'tensors'");
  for (const auto &[name, file] : document["tensors"].items()) {
    if (!file.is_string())
      return malformed("has no file name for tensor '" + name + "'");
    out.files[name] = file.get<std::string>();
  }
  auto outputs = document.find("outputs");
  if (outputs != document.end() && !outputs->is_array())
    return malformed("has 'outputs' that are no list");
  for (size_t i = 0; outputs != document.end() && i < outputs->size(); ++i) {
    if (!(*outputs)[i].is_string())
      return malformed("has no file name for output " + std::to_string(i));
    out.outputFiles.push_back((*outputs)[i].get<std::string>());
  }
  auto by = document.find("by");
  out.maker = by != document.end() && by->is_string() ? by->get<std::string>() : folder;
  return out;
}

Expected<HostTensor> ReferenceFiles::read(const std::string &file) const {
  Expected<rt::NpyArray> array = rt::readNpy(folder + "/" + file);
  if (!array)
    return array.status();
  return HostTensor{array->dtype, std::move(array->shape), std::move(array->bytes)};
}

Expected<std::optional<HostTensor>> ReferenceFiles::tensor(const std::string &name) const {
  auto at = files.find(name);
  if (at == files.end())
    return std::optional<HostTensor>();
  Expected<HostTensor> tensor = read(at->second);
  if (!tensor)
    return tensor.status();
  return std::optional(std::move(*tensor));
}

Expected<HostTensor> ReferenceFiles::output(size_t index) const { return read(outputFiles[index]); }

} // namespace openatc::tool
