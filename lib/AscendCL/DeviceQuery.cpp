//===- DeviceQuery.cpp - What devices are and can do ----------------------===//

#include "Error.h"
#include "State.h"

#include <iterator>
#include <set>

#include <unistd.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

constexpr aclCannAttr kAttributes[] = {ACL_CANN_ATTR_INF_NAN, ACL_CANN_ATTR_BF16,
                                       ACL_CANN_ATTR_JIT_COMPILE};

/// Description of a device's SoC; that of the default SoC while nothing uses the device.
Expected<SocDescription> socOf(int32_t deviceId) {
  std::shared_ptr<rt::Device> device = state().existingDevice(deviceId);
  if (!device)
    return findSoc(rt::defaultSocVersion());
  auto guard = device->lock();
  return device->soc();
}

/// Device of the calling thread, 0 without a context.
int32_t currentDevice() {
  std::shared_ptr<Context> context = state().currentContext();
  return context ? context->deviceId : 0;
}

/// Checks that a device of that number exists.
aclError checkDevice(const char *function, const char *argument, int64_t deviceId) {
  Expected<int32_t> count = deviceCount();
  if (!count)
    return fail(ACL_ERROR_RT_DEV_SETUP_ERROR, function, count.message());
  if (deviceId >= 0 && deviceId < *count)
    return ACL_SUCCESS;
  return fail(ACL_ERROR_RT_INVALID_DEVICEID, function,
              std::string("the argument '") + argument + "' is " + std::to_string(deviceId) +
                  "; devices are 0 to " + std::to_string(*count - 1));
}

/// Checks both ends of a pair of devices.
aclError checkPeers(const char *function, int32_t deviceId, int32_t peerDeviceId) {
  if (aclError code = checkDevice(function, "deviceId", deviceId); code != ACL_SUCCESS)
    return code;
  if (aclError code = checkDevice(function, "peerDeviceId", peerDeviceId); code != ACL_SUCCESS)
    return code;
  if (deviceId != peerDeviceId)
    return ACL_SUCCESS;
  return fail(ACL_ERROR_INVALID_PARAM, function,
              "device " + std::to_string(deviceId) + " cannot be its own peer");
}

aclError checkPeerOfCurrent(const char *function, int32_t peerDeviceId) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  return checkPeers(function, context->deviceId, peerDeviceId);
}

} // namespace

const char *aclrtGetSocName(void) try {
  Expected<SocDescription> soc = socOf(currentDevice());
  if (!soc) {
    fail(ACL_ERROR_RT_DEV_SETUP_ERROR, __func__, "OPENATC_SOC_VERSION: " + soc.message());
    return nullptr;
  }
  // Callers keep the pointer, so every name that was ever returned stays.
  static std::mutex mutex;
  static auto *names = new std::set<std::string>;
  std::lock_guard guard(mutex);
  return names->insert(soc->name).first->c_str();
}
ACL_CATCH_AS(nullptr)

aclError aclGetCannAttributeList(const aclCannAttr **cannAttrList, size_t *num) try {
  ACL_REQUIRE_POINTER(cannAttrList);
  ACL_REQUIRE_POINTER(num);
  *cannAttrList = kAttributes;
  *num = std::size(kAttributes);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t *value) try {
  ACL_REQUIRE_POINTER(value);
  switch (cannAttr) {
  case ACL_CANN_ATTR_INF_NAN:
    // Conversions keep infinities where the model was compiled to (precision modes).
  case ACL_CANN_ATTR_JIT_COMPILE:
    *value = 1;
    return ACL_SUCCESS;
  case ACL_CANN_ATTR_BF16:
    *value = 0; // bf16 is computed on the AI CPU only
    return ACL_SUCCESS;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM, "the argument 'cannAttr' is " +
                                          std::to_string(int(cannAttr)) +
                                          ", which is no aclCannAttr");
  }
}
ACL_CATCH

aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo, int64_t *value) try {
  ACL_REQUIRE_POINTER(value);
  if (aclError code = checkDevice(__func__, "deviceId", deviceId); code != ACL_SUCCESS)
    return code;
  Expected<SocDescription> soc = socOf(int32_t(deviceId));
  ACL_REQUIRE(soc, ACL_ERROR_RT_DEV_SETUP_ERROR, "OPENATC_SOC_VERSION: " + soc.message());
  switch (deviceInfo) {
  case ACL_DEVICE_INFO_AI_CORE_NUM:
  case ACL_DEVICE_INFO_VECTOR_CORE_NUM: // each core has its vector unit
    *value = soc->aiCores;
    return ACL_SUCCESS;
  case ACL_DEVICE_INFO_L2_SIZE:
    *value = soc->l2Size;
    return ACL_SUCCESS;
  default:
    ACL_FAIL(ACL_ERROR_INVALID_PARAM, "the argument 'deviceInfo' is " +
                                          std::to_string(int(deviceInfo)) +
                                          ", which is no aclDeviceInfo");
  }
}
ACL_CATCH

aclError aclrtGetDeviceUtilizationRate(int32_t deviceId,
                                       aclrtUtilizationInfo *utilizationInfo) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(utilizationInfo);
  if (aclError code = checkDevice(__func__, "deviceId", deviceId); code != ACL_SUCCESS)
    return code;
  // Units are busy in simulated time only; memory is known.
  *utilizationInfo = {DEVICE_UTILIZATION_NOT_SUPPORT, DEVICE_UTILIZATION_NOT_SUPPORT,
                      DEVICE_UTILIZATION_NOT_SUPPORT, 0, nullptr};
  if (std::shared_ptr<rt::Device> device = state().existingDevice(deviceId)) {
    uint64_t total = device->bytesTotal();
    utilizationInfo->memoryUtilization =
        total ? int32_t(double(total - device->bytesFree()) * 100 / double(total)) : 0;
  }
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtQueryDeviceStatus(int32_t deviceId, aclrtDeviceStatus *deviceStatus) try {
  ACL_REQUIRE_POINTER(deviceStatus);
  if (aclError code = checkDevice(__func__, "deviceId", deviceId); code != ACL_SUCCESS)
    return code;
  *deviceStatus = ACL_RT_DEVICE_STATUS_NORMAL;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtDeviceGetBareTgid(int32_t *pid) try {
  ACL_REQUIRE_POINTER(pid);
  *pid = ::getpid();
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtDeviceCanAccessPeer(int32_t *canAccessPeer, int32_t deviceId,
                                  int32_t peerDeviceId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(canAccessPeer);
  if (aclError code = checkPeers(__func__, deviceId, peerDeviceId); code != ACL_SUCCESS)
    return code;
  *canAccessPeer = 1;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags) try {
  ACL_REQUIRE(flags == 0, ACL_ERROR_INVALID_PARAM,
              "the argument 'flags' is " + std::to_string(flags) + "; it must be 0");
  return checkPeerOfCurrent(__func__, peerDeviceId);
}
ACL_CATCH

aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId) try {
  return checkPeerOfCurrent(__func__, peerDeviceId);
}
ACL_CATCH

aclError aclrtSetTsDevice(aclrtTsId tsId) try {
  ACL_REQUIRE(tsId == ACL_TS_ID_AICORE, ACL_ERROR_INVALID_PARAM,
              "the argument 'tsId' is " + std::to_string(int(tsId)) +
                  "; a device has one task scheduler, ACL_TS_ID_AICORE");
  return ACL_SUCCESS;
}
ACL_CATCH
