//===- ThreadPool.h - Fixed workers for parallel loops --------------------===//
#ifndef OPENATC_SUPPORT_THREADPOOL_H
#define OPENATC_SUPPORT_THREADPOOL_H

#include <cstddef>
#include <functional>
#include <memory>

namespace openatc {

/// A fixed number of threads that run the iterations of a loop. The calling
/// thread is one of the workers, so a pool of 1 starts no thread at all.
class ThreadPool {
public:
  /// `threads` workers; 0 means one per hardware thread.
  explicit ThreadPool(unsigned threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  unsigned size() const;

  /// Calls body(index, worker) once for every index below `count`, in any order;
  /// worker < size(). Returns when all are done. One caller at a time; `body`
  /// must not call back into the pool.
  void parallelFor(size_t count, const std::function<void(size_t, unsigned)> &body);

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace openatc

#endif // OPENATC_SUPPORT_THREADPOOL_H
