//===- Callbacks.cpp - Host functions queued on streams -------------------===//

#include "Callbacks.h"
#include "Error.h"
#include "Tasks.h"

#include <condition_variable>
#include <deque>

#include <pthread.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// A function on its way from a stream to the thread that runs it.
struct Call {
  aclrtCallback function = nullptr;
  void *userData = nullptr;
  uint32_t streamId = 0;
  bool done = false; ///< ran, or was dropped; guarded by Reports::mutex
};

/// What one thread has subscribed to and has to run.
struct Inbox {
  std::deque<std::shared_ptr<Call>> calls;
  std::shared_ptr<Call> running; ///< taken from `calls`; its function runs
  uint32_t streams = 0;          ///< subscribed to
  bool processing = false;       ///< the thread is inside of aclrtProcessReport
};

/// All subscriptions of the process. One lock: callbacks are rare.
struct Reports {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<uint64_t, Inbox> inboxes;     ///< by thread
  std::map<uint32_t, uint64_t> threadOf; ///< by stream id
  uint64_t closings = 0;                 ///< number of closeAllSubscriptions calls

  /// Drops what waits for `streamId` in an inbox; hold the lock. The stream does not wait
  /// for a function that runs either: it may be the one that destroys the stream.
  void drop(Inbox &inbox, uint32_t streamId) {
    if (inbox.running && inbox.running->streamId == streamId)
      inbox.running->done = true;
    for (auto at = inbox.calls.begin(); at != inbox.calls.end();) {
      bool mine = (*at)->streamId == streamId;
      (*at)->done |= mine;
      at = mine ? inbox.calls.erase(at) : std::next(at);
    }
  }

  /// Forgets a subscription; hold the lock.
  void unsubscribe(std::map<uint32_t, uint64_t>::iterator at) {
    auto inbox = inboxes.find(at->second);
    drop(inbox->second, at->first);
    if (--inbox->second.streams == 0 && !inbox->second.processing)
      inboxes.erase(inbox);
    threadOf.erase(at);
    changed.notify_all();
  }
};

Reports &reports() {
  static auto *instance = new Reports;
  return *instance;
}

/// The stream's part of a callback: hands the function over and, if it blocks the stream,
/// waits until it ran.
rt::Outcome deliver(const std::shared_ptr<Call> &call, bool block) {
  Reports &all = reports();
  std::unique_lock guard(all.mutex);
  auto at = all.threadOf.find(call->streamId);
  if (at == all.threadOf.end())
    return {}; // unsubscribed meanwhile, which drops callbacks
  all.inboxes[at->second].calls.push_back(call);
  all.changed.notify_all();
  // Should the library end at the very moment of a subscription, nobody will call.
  constexpr auto kMoment = std::chrono::milliseconds(100);
  while (block && !call->done && state().initialized())
    all.changed.wait_for(guard, kMoment);
  return {};
}

uint64_t thisThread() { return uint64_t(::pthread_self()); }

} // namespace

namespace openatc::acl {

void closeSubscription(const StreamObject &stream) {
  constexpr auto kMoment = std::chrono::milliseconds(200);
  Reports &all = reports();
  uint32_t id = stream.stream->id();
  std::unique_lock guard(all.mutex);
  auto isDone = [&] {
    auto at = all.threadOf.find(id);
    if (at == all.threadOf.end())
      return true;
    const Inbox &inbox = all.inboxes[at->second];
    return stream.stream->idle() &&
           std::none_of(inbox.calls.begin(), inbox.calls.end(),
                        [&](const std::shared_ptr<Call> &call) { return call->streamId == id; });
  };
  // As long as the subscribed thread runs callbacks, the stream makes progress.
  while (!isDone() && all.changed.wait_for(guard, kMoment) == std::cv_status::no_timeout)
    ;
  if (auto at = all.threadOf.find(id); at != all.threadOf.end())
    all.unsubscribe(at);
}

void closeAllSubscriptions() {
  Reports &all = reports();
  std::lock_guard guard(all.mutex);
  ++all.closings;
  while (!all.threadOf.empty())
    all.unsubscribe(all.threadOf.begin());
  all.changed.notify_all();
}

} // namespace openatc::acl

aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_STREAM(found, stream);
  Reports &all = reports();
  std::lock_guard guard(all.mutex);
  uint32_t id = found->stream->id();
  auto at = all.threadOf.find(id);
  ACL_REQUIRE(at == all.threadOf.end(), ACL_ERROR_RT_STREAM_SUBSCRIBE,
              "stream " + std::to_string(id) +
                  " has a subscribed thread already; call aclrtUnSubscribeReport first");
  all.threadOf[id] = threadId;
  ++all.inboxes[threadId].streams;
  all.changed.notify_all();
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_FIND_STREAM(found, stream);
  Reports &all = reports();
  std::lock_guard guard(all.mutex);
  uint32_t id = found->stream->id();
  auto at = all.threadOf.find(id);
  ACL_REQUIRE(at != all.threadOf.end() && at->second == threadId, ACL_ERROR_RT_THREAD_SUBSCRIBE,
              "thread " + std::to_string(threadId) + " is not subscribed to stream " +
                  std::to_string(id));
  all.unsubscribe(at);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtLaunchCallback(aclrtCallback fn, void *userData, aclrtCallbackBlockType blockType,
                             aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(fn);
  ACL_REQUIRE(blockType == ACL_CALLBACK_NO_BLOCK || blockType == ACL_CALLBACK_BLOCK,
              ACL_ERROR_INVALID_PARAM,
              "the argument 'blockType' is " + std::to_string(int(blockType)) +
                  "; it is ACL_CALLBACK_NO_BLOCK (0) or ACL_CALLBACK_BLOCK (1)");
  ACL_FIND_STREAM(found, stream);
  {
    std::lock_guard guard(reports().mutex);
    ACL_REQUIRE(reports().threadOf.count(found->stream->id()), ACL_ERROR_RT_STREAM_NO_CB_REG,
                "no thread is subscribed to stream " + std::to_string(found->stream->id()));
  }
  auto call = std::make_shared<Call>();
  call->function = fn;
  call->userData = userData;
  call->streamId = found->stream->id();
  return queueTask(__func__, *found, [call, block = blockType == ACL_CALLBACK_BLOCK](double &) {
    return deliver(call, block);
  });
}
ACL_CATCH

aclError aclrtProcessReport(int32_t timeout) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(timeout > 0 || timeout == -1, ACL_ERROR_INVALID_PARAM,
              "the argument 'timeout' is " + std::to_string(timeout) +
                  "; it is -1 (no limit) or a positive number of milliseconds");
  Reports &all = reports();
  std::unique_lock guard(all.mutex);
  auto at = all.inboxes.find(thisThread());
  ACL_REQUIRE(at != all.inboxes.end() && at->second.streams, ACL_ERROR_RT_THREAD_SUBSCRIBE,
              "the thread is not subscribed to a stream; call aclrtSubscribeReport with its "
              "pthread_self()");
  Inbox &inbox = at->second;
  inbox.processing = true; // keeps the inbox, whatever happens to its subscriptions
  auto isDue = [&, before = all.closings] {
    return !inbox.calls.empty() || inbox.streams == 0 || all.closings != before;
  };
  if (timeout == -1)
    all.changed.wait(guard, isDue);
  else
    all.changed.wait_for(guard, std::chrono::milliseconds(timeout), isDue);
  bool any = !inbox.calls.empty();
  // Those that arrive meanwhile belong to the next call of this function.
  for (size_t left = inbox.calls.size(); left && !inbox.calls.empty(); --left) {
    inbox.running = std::move(inbox.calls.front());
    inbox.calls.pop_front();
    guard.unlock();
    inbox.running->function(inbox.running->userData);
    guard.lock();
    std::exchange(inbox.running, nullptr)->done = true;
    all.changed.notify_all();
  }
  inbox.processing = false;
  if (inbox.streams == 0 && inbox.calls.empty())
    all.inboxes.erase(at);
  ACL_REQUIRE(any, ACL_ERROR_RT_REPORT_TIMEOUT,
              "no callback arrived within " + std::to_string(timeout) + " ms");
  return ACL_SUCCESS;
}
ACL_CATCH
