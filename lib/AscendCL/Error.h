//===- Error.h - Error codes and texts of the calling thread --------------===//
#ifndef OPENATC_LIB_ASCENDCL_ERROR_H
#define OPENATC_LIB_ASCENDCL_ERROR_H

#include "acl/acl_base.h"

#include "openatc/Runtime/Executor.h"

#include <string>

namespace openatc::acl {

/// Records `code` and a text "<function>: <message>" for this thread; returns `code`.
aclError fail(aclError code, const char *function, const std::string &message);

/// The code of a failed runtime outcome, recorded with its message.
aclError fail(const rt::Outcome &outcome, const char *function);

/// Code recorded last in this thread; ACL_SUCCESS if none or `clear`ed before.
aclError lastError(bool clear);

/// Text recorded last, or null; see aclGetRecentErrMsg.
const char *takeErrorText();

} // namespace openatc::acl

/// Returns a recorded error from the calling interface function.
#define ACL_FAIL(code, message) return ::openatc::acl::fail(aclError(code), __func__, message)

#define ACL_REQUIRE(condition, code, message)                                                      \
  do {                                                                                             \
    if (!(condition))                                                                              \
      ACL_FAIL(code, message);                                                                     \
  } while (false)

#define ACL_REQUIRE_POINTER(pointer)                                                               \
  ACL_REQUIRE((pointer) != nullptr, ACL_ERROR_INVALID_PARAM, "the argument '" #pointer "' is NULL")

/// Most functions work only between aclInit and aclFinalize.
#define ACL_REQUIRE_INIT()                                                                         \
  ACL_REQUIRE(::openatc::acl::state().initialized(), ACL_ERROR_UNINITIALIZE,                       \
              "aclInit has not been called, or aclFinalize has")

#endif // OPENATC_LIB_ASCENDCL_ERROR_H
