//===- Stats.h - Run statistics as text -----------------------------------===//
#ifndef OPENATC_TOOLS_OM_STATS_H
#define OPENATC_TOOLS_OM_STATS_H

#include "openatc/Runtime/StatsJson.h"

namespace openatc::tool {

/// One line for people: predicted latency, where it ran, traffic, host time.
std::string statsLine(const om::Model &model, const rt::RunStats &stats);

/// Writes `text` to a file.
Status writeText(const std::string &path, const std::string &text);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_STATS_H
