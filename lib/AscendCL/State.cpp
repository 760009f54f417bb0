//===- State.cpp - Everything the library knows about the process ---------===//

#include "State.h"

#include "Callbacks.h"
#include "SingleOp.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace openatc::acl {

namespace {

/// Streams that a device can have at once, like the task scheduler of a chip.
constexpr uint32_t kMaxStreams = 1024;

/// Handle of this thread's context; a handle, so that a destroyed one is noticed.
thread_local const void *currentContextHandle = nullptr;

} // namespace

uintptr_t nextHandle() {
  static std::atomic<uintptr_t> next = uintptr_t(0x0AC1) << 48;
  return next += 16;
}

Expected<int32_t> deviceCount() {
  constexpr int32_t kDefault = 2;
  const char *text = std::getenv("OPENATC_DEVICE_COUNT");
  if (!text || !*text)
    return kDefault;
  int32_t count = 0;
  const char *end = text + std::strlen(text);
  auto [stop, error] = std::from_chars(text, end, count);
  if (error == std::errc() && stop == end && count >= 1 && count <= kMaxDevices)
    return count;
  return Status::error(std::string("the environment variable OPENATC_DEVICE_COUNT is '") + text +
                       "', not a number from 1 to " + std::to_string(kMaxDevices));
}

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
  // Streams finish their work before the models and the memory it uses go away; they wait
  // for no callback any more.
  auto oldStreams = streams.removeAll();
  auto oldContexts = contexts.removeAll();
  closeAllSubscriptions();
  oldStreams.clear();
  oldContexts.clear();
  events.removeAll().clear();
  opStore().clear();
  std::map<uint32_t, ModelObject> oldModels;
  std::vector<std::shared_ptr<rt::Device>> oldDevices;
  std::lock_guard guard(mutex);
  oldModels.swap(models);
  for (Slot &slot : slots) {
    oldDevices.push_back(std::move(slot.device));
    slot.users = 0;
    slot.defaultContext = nullptr;
  }
  return true;
}

aclError State::device(int32_t id, std::shared_ptr<rt::Device> &result, std::string &why) {
  Expected<int32_t> count = deviceCount();
  if (!count) {
    why = count.message();
    return ACL_ERROR_RT_DEV_SETUP_ERROR;
  }
  if (id < 0 || id >= *count) {
    why = "device " + std::to_string(id) + " does not exist; ";
    why += *count == 1 ? "there is device 0" : "there are devices 0 to ";
    why += *count == 1 ? "" : std::to_string(*count - 1);
    why += " (OPENATC_DEVICE_COUNT changes their number)";
    return ACL_ERROR_RT_INVALID_DEVICEID;
  }
  // Making a device takes time: others that ask for the same one wait, the rest do not.
  std::lock_guard making(slots[size_t(id)].making);
  if ((result = existingDevice(id)))
    return ACL_SUCCESS;
  Expected<SocDescription> soc = findSoc(rt::defaultSocVersion());
  if (!soc) {
    why = "OPENATC_SOC_VERSION: " + soc.message();
    return ACL_ERROR_RT_DEV_SETUP_ERROR;
  }
  Expected<std::shared_ptr<rt::Device>> made = rt::Device::create(*soc);
  if (!made) {
    why = made.message();
    return ACL_ERROR_RT_DEV_SETUP_ERROR;
  }
  result = std::move(*made);
  std::lock_guard guard(mutex);
  slots[size_t(id)].device = result;
  return ACL_SUCCESS;
}

std::shared_ptr<rt::Device> State::existingDevice(int32_t id) {
  if (id < 0 || id >= kMaxDevices)
    return nullptr;
  std::lock_guard guard(mutex);
  return slots[size_t(id)].device;
}

const void *State::currentHandle() { return currentContextHandle; }
void State::setCurrent(const void *context) { currentContextHandle = context; }

std::shared_ptr<Context> State::currentContext() {
  if (!currentContextHandle && defaultDevice >= 0 && active) {
    std::string why;
    (void)useDevice(defaultDevice, why); // without it the thread has no context, as before
  }
  return currentContextHandle ? contexts.find(currentContextHandle) : nullptr;
}

void *State::addContext(int32_t deviceId, aclError &code, std::string &why) {
  auto context = std::make_shared<Context>();
  context->deviceId = deviceId;
  code = device(deviceId, context->device, why);
  if (code != ACL_SUCCESS)
    return nullptr;
  context->defaultStream = makeStream(*context, nullptr, why);
  if (!context->defaultStream) {
    code = ACL_ERROR_RT_NO_STREAM_RESOURCE;
    return nullptr;
  }
  return contexts.add(std::move(context));
}

std::shared_ptr<StreamObject> State::makeStream(const Context &context, const void *handle,
                                                std::string &why) {
  Slot &slot = slots[size_t(context.deviceId)];
  auto release = [&slot](StreamObject *object) {
    delete object;
    --slot.streams;
  };
  if (slot.streams.fetch_add(1) >= kMaxStreams) {
    --slot.streams;
    why = "device " + std::to_string(context.deviceId) + " has " + std::to_string(kMaxStreams) +
          " streams already; destroy those that are not needed";
    return nullptr;
  }
  std::shared_ptr<StreamObject> object(new StreamObject, release);
  object->stream = std::make_shared<rt::Stream>(context.device, nextStream++);
  object->deviceId = context.deviceId;
  object->context = handle;
  return object;
}

std::shared_ptr<StreamObject> State::streamObject(const void *handle, aclError &code,
                                                  std::string &why) {
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
  return object;
}

std::shared_ptr<rt::Stream> State::stream(const void *handle, aclError &code, std::string &why) {
  std::shared_ptr<StreamObject> object = streamObject(handle, code, why);
  return object ? object->stream : nullptr;
}

std::vector<std::shared_ptr<StreamObject>> State::streamsOf(int32_t deviceId) {
  std::vector<std::shared_ptr<StreamObject>> out;
  for (auto &[handle, object] :
       streams.select([&](const StreamObject &s) { return s.deviceId == deviceId; }))
    out.push_back(object);
  for (auto &[handle, context] :
       contexts.select([&](const Context &c) { return c.deviceId == deviceId; }))
    out.push_back(context->defaultStream);
  return out;
}

aclError State::useDevice(int32_t id, std::string &why) {
  std::shared_ptr<rt::Device> used;
  if (aclError code = device(id, used, why); code != ACL_SUCCESS)
    return code;
  Slot &slot = slots[size_t(id)];
  std::lock_guard making(slot.making);
  const void *handle = nullptr;
  {
    std::lock_guard guard(mutex);
    handle = slot.defaultContext;
  }
  if (!handle || !contexts.find(handle)) {
    auto context = std::make_shared<Context>();
    context->deviceId = id;
    context->device = used;
    context->defaultStream = makeStream(*context, nullptr, why);
    if (!context->defaultStream)
      return ACL_ERROR_RT_NO_STREAM_RESOURCE;
    handle = contexts.add(std::move(context));
  }
  std::lock_guard guard(mutex);
  ++slot.users;
  slot.defaultContext = handle;
  setCurrent(handle);
  return ACL_SUCCESS;
}

aclError State::releaseDevice(int32_t id, bool force, std::string &why) {
  Expected<int32_t> count = deviceCount();
  if (!count || id < 0 || id >= *count) {
    std::shared_ptr<rt::Device> none;
    return device(id, none, why);
  }
  Slot &slot = slots[size_t(id)];
  const void *dropped = nullptr;
  {
    std::lock_guard guard(mutex);
    if (slot.users == 0) {
      why = "device " + std::to_string(id) + " is not in use; aclrtSetDevice was not called for it";
      return ACL_ERROR_RT_CONTEXT_NULL;
    }
    slot.users = force ? 0 : slot.users - 1;
    if (slot.users == 0)
      dropped = std::exchange(slot.defaultContext, nullptr);
  }
  if (dropped) {
    dropContext(dropped);
    releaseUnused(id);
  }
  return ACL_SUCCESS;
}

void State::releaseUnused(int32_t id) {
  if (!contexts.select([id](const Context &c) { return c.deviceId == id; }).empty())
    return;
  std::vector<ModelObject> oldModels; // these go without the lock
  std::shared_ptr<rt::Device> oldDevice;
  struct DropOps { // so do its operators
    std::shared_ptr<rt::Device> &device;
    ~DropOps() { opStore().unload(device.get()); }
  } drop{oldDevice};
  std::lock_guard guard(mutex);
  Slot &slot = slots[size_t(id)];
  if (slot.users)
    return;
  oldDevice = std::move(slot.device);
  for (auto at = models.begin(); at != models.end();) {
    if (at->second.deviceId != id) {
      ++at;
      continue;
    }
    oldModels.push_back(std::move(at->second));
    at = models.erase(at);
  }
}

void State::dropContext(const void *handle) {
  std::shared_ptr<Context> context = contexts.remove(handle);
  if (context)
    closeSubscription(*context->defaultStream);
  for (auto &[stream, object] :
       streams.select([&](const StreamObject &s) { return s.context == handle; }))
    if (streams.remove(stream))
      closeSubscription(*object);
}

aclError State::destroyContext(const void *handle, std::string &why) {
  std::shared_ptr<Context> context = contexts.find(handle);
  if (!context) {
    why = "the context does not exist; it was destroyed or never created";
    return ACL_ERROR_RT_CONTEXT_NULL;
  }
  {
    std::lock_guard guard(mutex);
    if (slots[size_t(context->deviceId)].defaultContext == handle) {
      why = "it is the default context of device " + std::to_string(context->deviceId) +
            ", which aclrtResetDevice releases";
      return ACL_ERROR_INVALID_PARAM;
    }
  }
  dropContext(handle);
  return ACL_SUCCESS;
}

uint32_t State::addModel(std::shared_ptr<rt::LoadedModel> model, int32_t deviceId) {
  std::lock_guard guard(mutex);
  models.emplace(nextModel, ModelObject{std::move(model), deviceId});
  return nextModel++;
}

ModelObject State::findModelObject(uint32_t id) {
  std::lock_guard guard(mutex);
  auto at = models.find(id);
  return at == models.end() ? ModelObject() : at->second;
}

std::shared_ptr<rt::LoadedModel> State::findModel(uint32_t id) { return findModelObject(id).model; }

bool State::removeModel(uint32_t id) {
  ModelObject removed; // declared first: dies after the lock is released
  std::lock_guard guard(mutex);
  auto at = models.find(id);
  if (at == models.end())
    return false;
  removed = std::move(at->second);
  models.erase(at);
  return true;
}

} // namespace openatc::acl
