//===- Stream.h - Ordered queues of device work, and events ---------------===//
#ifndef OPENATC_RUNTIME_STREAM_H
#define OPENATC_RUNTIME_STREAM_H

#include "openatc/Runtime/Executor.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <thread>

namespace openatc::rt {

/// A queue whose work runs in order on a thread of its own. Streams are concurrent to
/// each other; each has its own simulated clock, and contention between streams for the
/// cores is not modelled.
class Stream {
public:
  /// Work gets the simulated time at which it starts and moves it to where it ends.
  using Work = std::function<Outcome(double &timeUs)>;

  explicit Stream(std::shared_ptr<Device> device);
  /// Finishes the queued work first.
  ~Stream();

  void enqueue(Work work);
  /// Waits until all work queued so far is done; returns the first failure since the
  /// last synchronisation and forgets it. A failure does not stop later work.
  Outcome synchronize();
  /// The same with a limit; false when it passed.
  bool synchronizeFor(std::chrono::milliseconds limit, Outcome &outcome);
  /// True when nothing is queued or running.
  bool idle();
  Device &device() const { return *owner; }

private:
  struct Entry {
    Work work;
    double notBeforeUs; ///< host time when it was queued
  };
  void loop();
  Outcome takeFailure();

  std::shared_ptr<Device> owner;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Entry> queue;
  bool busy = false, stopping = false;
  Outcome firstFailure;
  double clockUs = 0;
  std::thread worker;
};

/// A point on a stream that can be waited for and whose simulated time can be read.
class Event {
public:
  enum class State : uint8_t { Fresh, Pending, Complete };

  /// Queues the record; the event is pending until the stream gets there.
  static void record(const std::shared_ptr<Event> &event, Stream &stream);
  /// Later work of `stream` waits for the record made last before this call, if any.
  static void makeWait(const std::shared_ptr<Event> &event, Stream &stream);
  /// Blocks until the last record is complete; at once for a fresh event.
  void synchronize();
  /// Forgets the record.
  void reset();
  State state();
  /// Simulated microseconds of the last completed record.
  double timeUs();

private:
  std::mutex mutex;
  std::condition_variable changed;
  uint64_t requested = 0, completed = 0; ///< numbers of records asked for and done
  bool fresh = true;                     ///< not recorded since creation or reset
  double us = 0;
};

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_STREAM_H
