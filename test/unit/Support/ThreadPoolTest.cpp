//===- ThreadPoolTest.cpp - Every index runs once -------------------------===//

#include "openatc/Support/ThreadPool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <vector>

using namespace openatc;

namespace {

TEST(ThreadPool, EveryIndexRunsOnceOnAKnownWorker) {
  for (unsigned threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (size_t count : {0u, 1u, 3u, 1000u}) {
      std::vector<std::atomic<int>> runs(count);
      std::atomic<bool> badWorker = false;
      pool.parallelFor(count, [&](size_t i, unsigned worker) {
        ++runs[i];
        if (worker >= threads)
          badWorker = true;
      });
      EXPECT_FALSE(badWorker);
      for (auto &r : runs)
        EXPECT_EQ(r, 1);
    }
  }
}

TEST(ThreadPool, ManyShortLoops) {
  ThreadPool pool(3);
  std::atomic<size_t> sum = 0;
  for (int round = 0; round < 2000; ++round)
    pool.parallelFor(4, [&](size_t i, unsigned) { sum += i; });
  EXPECT_EQ(sum, 2000u * 6);
}

} // namespace
