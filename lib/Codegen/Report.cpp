//===- Report.cpp - What the compiler did, as JSON ------------------------===//
#include "openatc/Codegen/Report.h"

#include "openatc/Target/SocDescription.h"

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
  return object;
}

Object describe(const om::HostTask &task, const om::Model &) {
  return Object{{"engine", "aicpu"},
                {"op", task.op},
                {"reason", llvm::json::fixUTF8(task.reason)},
                {"nodes", strings(task.nodes)}};
}

} // namespace

Estimate estimate(const om::Model &model) {
  Estimate sum;
  Expected<SocDescription> soc = findSoc(model.socVersion);
  for (const om::Task &task : model.tasks)
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
  Array inputs, outputs, tasks, alive;
  for (const om::TensorDesc &desc : model.inputs)
    inputs.push_back(describe(desc));
  for (const om::TensorDesc &desc : model.outputs)
    outputs.push_back(describe(desc));
  for (const om::Task &task : model.tasks)
    tasks.push_back(
        std::visit([&](const auto &t) { return llvm::json::Value(describe(t, model)); }, task));
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
                {"weight_bytes", int64_t(model.weights.size())},
                {"tasks", std::move(tasks)}};
  Estimate sum = estimate(model);
  report["estimated_us"] = sum.microseconds;
  report["launches_without_estimate"] = int64_t(sum.uncovered);
  return llvm::formatv("{0:2}", llvm::json::Value(std::move(report))).str();
}

} // namespace openatc::codegen
