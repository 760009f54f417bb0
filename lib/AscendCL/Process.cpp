//===- Process.cpp - Start, end, versions and log -------------------------===//

#include "Config.h"
#include "Error.h"
#include "ObservedRun.h"
#include "State.h"
#include "Tasks.h"

#include "acl/acl.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Least level that the log shows, as CANN's variable sets it; errors only by default.
int logThreshold() {
  const char *level = std::getenv("ASCEND_GLOBAL_LOG_LEVEL");
  return level && level[0] >= '0' && level[0] <= '4' && !level[1] ? level[0] - '0' : ACL_ERROR;
}

} // namespace

aclError aclInit(const char *configPath) try {
  // One caller at a time, so that a configuration takes effect as a whole.
  static std::mutex starting;
  std::lock_guard guard(starting);
  ACL_REQUIRE(!state().initialized(), ACL_ERROR_REPEAT_INITIALIZE, "it was called before");
  Config config;
  if (configPath && *configPath)
    if (aclError code = readConfig(__func__, configPath, config); code != ACL_SUCCESS)
      return code;
  shareErrorTexts(config.sharedErrorTexts);
  state().defaultDevice = config.defaultDevice;
  state().start();
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclFinalize(void) try {
  ACL_REQUIRE(state().finish(), ACL_ERROR_REPEAT_FINALIZE, "the library is not initialized");
  forgetFailures();
  endConfig();
  endObservers();
  shareErrorTexts(false);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion, int32_t *patchVersion) try {
  ACL_REQUIRE_POINTER(majorVersion);
  ACL_REQUIRE_POINTER(minorVersion);
  ACL_REQUIRE_POINTER(patchVersion);
  *majorVersion = ACL_MAJOR_VERSION;
  *minorVersion = ACL_MINOR_VERSION;
  *patchVersion = ACL_PATCH_VERSION;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion *version) try {
  ACL_REQUIRE_POINTER(version);
  ACL_REQUIRE(name >= ACL_PKG_NAME_CANN && name <= ACL_PKG_NAME_DRIVER, ACL_ERROR_INVALID_PARAM,
              "the argument 'name' is " + std::to_string(int(name)) +
                  ", which is no aclCANNPackageName");
  ACL_REQUIRE(name != ACL_PKG_NAME_HCCL && name != ACL_PKG_NAME_DRIVER, ACL_ERROR_INVALID_FILE,
              "package " + std::to_string(int(name)) + " has no counterpart here");
  // The release whose interfaces these are.
  *version = {"8.1.RC1", "8", "1", "RC1", "", ""};
  return ACL_SUCCESS;
}
ACL_CATCH

const char *aclGetRecentErrMsg(void) try { return takeErrorText(); }
ACL_CATCH_AS(nullptr)

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
