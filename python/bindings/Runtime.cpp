//===- Runtime.cpp - acl.rt -----------------------------------------------===//

#include "Namespaces.h"

namespace openatc::python {

namespace {

void bindDevices(Scope &rt) {
  bind<aclrtSetDevice>(rt, "set_device", "device_id",
                       "Uses a device; its default context becomes the thread's.");
  bind<aclrtResetDevice>(rt, "reset_device", "device_id", "Gives up one use of a device.");
  bind<aclrtResetDeviceForce>(rt, "reset_device_force", "device_id", "Releases a device at once.");
  bind<aclrtGetDevice>(rt, "get_device", "", "Device of the thread's context.");
  bind<aclrtGetDeviceCount>(rt, "get_device_count", "", "Number of devices.");
  bind<aclrtGetRunMode>(rt, "get_run_mode", "", "1: the program runs on the host.");
  bind<aclrtSynchronizeDevice>(rt, "synchronize_device", "", "Waits for all streams.");
  bind<aclrtSynchronizeDeviceWithTimeout>(rt, "synchronize_device_with_timeout", "timeout",
                                          "Waits for at most so many milliseconds.");
  bind<aclrtDeviceCanAccessPeer>(rt, "device_can_access_peer", "device_id, peer_device_id",
                                 "1: one device can read the other's memory.");
  bind<aclrtDeviceEnablePeerAccess>(rt, "device_enable_peer_access", "peer_device_id, flags",
                                    "Lets the thread's device read another one's memory.");
  bind<aclrtDeviceDisablePeerAccess>(rt, "device_disable_peer_access", "peer_device_id",
                                     "Ends that.");
  bind<aclrtSetOpWaitTimeout>(rt, "set_op_wait_timeout", "seconds", "Limit of waits in streams.");
  bind<aclrtSetOpExecuteTimeOut>(rt, "set_op_execute_timeout", "seconds", "Limit of operators.");
  bind<aclrtPeekAtLastError>(rt, "peek_at_last_error", "level", "Last error code of the thread.");
  bind<aclrtGetLastError>(rt, "get_last_error", "level",
                          "Last error code of the thread; reading forgets it.");
}

void bindContexts(Scope &rt) {
  bind<aclrtCreateContext>(rt, "create_context", "device_id",
                           "Makes a context, which becomes the thread's.");
  bind<aclrtDestroyContext>(rt, "destroy_context", "context", "Ends a context and its streams.");
  bind<aclrtSetCurrentContext>(rt, "set_context", "context", "Makes a context the thread's.");
  bind<aclrtGetCurrentContext>(rt, "get_context", "", "The thread's context.");
}

void bindStreams(Scope &rt) {
  bind<aclrtCreateStream>(rt, "create_stream", "", "Makes a stream in the thread's context.");
  bind<aclrtCreateStreamWithConfig>(rt, "create_stream_with_config", "priority, flag",
                                    "Makes a stream of a priority from 0 to 7.");
  bind<aclrtDestroyStream>(rt, "destroy_stream", "stream", "Waits for a stream and ends it.");
  bind<aclrtDestroyStreamForce>(rt, "destroy_stream_force", "stream", "Ends a stream.");
  bind<aclrtSynchronizeStream>(rt, "synchronize_stream", "stream",
                               "Waits for a stream; the status is that of its work.");
  bind<aclrtSynchronizeStreamWithTimeout>(rt, "synchronize_stream_with_timeout", "stream, timeout",
                                          "Waits for at most so many milliseconds.");
  bind<aclrtSetStreamFailureMode>(rt, "set_stream_failure_mode", "stream, mode",
                                  "1: the stream stops at a failure.");
  bind<aclrtStreamQuery>(rt, "stream_query", "stream", "0: the stream has done its work.");
}

void bindEvents(Scope &rt) {
  bind<aclrtCreateEvent>(rt, "create_event", "", "Makes an event.");
  bind<aclrtCreateEventWithFlag>(rt, "create_event_with_flag", "flag", "Makes an event.");
  bind<aclrtCreateEventExWithFlag>(rt, "create_event_ex_with_flag", "flag", "Makes an event.");
  bind<aclrtDestroyEvent>(rt, "destroy_event", "event", "Ends an event.");
  bind<aclrtRecordEvent>(rt, "record_event", "event, stream", "Records an event in a stream.");
  bind<aclrtResetEvent>(rt, "reset_event", "event, stream", "Makes a recorded event new.");
  bind<aclrtStreamWaitEvent>(rt, "stream_wait_event", "stream, event",
                             "Makes a stream wait for an event.");
  bind<aclrtSynchronizeEvent>(rt, "synchronize_event", "event", "Waits for an event.");
  bind<aclrtQueryEvent>(rt, "query_event", "event", "0: the event is complete.");
  bind<aclrtQueryEventStatus>(rt, "query_event_status", "event", "1: the event is complete.");
  bind<aclrtQueryEventWaitStatus>(rt, "query_event_wait_status", "event",
                                  "0: streams have waited for the event.");
  bind<aclrtSynchronizeEventWithTimeout>(rt, "synchronize_event_with_timeout", "event, timeout",
                                         "Waits for at most so many milliseconds.");
  bind<aclrtEventElapsedTime>(rt, "event_elapsed_time", "start, end",
                              "Milliseconds of the simulated device between two events.");
  bind<aclrtEventGetTimestamp>(rt, "event_get_timestamp", "event",
                               "Time of the simulated device in microseconds.");
}

void bindMemory(Scope &rt) {
  bind<aclrtMalloc>(rt, "malloc", "size, policy", "Allocates device memory.");
  bind<aclrtMallocAlign32>(rt, "malloc_align32", "size, policy", "Allocates device memory.");
  bind<aclrtMallocCached>(rt, "malloc_cached", "size, policy", "Allocates device memory.");
  bind<aclrtFree>(rt, "free", "ptr", "Frees device memory.");
  bind<aclrtMallocHost>(rt, "malloc_host", "size", "Allocates host memory.");
  bind<aclrtFreeHost>(rt, "free_host", "ptr", "Frees host memory.");
  bind<aclrtMemcpy>(rt, "memcpy", "dst, dest_max, src, count, kind", "Copies memory.");
  bind<aclrtMemcpyAsync>(rt, "memcpy_async", "dst, dest_max, src, count, kind, stream",
                         "Copies memory in a stream.");
  bind<aclrtMemcpy2d>(rt, "memcpy2d", "dst, dst_pitch, src, src_pitch, width, height, kind",
                      "Copies rows of memory.");
  bind<aclrtMemcpy2dAsync>(rt, "memcpy2d_async",
                           "dst, dst_pitch, src, src_pitch, width, height, kind, stream",
                           "Copies rows of memory in a stream.");
  bind<aclrtMemset>(rt, "memset", "ptr, max_count, value, count", "Fills memory with a byte.");
  bind<aclrtMemsetAsync>(rt, "memset_async", "ptr, max_count, value, count, stream",
                         "Fills memory in a stream.");
  bind<aclrtGetMemInfo>(rt, "get_mem_info", "attr", "Free and all bytes of device memory.");
}

} // namespace

void bindRuntime(Scope &rt) {
  bindDevices(rt);
  bindContexts(rt);
  bindStreams(rt);
  bindEvents(rt);
  bindMemory(rt);
  bindCallbacks(rt);
}

} // namespace openatc::python
