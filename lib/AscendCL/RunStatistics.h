//===- RunStatistics.h - What the simulator measured of a run -------------===//
#ifndef OPENATC_LIB_ASCENDCL_RUNSTATISTICS_H
#define OPENATC_LIB_ASCENDCL_RUNSTATISTICS_H

#include "openatc/Runtime/Executor.h"

#include <memory>

namespace openatc::acl {

/// Keeps the statistics of the calling thread's last aclmdlExecute for openatcRunStatistics.
void rememberRun(const std::shared_ptr<rt::LoadedModel> &model, rt::RunStats stats);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_RUNSTATISTICS_H
