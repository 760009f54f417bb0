//===- Tasks.cpp - Work on streams, and what happens when it fails --------===//

#include "Tasks.h"
#include "Error.h"

#include <sys/syscall.h>
#include <unistd.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Number of the task that this thread queued or ran last; 0 before the first.
thread_local uint32_t lastTask = 0;

} // namespace

namespace openatc::acl {

TaskPlace reserveTasks(const StreamObject &stream, uint32_t count) {
  count = count ? count : 1;
  TaskPlace place;
  place.deviceId = uint32_t(stream.deviceId);
  place.streamId = stream.stream->id();
  place.taskId = stream.stream->reserveTasks(count);
  place.threadId = uint32_t(::syscall(SYS_gettid));
  lastTask = place.taskId + count - 1;
  return place;
}

aclError queueTask(const char *function, const StreamObject &stream, rt::Stream::Work work,
                   uint32_t count) {
  if (rt::Outcome stopped = stream.stream->stoppedBy(); !stopped.ok())
    return fail(codeOf(stopped), function,
                "the stream stopped at a failure (ACL_STOP_ON_FAILURE): " + stopped.message);
  TaskPlace place = reserveTasks(stream, count);
  stream.stream->enqueue([place, work = std::move(work)](double &timeUs) -> rt::Outcome {
    rt::Outcome outcome = work(timeUs);
    if (!outcome.ok())
      reportFailure(place, outcome);
    return outcome;
  });
  return ACL_SUCCESS;
}

} // namespace openatc::acl

aclError aclrtGetThreadLastTaskId(uint32_t *taskId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(taskId);
  ACL_REQUIRE(lastTask, ACL_ERROR_RT_PARAM_INVALID, "the thread has not queued a task yet");
  *taskId = lastTask;
  return ACL_SUCCESS;
}
ACL_CATCH
