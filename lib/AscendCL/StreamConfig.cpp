//===- StreamConfig.cpp - Streams as a handle describes them --------------===//

#include "ConfigValue.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Work memory is for the task scheduler of a chip; it is accepted and not needed.
struct StreamConfig {
  void *workAddress = nullptr;
  size_t workSize = 0, flags = 0;
  uint32_t priority = 0;
};

Registry<StreamConfig> &streamConfigs() {
  static auto *instance = new Registry<StreamConfig>;
  return *instance;
}

constexpr const char *kMissing = "the configuration handle does not exist; it was destroyed or "
                                 "never created";

} // namespace

aclrtStreamConfigHandle *aclrtCreateStreamConfigHandle(void) try {
  return streamConfigs().add<aclrtStreamConfigHandle>(std::make_shared<StreamConfig>());
}
ACL_CATCH_AS(nullptr)

aclError aclrtDestroyStreamConfigHandle(aclrtStreamConfigHandle *handle) try {
  ACL_REQUIRE_POINTER(handle);
  ACL_REQUIRE(streamConfigs().remove(handle), ACL_ERROR_INVALID_PARAM, kMissing);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSetStreamConfigOpt(aclrtStreamConfigHandle *handle, aclrtStreamConfigAttr attr,
                                 const void *attrValue, size_t valueSize) try {
  ACL_REQUIRE_POINTER(handle);
  std::shared_ptr<StreamConfig> found = streamConfigs().find(handle);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, kMissing);
  auto changed = std::make_shared<StreamConfig>(*found);
  aclError code = ACL_SUCCESS;
  switch (attr) {
  case ACL_RT_STREAM_WORK_ADDR_PTR:
    code = readValue(__func__, attrValue, valueSize, changed->workAddress);
    break;
  case ACL_RT_STREAM_WORK_SIZE:
    code = readValue(__func__, attrValue, valueSize, changed->workSize);
    break;
  case ACL_RT_STREAM_FLAG:
    code = readValue(__func__, attrValue, valueSize, changed->flags);
    break;
  case ACL_RT_STREAM_PRIORITY:
    code = readValue(__func__, attrValue, valueSize, changed->priority);
    break;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM, "the argument 'attr' is " + std::to_string(int(attr)) +
                                          ", which is no aclrtStreamConfigAttr");
  }
  if (code == ACL_SUCCESS)
    streamConfigs().replace(handle, std::move(changed));
  return code;
}
ACL_CATCH

aclError aclrtCreateStreamV2(aclrtStream *stream, const aclrtStreamConfigHandle *handle) try {
  if (!handle)
    return aclrtCreateStreamWithConfig(stream, 0, 0);
  std::shared_ptr<StreamConfig> config = streamConfigs().find(handle);
  ACL_REQUIRE(config, ACL_ERROR_INVALID_PARAM, kMissing);
  ACL_REQUIRE(config->flags <= UINT32_MAX, ACL_ERROR_INVALID_PARAM,
              "the flags of the configuration have bits that are no ACL_STREAM_* flag");
  return aclrtCreateStreamWithConfig(stream, config->priority, uint32_t(config->flags));
}
ACL_CATCH
