//===- Event.h - Points on streams that can be waited for -----------------===//
#ifndef OPENATC_RUNTIME_EVENT_H
#define OPENATC_RUNTIME_EVENT_H

#include "openatc/Runtime/Stream.h"

#include <condition_variable>
#include <mutex>

namespace openatc::rt {

/// A point on a stream that can be waited for and whose simulated time can be read.
/// Queued waits never form a circle: a wait is for a record that was queued before it.
class Event {
public:
  enum class State : uint8_t { Fresh, Pending, Complete };

  /// Queues the record; the event is pending until the stream gets there.
  static void record(const std::shared_ptr<Event> &event, Stream &stream);
  /// Later work of `stream` waits for the record made last before this call, if any.
  static void makeWait(const std::shared_ptr<Event> &event, Stream &stream);
  /// Queues that the records made before this call are forgotten.
  static void reset(const std::shared_ptr<Event> &event, Stream &stream);
  /// Blocks until the last record is complete; at once for a fresh event.
  void synchronize();
  /// The same with a limit; false when it passed.
  bool synchronizeFor(std::chrono::milliseconds limit);
  State state();
  /// True while a stream has yet to pass a wait for this event.
  bool awaited();
  /// Simulated microseconds of the last completed record.
  double timeUs();

private:
  std::mutex mutex;
  std::condition_variable changed;
  /// Numbers of records asked for, done, and forgotten by a reset (all up to that one).
  uint64_t requested = 0, completed = 0, forgotten = 0;
  uint64_t waits = 0; ///< queued and not passed
  double us = 0;
};

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_EVENT_H
