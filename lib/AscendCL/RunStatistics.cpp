//===- RunStatistics.cpp - What the simulator measured of a run -----------===//

#include "RunStatistics.h"

#include "openatc/AscendCL/RunStatistics.h"
#include "openatc/Runtime/StatsJson.h"

namespace openatc::acl {

namespace {

struct LastRun {
  std::weak_ptr<rt::LoadedModel> model; ///< must not keep an unloaded model's memory
  rt::RunStats stats;
  std::string text; ///< what the caller may still hold a pointer to
};

LastRun &lastRun() {
  thread_local LastRun instance;
  return instance;
}

} // namespace

void rememberRun(const std::shared_ptr<rt::LoadedModel> &model, rt::RunStats stats) {
  lastRun().model = model;
  lastRun().stats = std::move(stats);
}

} // namespace openatc::acl

const char *openatcRunStatistics(void) {
  openatc::acl::LastRun &run = openatc::acl::lastRun();
  std::shared_ptr<openatc::rt::LoadedModel> model = run.model.lock();
  if (!model)
    return nullptr;
  run.text = openatc::rt::statsJson(model->model(), run.stats);
  return run.text.c_str();
}
