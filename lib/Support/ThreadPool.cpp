//===- ThreadPool.cpp - Fixed workers for parallel loops ------------------===//

#include "openatc/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace openatc {

namespace {

/// How long a thread looks for work before it sleeps. Kernels follow each other within
/// less, and waking a thread takes as long as a small kernel.
constexpr std::chrono::microseconds kPatience(100);

/// Waits until `ready`, at most for kPatience; true when it became so.
template <typename Fn> bool spinUntil(Fn ready) {
  if (ready())
    return true;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    for (int i = 0; i < 64; ++i) {
      if (ready())
        return true;
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

} // namespace

struct ThreadPool::Impl {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void(size_t, unsigned)> *body = nullptr;
  std::atomic<size_t> next = 0;
  size_t count = 0;
  /// Changed under the mutex, looked at without.
  std::atomic<uint64_t> generation = 0;
  std::atomic<unsigned> running = 0;
  std::atomic<bool> stop = false;
  /// With more threads than the host has, spinning would hold up those that work.
  bool spins = false;

  void drain(unsigned worker) {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      (*body)(i, worker);
  }

  void workerMain(unsigned worker) {
    uint64_t seen = 0;
    const auto called = [&] { return stop || generation != seen; };
    while (true) {
      if (!spins || !spinUntil(called)) {
        std::unique_lock lock(mutex);
        wake.wait(lock, called);
      }
      if (stop)
        return;
      seen = generation;
      drain(worker);
      if (running.fetch_sub(1) == 1) {
        std::lock_guard lock(mutex); // the caller may be about to sleep
        done.notify_one();
      }
    }
  }
};

ThreadPool::ThreadPool(unsigned threads) : impl(std::make_unique<Impl>()) {
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
  impl->spins = threads <= std::thread::hardware_concurrency();
  for (unsigned i = 1; i < threads; ++i)
    impl->threads.emplace_back([state = impl.get(), i] { state->workerMain(i); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(impl->mutex);
    impl->stop = true;
  }
  impl->wake.notify_all();
  for (std::thread &t : impl->threads)
    t.join();
}

unsigned ThreadPool::size() const { return unsigned(impl->threads.size()) + 1; }

void ThreadPool::parallelFor(size_t count, const std::function<void(size_t, unsigned)> &body) {
  if (impl->threads.empty() || count <= 1) {
    for (size_t i = 0; i < count; ++i)
      body(i, 0);
    return;
  }
  {
    std::lock_guard lock(impl->mutex);
    impl->body = &body;
    impl->count = count;
    impl->next.store(0, std::memory_order_relaxed);
    impl->running = unsigned(impl->threads.size());
    ++impl->generation;
  }
  impl->wake.notify_all();
  impl->drain(0);
  const auto finished = [&] { return impl->running == 0; };
  if (!impl->spins || !spinUntil(finished)) {
    std::unique_lock lock(impl->mutex);
    impl->done.wait(lock, finished);
  }
}

} // namespace openatc
