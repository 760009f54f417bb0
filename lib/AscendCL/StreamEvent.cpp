//===- StreamEvent.cpp - Streams and events -------------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

/// Declares `name`, the stream of `handle`, or returns the recorded error.
#define ACL_FIND_STREAM(name, handle)                                                              \
  aclError name##Code = ACL_SUCCESS;                                                               \
  std::string name##Why;                                                                           \
  std::shared_ptr<rt::Stream> name = state().stream(handle, name##Code, name##Why);                \
  ACL_REQUIRE(name, name##Code, name##Why)

/// Declares `name`, the event of `handle`, or returns the recorded error.
#define ACL_FIND_EVENT(name, handle)                                                               \
  ACL_REQUIRE_POINTER(handle);                                                                     \
  std::shared_ptr<rt::Event> name = state().events.find(handle);                                   \
  ACL_REQUIRE(name, ACL_ERROR_RT_INVALID_HANDLE,                                                   \
              "the event '" #handle "' does not exist; it was destroyed or never created")

aclError aclrtCreateStream(aclrtStream *stream) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(stream);
  std::shared_ptr<Context> context = state().currentContext();
  ACL_REQUIRE(context, ACL_ERROR_RT_CONTEXT_NULL, "the thread has no current context");
  auto object = std::make_shared<StreamObject>();
  object->stream = std::make_shared<rt::Stream>(context->device);
  object->context = state().currentHandle();
  *stream = state().streams.add(std::move(object));
  return ACL_SUCCESS;
}

aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority, uint32_t) {
  constexpr uint32_t kLowestPriority = 7;
  ACL_REQUIRE(priority <= kLowestPriority, ACL_ERROR_INVALID_PARAM, "priorities are 0 to 7");
  return aclrtCreateStream(stream);
}

aclError aclrtDestroyStream(aclrtStream stream) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(stream);
  // Its queued work ends before the destructor does.
  ACL_REQUIRE(state().streams.remove(stream), ACL_ERROR_RT_INVALID_HANDLE,
              "the stream does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}

aclError aclrtDestroyStreamForce(aclrtStream stream) { return aclrtDestroyStream(stream); }

aclError aclrtSynchronizeStream(aclrtStream stream) {
  ACL_REQUIRE_INIT();
  ACL_FIND_STREAM(found, stream);
  return fail(found->synchronize(), __func__);
}

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(timeout >= -1, ACL_ERROR_INVALID_PARAM, "the timeout is less than -1");
  if (timeout == -1)
    return aclrtSynchronizeStream(stream);
  ACL_FIND_STREAM(found, stream);
  rt::Outcome outcome;
  ACL_REQUIRE(found->synchronizeFor(std::chrono::milliseconds(timeout), outcome),
              ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
              "the stream is not done after " + std::to_string(timeout) + " ms");
  return fail(outcome, __func__);
}

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_STREAM(found, stream);
  *status = found->idle() ? ACL_STREAM_STATUS_COMPLETE : ACL_STREAM_STATUS_NOT_READY;
  return ACL_SUCCESS;
}

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(waited, event);
  ACL_FIND_STREAM(found, stream);
  rt::Event::makeWait(waited, *found);
  return ACL_SUCCESS;
}

aclError aclrtCreateEvent(aclrtEvent *event) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(event);
  ACL_REQUIRE(state().currentContext(), ACL_ERROR_RT_CONTEXT_NULL,
              "the thread has no current context");
  *event = state().events.add(std::make_shared<rt::Event>());
  return ACL_SUCCESS;
}

aclError aclrtCreateEventWithFlag(aclrtEvent *event, uint32_t) { return aclrtCreateEvent(event); }
aclError aclrtCreateEventExWithFlag(aclrtEvent *event, uint32_t) { return aclrtCreateEvent(event); }

aclError aclrtDestroyEvent(aclrtEvent event) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(event);
  ACL_REQUIRE(state().events.remove(event), ACL_ERROR_RT_INVALID_HANDLE,
              "the event does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(recorded, event);
  ACL_FIND_STREAM(found, stream);
  rt::Event::record(recorded, *found);
  return ACL_SUCCESS;
}

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream) {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(found, event);
  ACL_FIND_STREAM(onStream, stream);
  found->reset();
  return ACL_SUCCESS;
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus *status) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_EVENT(found, event);
  *status = found->state() == rt::Event::State::Complete ? ACL_EVENT_STATUS_COMPLETE
                                                         : ACL_EVENT_STATUS_NOT_READY;
  return ACL_SUCCESS;
}

aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus *status) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_EVENT(found, event);
  *status = found->state() == rt::Event::State::Complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE
                                                         : ACL_EVENT_RECORDED_STATUS_NOT_READY;
  return ACL_SUCCESS;
}

aclError aclrtSynchronizeEvent(aclrtEvent event) {
  ACL_REQUIRE_INIT();
  ACL_FIND_EVENT(found, event);
  found->synchronize();
  return ACL_SUCCESS;
}

aclError aclrtEventElapsedTime(float *ms, aclrtEvent startEvent, aclrtEvent endEvent) {
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

aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t *timestamp) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(timestamp);
  ACL_FIND_EVENT(found, event);
  ACL_REQUIRE(found->state() == rt::Event::State::Complete, ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
              "the event is not recorded or not complete");
  *timestamp = uint64_t(found->timeUs());
  return ACL_SUCCESS;
}
