//===- Event.cpp - Events -------------------------------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

/// Declares `name`, the event of `handle`, or returns the recorded error.
#define ACL_FIND_EVENT(name, handle)                                                               \
  ACL_REQUIRE_POINTER(handle);                                                                     \
  std::shared_ptr<rt::Event> name = state().events.find(handle);                                   \
  ACL_REQUIRE(name, ACL_ERROR_RT_INVALID_HANDLE,                                                   \
              "the event '" #handle "' does not exist; it was destroyed or never created")

namespace {

constexpr uint32_t kKnownFlags =
    ACL_EVENT_SYNC | ACL_EVENT_CAPTURE_STREAM_PROGRESS | ACL_EVENT_TIME_LINE | ACL_EVENT_EXTERNAL;

aclError create(const char *function, aclrtEvent *event, uint32_t flags) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!event)
    return failNull(function, "event");
  if (flags & ~kKnownFlags)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'flag' has bits that are no ACL_EVENT_* flag: " +
                    std::to_string(flags));
  if (!state().currentContext())
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  *event = state().events.add(std::make_shared<rt::Event>());
  return ACL_SUCCESS;
}

} // namespace

aclError aclrtCreateEvent(aclrtEvent *event) try {
  return create(__func__, event, ACL_EVENT_TIME_LINE);
}
ACL_CATCH

aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t flag) try {
  return create(__func__, event, flag);
}
ACL_CATCH

aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t flag) try {
  return create(__func__, event, flag);
}
ACL_CATCH

aclError aclrtDestroyEvent(aclrtEvent event) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(event);
  ACL_REQUIRE(state().events.remove(event), ACL_ERROR_RT_INVALID_HANDLE,
              "the event does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(recorded, event);
  ACL_FIND_STREAM(found, stream);
  rt::Event::record(recorded, *found->stream);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(reset, event);
  ACL_FIND_STREAM(found, stream);
  rt::Event::reset(reset, *found->stream);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(waited, event);
  ACL_FIND_STREAM(found, stream);
  rt::Event::makeWait(waited, *found->stream);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_EVENT(found, event);
  *status = found->state() == rt::Event::State::Complete ? ACL_EVENT_STATUS_COMPLETE
                                                         : ACL_EVENT_STATUS_NOT_READY;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus *status) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_EVENT(found, event);
  *status = found->state() == rt::Event::State::Complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE
                                                         : ACL_EVENT_RECORDED_STATUS_NOT_READY;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus *status) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_EVENT(found, event);
  *status = found->awaited() ? ACL_EVENT_WAIT_STATUS_NOT_READY : ACL_EVENT_WAIT_STATUS_COMPLETE;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSynchronizeEvent(aclrtEvent event) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(found, event);
  found->synchronize();
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(timeout >= -1, ACL_ERROR_INVALID_PARAM,
              "the argument 'timeout' is " + std::to_string(timeout) +
                  "; it is -1 (no limit) or milliseconds");
  ACL_FIND_EVENT(found, event);
  if (timeout == -1) {
    found->synchronize();
    return ACL_SUCCESS;
  }
  ACL_REQUIRE(found->synchronizeFor(std::chrono::milliseconds(timeout)),
              ACL_ERROR_RT_EVENT_SYNC_TIMEOUT,
              "the event is not complete after " + std::to_string(timeout) + " ms");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent, aclrtEvent endEvent) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(ms);
  ACL_FIND_EVENT(start, startEvent);
  ACL_FIND_EVENT(end, endEvent);
  ACL_REQUIRE(start->state() == rt::Event::State::Complete &&
                  end->state() == rt::Event::State::Complete,
              ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, "an event is not recorded or not complete");
  double us = end->timeUs() - start->timeUs();
  ACL_REQUIRE(us >= 0, ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL,
              "the end event is earlier than the start event");
  *ms = float(us / 1000);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t *timestamp) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(timestamp);
  ACL_FIND_EVENT(found, event);
  ACL_REQUIRE(found->state() == rt::Event::State::Complete, ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
              "the event is not recorded or not complete");
  *timestamp = uint64_t(found->timeUs());
  return ACL_SUCCESS;
}
ACL_CATCH
