//===- Stats.cpp - Run statistics as text --------------------------------===//

#include "Stats.h"

#include "Session.h"

#include "openatc/OfflineModel/Gears.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace openatc::tool {

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
