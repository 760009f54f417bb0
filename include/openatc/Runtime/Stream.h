//===- Stream.h - Ordered queues of device work ---------------------------===//
#ifndef OPENATC_RUNTIME_STREAM_H
#define OPENATC_RUNTIME_STREAM_H

#include "openatc/Runtime/Executor.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace openatc::rt {

/// A queue whose work runs in order on a thread of its own, which starts with the first
/// work. Streams are concurrent to each other; each has its own simulated clock, and
/// contention between streams for the cores is not modelled.
class Stream {
public:
  /// Work gets the simulated time at which it starts and moves it to where it ends.
  using Work = std::function<Outcome(double &timeUs)>;
  enum class Kind : uint8_t {
    Task,   ///< dropped once the stream has stopped or is aborted
    Marker, ///< runs in any case: others wait for it
  };

  /// `id` is any number that tells the streams of a device apart.
  explicit Stream(std::shared_ptr<Device> device, uint32_t id = 0);
  /// Finishes the queued work first. In the stream's own thread it only lets go of it.
  ~Stream();

  /// Throws std::system_error when the host has no thread for the first work.
  void enqueue(Work work, Kind kind = Kind::Task);
  /// Waits until all work queued so far is done; returns the first failure since the
  /// last synchronisation and forgets it, unless the stream stopped at it. An error in the
  /// stream's own thread, which would wait for itself.
  Outcome synchronize();
  /// The same with a limit; false when it passed.
  bool synchronizeFor(std::chrono::milliseconds limit, Outcome &outcome);
  /// True when nothing is queued or running.
  bool idle();

  /// With `stop`, no task runs after one that failed, now or later.
  void stopOnFailure(bool stop);
  /// The failure at which the stream stopped; success while it runs.
  Outcome stoppedBy();
  /// Drops the tasks that did not begin.
  void abort();

  /// Numbers for `count` tasks that are about to be queued; returns the first.
  uint32_t reserveTasks(uint32_t count) { return nextTask.fetch_add(count); }
  uint32_t id() const { return number; }
  Device &device() const { return *owner; }

private:
  struct Queue;
  static void loop(const std::shared_ptr<Queue> &queue);
  Outcome takeFailure();

  std::shared_ptr<Device> owner;
  std::shared_ptr<Queue> queue; ///< shared with the thread
  const uint32_t number;
  std::atomic<uint32_t> nextTask = 1;
};

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_STREAM_H
