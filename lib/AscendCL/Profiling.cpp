//===- Profiling.cpp - Profiles that the application asks for -------------===//

#include "Error.h"
#include "Profiler.h"
#include "State.h"

#include <cstdlib>
#include <cstring>

using namespace openatc;
using namespace openatc::acl;

namespace {

constexpr size_t kLongestPath = 4096, kLongestValue = 256;
constexpr uint64_t kKnownData = ACL_PROF_ACL_API | ACL_PROF_TASK_TIME | ACL_PROF_AICORE_METRICS |
                                ACL_PROF_AICPU | ACL_PROF_L2CACHE | ACL_PROF_HCCL_TRACE |
                                ACL_PROF_TRAINING_TRACE | ACL_PROF_MSPROFTX | ACL_PROF_RUNTIME_API |
                                ACL_PROF_TASK_TIME_L0 | ACL_PROF_TASK_MEMORY | ACL_PROF_OP_ATTR;

/// Text of `length` bytes at most, up to its end.
std::string textOf(const char *text, size_t length) {
  return std::string(text, strnlen(text, length));
}

/// A number in [low, high] and nothing else.
bool isNumber(const std::string &text, unsigned long low, unsigned long high) {
  char *end = nullptr;
  unsigned long value = std::strtoul(text.c_str(), &end, 10);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos && !*end &&
         value >= low && value <= high;
}

} // namespace

aclError aclprofInit(const char *profilerResultPath, size_t length) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(profilerResultPath);
  ACL_REQUIRE(length && length <= kLongestPath, ACL_ERROR_INVALID_PARAM,
              "the path has " + std::to_string(length) + " bytes, allowed are 1 to 4096");
  std::string why, path = textOf(profilerResultPath, length);
  ACL_REQUIRE(!path.empty(), ACL_ERROR_INVALID_PARAM, "the path is empty");
  aclError code = profiler().initialize(path, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofFinalize(void) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = profiler().finalize(why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclprofConfig *aclprofCreateConfig(uint32_t *deviceIdList, uint32_t deviceNums,
                                   aclprofAicoreMetrics aicoreMetrics,
                                   const aclprofAicoreEvents *aicoreEvents,
                                   uint64_t dataTypeConfig) try {
  auto refuse = [](const std::string &why) -> aclprofConfig * {
    fail(ACL_ERROR_INVALID_PARAM, "aclprofCreateConfig", why);
    return nullptr;
  };
  if (!deviceIdList || deviceNums == 0)
    return refuse("the list of devices is NULL or empty");
  if (aicoreEvents)
    return refuse("the argument 'aicoreEvents' must be NULL");
  if ((aicoreMetrics < ACL_AICORE_ARITHMETIC_UTILIZATION ||
       aicoreMetrics > ACL_AICORE_MEMORY_ACCESS) &&
      aicoreMetrics != ACL_AICORE_NONE)
    return refuse("there are no metrics " + std::to_string(int(aicoreMetrics)));
  if (uint64_t unknown = dataTypeConfig & ~kKnownData)
    return refuse("the bits " + std::to_string(unknown) + " of 'dataTypeConfig' are unknown");
  auto config = std::make_shared<ProfileConfig>();
  uint32_t devices = 0;
  if (aclrtGetDeviceCount(&devices) != ACL_SUCCESS)
    return nullptr;
  for (uint32_t i = 0; i < deviceNums; ++i) {
    if (deviceIdList[i] >= devices)
      return refuse("device " + std::to_string(deviceIdList[i]) + " does not exist; there are " +
                    std::to_string(devices));
    if (!config->devices.insert(deviceIdList[i]).second)
      return refuse("device " + std::to_string(deviceIdList[i]) + " is listed twice");
  }
  config->pipes = (dataTypeConfig & ACL_PROF_AICORE_METRICS) && aicoreMetrics != ACL_AICORE_NONE;
  return profiler().configs.add<aclprofConfig>(std::move(config));
}
ACL_CATCH_AS(nullptr)

aclError aclprofDestroyConfig(const aclprofConfig *profilerConfig) try {
  ACL_REQUIRE(profiler().configs.remove(profilerConfig), ACL_ERROR_INVALID_PARAM,
              "the configuration is NULL or does not exist");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofStart(const aclprofConfig *profilerConfig) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = profiler().start(profilerConfig, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofStop(const aclprofConfig *profilerConfig) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = profiler().stop(profilerConfig, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofSetConfig(aclprofConfigType configType, const char *config,
                          size_t configLength) try {
  ACL_REQUIRE_POINTER(config);
  ACL_REQUIRE(configLength && configLength <= kLongestValue, ACL_ERROR_INVALID_PARAM,
              "the value has " + std::to_string(configLength) + " bytes, allowed are 1 to 256");
  std::string text = textOf(config, configLength);
  bool ok = false;
  switch (configType) {
  case ACL_PROF_STORAGE_LIMIT:
    ok = text.size() > 2 && text.ends_with("MB") &&
         isNumber(text.substr(0, text.size() - 2), 200, 4294967295);
    break;
  case ACL_PROF_SYS_HARDWARE_MEM_FREQ:
  case ACL_PROF_SYS_IO_FREQ:
  case ACL_PROF_SYS_INTERCONNECTION_FREQ:
  case ACL_PROF_DVPP_FREQ:
  case ACL_PROF_HOST_SYS_USAGE_FREQ:
  case ACL_PROF_LOW_POWER_FREQ:
  case ACL_PROF_SYS_CPU_FREQ:
    ok = isNumber(text, 1, 100);
    break;
  case ACL_PROF_LLC_MODE:
    ok = text == "read" || text == "write";
    break;
  case ACL_PROF_HOST_SYS:
  case ACL_PROF_HOST_SYS_USAGE:
  case ACL_PROF_SYS_MEM_SERVICEFLOW:
    ok = true;
    break;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM,
             "there is no configuration " + std::to_string(int(configType)));
  }
  ACL_REQUIRE(ok, ACL_ERROR_INVALID_PARAM,
              "'" + text + "' is no value of configuration " + std::to_string(int(configType)));
  return ACL_SUCCESS;
}
ACL_CATCH
