//===- Event.cpp - Points on streams that can be waited for ---------------===//

#include "openatc/Runtime/Event.h"

#include <algorithm>

namespace openatc::rt {

// Every number is drawn and its work queued under the event's lock: a wait must not get
// into a stream ahead of the record that it is for.

void Event::record(const std::shared_ptr<Event> &event, Stream &stream) {
  std::lock_guard guard(event->mutex);
  uint64_t number = event->requested + 1;
  stream.enqueue(
      [event, number](double &timeUs) -> Outcome {
        {
          std::lock_guard guard(event->mutex);
          // A newer record on another stream may have overtaken this one.
          if (number > event->completed) {
            event->completed = number;
            event->us = timeUs;
          }
        }
        event->changed.notify_all();
        return {};
      },
      Stream::Kind::Marker);
  event->requested = number;
}

void Event::makeWait(const std::shared_ptr<Event> &event, Stream &stream) {
  std::lock_guard guard(event->mutex);
  uint64_t number = event->requested;
  stream.enqueue(
      [event, number](double &timeUs) -> Outcome {
        std::unique_lock guard(event->mutex);
        event->changed.wait(guard, [&] { return event->completed >= number; });
        if (number)
          timeUs = std::max(timeUs, event->us);
        --event->waits;
        return {};
      },
      Stream::Kind::Marker);
  ++event->waits;
}

void Event::reset(const std::shared_ptr<Event> &event, Stream &stream) {
  std::lock_guard guard(event->mutex);
  stream.enqueue(
      [event, number = event->requested](double &) -> Outcome {
        std::lock_guard guard(event->mutex);
        event->forgotten = std::max(event->forgotten, number);
        return {};
      },
      Stream::Kind::Marker);
}

void Event::synchronize() {
  std::unique_lock guard(mutex);
  changed.wait(guard, [number = requested, this] { return completed >= number; });
}

bool Event::synchronizeFor(std::chrono::milliseconds limit) {
  std::unique_lock guard(mutex);
  return changed.wait_for(guard, limit, [number = requested, this] { return completed >= number; });
}

Event::State Event::state() {
  std::lock_guard guard(mutex);
  if (forgotten >= requested)
    return State::Fresh;
  return completed < requested ? State::Pending : State::Complete;
}

bool Event::awaited() {
  std::lock_guard guard(mutex);
  return waits != 0;
}

double Event::timeUs() {
  std::lock_guard guard(mutex);
  return us;
}

} // namespace openatc::rt
