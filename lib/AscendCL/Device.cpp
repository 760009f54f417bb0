//===- Device.cpp - Devices: use, release, waiting ------------------------===//

#include "Error.h"
#include "State.h"

#include <chrono>

using namespace openatc;
using namespace openatc::acl;

namespace {

using Clock = std::chrono::steady_clock;

/// Waits for all streams of the current device, until `deadline` if there is one.
aclError synchronize(const char *function, const Clock::time_point *deadline) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  rt::Outcome first;
  for (const std::shared_ptr<StreamObject> &object : state().streamsOf(context->deviceId)) {
    rt::Outcome outcome;
    if (!deadline) {
      outcome = object->stream->synchronize();
    } else {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - Clock::now());
      if (!object->stream->synchronizeFor(std::max(left, std::chrono::milliseconds(0)), outcome))
        return fail(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, function,
                    "stream " + std::to_string(object->stream->id()) + " of device " +
                        std::to_string(context->deviceId) + " is not done in time");
    }
    if (first.ok())
      first = std::move(outcome);
  }
  return fail(first, function);
}

} // namespace

aclError aclrtSetDevice(int32_t deviceId) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().useDevice(deviceId, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtResetDevice(int32_t deviceId) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().releaseDevice(deviceId, false, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtResetDeviceForce(int32_t deviceId) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().releaseDevice(deviceId, true, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetDevice(int32_t *deviceId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(deviceId);
  ACL_REQUIRE_CONTEXT(context);
  *deviceId = context->deviceId;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetDeviceCount(uint32_t *count) try {
  ACL_REQUIRE_POINTER(count);
  Expected<int32_t> devices = deviceCount();
  ACL_REQUIRE(devices, ACL_ERROR_RT_DEV_SETUP_ERROR, devices.message());
  *count = uint32_t(*devices);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetRunMode(aclrtRunMode *runMode) try {
  ACL_REQUIRE_POINTER(runMode);
  *runMode = ACL_HOST;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSynchronizeDevice(void) try { return synchronize(__func__, nullptr); }
ACL_CATCH

aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout) try {
  ACL_REQUIRE(timeout >= -1, ACL_ERROR_INVALID_PARAM,
              "the argument 'timeout' is " + std::to_string(timeout) +
                  "; it is -1 (no limit) or milliseconds");
  if (timeout == -1)
    return synchronize(__func__, nullptr);
  Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout);
  return synchronize(__func__, &deadline);
}
ACL_CATCH

aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout) try {
  ACL_REQUIRE_INIT();
  std::shared_ptr<rt::Device> device = state().existingDevice(deviceId);
  ACL_REQUIRE(device, ACL_ERROR_RT_INVALID_DEVICEID,
              "device " + std::to_string(deviceId) + " is not in use");
  std::vector<std::shared_ptr<StreamObject>> streams = state().streamsOf(deviceId);
  for (const std::shared_ptr<StreamObject> &object : streams)
    object->stream->abort();
  Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout);
  for (const std::shared_ptr<StreamObject> &object : streams) {
    rt::Outcome outcome; // what was aborted does not matter
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    ACL_REQUIRE(
        object->stream->synchronizeFor(std::max(left, std::chrono::milliseconds(0)), outcome) ||
            timeout == 0,
        ACL_ERROR_RT_WAIT_TIMEOUT,
        "the task that runs on device " + std::to_string(deviceId) + " is not done after " +
            std::to_string(timeout) + " ms");
  }
  return ACL_SUCCESS;
}
ACL_CATCH
