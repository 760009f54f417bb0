//===- ObservedRun.h - Runs with what watches them ------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_OBSERVEDRUN_H
#define OPENATC_LIB_ASCENDCL_OBSERVEDRUN_H

#include "ConfigSections.h"
#include "Dump.h"

#include <span>

namespace openatc::acl {

/// Runs a model once, with the dumps and profiles that are configured for it. `startUs` is where
/// on the device's time line it begins.
rt::Outcome runObserved(const RunPlace &place, rt::LoadedModel &model, rt::Bindings bindings,
                        double startUs, rt::RunStats &stats);

/// The sections "dump" and "profiler" of aclInit's configuration.
std::span<const ConfigSection> observerSections();
/// Ends dumps and profiles and writes what is collected.
void endObservers();

/// Models take part in what is configured when they are loaded.
void observeLoad(uint32_t model);
void observeUnload(uint32_t model);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_OBSERVEDRUN_H
