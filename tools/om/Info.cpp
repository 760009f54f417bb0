//===- Info.cpp - om info: what an offline model holds --------------------===//

#include "Session.h"

#include "openatc/OfflineModel/DynamicAipp.h"
#include "openatc/OfflineModel/Gears.h"
#include "openatc/OfflineModel/Reader.h"
#include "openatc/SingleOp/OpFile.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace openatc::tool {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kHelp =
    R"(om info: show what an offline model holds

usage: om info MODEL.om [--gear GEAR] [--tasks] [--json]

  --gear    of a model with gears: whose inputs, outputs and tasks to show, e.g. 8 or 640,640;
            default all shapes, with -1 where they depend on the gear, and tasks of the largest
  --tasks   also list every task in execution order: engine, kernel or host operator,
            blocks and the ONNX nodes it implements
  --json    print all of it as JSON

Inputs are shown as the application must pass them: with AIPP, the image bytes.
)";

/// What the application passes to an input with AIPP, in one line.
std::string aippText(const om::AippInfo &aipp) {
  if (aipp.mode == "parameters")
    return "AIPP parameters of the pictures in input " + std::to_string(aipp.partner) +
           " (aclmdlSetInputAIPP)";
  std::string network = typeText(aipp.originDType, aipp.originShape) + " " + aipp.originFormat;
  if (aipp.mode == "dynamic")
    return "through dynamic AIPP from pictures that input " + std::to_string(aipp.partner) +
           " describes to " + network;
  return "through static AIPP from " + aipp.sourceFormat + " " + std::to_string(aipp.sourceWidth) +
         "x" + std::to_string(aipp.sourceHeight) + " to " + network;
}

ordered_json describe(const om::TensorDesc &desc) {
  ordered_json out;
  out["name"] = desc.name;
  out["dtype"] = nameOf(desc.dtype);
  out["shape"] = desc.shape;
  if (!desc.dynamicAxes.empty())
    out["dynamic_axes"] = desc.dynamicAxes;
  out["bytes"] = desc.bytes;
  out["format"] = desc.format;
  if (desc.role == om::InputRole::Gear)
    out["role"] = "gear";
  if (desc.aipp) {
    out["aipp"]["mode"] = desc.aipp->mode;
    if (desc.aipp->partner != om::AippInfo::none)
      out["aipp"]["partner"] = desc.aipp->partner;
    if (desc.aipp->mode == "static") {
      out["aipp"]["source_format"] = desc.aipp->sourceFormat;
      out["aipp"]["source_size"] = {desc.aipp->sourceWidth, desc.aipp->sourceHeight};
      for (const auto &[name, value] : desc.aipp->settings)
        std::visit([&](const auto &v) { out["aipp"]["settings"][name] = v; }, value);
    }
    if (!om::isAippParameters(desc)) {
      out["aipp"]["network_dtype"] = nameOf(desc.aipp->originDType);
      out["aipp"]["network_shape"] = desc.aipp->originShape;
    }
  }
  return out;
}

ordered_json describe(const om::Model &model, const om::Task &task) {
  ordered_json out;
  if (const auto *launch = std::get_if<om::KernelTask>(&task)) {
    out["engine"] = "AI core";
    out["name"] = model.kernels[launch->kernel].name;
    out["blocks"] = launch->blockDim;
    out["estimated_cycles"] = launch->estimatedCycles;
    out["nodes"] = launch->nodes;
  } else {
    const auto &hostTask = std::get<om::HostTask>(task);
    out["engine"] = "AI CPU";
    out["name"] = hostTask.op;
    out["reason"] = hostTask.reason;
    out["nodes"] = hostTask.nodes;
  }
  std::visit(
      [&](const auto &t) {
        out["operators"] = t.types;
        out["passes"] = t.passes;
        out["tensors"] = ordered_json::array();
        for (const om::TensorRef &tensor : t.outputs)
          out["tensors"].push_back(tensor.name);
        for (const om::TensorSlice &slice : t.slices)
          out["tensors"].push_back(slice.tensor.name);
      },
      task);
  return out;
}

/// The tensors that make up the arena's lower bound, from the compiler's report; empty when
/// the model has none.
ordered_json aliveAtPeak(const om::Model &model) {
  ordered_json report = ordered_json::parse(model.reportJson, nullptr, false);
  ordered_json out = ordered_json::array();
  if (!report.is_object() || !report.contains("alive_at_peak") ||
      !report["alive_at_peak"].is_array())
    return out;
  for (const ordered_json &tensor : report["alive_at_peak"])
    if (tensor.is_object() && tensor.contains("name") && tensor["name"].is_string() &&
        tensor.contains("bytes") && tensor["bytes"].is_number_unsigned())
      out.push_back(tensor);
  return out;
}

ordered_json describe(const om::Gear &gear) {
  ordered_json out;
  out["values"] = gear.values;
  for (const om::TensorDesc &desc : gear.inputs)
    if (!desc.dynamicAxes.empty())
      out["input_shapes"][desc.name] = desc.shape;
  out["arena_peak_bytes"] = gear.arenaBytes;
  out["arena_bound_bytes"] = gear.arenaBoundBytes;
  out["tasks"] = gear.tasks.size();
  return out;
}

/// `shown` has the inputs and outputs to list, `plan` the tasks.
ordered_json describe(const om::Model &model, const om::Plan &shown, const om::Plan &plan,
                      const om::FileInfo &file) {
  ordered_json out;
  out["name"] = model.name;
  out["soc"] = model.socVersion;
  out["compiler"] = model.compilerVersion;
  out["command_line"] = model.commandLine;
  out["format_version"] = file.formatVersion;
  out["file_bytes"] = file.fileBytes;
  out["metadata_bytes"] = file.metadataBytes;
  out["weight_bytes"] = file.weightBytes;
  out["code_bytes"] = file.codeBytes;
  out["arena_peak_bytes"] = model.arenaBytes;
  out["arena_bound_bytes"] = model.arenaBoundBytes;
  out["alive_at_peak"] = aliveAtPeak(model);
  if (model.singleOp)
    out["operator"] = singleop::describe(*model.singleOp);
  if (model.source) {
    out["source_bytes"] = file.sourceBytes;
    out["source_options"] = model.source->options;
  }
  if (!model.gears.empty())
    out["gear_option"] = om::optionOf(model.gearKind);
  for (const om::Gear &gear : model.gears)
    out["gears"].push_back(describe(gear));
  out["ai_core_nodes"] = model.aiCoreNodes;
  out["ai_cpu_nodes"] = model.aiCpuNodes;
  out["kernels"] = model.kernels.size();
  for (const char *side : {"inputs", "outputs"}) {
    out[side] = ordered_json::array();
    for (const om::TensorDesc &desc : side[0] == 'i' ? shown.inputs : shown.outputs)
      out[side].push_back(describe(desc));
  }
  out["tasks"] = ordered_json::array();
  for (const om::Task &task : plan.tasks)
    out["tasks"].push_back(describe(model, task));
  return out;
}

/// With `open`, what depends on the gear is shown so.
void printTensor(const char *side, size_t index, const om::TensorDesc &desc, bool open) {
  open &= !desc.dynamicAxes.empty() || !desc.ranges.empty();
  std::string size = std::to_string(desc.bytes) + " bytes";
  if (!desc.ranges.empty() && desc.bytes == 0)
    size = "any size";
  else if (open)
    size = "up to " + size;
  std::printf("%s %zu   %s: %s, %s, %s\n", side, index, desc.name.c_str(),
              typeText(desc.dtype, open ? om::declaredShape(desc) : desc.shape).c_str(),
              size.c_str(), desc.format.c_str());
  if (desc.aipp)
    std::printf("          %s\n", aippText(*desc.aipp).c_str());
}

void printText(const om::Model &model, const om::Plan &shown, const om::Plan &plan,
               const om::FileInfo &file, bool tasks) {
  auto bytes = [](uint64_t n) { return (unsigned long long)n; };
  size_t launches = 0;
  for (const om::Task &task : plan.tasks)
    launches += task.index() == 0;
  std::printf("model     %s, for %s, by %s\n", model.name.c_str(), model.socVersion.c_str(),
              model.compilerVersion.c_str());
  std::printf("command   %s\n", model.commandLine.c_str());
  std::printf("file      %llu bytes: metadata %llu, weights %llu, code %llu\n",
              bytes(file.fileBytes), bytes(file.metadataBytes), bytes(file.weightBytes),
              bytes(file.codeBytes));
  if (model.singleOp)
    std::printf("operator  %s\n", singleop::describe(*model.singleOp).c_str());
  if (model.source)
    std::printf("source    %llu bytes, compiled for each shape at its first use\n",
                bytes(file.sourceBytes));
  std::printf("arena     %llu bytes, lower bound %llu\n", bytes(model.arenaBytes),
              bytes(model.arenaBoundBytes));
  for (const ordered_json &tensor : aliveAtPeak(model))
    std::printf("          %12llu alive at the peak: %s\n", bytes(tensor["bytes"].get<uint64_t>()),
                tensor["name"].get<std::string>().c_str());
  std::printf("nodes     %u on the AI cores, %u on the AI CPU\n", model.aiCoreNodes,
              model.aiCpuNodes);
  std::printf("tasks     %s of %s, %s\n", counted(launches, "run").c_str(),
              counted(model.kernels.size(), "kernel").c_str(),
              counted(plan.tasks.size() - launches, "host operator").c_str());
  if (!model.gears.empty())
    std::printf("gears     --%s, the largest is %s\n", om::optionOf(model.gearKind),
                om::gearText(model.gears[model.largestGear()].values).c_str());
  for (const om::Gear &gear : model.gears)
    std::printf("gear      %s: %s, arena %llu bytes\n", om::gearText(gear.values).c_str(),
                counted(gear.tasks.size(), "task").c_str(), bytes(gear.arenaBytes));
  for (size_t i = 0; i < shown.inputs.size(); ++i)
    printTensor("input ", i, shown.inputs[i], &shown == &model);
  for (size_t i = 0; i < shown.outputs.size(); ++i)
    printTensor("output", i, shown.outputs[i], &shown == &model);
  for (size_t i = 0; tasks && i < plan.tasks.size(); ++i) {
    ordered_json row = describe(model, plan.tasks[i]);
    std::string nodes;
    for (const auto &node : row["nodes"])
      nodes += (nodes.empty() ? "" : ", ") + node.get<std::string>();
    std::printf("task %-4zu %s %s", i, row["engine"].get<std::string>().c_str(),
                row["name"].get<std::string>().c_str());
    if (row.contains("blocks"))
      std::printf(" x%u", row["blocks"].get<unsigned>());
    std::printf(": %s", nodes.c_str());
    if (row.contains("reason"))
      std::printf(" (%s)", row["reason"].get<std::string>().c_str());
    std::printf("\n");
  }
}

Result run(const Arguments &arguments) {
  om::FileInfo file;
  Expected<om::Model> model = om::readFile(arguments.positional[0], &file);
  if (!model)
    return failure(model.message());
  std::optional<size_t> gear;
  if (std::string text = arguments.value("--gear"); !text.empty()) {
    Expected<size_t> found = om::parseGear(*model, text);
    if (!found)
      return failure("--gear: " + found.message());
    gear = *found;
  }
  const om::Plan &plan = model->plan(gear);
  const om::Plan &shown = gear ? plan : *model;
  if (arguments.has("--json"))
    std::printf("%s\n", describe(*model, shown, plan, file)
                            .dump(1, ' ', false, ordered_json::error_handler_t::replace)
                            .c_str());
  else
    printText(*model, shown, plan, file, arguments.has("--tasks"));
  return std::nullopt;
}

} // namespace

const Command infoCommand = {
    "info",
    "show inputs, outputs, sizes and tasks",
    kHelp,
    {{"--gear", OptionSpec::One}, {"--tasks", OptionSpec::Flag}, {"--json", OptionSpec::Flag}},
    1,
    run};

} // namespace openatc::tool
