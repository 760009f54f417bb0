//===- Tasks.h - Work on streams, and what happens when it fails ----------===//
#ifndef OPENATC_LIB_ASCENDCL_TASKS_H
#define OPENATC_LIB_ASCENDCL_TASKS_H

#include "State.h"

namespace openatc::acl {

/// Where a task runs, as exception callbacks see it.
struct TaskPlace {
  uint32_t deviceId = 0, streamId = 0, taskId = 0;
  uint32_t threadId = 0; ///< the kernel's number of the thread that queued it
};

/// Numbers for `count` tasks that the calling thread is about to run on a stream; the last
/// of them is what aclrtGetThreadLastTaskId returns.
TaskPlace reserveTasks(const StreamObject &stream, uint32_t count = 1);

/// Queues work as `count` tasks. Fails, with a recorded error, on a stream that stopped at a
/// failure. When the work fails, reportFailure is called for it.
aclError queueTask(const char *function, const StreamObject &stream, rt::Stream::Work work,
                   uint32_t count = 1);

/// Remembers the tensors of a failed task for aclmdlCreateAndGetOpDesc and calls the
/// application's exception callback. `place` is that of the first task of the work. No lock
/// may be held.
void reportFailure(TaskPlace place, const rt::Outcome &outcome);

/// Forgets callback and failed tasks.
void forgetFailures();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_TASKS_H
