//===- Convert.cpp - An offline model as JSON -----------------------------===//
#include "GraphJson.h"
#include "ImportMessages.h"
#include "ModelFigures.h"
#include "openatc/Compiler/Compiler.h"
#include "openatc/OfflineModel/Gears.h"

namespace openatc::compiler {

std::optional<om::Model> readModel(const std::string &path, om::FileInfo &info,
                                   Messages &messages) {
  if (!checkReadable(path, "om", messages))
    return std::nullopt;
  Expected<om::Model> model = om::readFile(path, &info);
  if (model)
    return std::move(*model);
  messages.error({"E10041",
                  "Failed to load the model from " + path + ". Reason: " + model.message() + ".",
                  {},
                  "The file is damaged or was made by another compiler.",
                  "Compile the model again."});
  return std::nullopt;
}

void convertOffline(const std::string &omPath, const std::string &jsonPath, Messages &messages) {
  om::FileInfo info;
  std::optional<om::Model> model = readModel(omPath, info, messages);
  if (!model)
    return;
  ModelFigures figures(*model, info);
  JsonModel json;
  json.name = model->name;
  json.version = info.formatVersion;
  if (model->gears.empty())
    json.graphs.push_back({model->name, graphOf(*model, *model)});
  for (const om::Gear &gear : model->gears) {
    llvm::json::Array values{integersAttribute("gear", gear.values)};
    json.graphs.push_back(
        {model->name + "_" + om::gearText(gear.values), graphOf(*model, gear), std::move(values)});
  }
  json.attributes = llvm::json::Array{
      stringAttribute("atc_cmdline", model->commandLine),
      stringAttribute("atc_version", model->compilerVersion),
      stringAttribute("opp_version", model->compilerVersion),
      stringAttribute("soc_version", model->socVersion),
      integerAttribute("framework_type", figures.framework),
      integerAttribute("memory_size", figures.memory),
      integerAttribute("weight_size", figures.weights),
      integerAttribute("stream_num", figures.streams),
      integerAttribute("event_num", figures.events),
      integersAttribute("om_info_list", {figures.modelDefinition, figures.weights, figures.kernels,
                                         figures.customKernels, figures.tasks, figures.libraries}),
  };
  writeText(print(std::move(json)), jsonPath, messages);
}

} // namespace openatc::compiler
