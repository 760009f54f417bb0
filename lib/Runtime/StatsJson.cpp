//===- StatsJson.cpp - Run statistics as JSON -----------------------------===//

#include "openatc/Runtime/StatsJson.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace openatc::rt {

using nlohmann::ordered_json;

namespace {

constexpr const char *kPipes[] = {"S", "V", "M", "MTE1", "MTE2", "MTE3"};

/// Keeps nanoseconds and per-mille shares, so that the text stays readable.
double rounded(double value, double steps) { return std::round(value * steps) / steps; }

} // namespace

std::string statsJson(const om::Model &model, const RunStats &stats) {
  ordered_json out;
  out["soc"] = model.socVersion;
  out["model"] = model.name;
  const om::Plan &plan = model.plan(stats.gear);
  if (stats.gear)
    out["gear"] = model.gears[*stats.gear].values;
  out["simulated_us"] = rounded(stats.simulatedUs, 1e3);
  out["cycles"] = stats.cycles;
  out["wall_ms"] = rounded(stats.wallMs, 1e3);
  out["ai_core_nodes"] = plan.aiCoreNodes;
  out["ai_cpu_nodes"] = plan.aiCpuNodes;
  out["arena_peak_bytes"] = plan.arenaBytes;
  out["arena_bound_bytes"] = plan.arenaBoundBytes;
  out["dram_bytes"] = stats.dramBytes;
  ordered_json &kernels = out["kernels"] = ordered_json::array();
  for (size_t i = 0; i < stats.tasks.size(); ++i) {
    const TaskStats &task = stats.tasks[i];
    ordered_json row;
    row["name"] = task.name;
    row["nodes"] = task.nodes;
    row["engine"] = task.aiCore ? "AI core" : "AI CPU";
    row["us"] = rounded(task.us, 1e3);
    row["bytes"] = task.bytes;
    row["bound"] = task.aiCore ? task.kernel.bound : "host";
    if (task.aiCore) {
      row["cycles"] = task.kernel.cycles;
      if (const auto *kernel = std::get_if<om::KernelTask>(&plan.tasks[i]))
        if (kernel->estimatedCycles)
          row["estimated_cycles"] = kernel->estimatedCycles;
      row["blocks"] = task.kernel.blocks;
      row["instructions"] = task.kernel.instructions;
      row["dram_bytes"] = task.kernel.dramReadBytes + task.kernel.dramWriteBytes;
      for (size_t pipe = 0; pipe < std::size(kPipes); ++pipe)
        row["busy"][kPipes[pipe]] = rounded(task.kernel.share[pipe], 1e4);
    }
    kernels.push_back(std::move(row));
  }
  // Names come from the user's model and need not be UTF-8.
  return out.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace openatc::rt
