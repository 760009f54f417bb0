//===- Error.cpp - Error codes and texts of the calling thread ------------===//

#include "Error.h"

#include <unistd.h>

namespace openatc::acl {

namespace {

struct ThreadErrors {
  aclError code = ACL_SUCCESS;
  std::string pending;  ///< recorded, not read yet
  std::string returned; ///< what the application may still hold a pointer to
};

ThreadErrors &errors() {
  thread_local ThreadErrors instance;
  return instance;
}

} // namespace

aclError fail(aclError code, const char *function, const std::string &message) {
  ThreadErrors &mine = errors();
  mine.code = code;
  // CANN's layout: an error code of the text table, the process, the reason.
  mine.pending = "EE9999: [PID: " + std::to_string(::getpid()) + "] " + function + " failed with " +
                 std::to_string(code) + ": " + message + "\n";
  return code;
}

aclError fail(const rt::Outcome &outcome, const char *function) {
  switch (outcome.failure) {
  case rt::Failure::None:
    return ACL_SUCCESS;
  case rt::Failure::Invalid:
    return fail(aclError(ACL_ERROR_GE_PARAM_INVALID), function, outcome.message);
  case rt::Failure::Memory:
    return fail(aclError(ACL_ERROR_GE_MEMORY_ALLOCATION), function, outcome.message);
  case rt::Failure::AiCore:
    return fail(ACL_ERROR_RT_AICORE_EXCEPTION, function, outcome.message);
  case rt::Failure::AiCpu:
    return fail(ACL_ERROR_RT_AICPU_EXCEPTION, function, outcome.message);
  case rt::Failure::Other:
    break;
  }
  return fail(ACL_ERROR_RT_MODEL_EXECUTE, function, outcome.message);
}

aclError lastError(bool clear) {
  aclError code = errors().code;
  if (clear)
    errors().code = ACL_SUCCESS;
  return code;
}

const char *takeErrorText() {
  ThreadErrors &mine = errors();
  if (mine.pending.empty())
    return nullptr;
  mine.returned = std::exchange(mine.pending, {});
  return mine.returned.c_str();
}

} // namespace openatc::acl
