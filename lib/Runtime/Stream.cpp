//===- Stream.cpp - Ordered queues of device work -------------------------===//

#include "openatc/Runtime/Stream.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace openatc::rt {

namespace {

/// Nothing may leave the stream's thread by an exception.
Outcome attempt(const Stream::Work &work, double &timeUs) {
  try {
    return work(timeUs);
  } catch (const std::exception &error) {
    return {Failure::Other, std::string("the host failed: ") + error.what()};
  }
}

} // namespace

struct Stream::Queue {
  struct Entry {
    Work work;
    Kind kind;
    double notBeforeUs; ///< host time when it was queued
  };

  /// True when nothing is queued or running; hold the mutex.
  bool idle() const { return entries.empty() && !busy; }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Entry> entries;
  bool busy = false, closing = false, stopping = false;
  bool stopped = false; ///< at firstFailure
  Outcome firstFailure;
  double clockUs = 0;
  std::thread worker;
};

Stream::Stream(std::shared_ptr<Device> device, uint32_t id)
    : owner(std::move(device)), queue(std::make_shared<Queue>()), number(id) {}

Stream::~Stream() {
  std::thread worker;
  {
    std::lock_guard guard(queue->mutex);
    queue->closing = true;
    worker = std::move(queue->worker);
  }
  queue->changed.notify_all();
  if (!worker.joinable())
    return;
  // Work may hold the last reference to what holds this stream.
  if (worker.get_id() == std::this_thread::get_id())
    worker.detach();
  else
    worker.join();
}

void Stream::loop(const std::shared_ptr<Queue> &queue) {
  std::unique_lock guard(queue->mutex);
  while (true) {
    queue->changed.wait(guard, [&] { return queue->closing || !queue->entries.empty(); });
    if (queue->entries.empty())
      return;
    Queue::Entry entry = std::move(queue->entries.front());
    queue->entries.pop_front();
    bool run = entry.kind == Kind::Marker || !queue->stopped;
    queue->busy = true;
    double timeUs = std::max(queue->clockUs, entry.notBeforeUs);
    guard.unlock();
    Outcome outcome = run ? attempt(entry.work, timeUs) : Outcome{};
    entry.work = nullptr; // what it holds alive may take locks when it goes
    guard.lock();
    if (run)
      queue->clockUs = timeUs;
    if (!outcome.ok() && queue->firstFailure.ok()) {
      queue->firstFailure = std::move(outcome);
      queue->stopped = queue->stopping;
    }
    queue->busy = false;
    queue->changed.notify_all();
  }
}

void Stream::enqueue(Work work, Kind kind) {
  double now = owner->hostTimeUs();
  {
    std::lock_guard guard(queue->mutex);
    if (!queue->worker.joinable())
      queue->worker = std::thread([shared = queue] { loop(shared); });
    queue->entries.push_back({std::move(work), kind, now});
  }
  queue->changed.notify_all();
}

/// Hold the mutex.
Outcome Stream::takeFailure() {
  owner->advanceHostTime(queue->clockUs);
  return queue->stopped ? queue->firstFailure : std::exchange(queue->firstFailure, {});
}

Outcome Stream::synchronize() {
  std::unique_lock guard(queue->mutex);
  if (queue->worker.get_id() == std::this_thread::get_id())
    return {Failure::Invalid, "the stream's own thread cannot wait for the stream"};
  queue->changed.wait(guard, [&] { return queue->idle(); });
  return takeFailure();
}

bool Stream::synchronizeFor(std::chrono::milliseconds limit, Outcome &outcome) {
  std::unique_lock guard(queue->mutex);
  if (queue->worker.get_id() == std::this_thread::get_id()) {
    outcome = {Failure::Invalid, "the stream's own thread cannot wait for the stream"};
    return true;
  }
  if (!queue->changed.wait_for(guard, limit, [&] { return queue->idle(); }))
    return false;
  outcome = takeFailure();
  return true;
}

bool Stream::idle() {
  std::lock_guard guard(queue->mutex);
  return queue->idle();
}

void Stream::stopOnFailure(bool stop) {
  std::lock_guard guard(queue->mutex);
  queue->stopping = stop;
  queue->stopped = queue->stopped && stop;
}

Outcome Stream::stoppedBy() {
  std::lock_guard guard(queue->mutex);
  return queue->stopped ? queue->firstFailure : Outcome{};
}

void Stream::abort() {
  std::deque<Queue::Entry> dropped; // goes without the lock
  std::lock_guard guard(queue->mutex);
  std::deque<Queue::Entry> kept;
  for (Queue::Entry &entry : queue->entries)
    (entry.kind == Kind::Marker ? kept : dropped).push_back(std::move(entry));
  queue->entries = std::move(kept);
  queue->changed.notify_all();
}

} // namespace openatc::rt
