//===- DeviceContext.cpp - Devices and contexts ---------------------------===//

#include "Error.h"
#include "State.h"

#include <set>

using namespace openatc;
using namespace openatc::acl;

aclError aclrtSetDevice(int32_t deviceId) {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().useDevice(deviceId, why);
  return code == ACL_SUCCESS ? code : fail(code, __func__, why);
}

aclError aclrtResetDevice(int32_t deviceId) {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().releaseDevice(deviceId, false, why);
  return code == ACL_SUCCESS ? code : fail(code, __func__, why);
}

aclError aclrtResetDeviceForce(int32_t deviceId) {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = state().releaseDevice(deviceId, true, why);
  return code == ACL_SUCCESS ? code : fail(code, __func__, why);
}

aclError aclrtGetDevice(int32_t *deviceId) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(deviceId);
  std::shared_ptr<Context> context = state().currentContext();
  ACL_REQUIRE(context, ACL_ERROR_RT_CONTEXT_NULL, "the thread has no current context");
  *deviceId = context->deviceId;
  return ACL_SUCCESS;
}

aclError aclrtGetDeviceCount(uint32_t *count) {
  ACL_REQUIRE_POINTER(count);
  *count = kDeviceCount;
  return ACL_SUCCESS;
}

aclError aclrtGetRunMode(aclrtRunMode *runMode) {
  ACL_REQUIRE_POINTER(runMode);
  *runMode = ACL_HOST;
  return ACL_SUCCESS;
}

const char *aclrtGetSocName(void) {
  std::shared_ptr<rt::Device> device = state().existingDevice();
  std::string name = device ? device->soc().name : rt::defaultSocVersion();
  // Callers keep the pointer, so every name that was ever returned stays.
  static std::mutex mutex;
  static auto *names = new std::set<std::string>;
  std::lock_guard guard(mutex);
  return names->insert(std::move(name)).first->c_str();
}

aclError aclrtSynchronizeDevice(void) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(state().currentContext(), ACL_ERROR_RT_CONTEXT_NULL,
              "the thread has no current context");
  rt::Outcome first;
  auto synchronize = [&](rt::Stream &stream) {
    rt::Outcome outcome = stream.synchronize();
    if (first.ok())
      first = std::move(outcome);
  };
  for (auto &[handle, object] : state().streams.select([](const StreamObject &) { return true; }))
    synchronize(*object->stream);
  for (auto &[handle, context] : state().contexts.select([](const Context &) { return true; }))
    synchronize(*context->defaultStream);
  return fail(first, __func__);
}

aclError aclrtCreateContext(aclrtContext *context, int32_t deviceId) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(deviceId >= 0 && deviceId < kDeviceCount, ACL_ERROR_RT_INVALID_DEVICEID,
              "device " + std::to_string(deviceId) + " does not exist; there is device 0");
  std::string why;
  std::shared_ptr<rt::Device> device = state().device(why);
  ACL_REQUIRE(device, ACL_ERROR_RT_DEV_SETUP_ERROR, why);
  auto object = std::make_shared<Context>();
  object->deviceId = deviceId;
  object->device = device;
  object->defaultStream = std::make_shared<rt::Stream>(device);
  *context = state().contexts.add(std::move(object));
  state().setCurrent(*context);
  return ACL_SUCCESS;
}

aclError aclrtDestroyContext(aclrtContext context) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(state().destroyContext(context), ACL_ERROR_RT_CONTEXT_NULL,
              "the context does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}

aclError aclrtSetCurrentContext(aclrtContext context) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(state().contexts.find(context), ACL_ERROR_RT_CONTEXT_NULL,
              "the context does not exist; it was destroyed or never created");
  state().setCurrent(context);
  return ACL_SUCCESS;
}

aclError aclrtGetCurrentContext(aclrtContext *context) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(context);
  ACL_REQUIRE(state().currentContext(), ACL_ERROR_RT_CONTEXT_NULL,
              "the thread has no current context");
  *context = const_cast<void *>(state().currentHandle());
  return ACL_SUCCESS;
}
