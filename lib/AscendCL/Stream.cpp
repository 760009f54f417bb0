//===- Stream.cpp - Streams -----------------------------------------------===//

#include "Callbacks.h"
#include "Error.h"

#include <chrono>

using namespace openatc;
using namespace openatc::acl;

namespace {

constexpr uint32_t kLowestPriority = 7;
constexpr uint32_t kKnownFlags = ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC |
                                 ACL_STREAM_PERSISTENT | ACL_STREAM_HUGE | ACL_STREAM_CPU_SCHEDULE |
                                 ACL_STREAM_DEVICE_USE_ONLY;

aclError create(const char *function, aclrtStream *stream, uint32_t priority, uint32_t flags) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!stream)
    return failNull(function, "stream");
  if (priority > kLowestPriority)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'priority' is " + std::to_string(priority) +
                    "; priorities are 0 to 7");
  if (flags & ~kKnownFlags)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'flag' has bits that are no ACL_STREAM_* flag: " +
                    std::to_string(flags));
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string why;
  std::shared_ptr<StreamObject> object = state().makeStream(*context, state().currentHandle(), why);
  if (!object)
    return fail(ACL_ERROR_RT_NO_STREAM_RESOURCE, function, why);
  object->priority = priority;
  object->flags = flags;
  *stream = state().streams.add(std::move(object));
  return ACL_SUCCESS;
}

} // namespace

aclError aclrtCreateStream(aclrtStream *stream) try { return create(__func__, stream, 0, 0); }
ACL_CATCH

aclError aclrtCreateStreamWithConfig(aclrtStream *stream, uint32_t priority, uint32_t flag) try {
  return create(__func__, stream, priority, flag);
}
ACL_CATCH

aclError aclrtDestroyStream(aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(stream);
  std::shared_ptr<StreamObject> object = state().streams.remove(stream);
  ACL_REQUIRE(object, ACL_ERROR_RT_INVALID_HANDLE,
              "the stream does not exist; it was destroyed or never created");
  // Its queued work ends before the destructor does.
  closeSubscription(*object);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtDestroyStreamForce(aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(stream);
  std::shared_ptr<StreamObject> object = state().streams.remove(stream);
  ACL_REQUIRE(object, ACL_ERROR_RT_INVALID_HANDLE,
              "the stream does not exist; it was destroyed or never created");
  object->stream->abort();
  closeSubscription(*object);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtStreamAbort(aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(stream);
  ACL_FIND_STREAM(found, stream);
  found->stream->abort();
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSynchronizeStream(aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_STREAM(found, stream);
  return fail(found->stream->synchronize(), __func__);
}
ACL_CATCH

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(timeout >= -1, ACL_ERROR_INVALID_PARAM,
              "the argument 'timeout' is " + std::to_string(timeout) +
                  "; it is -1 (no limit) or milliseconds");
  ACL_FIND_STREAM(found, stream);
  if (timeout == -1)
    return fail(found->stream->synchronize(), __func__);
  rt::Outcome outcome;
  ACL_REQUIRE(found->stream->synchronizeFor(std::chrono::milliseconds(timeout), outcome),
              ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
              "stream " + std::to_string(found->stream->id()) + " is not done after " +
                  std::to_string(timeout) + " ms");
  return fail(outcome, __func__);
}
ACL_CATCH

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus *status) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(status);
  ACL_FIND_STREAM(found, stream);
  *status = found->stream->idle() ? ACL_STREAM_STATUS_COMPLETE : ACL_STREAM_STATUS_NOT_READY;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtStreamGetId(aclrtStream stream, int32_t *streamId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(streamId);
  ACL_FIND_STREAM(found, stream);
  *streamId = int32_t(found->stream->id());
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(mode <= ACL_STOP_ON_FAILURE, ACL_ERROR_INVALID_PARAM,
              "the argument 'mode' is " + std::to_string(mode) +
                  "; it is ACL_CONTINUE_ON_FAILURE (0) or ACL_STOP_ON_FAILURE (1)");
  ACL_FIND_STREAM(found, stream);
  found->stream->stopOnFailure(mode == ACL_STOP_ON_FAILURE);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(flag <= 1, ACL_ERROR_INVALID_PARAM,
              "the argument 'flag' is " + std::to_string(flag) + "; it is 0 (off) or 1 (on)");
  ACL_FIND_STREAM(found, stream);
  found->overflowSwitch = flag;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t *flag) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(flag);
  ACL_FIND_STREAM(found, stream);
  *flag = found->overflowSwitch;
  return ACL_SUCCESS;
}
ACL_CATCH
