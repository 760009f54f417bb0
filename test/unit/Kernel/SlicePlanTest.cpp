//===- SlicePlanTest.cpp - Which kernels run depth-first over the batch ---===//
#include "SlicePlan.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::kernel;

namespace {

constexpr int64_t kMega = 1000000;

/// A chain of kernels that each read the tensor before and write the next one, with a weight.
PlanProblem chain(const std::vector<int64_t> &bytes, int64_t weight, int64_t batch) {
  PlanProblem problem;
  for (int64_t size : bytes)
    problem.tensors.push_back({size});
  problem.tensors.back().isOutput = true;
  for (size_t k = 0; k + 1 < bytes.size(); ++k) {
    PlanKernel kernel;
    kernel.reads.push_back({k, true});
    kernel.reads.push_back({problem.tensors.size(), false});
    problem.tensors.push_back({weight});
    kernel.writes.push_back(k + 1);
    kernel.divisor = batch;
    kernel.startsBlock = k == 0;
    problem.kernels.push_back(kernel);
  }
  for (int64_t count = 2; count <= batch; ++count)
    if (batch % count == 0)
      problem.counts.push_back(count);
  // 100 us for all, and 1 us on each run whatever its size.
  problem.cycles = [](size_t, int64_t count) { return PlanCycles{106000 / count + 1060, 0}; };
  return problem;
}

SocDescription soc() { return *findSoc("Ascend310P3"); }

TEST(SlicePlan, WhatFitsStaysAsItIs) {
  PlanProblem problem = chain({2 * kMega, 2 * kMega, 2 * kMega, 2 * kMega}, 1000, 8);
  EXPECT_FALSE(mayGainFromSlices(problem, soc()));
  EXPECT_EQ(planSlices(problem, soc()),
            (std::vector<PlanSegment>{{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}));
}

TEST(SlicePlan, LargeTensorsPassThroughL2InSlices) {
  PlanProblem problem = chain({100 * kMega, 100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  EXPECT_TRUE(mayGainFromSlices(problem, soc()));
  std::vector<PlanSegment> plan = planSlices(problem, soc());
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].end, 3u);
  // A slice of the input and of the output of a kernel fit L2, and few launches are added.
  EXPECT_GE(plan[0].count, 16);
  EXPECT_LE(plan[0].count, 32);
}

TEST(SlicePlan, SmallTensorsWithLargeWeightsAreNotCut) {
  PlanProblem problem = chain({9 * kMega, 9 * kMega, 9 * kMega, 9 * kMega}, 20 * kMega, 64);
  for (const PlanSegment &segment : planSlices(problem, soc()))
    EXPECT_EQ(segment.count, 1);
}

TEST(SlicePlan, NothingIsCutThatCannotBe) {
  PlanProblem problem = chain({100 * kMega, 100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  problem.kernels[1].divisor = 1;
  for (const PlanSegment &segment : planSlices(problem, soc()))
    EXPECT_EQ(segment.count, 1);

  problem = chain({100 * kMega, 100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  problem.kernels[2].startsBlock = true;
  std::vector<PlanSegment> plan = planSlices(problem, soc());
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].end, 2u);
  EXPECT_EQ(plan[1].count, 1);
}

TEST(SlicePlan, BordersHaveContiguousSlices) {
  PlanProblem problem = chain({100 * kMega, 100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  problem.tensors[1].isContiguous = false;
  std::vector<PlanSegment> plan = planSlices(problem, soc());
  ASSERT_EQ(plan.size(), 1u); // inside of a loop it may be anything
  EXPECT_GT(plan[0].count, 1);
  problem.tensors[0].isContiguous = false;
  plan = planSlices(problem, soc());
  EXPECT_EQ(plan[0], (PlanSegment{0, 1, 1}));
}

TEST(SlicePlan, ATensorThatIsUsedWholeIsNotComputedInTheSameLoop) {
  PlanProblem problem = chain({100 * kMega, 100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  problem.kernels[2].reads.push_back({1, false});
  for (const PlanSegment &segment : planSlices(problem, soc()))
    EXPECT_FALSE(segment.begin == 0 && segment.end == 3);
}

TEST(SlicePlan, ResultsOverADeadOperandLeaveRoomForLargerSlices) {
  // Kernel 2 adds tensor 1, which it is the last to read, to what kernel 1 made of it.
  PlanProblem problem =
      chain({10 * kMega, 128 * kMega, 32 * kMega, 128 * kMega, 10 * kMega}, 1000, 64);
  problem.kernels[2].reads.push_back({1, true});
  std::vector<PlanSegment> apart = planSlices(problem, soc());
  problem.kernels[2].over = {1};
  std::vector<PlanSegment> over = planSlices(problem, soc());
  ASSERT_EQ(apart.size(), 1u);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_LT(over[0].count, apart[0].count);
}

TEST(SlicePlan, KernelsThatCannotBeScheduledStayWhole) {
  PlanProblem problem = chain({100 * kMega, 100 * kMega, 100 * kMega}, 1000, 64);
  problem.cycles = [](size_t, int64_t count) { return PlanCycles{count == 1 ? 106000 : -1, 0}; };
  EXPECT_EQ(planSlices(problem, soc()), (std::vector<PlanSegment>{{0, 1, 1}, {1, 2, 1}}));
}

} // namespace
