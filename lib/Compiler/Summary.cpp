//===- Summary.cpp - What a user reads after a compilation ----------------===//
#include "openatc/Compiler/Compiler.h"

#include "ModelFigures.h"
#include "openatc/Codegen/Report.h"
#include "openatc/OfflineModel/Gears.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace openatc::compiler {
namespace {

/// "12.3 MiB", or bytes when small.
std::string size(uint64_t bytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (bytes >= 1 << 20)
    os << llvm::format("%.2f MiB", double(bytes) / (1 << 20));
  else if (bytes >= 1 << 10)
    os << llvm::format("%.1f KiB", double(bytes) / (1 << 10));
  else
    os << bytes << " B";
  return text;
}

std::string shape(const om::TensorDesc &desc) {
  std::string text;
  for (int64_t d : om::declaredShape(desc))
    text += (text.empty() ? "" : "x") + std::to_string(d);
  return text + (text.empty() ? "" : "x") + std::string(nameOf(desc.dtype));
}

void addTensors(llvm::raw_ostream &os, const char *title,
                const std::vector<om::TensorDesc> &tensors) {
  for (const om::TensorDesc &desc : tensors) {
    os << llvm::format("%-12s", title) << desc.name << "  " << shape(desc) << "  ";
    if (!desc.ranges.empty() && desc.bytes == 0)
      os << "any size\n";
    else
      os << (desc.dynamicAxes.empty() && desc.ranges.empty() ? "" : "up to ") << desc.bytes
         << " bytes\n";
    title = "";
  }
}

void addEstimate(llvm::raw_ostream &os, const codegen::Estimate &sum) {
  os << llvm::format("%.1f us", sum.microseconds) << " on the AI core";
  if (sum.uncovered)
    os << ", without " << sum.uncovered << " of " << sum.kernels + sum.uncovered << " launches";
}

/// The estimated time, of every gear if there are some.
void addEstimates(llvm::raw_ostream &os, const om::Model &model) {
  if (model.gears.empty()) {
    codegen::Estimate sum = codegen::estimate(model, model);
    if (!sum.kernels)
      return;
    os << "Estimate    ";
    addEstimate(os, sum);
    os << "; `om run` simulates the exact time\n";
  }
  const char *title = "Gears";
  for (const om::Gear &gear : model.gears) {
    os << llvm::format("%-12s", title) << om::gearText(gear.values) << ": estimated ";
    addEstimate(os, codegen::estimate(model, gear));
    os << ", " << size(gear.arenaBytes) << " of intermediate tensors\n";
    title = "";
  }
}

/// AI CPU nodes, those with the same reason on one line.
void addCpuNodes(llvm::raw_ostream &os, const om::Model &model) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  std::map<std::string, size_t> byReason;
  for (const om::Task &task : model.plan().tasks) {
    auto *host = std::get_if<om::HostTask>(&task);
    if (!host || host->nodes.empty())
      continue;
    auto [it, isNew] = byReason.try_emplace(host->reason, groups.size());
    if (isNew)
      groups.push_back({host->reason, {}});
    auto &nodes = groups[it->second].second;
    nodes.insert(nodes.end(), host->nodes.begin(), host->nodes.end());
  }
  constexpr size_t shown = 6;
  for (const auto &[reason, nodes] : groups) {
    os << "  AI CPU: " << reason << ": ";
    for (size_t i = 0; i < nodes.size() && i < shown; ++i)
      os << (i ? ", " : "") << nodes[i];
    if (nodes.size() > shown)
      os << " and " << nodes.size() - shown << " more";
    os << "\n";
  }
}

/// ": conv_1 1.50 MiB, conv_2 ..., and 3 more": the tensors where the arena is fullest.
std::string largestAlive(const om::Model &model) {
  constexpr size_t shown = 3;
  llvm::Expected<llvm::json::Value> report = llvm::json::parse(model.reportJson);
  if (!report) {
    llvm::consumeError(report.takeError());
    return "";
  }
  const llvm::json::Object *object = report->getAsObject();
  const llvm::json::Array *alive = object ? object->getArray("alive_at_peak") : nullptr;
  std::string text;
  for (size_t i = 0; alive && i < alive->size() && i < shown; ++i)
    if (const llvm::json::Object *tensor = (*alive)[i].getAsObject())
      text += (i ? ", " : ": ") + tensor->getString("name").value_or("").str() + " " +
              size(uint64_t(tensor->getInteger("bytes").value_or(0)));
  if (alive && alive->size() > shown)
    text += " and " + std::to_string(alive->size() - shown) + " more";
  return text;
}

} // namespace

std::string summaryText(const om::Model &model, const CompileResult &result, uint64_t fileBytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  size_t kernelTasks = 0;
  for (const om::Task &task : model.plan().tasks)
    kernelTasks += std::holds_alternative<om::KernelTask>(task);
  os << "Model       " << model.name << " for " << model.socVersion << ", " << size(fileBytes)
     << " in the file\n";
  addTensors(os, "Inputs", model.inputs);
  addTensors(os, "Outputs", model.outputs);
  for (const std::string &note : result.notes)
    os << "Note        " << note << "\n";
  os << "Nodes       " << model.aiCoreNodes << " on the AI core";
  if (!model.source)
    os << " in " << kernelTasks << " launches of " << model.kernels.size() << " kernels";
  os << ", " << model.aiCpuNodes << " on the AI CPU";
  if (!model.gears.empty())
    os << " (launches of gear " << om::gearText(model.gears[model.largestGear()].values)
       << ", kernels of all gears)";
  os << "\n";
  addCpuNodes(os, model);
  addEstimates(os, model);
  if (!model.source)
    os << "Memory      weights " << size(model.weights.size()) << ", intermediate tensors "
       << size(model.arenaBytes) << " (at least " << size(model.arenaBoundBytes)
       << " are alive at once" << largestAlive(model) << ")\n";
  double total = 0;
  os << "Time       ";
  for (const PhaseTime &phase : result.phases) {
    total += phase.milliseconds;
    os << " " << phase.name << llvm::format(" %.0f ms,", phase.milliseconds);
  }
  os << " all " << llvm::format("%.0f ms\n", total);
  return text;
}

std::string reportWithTimes(const om::Model &model, const std::vector<PhaseTime> &phases) {
  llvm::Expected<llvm::json::Value> report = llvm::json::parse(model.reportJson);
  if (!report) {
    llvm::consumeError(report.takeError());
    return model.reportJson;
  }
  llvm::json::Object times;
  for (const PhaseTime &phase : phases)
    times[phase.name] = phase.milliseconds;
  (*report->getAsObject())["phase_ms"] = std::move(times);
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}\n", *report);
  return text;
}

std::string modelInfoText(const om::Model &model, const om::FileInfo &file) {
  ModelFigures figures(model, file);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "============ Display Model Info start ============\n"
     << "Original Atc command line: " << model.commandLine << "\n"
     << "system   info: atc_version[" << model.compilerVersion << "], soc_version["
     << model.socVersion << "], framework_type[" << figures.framework << "].\n"
     << "resource info: memory_size[" << figures.memory << " B], weight_size[" << figures.weights
     << " B], stream_num[" << figures.streams << "], event_num[" << figures.events << "].\n"
     << "om       info: modeldef_size[" << figures.modelDefinition << " B], weight_data_size["
     << figures.weights << " B], tbe_kernels_size[" << figures.kernels
     << " B], cust_aicpu_kernel_store_size[" << figures.customKernels << " B], task_info_size["
     << figures.tasks << " B], so_store_size[" << figures.libraries << " B].\n"
     << "============ Display Model Info end   ============\n";
  return text;
}

} // namespace openatc::compiler
