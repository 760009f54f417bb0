//===- ThreadPool.cpp - Fixed workers for parallel loops ------------------===//

#include "openatc/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace openatc {

struct ThreadPool::Impl {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void(size_t, unsigned)> *body = nullptr;
  std::atomic<size_t> next = 0;
  size_t count = 0;
  uint64_t generation = 0;
  unsigned running = 0;
  bool stop = false;

  void drain(unsigned worker) {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      (*body)(i, worker);
  }

  void workerMain(unsigned worker) {
    uint64_t seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return stop || generation != seen; });
      if (stop)
        return;
      seen = generation;
      lock.unlock();
      drain(worker);
      lock.lock();
      if (--running == 0)
        done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(unsigned threads) : impl(std::make_unique<Impl>()) {
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
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
  std::unique_lock lock(impl->mutex);
  impl->done.wait(lock, [&] { return impl->running == 0; });
}

} // namespace openatc
