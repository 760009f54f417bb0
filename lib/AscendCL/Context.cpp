//===- Context.cpp - Contexts ---------------------------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  aclError code = ACL_SUCCESS;
  std::string why;
  void *handle = state().addContext(deviceId, code, why);
  ACL_REQUIRE(handle, code, why);
  state().setCurrent(handle);
  *context = handle;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtDestroyContext(aclrtContext context) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  std::string why;
  aclError code = state().destroyContext(context, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSetCurrentContext(aclrtContext context) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(state().contexts.find(context), ACL_ERROR_RT_CONTEXT_NULL,
              "the argument 'context' does not exist; it was destroyed or never created");
  state().setCurrent(context);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetCurrentContext(aclrtContext *context) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(state().currentContext(), ACL_ERROR_RT_CONTEXT_NULL,
              "the thread has no current context; call aclrtSetDevice or aclrtSetCurrentContext");
  *context = const_cast<void *>(state().currentHandle());
  return ACL_SUCCESS;
}
ACL_CATCH
