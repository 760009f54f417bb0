//===- Stream.cpp - Ordered queues of device work, and events -------------===//

#include "openatc/Runtime/Stream.h"

#include <algorithm>

namespace openatc::rt {

Stream::Stream(std::shared_ptr<Device> device) : owner(std::move(device)) {
  worker = std::thread([this] { loop(); });
}

Stream::~Stream() {
  {
    std::lock_guard guard(mutex);
    stopping = true;
  }
  changed.notify_all();
  worker.join();
}

void Stream::loop() {
  std::unique_lock guard(mutex);
  while (true) {
    changed.wait(guard, [&] { return stopping || !queue.empty(); });
    if (queue.empty())
      return;
    Entry entry = std::move(queue.front());
    queue.pop_front();
    busy = true;
    double timeUs = std::max(clockUs, entry.notBeforeUs);
    guard.unlock();
    Outcome outcome = entry.work(timeUs);
    entry.work = nullptr; // what it holds alive may take locks when it goes
    guard.lock();
    clockUs = timeUs;
    if (!outcome.ok() && firstFailure.ok())
      firstFailure = std::move(outcome);
    busy = false;
    changed.notify_all();
  }
}

void Stream::enqueue(Work work) {
  double now = owner->hostTimeUs();
  {
    std::lock_guard guard(mutex);
    queue.push_back({std::move(work), now});
  }
  changed.notify_all();
}

Outcome Stream::takeFailure() {
  owner->advanceHostTime(clockUs);
  return std::exchange(firstFailure, {});
}

Outcome Stream::synchronize() {
  std::unique_lock guard(mutex);
  changed.wait(guard, [&] { return queue.empty() && !busy; });
  return takeFailure();
}

bool Stream::synchronizeFor(std::chrono::milliseconds limit, Outcome &outcome) {
  std::unique_lock guard(mutex);
  if (!changed.wait_for(guard, limit, [&] { return queue.empty() && !busy; }))
    return false;
  outcome = takeFailure();
  return true;
}

bool Stream::idle() {
  std::lock_guard guard(mutex);
  return queue.empty() && !busy;
}

void Event::record(const std::shared_ptr<Event> &event, Stream &stream) {
  uint64_t number;
  {
    std::lock_guard guard(event->mutex);
    number = ++event->requested;
    event->fresh = false;
  }
  stream.enqueue([event, number](double &timeUs) -> Outcome {
    {
      std::lock_guard guard(event->mutex);
      // A reset or a newer record on another stream may have overtaken this one.
      if (number > event->completed) {
        event->completed = number;
        event->us = timeUs;
      }
    }
    event->changed.notify_all();
    return {};
  });
}

void Event::makeWait(const std::shared_ptr<Event> &event, Stream &stream) {
  uint64_t number;
  {
    std::lock_guard guard(event->mutex);
    number = event->requested;
  }
  stream.enqueue([event, number](double &timeUs) -> Outcome {
    std::unique_lock guard(event->mutex);
    event->changed.wait(guard, [&] { return event->completed >= number; });
    if (number)
      timeUs = std::max(timeUs, event->us);
    return {};
  });
}

void Event::synchronize() {
  std::unique_lock guard(mutex);
  changed.wait(guard, [number = requested, this] { return completed >= number; });
}

void Event::reset() {
  {
    std::lock_guard guard(mutex);
    completed = requested;
    us = 0;
    fresh = true;
  }
  changed.notify_all();
}

Event::State Event::state() {
  std::lock_guard guard(mutex);
  if (completed < requested)
    return State::Pending;
  return fresh ? State::Fresh : State::Complete;
}

double Event::timeUs() {
  std::lock_guard guard(mutex);
  return us;
}

} // namespace openatc::rt
