//===- Process.cpp - Start, end, versions and log -------------------------===//

#include "Error.h"
#include "State.h"

#include "acl/acl.h"
#include "openatc/Runtime/Npy.h"

#include <nlohmann/json.hpp>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Sections of the configuration that this library has no counterpart for.
constexpr const char *kIgnoredSections[] = {"dump", "profiler"};

aclError readConfig(const char *path) {
  Expected<std::vector<uint8_t>> text = rt::readBinary(path);
  if (!text)
    return fail(ACL_ERROR_INVALID_FILE, "aclInit", text.message());
  if (text->empty())
    return ACL_SUCCESS;
  auto config = nlohmann::json::parse(text->begin(), text->end(), nullptr, false);
  if (!config.is_object())
    return fail(ACL_ERROR_PARSE_FILE, "aclInit",
                std::string("the configuration '") + path + "' is not a JSON object");
  for (const char *section : kIgnoredSections)
    if (config.contains(section) && !config[section].empty())
      std::fprintf(stderr, "[WARNING] aclInit: the section '%s' of '%s' has no effect\n", section,
                   path);
  return ACL_SUCCESS;
}

/// Least level that the log shows, as CANN's variable sets it; errors only by default.
int logThreshold() {
  const char *level = std::getenv("ASCEND_GLOBAL_LOG_LEVEL");
  return level && level[0] >= '0' && level[0] <= '4' && !level[1] ? level[0] - '0' : ACL_ERROR;
}

} // namespace

aclError aclInit(const char *configPath) {
  ACL_REQUIRE(!state().initialized(), ACL_ERROR_REPEAT_INITIALIZE, "it was called before");
  if (configPath && *configPath)
    if (aclError code = readConfig(configPath); code != ACL_SUCCESS)
      return code;
  ACL_REQUIRE(state().start(), ACL_ERROR_REPEAT_INITIALIZE, "it was called before");
  return ACL_SUCCESS;
}

aclError aclFinalize(void) {
  ACL_REQUIRE(state().finish(), ACL_ERROR_REPEAT_FINALIZE, "the library is not initialized");
  return ACL_SUCCESS;
}

aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion, int32_t *patchVersion) {
  ACL_REQUIRE_POINTER(majorVersion);
  ACL_REQUIRE_POINTER(minorVersion);
  ACL_REQUIRE_POINTER(patchVersion);
  *majorVersion = ACL_MAJOR_VERSION;
  *minorVersion = ACL_MINOR_VERSION;
  *patchVersion = ACL_PATCH_VERSION;
  return ACL_SUCCESS;
}

const char *aclGetRecentErrMsg(void) { return takeErrorText(); }

aclError aclrtPeekAtLastError(aclrtLastErrLevel) { return lastError(false); }
aclError aclrtGetLastError(aclrtLastErrLevel) { return lastError(true); }

void aclAppLog(aclLogLevel logLevel, const char *func, const char *file, uint32_t line,
               const char *fmt, ...) {
  static constexpr const char *kNames[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
  if (!fmt || logLevel < ACL_DEBUG || logLevel > ACL_ERROR || logLevel < logThreshold())
    return;
  char text[1024];
  va_list arguments;
  va_start(arguments, fmt);
  std::vsnprintf(text, sizeof text, fmt, arguments);
  va_end(arguments);
  std::fprintf(stderr, "[%s] %s:%u %s: %s\n", kNames[logLevel], file ? file : "", line,
               func ? func : "", text);
}
