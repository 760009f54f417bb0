//===- ObservedRun.cpp - Runs with what watches them ----------------------===//

#include "ObservedRun.h"

#include "ProfileSubscription.h"
#include "Profiler.h"

#include <optional>

namespace openatc::acl {

rt::Outcome runObserved(const RunPlace &place, rt::LoadedModel &model, rt::Bindings bindings,
                        double startUs, rt::RunStats &stats) {
  rt::ExecuteOptions options;
  rt::Execution execution(model, std::move(bindings));
  std::optional<DumpRun> dump;
  if (std::shared_ptr<ModelDump> configured = dumps().find(place.model)) {
    dump.emplace(std::move(configured), place, model.model(), execution.plan());
    options.beforeTask = [&](size_t task, const rt::Execution &e) { return dump->before(task, e); };
    options.afterTask = [&](size_t task, const rt::Execution &e) { return dump->after(task, e); };
  }
  bool pipes = false;
  std::shared_ptr<ProfileFiles> profile = profiler().running(place.device, pipes);
  if (profile && pipes) {
    options.trace = &profile->trace(place.device);
    options.traceStartUs = startUs;
  }
  rt::Outcome outcome = execution.run(options, stats);
  if (dump && outcome.failure == rt::Failure::AiCore)
    if (Status status = dump->failed(execution); !status.ok())
      outcome.message += "; " + status.message();
  if (profile)
    profile->add(place, stats, startUs, !pipes);
  if (std::shared_ptr<ProfileSubscription> reader = profiler().subscription(place.model))
    reader->add(place, stats, startUs);
  return outcome;
}

std::span<const ConfigSection> observerSections() {
  // Both begin when they are read: no model is loaded yet.
  static constexpr ConfigSection kSections[] = {
      {"dump",
       [](const nlohmann::json &value, std::string &why) { return dumps().configure(value, why); },
       [] {}, [] { dumps().reset(); }},
      {"profiler",
       [](const nlohmann::json &value, std::string &why) {
         return profiler().configure(value, why);
       },
       [] {}, [] { profiler().reset(); }},
  };
  return kSections;
}

void endObservers() {
  dumps().reset();
  profiler().reset();
}

void observeLoad(uint32_t model) { dumps().modelLoaded(model); }
void observeUnload(uint32_t model) { dumps().modelUnloaded(model); }

} // namespace openatc::acl
