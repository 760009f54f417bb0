//===- Stats.cpp - Run statistics as text and JSON ------------------------===//

#include "Stats.h"

#include "Session.h"

#include "openatc/OfflineModel/Gears.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace openatc::tool {

using nlohmann::ordered_json;

namespace {

constexpr const char *kPipes[] = {"S", "V", "M", "MTE1", "MTE2", "MTE3"};

/// Keeps nanoseconds and per-mille shares, so that the text stays readable.
double rounded(double value, double steps) { return std::round(value * steps) / steps; }

} // namespace

std::string statsJson(const om::Model &model, const rt::RunStats &stats) {
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
    const rt::TaskStats &task = stats.tasks[i];
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

std::string statsLine(const om::Model &model, const rt::RunStats &stats) {
  size_t cores = 0;
  for (const rt::TaskStats &task : stats.tasks)
    cores += task.aiCore;
  char text[256];
  std::string gear = stats.gear ? ", gear " + om::gearText(model.gears[*stats.gear].values) : "";
  std::snprintf(text, sizeof text,
                "%s%s: %.1f us predicted (%llu cycles), %s, %s, %.2f MB DRAM traffic; "
                "simulated in %.1f ms",
                model.socVersion.c_str(), gear.c_str(), stats.simulatedUs,
                (unsigned long long)stats.cycles, counted(cores, "kernel run").c_str(),
                counted(stats.tasks.size() - cores, "host operator").c_str(),
                double(stats.dramBytes) / 1e6, stats.wallMs);
  return text;
}

Status writeText(const std::string &path, const std::string &text) {
  FILE *file = std::fopen(path.c_str(), "wb");
  bool ok = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  ok = file && std::fclose(file) == 0 && ok;
  return ok ? Status::success()
            : Status::error("cannot write '" + path + "': " + std::strerror(errno));
}

} // namespace openatc::tool
