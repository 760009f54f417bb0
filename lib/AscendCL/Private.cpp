//===- Private.cpp - What the project's other libraries use ---------------===//

#include "Private.h"
#include "Error.h"
#include "Tasks.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Device whose lock this thread holds while it runs somebody's work.
thread_local rt::Device *lockedDevice = nullptr;

aclError enqueue(const char *function, aclrtStream handle, openatcWork work,
                 std::shared_ptr<void> argument) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  aclError code = ACL_SUCCESS;
  std::string why;
  std::shared_ptr<StreamObject> stream = state().streamObject(handle, code, why);
  if (!stream)
    return fail(code, function, why);
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the context was destroyed");
  return queueTask(function, *stream,
                   [device = context->device, work, argument,
                    name = std::string(function)](double &timeUs) -> rt::Outcome {
                     char text[512] = "";
                     double us = 0;
                     auto guard = device->lock();
                     lockedDevice = device.get();
                     aclError code = work(argument.get(), &us, text, sizeof text);
                     lockedDevice = nullptr;
                     if (us > 0)
                       timeUs += us;
                     if (code == ACL_SUCCESS)
                       return {};
                     return {rt::Failure::Other, name + ": " + text, code};
                   });
}

} // namespace

aclError openatcEnqueue(const char *function, aclrtStream stream, openatcWork work, void *argument,
                        void (*release)(void *argument)) try {
  std::shared_ptr<void> owned(argument, [release](void *at) {
    if (release)
      release(at);
  });
  return enqueue(function, stream, work, std::move(owned));
} catch (...) {
  return failException(function);
}

void *openatcDeviceView(const char *function, const void *pointer, size_t bytes) try {
  std::shared_ptr<rt::Device> device = state().existingDevice(toDevice(pointer));
  uint64_t address = toAddress(pointer);
  void *view = nullptr;
  if (device && device.get() == lockedDevice) {
    view = device->simulator().data(address, bytes);
  } else if (device) {
    auto guard = device->lock();
    view = device->simulator().data(address, bytes);
  }
  if (!view)
    fail(ACL_ERROR_RT_PARAM_INVALID, function,
         std::to_string(bytes) + " bytes of device memory are needed, there are " +
             std::to_string(openatcDeviceBytes(pointer)));
  return view;
} catch (...) {
  failException(function);
  return nullptr;
}

size_t openatcDeviceBytes(const void *pointer) try {
  std::shared_ptr<rt::Device> device = state().existingDevice(toDevice(pointer));
  if (!device)
    return 0;
  return device.get() == lockedDevice ? device->simulator().bytesFrom(toAddress(pointer))
                                      : device->bytesFrom(toAddress(pointer));
} catch (...) {
  return 0;
}

aclError openatcRequireContext(const char *function, int32_t *deviceId) try {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function,
                "the thread has no current context; call aclrtSetDevice or aclrtSetCurrentContext");
  *deviceId = context->deviceId;
  return ACL_SUCCESS;
} catch (...) {
  return failException(function);
}

aclError openatcFail(aclError code, const char *function, const char *message) try {
  return fail(code, function, message ? message : "");
} catch (...) {
  return failException(function);
}
