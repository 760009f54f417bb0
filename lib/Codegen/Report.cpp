//===- Report.cpp - What the compiler did, as JSON ------------------------===//
#include "openatc/Codegen/Report.h"

#include "openatc/Target/SocDescription.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace openatc::codegen {
namespace {

using llvm::json::Array;
using llvm::json::Object;

Array strings(const std::vector<std::string> &list) {
  Array array;
  for (const std::string &text : list)
    array.push_back(llvm::json::fixUTF8(text));
  return array;
}

/// Adds where a task comes from: the passes that changed it, in one text, since there are as many
/// lists as tasks, and the one that made its operators.
template <typename Task> void addOrigin(Object &object, const Task &task) {
  if (task.passes.empty())
    return;
  object["passes"] = llvm::join(task.passes, ", ");
  for (const om::TensorRef &tensor : task.outputs)
    object["made_by"] = tensor.madeBy;
}

Object describe(const om::TensorDesc &desc) {
  return Object{{"name", llvm::json::fixUTF8(desc.name)},
                {"dtype", std::string(nameOf(desc.dtype))},
                {"shape", Array(desc.shape)},
                {"bytes", int64_t(desc.bytes)}};
}

Object describe(const om::KernelTask &task, const om::Model &model) {
  Object object{{"engine", "aicore"},
                {"kernel", model.kernels[task.kernel].name},
                {"code_bytes", int64_t(model.kernels[task.kernel].code.size())},
                {"blocks", task.blockDim},
                {"nodes", strings(task.nodes)}};
  if (task.estimatedCycles)
    object["estimated_cycles"] = int64_t(task.estimatedCycles);
  addOrigin(object, task);
  return object;
}

Object describe(const om::HostTask &task, const om::Model &) {
  Object object{{"engine", "aicpu"},
                {"op", task.op},
                {"reason", llvm::json::fixUTF8(task.reason)},
                {"nodes", strings(task.nodes)}};
  addOrigin(object, task);
  return object;
}

Array describeTasks(const om::Model &model, const om::Plan &plan) {
  Array tasks;
  for (const om::Task &task : plan.tasks)
    tasks.push_back(
        std::visit([&](const auto &t) { return llvm::json::Value(describe(t, model)); }, task));
  return tasks;
}

void addEstimate(Object &object, const Estimate &sum) {
  object["estimated_us"] = sum.microseconds;
  object["launches_without_estimate"] = int64_t(sum.uncovered);
}

/// The shapes of a gear's inputs that depend on it, by name, and what runs for it.
Object describe(const om::Model &model, const om::Gear &gear) {
  Object shapes;
  for (const om::TensorDesc &desc : gear.inputs)
    if (!desc.dynamicAxes.empty())
      shapes[llvm::json::fixUTF8(desc.name)] = Array(desc.shape);
  Object object{{"values", Array(gear.values)},
                {"input_shapes", std::move(shapes)},
                {"ai_core_nodes", gear.aiCoreNodes},
                {"ai_cpu_nodes", gear.aiCpuNodes},
                {"arena_peak_bytes", int64_t(gear.arenaBytes)},
                {"arena_bound_bytes", int64_t(gear.arenaBoundBytes)},
                {"tasks", describeTasks(model, gear)}};
  addEstimate(object, estimate(model, gear));
  return object;
}

} // namespace

Estimate estimate(const om::Model &model, const om::Plan &plan) {
  Estimate sum;
  Expected<SocDescription> soc = findSoc(model.socVersion);
  for (const om::Task &task : plan.tasks)
    if (auto *kernel = std::get_if<om::KernelTask>(&task)) {
      if (!soc || !kernel->estimatedCycles) {
        ++sum.uncovered;
        continue;
      }
      sum.microseconds += double(kernel->estimatedCycles) / soc->clockMHz + soc->kernelLaunchUs;
      ++sum.kernels;
    }
  return sum;
}

std::string reportJson(const BuiltModel &built) {
  const om::Model &model = built.model;
  Array inputs, outputs, alive, gears;
  for (const om::TensorDesc &desc : model.inputs)
    inputs.push_back(describe(desc));
  for (const om::TensorDesc &desc : model.outputs)
    outputs.push_back(describe(desc));
  for (const AliveTensor &tensor : built.aliveAtPeak)
    alive.push_back(
        Object{{"name", llvm::json::fixUTF8(tensor.name)}, {"bytes", int64_t(tensor.bytes)}});
  Object report{{"model", llvm::json::fixUTF8(model.name)},
                {"compiler", model.compilerVersion},
                {"soc_version", model.socVersion},
                {"inputs", std::move(inputs)},
                {"outputs", std::move(outputs)},
                {"ai_core_nodes", model.aiCoreNodes},
                {"ai_cpu_nodes", model.aiCpuNodes},
                {"arena_peak_bytes", int64_t(model.arenaBytes)},
                {"arena_bound_bytes", int64_t(model.arenaBoundBytes)},
                {"alive_at_peak", std::move(alive)},
                {"weight_bytes", int64_t(model.weights.size())}};
  if (model.gears.empty()) {
    report["tasks"] = describeTasks(model, model);
    addEstimate(report, estimate(model, model));
  } else {
    for (const om::Gear &gear : model.gears)
      gears.push_back(describe(model, gear));
    report["gears"] = std::move(gears);
  }
  return llvm::formatv("{0:2}", llvm::json::Value(std::move(report))).str();
}

} // namespace openatc::codegen
