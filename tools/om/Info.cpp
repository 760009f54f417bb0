//===- Info.cpp - om info: what an offline model holds --------------------===//

#include "Session.h"

#include "openatc/OfflineModel/Reader.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace openatc::tool {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kHelp =
    R"(om info: show what an offline model holds

usage: om info MODEL.om [--tasks] [--json]

  --tasks   also list every task in execution order: engine, kernel or host operator,
            blocks and the ONNX nodes it implements
  --json    print all of it as JSON

Inputs are shown as the application must pass them: with AIPP, the image bytes.
)";

ordered_json describe(const om::TensorDesc &desc) {
  ordered_json out;
  out["name"] = desc.name;
  out["dtype"] = nameOf(desc.dtype);
  out["shape"] = desc.shape;
  out["bytes"] = desc.bytes;
  out["format"] = desc.format;
  if (desc.aipp) {
    out["aipp"]["mode"] = desc.aipp->mode;
    out["aipp"]["source_format"] = desc.aipp->sourceFormat;
    out["aipp"]["source_size"] = {desc.aipp->sourceWidth, desc.aipp->sourceHeight};
    out["aipp"]["network_dtype"] = nameOf(desc.aipp->originDType);
    out["aipp"]["network_shape"] = desc.aipp->originShape;
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

ordered_json describe(const om::Model &model, const om::FileInfo &file) {
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
  out["ai_core_nodes"] = model.aiCoreNodes;
  out["ai_cpu_nodes"] = model.aiCpuNodes;
  out["kernels"] = model.kernels.size();
  for (const char *side : {"inputs", "outputs"}) {
    out[side] = ordered_json::array();
    for (const om::TensorDesc &desc : side[0] == 'i' ? model.inputs : model.outputs)
      out[side].push_back(describe(desc));
  }
  out["tasks"] = ordered_json::array();
  for (const om::Task &task : model.tasks)
    out["tasks"].push_back(describe(model, task));
  return out;
}

void printTensor(const char *side, size_t index, const om::TensorDesc &desc) {
  std::printf("%s %zu   %s: %s, %llu bytes, %s\n", side, index, desc.name.c_str(),
              typeText(desc.dtype, desc.shape).c_str(), (unsigned long long)desc.bytes,
              desc.format.c_str());
  if (desc.aipp)
    std::printf("          through %s AIPP from %s %lldx%lld to %s %s\n", desc.aipp->mode.c_str(),
                desc.aipp->sourceFormat.c_str(), (long long)desc.aipp->sourceWidth,
                (long long)desc.aipp->sourceHeight,
                typeText(desc.aipp->originDType, desc.aipp->originShape).c_str(),
                desc.aipp->originFormat.c_str());
}

void printText(const om::Model &model, const om::FileInfo &file, bool tasks) {
  auto bytes = [](uint64_t n) { return (unsigned long long)n; };
  size_t launches = 0;
  for (const om::Task &task : model.tasks)
    launches += task.index() == 0;
  std::printf("model     %s, for %s, by %s\n", model.name.c_str(), model.socVersion.c_str(),
              model.compilerVersion.c_str());
  std::printf("command   %s\n", model.commandLine.c_str());
  std::printf("file      %llu bytes: metadata %llu, weights %llu, code %llu\n",
              bytes(file.fileBytes), bytes(file.metadataBytes), bytes(file.weightBytes),
              bytes(file.codeBytes));
  std::printf("arena     %llu bytes, lower bound %llu\n", bytes(model.arenaBytes),
              bytes(model.arenaBoundBytes));
  for (const ordered_json &tensor : aliveAtPeak(model))
    std::printf("          %12llu alive at the peak: %s\n", bytes(tensor["bytes"].get<uint64_t>()),
                tensor["name"].get<std::string>().c_str());
  std::printf("nodes     %u on the AI cores, %u on the AI CPU\n", model.aiCoreNodes,
              model.aiCpuNodes);
  std::printf("tasks     %s of %s, %s\n", counted(launches, "run").c_str(),
              counted(model.kernels.size(), "kernel").c_str(),
              counted(model.tasks.size() - launches, "host operator").c_str());
  for (size_t i = 0; i < model.inputs.size(); ++i)
    printTensor("input ", i, model.inputs[i]);
  for (size_t i = 0; i < model.outputs.size(); ++i)
    printTensor("output", i, model.outputs[i]);
  for (size_t i = 0; tasks && i < model.tasks.size(); ++i) {
    ordered_json row = describe(model, model.tasks[i]);
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
  if (arguments.has("--json"))
    std::printf(
        "%s\n",
        describe(*model, file).dump(1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  else
    printText(*model, file, arguments.has("--tasks"));
  return std::nullopt;
}

} // namespace

const Command infoCommand = {"info", "show inputs, outputs, sizes and tasks",
                             kHelp,  {{"--tasks", OptionSpec::Flag}, {"--json", OptionSpec::Flag}},
                             1,      run};

} // namespace openatc::tool
