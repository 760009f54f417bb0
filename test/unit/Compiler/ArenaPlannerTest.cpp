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
