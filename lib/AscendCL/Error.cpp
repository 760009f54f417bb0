//===- Error.cpp - Error codes and texts of the calling thread ------------===//

#include "Error.h"
#include "ErrorText.h"

#include <atomic>
#include <mutex>
#include <new>
#include <system_error>

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

/// The text of the process, where threads share one.
struct SharedText {
  std::atomic<bool> used = false;
  std::mutex mutex;
  std::string pending;
};

SharedText &sharedText() {
  static auto *instance = new SharedText;
  return *instance;
}

aclError record(aclError code, const char *function, const std::string &message, bool isNull) {
  errors().code = code;
  std::string text = errorBlock(
      code, std::string(function) + " failed with " + std::to_string(code) + ": " + message,
      isNull);
  SharedText &shared = sharedText();
  if (shared.used) {
    std::lock_guard guard(shared.mutex);
    shared.pending = std::move(text);
  } else {
    errors().pending = std::move(text);
  }
  return code;
}

} // namespace

aclError fail(aclError code, const char *function, const std::string &message) {
  return record(code, function, message, false);
}

aclError failNull(const char *function, const char *argument) {
  return record(ACL_ERROR_INVALID_PARAM, function,
                std::string("the argument '") + argument + "' is NULL; it must not be", true);
}

aclError codeOf(const rt::Outcome &outcome) {
  if (outcome.code)
    return outcome.code;
  switch (outcome.failure) {
  case rt::Failure::None:
    return ACL_SUCCESS;
  case rt::Failure::Invalid:
    return aclError(ACL_ERROR_GE_PARAM_INVALID);
  case rt::Failure::Memory:
    return aclError(ACL_ERROR_GE_MEMORY_ALLOCATION);
  case rt::Failure::AiCore:
    return ACL_ERROR_RT_AICORE_EXCEPTION;
  case rt::Failure::AiCpu:
    return ACL_ERROR_RT_AICPU_EXCEPTION;
  case rt::Failure::NoCompiler:
    return ACL_ERROR_FEATURE_UNSUPPORTED;
  case rt::Failure::Compile:
    return ACL_ERROR_GE_FAILURE;
  case rt::Failure::Other:
    break;
  }
  return ACL_ERROR_RT_MODEL_EXECUTE;
}

aclError fail(const rt::Outcome &outcome, const char *function) {
  return outcome.ok() ? ACL_SUCCESS : fail(codeOf(outcome), function, outcome.message);
}

aclError failException(const char *function) noexcept {
  auto quietly = [function](aclError code, const std::string &message) {
    try {
      return fail(code, function, message);
    } catch (...) { // no memory even for the text
      errors().code = code;
      return code;
    }
  };
  try {
    throw;
  } catch (const std::bad_alloc &) {
    return quietly(ACL_ERROR_BAD_ALLOC, "the host is out of memory");
  } catch (const std::system_error &) {
    return quietly(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "the host has no more threads or locks");
  } catch (...) {
    return quietly(ACL_ERROR_INTERNAL_ERROR, "unexpected exception");
  }
}

aclError lastError(bool clear) {
  aclError code = errors().code;
  if (clear)
    errors().code = ACL_SUCCESS;
  return code;
}

const char *takeErrorText() {
  ThreadErrors &mine = errors();
  SharedText &shared = sharedText();
  std::string taken;
  if (shared.used) {
    std::lock_guard guard(shared.mutex);
    taken = std::exchange(shared.pending, {});
  } else {
    taken = std::exchange(mine.pending, {});
  }
  if (taken.empty())
    return nullptr;
  mine.returned = std::move(taken);
  return mine.returned.c_str();
}

void shareErrorTexts(bool shared) { sharedText().used = shared; }

} // namespace openatc::acl
