//===- Dump.cpp - Which models dump their tensors -------------------------===//

#include "Dump.h"

#include "Error.h"
#include "State.h"

#include "openatc/Runtime/Npy.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>

using namespace openatc;
using namespace openatc::acl;

namespace openatc::acl {

namespace {

/// Local time as CANN names folders of dumps.
std::string timeStamp() {
  std::time_t now = std::time(nullptr);
  std::tm local;
  char text[32];
  ::localtime_r(&now, &local);
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &local);
  return text;
}

} // namespace

Dumps &dumps() {
  static Dumps *instance = new Dumps;
  return *instance;
}

void Dumps::start(DumpConfig config) {
  for (const std::string &key : config.withoutEffect)
    std::fprintf(stderr, "[WARNING] dump: '%s' has no effect\n", key.c_str());
  stop();
  current = std::make_shared<ActiveDump>();
  current->config = std::move(config);
  current->folder = timeStamp();
}

void Dumps::stop() {
  if (current)
    current->active = false;
  current.reset();
}

aclError Dumps::configure(const nlohmann::json &section, std::string &why) {
  if (section.empty())
    return ACL_SUCCESS;
  Expected<DumpConfig> config = parseDumpConfig(section);
  if (!config) {
    why = config.message();
    return ACL_ERROR_INVALID_DUMP_CONFIG;
  }
  std::lock_guard guard(mutex);
  start(std::move(*config));
  fromInit = true;
  return ACL_SUCCESS;
}

void Dumps::reset() {
  std::lock_guard guard(mutex);
  stop();
  models.clear();
  fromInit = initialized = false;
  callback = nullptr;
}

void Dumps::modelLoaded(uint32_t model) {
  std::lock_guard guard(mutex);
  if (!current && initialized && callback) {
    DumpConfig everything;
    everything.list = {{}};
    start(std::move(everything));
  }
  if (!current)
    return;
  auto dump = std::make_shared<ModelDump>();
  dump->dump = current;
  models[model] = std::move(dump);
}

void Dumps::modelUnloaded(uint32_t model) {
  std::lock_guard guard(mutex);
  models.erase(model);
}

std::shared_ptr<ModelDump> Dumps::find(uint32_t model) {
  std::lock_guard guard(mutex);
  auto at = models.find(model);
  return at != models.end() && at->second->dump->active ? at->second : nullptr;
}

aclError Dumps::checkSwitchable(std::string &why) const {
  if (!fromInit)
    return ACL_SUCCESS;
  why = "the configuration of aclInit has the section 'dump'; use only one of the two ways";
  return ACL_ERROR_DUMP_ALREADY_RUN;
}

aclError Dumps::initialize(std::string &why) {
  std::lock_guard guard(mutex);
  if (aclError code = checkSwitchable(why); code != ACL_SUCCESS)
    return code;
  if (std::exchange(initialized, true)) {
    why = "it was called before; call aclmdlFinalizeDump first";
    return ACL_ERROR_REPEAT_INITIALIZE;
  }
  return ACL_SUCCESS;
}

aclError Dumps::set(const char *path) {
  static constexpr const char *function = "aclmdlSetDump";
  std::lock_guard guard(mutex);
  std::string why;
  if (aclError code = checkSwitchable(why); code != ACL_SUCCESS)
    return fail(code, function, why);
  if (!initialized)
    return fail(ACL_ERROR_DUMP_NOT_RUN, function, "aclmdlInitDump has not been called");
  Expected<std::vector<uint8_t>> text = rt::readBinary(path);
  if (!text)
    return fail(ACL_ERROR_INVALID_FILE, function, text.message());
  auto document = nlohmann::json::parse(text->begin(), text->end(), nullptr, false);
  if (!document.is_object() || !document.contains("dump"))
    return fail(ACL_ERROR_INVALID_DUMP_CONFIG, function,
                std::string("'") + path + "' is not a JSON object with the section 'dump'");
  Expected<DumpConfig> config = parseDumpConfig(document["dump"]);
  if (!config)
    return fail(ACL_ERROR_INVALID_DUMP_CONFIG, function, config.message());
  start(std::move(*config));
  return ACL_SUCCESS;
}

aclError Dumps::finalize(std::string &why) {
  std::lock_guard guard(mutex);
  if (aclError code = checkSwitchable(why); code != ACL_SUCCESS)
    return code;
  if (!std::exchange(initialized, false)) {
    why = "aclmdlInitDump has not been called";
    return ACL_ERROR_DUMP_NOT_RUN;
  }
  stop();
  return ACL_SUCCESS;
}

} // namespace openatc::acl

aclError aclmdlInitDump(void) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = dumps().initialize(why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetDump(const char *dumpCfgPath) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(dumpCfgPath);
  return dumps().set(dumpCfgPath);
}
ACL_CATCH

aclError aclmdlFinalizeDump(void) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = dumps().finalize(why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError acldumpRegCallback(int32_t (*const messageCallback)(const acldumpChunk *, int32_t),
                            int32_t flag) try {
  ACL_REQUIRE(messageCallback, ACL_ERROR_FAILURE, "the argument 'messageCallback' is NULL");
  ACL_REQUIRE(flag == 0, ACL_ERROR_FAILURE,
              "the flag is " + std::to_string(flag) + "; only 0 (no files) is supported");
  dumps().setCallback(messageCallback);
  return ACL_SUCCESS;
}
ACL_CATCH

void acldumpUnregCallback(void) try { dumps().setCallback(nullptr); }
ACL_CATCH_AS()
