//===- RuntimeCalls.cpp - Devices, contexts, streams, events, callbacks ---===//

#include "World.h"

#include <pthread.h>

namespace openatc::stress {

namespace {

void countCallback(void *userData) { ++*static_cast<std::atomic<uint64_t> *>(userData); }

/// Reads everything that an exception callback can.
void onException(aclrtExceptionInfo *info) {
  char name[64];
  aclTensorDesc *inputs = nullptr, *outputs = nullptr;
  size_t numInputs = 0, numOutputs = 0;
  uint32_t device = aclrtGetDeviceIdFromExceptionInfo(info);
  (void)aclrtGetThreadIdFromExceptionInfo(info);
  (void)aclrtGetErrorCodeFromExceptionInfo(info);
  if (aclmdlCreateAndGetOpDesc(device, aclrtGetStreamIdFromExceptionInfo(info),
                               aclrtGetTaskIdFromExceptionInfo(info), name, sizeof name, &inputs,
                               &numInputs, &outputs, &numOutputs) != ACL_SUCCESS)
    return;
  for (size_t i = 0; i < numInputs; ++i)
    (void)aclGetTensorDescAddress(aclGetTensorDescByIndex(inputs, i));
  aclDestroyTensorDesc(inputs);
  aclDestroyTensorDesc(outputs);
}

void synchronizeStream(Caller &c) {
  if (c.world.foreignSubscriptions || c.chance(50))
    STRESS_CHECK(c, aclrtSynchronizeStreamWithTimeout, c.handle(Streams), c.timeout());
  else
    STRESS_CHECK(c, aclrtSynchronizeStream, c.handle(Streams));
}

void synchronizeDevice(Caller &c) {
  if (c.world.foreignSubscriptions || c.chance(50))
    STRESS_CHECK(c, aclrtSynchronizeDeviceWithTimeout, c.timeout());
  else
    STRESS_CHECK(c, aclrtSynchronizeDevice);
}

void createStream(Caller &c) {
  aclrtStream stream = nullptr;
  if (c.chance(60))
    STRESS_CHECK(c, aclrtCreateStream, c.chance(95) ? &stream : nullptr);
  else if (c.chance(50))
    STRESS_CHECK(c, aclrtCreateStreamWithConfig, &stream, c.below(9), c.below(70));
  else
    STRESS_CHECK(c, aclrtCreateStreamV2, &stream, c.handle<aclrtStreamConfigHandle>(StreamConfigs));
  c.keep(Streams, stream);
}

void createContext(Caller &c) {
  aclrtContext context = nullptr;
  STRESS_CHECK(c, aclrtCreateContext, c.chance(95) ? &context : nullptr, c.device());
  c.keep(Contexts, context);
}

void currentContext(Caller &c) {
  aclrtContext context = nullptr;
  STRESS_CHECK(c, aclrtGetCurrentContext, &context);
  c.keep(Contexts, context);
}

void createEvent(Caller &c) {
  aclrtEvent event = nullptr;
  if (c.chance(50))
    STRESS_CHECK(c, aclrtCreateEvent, c.chance(95) ? &event : nullptr);
  else
    STRESS_CHECK(c, aclrtCreateEventExWithFlag, &event, c.below(70));
  c.keep(Events, event);
}

void waitEvent(Caller &c) {
  if (!c.world.foreignSubscriptions)
    STRESS_CHECK(c, aclrtStreamWaitEvent, c.handle(Streams), c.handle(Events));
}

void synchronizeEvent(Caller &c) {
  if (c.world.foreignSubscriptions || c.chance(50))
    STRESS_CHECK(c, aclrtSynchronizeEventWithTimeout, c.handle(Events), c.timeout());
  else
    STRESS_CHECK(c, aclrtSynchronizeEvent, c.handle(Events));
}

void queryEvent(Caller &c) {
  aclrtEventRecordedStatus recorded;
  aclrtEventWaitStatus waited;
  uint64_t time = 0;
  float ms = 0;
  STRESS_CHECK(c, aclrtQueryEventStatus, c.handle(Events), c.chance(95) ? &recorded : nullptr);
  STRESS_CHECK(c, aclrtQueryEventWaitStatus, c.handle(Events), &waited);
  STRESS_CHECK(c, aclrtEventGetTimestamp, c.handle(Events), &time);
  STRESS_CHECK(c, aclrtEventElapsedTime, &ms, c.handle(Events), c.handle(Events));
}

void subscribe(Caller &c) {
  bool foreign = c.world.foreignSubscriptions && c.chance(30);
  uint64_t thread = foreign ? uint64_t(::pthread_self()) : c.world.callbackThread;
  if (c.chance(70))
    STRESS_CHECK(c, aclrtSubscribeReport, thread, c.handle(Streams));
  else
    STRESS_CHECK(c, aclrtUnSubscribeReport, thread, c.handle(Streams));
}

void launchCallback(Caller &c) {
  STRESS_CHECK(c, aclrtLaunchCallback, c.chance(95) ? countCallback : nullptr, &c.world.calls,
               static_cast<aclrtCallbackBlockType>(c.below(40) ? c.below(2) : 7),
               c.handle(Streams));
}

void streamProperties(Caller &c) {
  int32_t id = 0;
  uint32_t flag = 0, task = 0;
  aclrtStreamStatus status;
  STRESS_CHECK(c, aclrtStreamGetId, c.handle(Streams), c.chance(95) ? &id : nullptr);
  STRESS_CHECK(c, aclrtStreamQuery, c.handle(Streams), &status);
  STRESS_CHECK(c, aclrtSetStreamFailureMode, c.handle(Streams), c.below(10) ? c.below(2) : 9);
  STRESS_CHECK(c, aclrtSetStreamOverflowSwitch, c.handle(Streams), c.below(3));
  STRESS_CHECK(c, aclrtGetStreamOverflowSwitch, c.handle(Streams), &flag);
  STRESS_CHECK(c, aclrtGetThreadLastTaskId, &task);
}

void streamConfig(Caller &c) {
  uint64_t value = c.below(9); // as long as the longest attribute
  c.keep(StreamConfigs, aclrtCreateStreamConfigHandle());
  STRESS_CHECK(c, aclrtSetStreamConfigOpt, c.handle<aclrtStreamConfigHandle>(StreamConfigs),
               static_cast<aclrtStreamConfigAttr>(c.below(5)), &value, c.chance(70) ? 4 : 8);
  if (c.chance(30))
    STRESS_CHECK(c, aclrtDestroyStreamConfigHandle,
                 c.handle<aclrtStreamConfigHandle>(StreamConfigs));
}

void deviceQueries(Caller &c) {
  int32_t device = 0, peer = 0;
  uint32_t count = 0;
  int64_t value = 0;
  aclrtUtilizationInfo info;
  aclrtDeviceStatus status;
  aclrtFloatOverflowMode mode;
  STRESS_CHECK(c, aclrtGetDevice, &device);
  STRESS_CHECK(c, aclrtGetDeviceCount, c.chance(95) ? &count : nullptr);
  STRESS_CHECK(c, aclrtGetDeviceUtilizationRate, c.device(), &info);
  STRESS_CHECK(c, aclrtQueryDeviceStatus, c.device(), &status);
  STRESS_CHECK(c, aclrtDeviceCanAccessPeer, &peer, c.device(), c.device());
  STRESS_CHECK(c, aclrtDeviceEnablePeerAccess, c.device(), c.below(2));
  STRESS_CHECK(c, aclGetDeviceCapability, uint32_t(c.device()),
               static_cast<aclDeviceInfo>(c.below(4)), &value);
  STRESS_CHECK(c, aclrtSetDeviceSatMode, static_cast<aclrtFloatOverflowMode>(c.below(3)));
  STRESS_CHECK(c, aclrtGetDeviceSatMode, &mode);
  STRESS_CHECK(c, aclrtCtxSetSysParamOpt, static_cast<aclSysParamOpt>(c.below(4)), c.below(3));
  STRESS_CHECK(c, aclrtCtxGetSysParamOpt, static_cast<aclSysParamOpt>(c.below(4)), &value);
  (void)aclrtGetSocName();
}

void groups(Caller &c) {
  int32_t value = 0;
  size_t size = 0;
  c.keep(Groups, aclrtCreateGroupInfo());
  STRESS_CHECK(c, aclrtGetAllGroupInfo, c.handle<aclrtGroupInfo>(Groups));
  STRESS_CHECK(c, aclrtGetGroupInfoDetail, c.handle<aclrtGroupInfo>(Groups), int32_t(c.below(2)),
               static_cast<aclrtGroupAttr>(c.below(7)), &value, c.chance(90) ? 4 : 1, &size);
  if (c.chance(30))
    STRESS_CHECK(c, aclrtDestroyGroupInfo, c.handle<aclrtGroupInfo>(Groups));
}

void process(Caller &c) {
  if (c.chance(10))
    STRESS_CHECK(c, aclFinalize);
  STRESS_CHECK(c, aclInit, c.chance(50) ? nullptr : "/nonexistent/acl.json");
}

} // namespace

const std::vector<Call> &runtimeCalls() {
  static const std::vector<Call> calls = {
      createContext,
      currentContext,
      createStream,
      createStream,
      createStream,
      createEvent,
      createEvent,
      waitEvent,
      synchronizeStream,
      synchronizeDevice,
      synchronizeEvent,
      queryEvent,
      subscribe,
      subscribe,
      launchCallback,
      launchCallback,
      streamProperties,
      streamConfig,
      deviceQueries,
      groups,
      [](Caller &c) { STRESS_CHECK(c, aclrtSetDevice, c.device()); },
      [](Caller &c) { STRESS_CHECK(c, aclrtSetDevice, c.device()); },
      [](Caller &c) { STRESS_CHECK(c, aclrtResetDevice, c.device()); },
      [](Caller &c) {
        if (c.chance(20))
          STRESS_CHECK(c, aclrtResetDeviceForce, c.device());
      },
      [](Caller &c) { STRESS_CHECK(c, aclrtSetCurrentContext, c.handle(Contexts)); },
      [](Caller &c) {
        if (c.chance(40))
          STRESS_CHECK(c, aclrtDestroyContext, c.handle(Contexts));
      },
      [](Caller &c) { STRESS_CHECK(c, aclrtDestroyStream, c.handle(Streams)); },
      [](Caller &c) {
        if (c.chance(50))
          STRESS_CHECK(c, aclrtDestroyStreamForce, c.handle(Streams));
        else
          STRESS_CHECK(c, aclrtStreamAbort, c.handle(Streams));
      },
      [](Caller &c) { STRESS_CHECK(c, aclrtDestroyEvent, c.handle(Events)); },
      [](Caller &c) { STRESS_CHECK(c, aclrtRecordEvent, c.handle(Events), c.handle(Streams)); },
      [](Caller &c) { STRESS_CHECK(c, aclrtRecordEvent, c.handle(Events), c.handle(Streams)); },
      [](Caller &c) { STRESS_CHECK(c, aclrtResetEvent, c.handle(Events), c.handle(Streams)); },
      [](Caller &c) { STRESS_CHECK(c, aclrtProcessReport, c.timeout() - 1 ? c.timeout() : 0); },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtSetExceptionInfoCallback, c.chance(80) ? onException : nullptr);
      },
      [](Caller &c) { STRESS_CHECK(c, aclrtDeviceTaskAbort, c.device(), c.below(3)); },
      [](Caller &c) {
        if (c.chance(5))
          process(c);
      },
  };
  return calls;
}

} // namespace openatc::stress
