//===- ArenaPlannerTest.cpp - Overlap, bound and quality of plans ---------===//
#include "openatc/Codegen/ArenaPlanner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace openatc::codegen;

namespace {

constexpr uint64_t unit = 512;

std::vector<Lifetime> randomLifetimes(unsigned seed, size_t count, uint32_t tasks) {
  std::mt19937 random(seed);
  std::vector<Lifetime> lives;
  for (size_t i = 0; i < count; ++i) {
    uint32_t first = random() % tasks;
    uint32_t last = std::min<uint32_t>(tasks - 1, first + random() % (tasks / 2 + 1));
    lives.push_back({1 + random() % (8 * unit), first, last});
  }
  return lives;
}

uint64_t rounded(uint64_t bytes) { return (bytes + unit - 1) / unit * unit; }

/// Bytes alive at the fullest task, counted task by task.
uint64_t countedBound(const std::vector<Lifetime> &lives) {
  uint64_t most = 0;
  for (uint32_t t = 0; t < 64; ++t) {
    uint64_t alive = 0;
    for (const Lifetime &life : lives)
      if (life.first <= t && t <= life.last)
        alive += rounded(life.bytes);
    most = std::max(most, alive);
  }
  return most;
}

void expectValid(const std::vector<Lifetime> &lives, const ArenaPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), lives.size());
  for (size_t i = 0; i < lives.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % unit, 0u);
    EXPECT_LE(plan.offsets[i] + lives[i].bytes, plan.peak);
    for (size_t j = 0; j < i; ++j) {
      bool together = lives[i].first <= lives[j].last && lives[j].first <= lives[i].last;
      bool apart = plan.offsets[i] + lives[i].bytes <= plan.offsets[j] ||
                   plan.offsets[j] + lives[j].bytes <= plan.offsets[i];
      EXPECT_TRUE(!together || apart) << i << " and " << j;
    }
  }
}

/// Smallest peak over all orders of lowest-fit placement, which contains an optimum.
uint64_t smallestPeak(const std::vector<Lifetime> &lives) {
  std::vector<size_t> order(lives.size());
  std::iota(order.begin(), order.end(), 0);
  uint64_t best = UINT64_MAX;
  do {
    std::vector<uint64_t> at(lives.size());
    uint64_t peak = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      const Lifetime &life = lives[order[i]];
      uint64_t offset = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (size_t j = 0; j < i; ++j) {
          const Lifetime &other = lives[order[j]];
          bool together = life.first <= other.last && other.first <= life.last;
          if (together && offset < at[order[j]] + rounded(other.bytes) &&
              at[order[j]] < offset + rounded(life.bytes)) {
            offset = at[order[j]] + rounded(other.bytes);
            moved = true;
          }
        }
      }
      at[order[i]] = offset;
      peak = std::max(peak, offset + rounded(life.bytes));
    }
    best = std::min(best, peak);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

/// Cuts `tasks` x `units` of memory into boxes that fill it without a gap, so that the bound is
/// the whole height at every task and an optimal plan reaches it.
void cut(std::mt19937 &random, uint32_t first, uint32_t last, uint64_t units, unsigned boxes,
         std::vector<Lifetime> &lives) {
  if (boxes <= 1 || (first == last && units < 2)) {
    lives.push_back({units * unit, first, last});
    return;
  }
  unsigned some = 1 + random() % (boxes - 1);
  if (units < 2 || (first < last && random() % 2)) {
    uint32_t middle = first + random() % (last - first);
    cut(random, first, middle, units, some, lives);
    cut(random, middle + 1, last, units, boxes - some, lives);
  } else {
    uint64_t low = 1 + random() % (units - 1);
    cut(random, first, last, low, some, lives);
    cut(random, first, last, units - low, boxes - some, lives);
  }
}

TEST(ArenaPlanner, EmptyPlanNeedsNothing) {
  ArenaPlan plan = planArena({});
  EXPECT_EQ(plan.peak, 0u);
  EXPECT_EQ(plan.bound, 0u);
}

TEST(ArenaPlanner, ChainUsesTwoBuffers) {
  std::vector<Lifetime> lives;
  for (uint32_t i = 0; i < 10; ++i)
    lives.push_back({1000, i, i + 1});
  ArenaPlan plan = planArena(lives);
  EXPECT_EQ(plan.peak, 2048u);
  EXPECT_EQ(plan.bound, 2048u);
  expectValid(lives, plan);
}

TEST(ArenaPlanner, RandomLifetimesNeverOverlap) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::vector<Lifetime> lives = randomLifetimes(seed, 60, 40);
    ArenaPlan plan = planArena(lives);
    expectValid(lives, plan);
    EXPECT_EQ(plan.bound, countedBound(lives)) << seed;
    EXPECT_GE(plan.peak, plan.bound);
  }
}

TEST(ArenaPlanner, CloseToTheOptimumOfSmallCases) {
  uint64_t planned = 0, optimal = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::vector<Lifetime> lives = randomLifetimes(seed, 7, 10);
    uint64_t best = smallestPeak(lives), peak = planArena(lives).peak;
    EXPECT_GE(peak, best) << seed;
    EXPECT_LE(peak, best * 5 / 4) << seed;
    planned += peak;
    optimal += best;
  }
  EXPECT_LE(planned, optimal * 103 / 100);
}

TEST(ArenaPlanner, PacksBoxesThatLeaveNoGap) {
  for (unsigned boxes : {5, 10, 20, 40})
    for (unsigned seed = 0; seed < 10; ++seed) {
      std::mt19937 random(100 * boxes + seed);
      std::vector<Lifetime> lives;
      cut(random, 0, 63, 1000, boxes, lives);
      std::shuffle(lives.begin(), lives.end(), random);
      ArenaPlan plan = planArena(lives);
      expectValid(lives, plan);
      EXPECT_EQ(plan.bound, 1000 * unit);
      EXPECT_LE(plan.peak, plan.bound * 105 / 100) << boxes << " boxes, seed " << seed;
    }
}

TEST(ArenaPlanner, RandomLifetimesComeNearTheBound) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::vector<Lifetime> lives = randomLifetimes(seed, 150, 60);
    ArenaPlan plan = planArena(lives);
    expectValid(lives, plan);
    EXPECT_LE(plan.peak, plan.bound * 105 / 100) << seed;
  }
}

TEST(ArenaPlanner, NamesTheTensorsThatMakeUpTheBound) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::vector<Lifetime> lives = randomLifetimes(seed, 30, 20);
    ArenaPlan plan = planArena(lives);
    uint64_t sum = 0;
    uint32_t latestFirst = 0, earliestLast = UINT32_MAX;
    for (uint32_t i : plan.aliveAtPeak) {
      sum += rounded(lives[i].bytes);
      latestFirst = std::max(latestFirst, lives[i].first);
      earliestLast = std::min(earliestLast, lives[i].last);
    }
    EXPECT_EQ(sum, plan.bound) << seed;
    EXPECT_LE(latestFirst, earliestLast) << "not alive together, seed " << seed;
  }
}

TEST(ArenaPlanner, WithoutReuseEverythingIsApart) {
  std::vector<Lifetime> lives = {{100, 0, 0}, {513, 1, 1}, {0, 2, 2}};
  ArenaPlan plan = planArena(lives, unit, /*reuse=*/false);
  EXPECT_EQ(plan.offsets, (std::vector<uint64_t>{0, 512, 1536}));
  EXPECT_EQ(plan.peak, 1536u);
  EXPECT_EQ(plan.bound, 1024u);
}

TEST(ArenaPlanner, EqualInputGivesEqualPlans) {
  std::vector<Lifetime> lives = randomLifetimes(5, 80, 40);
  EXPECT_EQ(planArena(lives).offsets, planArena(lives).offsets);
}

} // namespace
