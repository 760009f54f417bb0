//===- ExecConfig.cpp - Options of one execution --------------------------===//

#include "ExecConfig.h"
#include "ConfigValue.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

Registry<ExecConfig> &execConfigs() {
  static auto *instance = new Registry<ExecConfig>;
  return *instance;
}

constexpr const char *kMissing = "the configuration handle does not exist; it was destroyed or "
                                 "never created";

aclError readTimeout(const char *function, const void *value, size_t size, int32_t &timeout) {
  aclError code = readValue(function, value, size, timeout);
  if (code == ACL_SUCCESS && (timeout < -1 || timeout == 0))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the limit is " + std::to_string(timeout) +
                    "; it is -1 (none) or a positive number of milliseconds");
  return code;
}

} // namespace

namespace openatc::acl {

aclError findExecConfig(const char *function, const aclmdlExecConfigHandle *handle,
                        ExecConfig &config) {
  if (!handle)
    return ACL_SUCCESS;
  std::shared_ptr<ExecConfig> found = execConfigs().find(handle);
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function, kMissing);
  config = *found;
  return ACL_SUCCESS;
}

} // namespace openatc::acl

aclmdlExecConfigHandle *aclmdlCreateExecConfigHandle(void) try {
  return execConfigs().add<aclmdlExecConfigHandle>(std::make_shared<ExecConfig>());
}
ACL_CATCH_AS(nullptr)

aclError aclmdlDestroyExecConfigHandle(const aclmdlExecConfigHandle *handle) try {
  ACL_REQUIRE_POINTER(handle);
  ACL_REQUIRE(execConfigs().remove(handle), ACL_ERROR_INVALID_PARAM, kMissing);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetExecConfigOpt(aclmdlExecConfigHandle *handle, aclmdlExecConfigAttr attr,
                                const void *attrValue, size_t valueSize) try {
  ACL_REQUIRE_POINTER(handle);
  std::shared_ptr<ExecConfig> found = execConfigs().find(handle);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, kMissing);
  auto changed = std::make_shared<ExecConfig>(*found);
  aclError code = ACL_SUCCESS;
  size_t ignored = 0;
  switch (attr) {
  case ACL_MDL_STREAM_SYNC_TIMEOUT:
    code = readTimeout(__func__, attrValue, valueSize, changed->streamTimeout);
    break;
  case ACL_MDL_EVENT_SYNC_TIMEOUT:
    code = readTimeout(__func__, attrValue, valueSize, changed->eventTimeout);
    break;
  case ACL_MDL_WORK_ADDR_PTR:
    code = readValue(__func__, attrValue, valueSize, changed->workAddress);
    break;
  case ACL_MDL_WORK_SIZET:
    code = readValue(__func__, attrValue, valueSize, changed->workSize);
    break;
  case ACL_MDL_MPAIMID_SIZET:
  case ACL_MDL_AICQOS_SIZET:
  case ACL_MDL_AICOST_SIZET:
  case ACL_MDL_MEC_TIMETHR_SIZET: // reserved by CANN
    code = readValue(__func__, attrValue, valueSize, ignored);
    break;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM, "the argument 'attr' is " + std::to_string(int(attr)) +
                                          ", which is no aclmdlExecConfigAttr");
  }
  if (code == ACL_SUCCESS)
    execConfigs().replace(handle, std::move(changed));
  return code;
}
ACL_CATCH
