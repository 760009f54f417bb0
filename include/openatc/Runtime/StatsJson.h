//===- StatsJson.h - Run statistics as JSON -------------------------------===//
#ifndef OPENATC_RUNTIME_STATSJSON_H
#define OPENATC_RUNTIME_STATSJSON_H

#include "openatc/Runtime/Executor.h"

namespace openatc::rt {

/// The document of `om run --stats`; its keys are described in `om run --help`.
std::string statsJson(const om::Model &model, const RunStats &stats);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_STATSJSON_H
