//===- Profiler.cpp - Profiling of the process ----------------------------===//

#include "Profiler.h"

#include "Error.h"
#include "ProfileSubscription.h"
#include "State.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace openatc::acl {

Profiler &profiler() {
  static Profiler *instance = new Profiler;
  return *instance;
}

aclError Profiler::configure(const nlohmann::json &section, std::string &why) {
  auto refuse = [&](const std::string &reason) {
    why = reason;
    return ACL_ERROR_INVALID_PROFILING_CONFIG;
  };
  Expected<ProfilerSection> parsed = parseProfilerSection(section);
  if (!parsed)
    return refuse(parsed.message());
  if (!parsed->on)
    return ACL_SUCCESS;
  for (const std::string &key : parsed->withoutEffect)
    std::fprintf(stderr, "[WARNING] profiler: '%s' has no effect\n", key.c_str());
  Expected<std::shared_ptr<ProfileFiles>> made = ProfileFiles::create(parsed->output);
  if (!made)
    return refuse(made.message());
  std::lock_guard guard(mutex);
  files = std::move(*made);
  allPipes = parsed->pipes;
  mode = Mode::Configured;
  return ACL_SUCCESS;
}

void Profiler::reset() {
  std::map<uint32_t, std::shared_ptr<ProfileSubscription>> dropped; // dies without the lock
  std::lock_guard guard(mutex);
  dropped.swap(subscriptions);
  if (files)
    files->finish();
  files.reset();
  started.clear();
  mode = Mode::Off;
}

std::shared_ptr<ProfileFiles> Profiler::running(uint32_t device, bool &pipes) {
  std::lock_guard guard(mutex);
  pipes = allPipes;
  if (mode == Mode::Configured)
    return files;
  for (const auto &[handle, config] : started)
    if (config.devices.count(device)) {
      pipes = config.pipes;
      return files;
    }
  return nullptr;
}

bool Profiler::collects() {
  std::lock_guard guard(mutex);
  return mode == Mode::Configured || !started.empty();
}

bool Profiler::mark(const std::string &name, double startUs, double endUs, uint32_t device) {
  bool pipes = false;
  std::shared_ptr<ProfileFiles> target = running(device, pipes);
  if (target)
    target->trace(device).addMark(name, startUs, endUs - startUs);
  return target != nullptr;
}

aclError Profiler::checkCalled(std::string &why) const {
  if (!subscriptions.empty()) {
    why = "a model is subscribed; call aclprofModelUnSubscribe first";
    return ACL_ERROR_PROF_API_CONFLICT;
  }
  if (mode == Mode::Configured) {
    why = "the configuration of aclInit has the section 'profiler'; use only one of the two ways";
    return ACL_ERROR_PROF_ALREADY_RUN;
  }
  if (mode == Mode::Off) {
    why = "aclprofInit has not been called";
    return ACL_ERROR_PROF_NOT_RUN;
  }
  return ACL_SUCCESS;
}

aclError Profiler::initialize(const std::string &directory, std::string &why) {
  std::lock_guard guard(mutex);
  aclError code = checkCalled(why);
  if (code == ACL_SUCCESS) {
    why = "it was called before; call aclprofFinalize first";
    return ACL_ERROR_REPEAT_INITIALIZE;
  }
  if (code != ACL_ERROR_PROF_NOT_RUN)
    return code;
  path = directory;
  mode = Mode::Called;
  return ACL_SUCCESS;
}

aclError Profiler::start(const aclprofConfig *handle, std::string &why) {
  std::shared_ptr<ProfileConfig> config = configs.find(handle);
  std::lock_guard guard(mutex);
  if (aclError code = checkCalled(why); code != ACL_SUCCESS)
    return code;
  if (!config) {
    why = "the configuration is NULL or does not exist";
    return ACL_ERROR_INVALID_PARAM;
  }
  for (const auto &[other, running] : started)
    for (uint32_t device : config->devices)
      if (running.devices.count(device)) {
        why = "device " + std::to_string(device) + " is profiled already; call aclprofStop first";
        return ACL_ERROR_PROF_ALREADY_RUN;
      }
  if (!files) {
    Expected<std::shared_ptr<ProfileFiles>> made = ProfileFiles::create(path);
    if (!made) {
      why = made.message();
      return ACL_ERROR_PROFILING_FAILURE;
    }
    files = std::move(*made);
  }
  started.emplace(handle, *config);
  return ACL_SUCCESS;
}

aclError Profiler::stop(const aclprofConfig *handle, std::string &why) {
  std::lock_guard guard(mutex);
  if (aclError code = checkCalled(why); code != ACL_SUCCESS)
    return code;
  if (!started.erase(handle)) {
    why = "aclprofStart was not called with this configuration";
    return handle ? ACL_ERROR_PROF_NOT_RUN : ACL_ERROR_INVALID_PARAM;
  }
  return ACL_SUCCESS;
}

aclError Profiler::finalize(std::string &why) {
  std::lock_guard guard(mutex);
  if (aclError code = checkCalled(why); code != ACL_SUCCESS)
    return code;
  bool ok = !files || files->finish();
  why = files ? "cannot write into '" + files->folder() + "'" : "";
  files.reset();
  started.clear();
  mode = Mode::Off;
  return ok ? ACL_SUCCESS : ACL_ERROR_PROFILING_FAILURE;
}

aclError Profiler::subscribe(uint32_t model, int pipe, std::string &why) {
  if (!state().findModel(model)) {
    why = "there is no model " + std::to_string(model);
    return ACL_ERROR_INVALID_MODEL_ID;
  }
  std::lock_guard guard(mutex);
  if (mode != Mode::Off) {
    why = mode == Mode::Called ? "aclprofInit was called; call aclprofFinalize first"
                               : "the configuration of aclInit has the section 'profiler'";
    return ACL_ERROR_PROF_API_CONFLICT;
  }
  if (subscriptions.count(model)) {
    why = "model " + std::to_string(model) + " is subscribed already";
    return ACL_ERROR_PROF_REPEAT_SUBSCRIBE;
  }
  subscriptions.emplace(model, std::make_shared<ProfileSubscription>(pipe));
  return ACL_SUCCESS;
}

aclError Profiler::unsubscribe(uint32_t model, std::string &why) {
  std::shared_ptr<ProfileSubscription> dropped; // waits for its pipe without the lock
  std::lock_guard guard(mutex);
  if (mode != Mode::Off) {
    why = "the interfaces for files and for subscriptions cannot be used at the same time";
    return ACL_ERROR_PROF_API_CONFLICT;
  }
  auto at = subscriptions.find(model);
  if (at == subscriptions.end()) {
    why = "model " + std::to_string(model) + " is not subscribed";
    return ACL_ERROR_INVALID_MODEL_ID;
  }
  dropped = std::move(at->second);
  subscriptions.erase(at);
  return ACL_SUCCESS;
}

std::shared_ptr<ProfileSubscription> Profiler::subscription(uint32_t model) {
  std::lock_guard guard(mutex);
  auto at = subscriptions.find(model);
  return at == subscriptions.end() ? nullptr : at->second;
}

} // namespace openatc::acl
