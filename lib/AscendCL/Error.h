//===- Error.h - Error codes and texts of the calling thread --------------===//
#ifndef OPENATC_LIB_ASCENDCL_ERROR_H
#define OPENATC_LIB_ASCENDCL_ERROR_H

#include "acl/acl_base.h"

#include "openatc/Runtime/Executor.h"

#include <string>

namespace openatc::acl {

/// Records `code` and a block of text for this thread; returns `code`. The first line of
/// the block is "<function> failed with <code>: <message>"; cause and solution, where the
/// message does not say all, follow from the code.
aclError fail(aclError code, const char *function, const std::string &message);

/// The same for an argument that is NULL.
aclError failNull(const char *function, const char *argument);

/// The code of a failed runtime outcome, recorded with its message; ACL_SUCCESS if it is none.
aclError fail(const rt::Outcome &outcome, const char *function);
/// The code alone.
aclError codeOf(const rt::Outcome &outcome);

/// To be called in a catch clause: records what the exception means.
aclError failException(const char *function) noexcept;

/// Code recorded last in this thread; ACL_SUCCESS if none or `clear`ed before.
aclError lastError(bool clear);

/// Text recorded last, or null; see aclGetRecentErrMsg.
const char *takeErrorText();

/// With `shared`, all threads record and take one text: err_msg_mode of aclInit.
void shareErrorTexts(bool shared);

} // namespace openatc::acl

/// Behind the body of an interface function, which is a function-try-block: no exception
/// may reach C code.
#define ACL_CATCH                                                                                  \
  catch (...) {                                                                                    \
    return ::openatc::acl::failException(__func__);                                                \
  }

/// The same for a function that returns something else than an error code.
#define ACL_CATCH_AS(value)                                                                        \
  catch (...) {                                                                                    \
    ::openatc::acl::failException(__func__);                                                       \
    return value;                                                                                  \
  }

/// Returns a recorded error from the calling interface function.
#define ACL_FAIL(code, message) return ::openatc::acl::fail(aclError(code), __func__, message)

#define ACL_REQUIRE(condition, code, message)                                                      \
  do {                                                                                             \
    if (!(condition))                                                                              \
      ACL_FAIL(code, message);                                                                     \
  } while (false)

#define ACL_REQUIRE_POINTER(pointer)                                                               \
  do {                                                                                             \
    if ((pointer) == nullptr)                                                                      \
      return ::openatc::acl::failNull(__func__, #pointer);                                         \
  } while (false)

/// Most functions work only between aclInit and aclFinalize.
#define ACL_REQUIRE_INIT()                                                                         \
  ACL_REQUIRE(::openatc::acl::state().initialized(), ACL_ERROR_UNINITIALIZE,                       \
              "aclInit has not been called, or aclFinalize has")

/// Declares `name`, the thread's current context, or returns the recorded error.
#define ACL_REQUIRE_CONTEXT(name)                                                                  \
  std::shared_ptr<Context> name = state().currentContext();                                        \
  ACL_REQUIRE(name, ACL_ERROR_RT_CONTEXT_NULL, "the thread has no current context")

/// Declares `name`, the stream of `handle` (a StreamObject), or returns the recorded error.
#define ACL_FIND_STREAM(name, handle)                                                              \
  aclError name##Code = ACL_SUCCESS;                                                               \
  std::string name##Why;                                                                           \
  std::shared_ptr<StreamObject> name = state().streamObject(handle, name##Code, name##Why);        \
  ACL_REQUIRE(name, name##Code, name##Why)

#endif // OPENATC_LIB_ASCENDCL_ERROR_H
