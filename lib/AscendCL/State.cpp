//===- State.cpp - Everything the library knows about the process ---------===//

#include "State.h"

namespace openatc::acl {

namespace {

/// Handle of this thread's context; a handle, so that a destroyed one is noticed.
thread_local const void *currentContextHandle = nullptr;

} // namespace

State &state() {
  static State *instance = new State;
  return *instance;
}

bool State::start() {
  bool expected = false;
  return active.compare_exchange_strong(expected, true);
}

bool State::finish() {
  bool expected = true;
  if (!active.compare_exchange_strong(expected, false))
    return false;
  // Streams finish their work before the models and the memory it uses go away.
  streams.removeAll().clear();
  contexts.removeAll().clear();
  events.removeAll().clear();
  std::lock_guard guard(mutex);
  models.clear();
  theDevice.reset();
  deviceUsers = 0;
  defaultContext = nullptr;
  return true;
}

std::shared_ptr<rt::Device> State::device(std::string &why) {
  std::lock_guard guard(mutex);
  if (theDevice)
    return theDevice;
  Expected<SocDescription> soc = findSoc(rt::defaultSocVersion());
  if (!soc) {
    why = "OPENATC_SOC_VERSION: " + soc.message();
    return nullptr;
  }
  Expected<std::shared_ptr<rt::Device>> made = rt::Device::create(*soc);
  if (!made) {
    why = made.message();
    return nullptr;
  }
  theDevice = std::move(*made);
  return theDevice;
}

std::shared_ptr<rt::Device> State::existingDevice() {
  std::lock_guard guard(mutex);
  return theDevice;
}

const void *State::currentHandle() { return currentContextHandle; }
void State::setCurrent(const void *context) { currentContextHandle = context; }

std::shared_ptr<Context> State::currentContext() {
  return currentContextHandle ? contexts.find(currentContextHandle) : nullptr;
}

std::shared_ptr<rt::Stream> State::stream(const void *handle, aclError &code, std::string &why) {
  std::shared_ptr<Context> context = currentContext();
  if (!context) {
    code = ACL_ERROR_RT_CONTEXT_NULL;
    why = "the thread has no current context; call aclrtSetDevice or aclrtSetCurrentContext";
    return nullptr;
  }
  if (!handle)
    return context->defaultStream;
  std::shared_ptr<StreamObject> object = streams.find(handle);
  if (!object) {
    code = ACL_ERROR_RT_INVALID_HANDLE;
    why = "the stream does not exist; it was destroyed or never created";
    return nullptr;
  }
  if (object->context != currentContextHandle) {
    code = ACL_ERROR_RT_STREAM_CONTEXT;
    why = "the stream belongs to another context than the thread's current one";
    return nullptr;
  }
  return object->stream;
}

aclError State::useDevice(int32_t id, std::string &why) {
  if (id < 0 || id >= kDeviceCount) {
    why = "device " + std::to_string(id) + " does not exist; there is device 0";
    return ACL_ERROR_RT_INVALID_DEVICEID;
  }
  std::shared_ptr<rt::Device> used = device(why);
  if (!used)
    return ACL_ERROR_RT_DEV_SETUP_ERROR;
  std::lock_guard guard(mutex);
  ++deviceUsers;
  if (!defaultContext || !contexts.find(defaultContext)) {
    auto context = std::make_shared<Context>();
    context->device = used;
    context->defaultStream = std::make_shared<rt::Stream>(used);
    defaultContext = contexts.add(std::move(context));
  }
  setCurrent(defaultContext);
  return ACL_SUCCESS;
}

aclError State::releaseDevice(int32_t id, bool force, std::string &why) {
  if (id < 0 || id >= kDeviceCount) {
    why = "device " + std::to_string(id) + " does not exist; there is device 0";
    return ACL_ERROR_RT_INVALID_DEVICEID;
  }
  const void *dropped = nullptr;
  {
    std::lock_guard guard(mutex);
    if (deviceUsers == 0) {
      why = "the device is not in use; aclrtSetDevice was not called for it";
      return ACL_ERROR_RT_CONTEXT_NULL;
    }
    deviceUsers = force ? 0 : deviceUsers - 1;
    if (deviceUsers == 0)
      dropped = std::exchange(defaultContext, nullptr);
  }
  if (dropped)
    destroyContext(dropped);
  return ACL_SUCCESS;
}

bool State::destroyContext(const void *handle) {
  std::shared_ptr<Context> context = contexts.remove(handle);
  if (!context)
    return false;
  for (auto &[stream, object] :
       streams.select([&](const StreamObject &s) { return s.context == handle; }))
    streams.remove(stream);
  return true;
}

uint32_t State::addModel(std::shared_ptr<rt::LoadedModel> model) {
  std::lock_guard guard(mutex);
  models.emplace(nextModel, std::move(model));
  return nextModel++;
}

std::shared_ptr<rt::LoadedModel> State::findModel(uint32_t id) {
  std::lock_guard guard(mutex);
  auto at = models.find(id);
  return at == models.end() ? nullptr : at->second;
}

bool State::removeModel(uint32_t id) {
  std::shared_ptr<rt::LoadedModel> removed; // declared first: dies after the lock is released
  std::lock_guard guard(mutex);
  auto at = models.find(id);
  if (at == models.end())
    return false;
  removed = std::move(at->second);
  models.erase(at);
  return true;
}

} // namespace openatc::acl
