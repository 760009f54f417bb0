//===- Groups.cpp - Groups of compute units -------------------------------===//

#include "Error.h"
#include "State.h"

#include <cstring>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// What aclrtGetAllGroupInfo found of the one group of a device.
struct GroupInfo {
  bool filled = false;
  int32_t cores = 0;
};

Registry<GroupInfo> &groupInfos() {
  static auto *instance = new Registry<GroupInfo>;
  return *instance;
}

} // namespace

aclError aclrtSetGroup(int32_t groupId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_CONTEXT(context);
  ACL_REQUIRE(groupId == 0, ACL_ERROR_INVALID_PARAM,
              "the argument 'groupId' is " + std::to_string(groupId) +
                  "; a device is one group, number 0");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetGroupCount(uint32_t *count) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(count);
  ACL_REQUIRE_CONTEXT(context);
  *count = 1;
  return ACL_SUCCESS;
}
ACL_CATCH

aclrtGroupInfo *aclrtCreateGroupInfo(void) try {
  return groupInfos().add<aclrtGroupInfo>(std::make_shared<GroupInfo>());
}
ACL_CATCH_AS(nullptr)

aclError aclrtDestroyGroupInfo(aclrtGroupInfo *groupInfo) try {
  ACL_REQUIRE_POINTER(groupInfo);
  ACL_REQUIRE(groupInfos().remove(groupInfo), ACL_ERROR_INVALID_PARAM,
              "the group information does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetAllGroupInfo(aclrtGroupInfo *groupInfo) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(groupInfo);
  ACL_REQUIRE_CONTEXT(context);
  auto filled = std::make_shared<GroupInfo>();
  filled->filled = true;
  {
    auto guard = context->device->lock();
    filled->cores = int32_t(context->device->soc().aiCores);
  }
  ACL_REQUIRE(groupInfos().replace(groupInfo, std::move(filled)), ACL_ERROR_INVALID_PARAM,
              "the group information does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetGroupInfoDetail(const aclrtGroupInfo *groupInfo, int32_t groupIndex,
                                 aclrtGroupAttr attr, void *attrValue, size_t valueLen,
                                 size_t *paramRetSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(groupInfo);
  ACL_REQUIRE_POINTER(attrValue);
  ACL_REQUIRE_POINTER(paramRetSize);
  std::shared_ptr<GroupInfo> info = groupInfos().find(groupInfo);
  ACL_REQUIRE(info && info->filled, ACL_ERROR_INVALID_PARAM,
              info ? "the group information is empty; call aclrtGetAllGroupInfo"
                   : "the group information does not exist; it was destroyed or never created");
  ACL_REQUIRE(groupIndex == 0, ACL_ERROR_INVALID_PARAM,
              "the argument 'groupIndex' is " + std::to_string(groupIndex) +
                  "; a device is one group, number 0");
  int32_t value = 0; // of what the device does not have, and the number of the group
  switch (attr) {
  case ACL_GROUP_AICORE_INT:
  case ACL_GROUP_AIV_INT:
  case ACL_GROUP_AIC_INT:
    value = info->cores;
    break;
  case ACL_GROUP_SDMANUM_INT:
  case ACL_GROUP_ASQNUM_INT:
  case ACL_GROUP_GROUPID_INT:
    break;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM, "the argument 'attr' is " + std::to_string(int(attr)) +
                                          ", which is no aclrtGroupAttr");
  }
  *paramRetSize = sizeof value;
  ACL_REQUIRE(valueLen >= sizeof value, ACL_ERROR_INVALID_PARAM,
              "the argument 'valueLen' is " + std::to_string(valueLen) + "; the value has " +
                  std::to_string(sizeof value) + " bytes");
  std::memcpy(attrValue, &value, sizeof value);
  return ACL_SUCCESS;
}
ACL_CATCH
