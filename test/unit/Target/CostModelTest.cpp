//===- CostModelTest.cpp - Costs against the published figures ------------===//

#include "openatc/Target/CostModel.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::cost;

namespace {

SocDescription p3() { return *findSoc("Ascend310P3"); }

int64_t isolated(PipeCost c) { return c.busy + c.latency; }

TEST(CostModel, MmadHeadAndFractalSteps) {
  // mskpp: one isolated 16x16x16 takes 25 cycles, 128 tiles take 151.
  EXPECT_NEAR(double(isolated(mmad(p3(), 16, 16, 16))), 25, 2.5);
  EXPECT_NEAR(double(isolated(mmad(p3(), 128, 256, 16))), 151, 15);
  // Tails round up to whole fractals.
  EXPECT_EQ(mmad(p3(), 17, 1, 1).busy, mmad(p3(), 32, 16, 16).busy);
}

TEST(CostModel, Load2dToL0bTakesTwoCyclesAFractal) {
  // TIK, V100 era: 2 cycles per 512-byte fractal + 10.
  for (int64_t fractals : {1, 8, 64})
    EXPECT_EQ(load2d(p3(), fractals, true).busy, 10 + 2 * fractals);
  EXPECT_EQ(load2d(p3(), 64, false).busy, 10 + 64);
}

TEST(CostModel, Load3dFetchesSixteenPositionsOfARow) {
  // TIK: 1 cycle per 512 bytes + 15 when rows are multiples of 16.
  EXPECT_EQ(load3d(p3(), 16, 1, 0, 256, 16).busy, 15 + 16);
  EXPECT_EQ(load3d(p3(), 64, 1, 0, 256, 144).busy, 15 + 16 * 9);
  // Stride 2 needs two fetches for 16 windows; a row of 8 needs two rows.
  EXPECT_EQ(load3d(p3(), 16, 2, 0, 256, 16).busy, 15 + 2 * 16);
  EXPECT_EQ(load3d(p3(), 8, 1, 0, 256, 16).busy, 15 + 2 * 16);
}

TEST(CostModel, Load3dOfFourChannelsFetchesRunsOfNeighbours) {
  // TIK: with C0 = 4 1.1 times the cycles, and 35 more; never cheaper than that.
  EXPECT_EQ(load3dC04(p3(), 16, 1, 1, 1, 1, 0, 160, 0, 16).busy, 35 + 11);
  for (int64_t stride : {1, 2, 4})
    EXPECT_GE(load3dC04(p3(), 64, stride, 3, 9, 1, 0, 160, 0, 48).busy - 35,
              (load3d(p3(), 64, stride, 0, 160, 48).busy - 15) * 11 / 10);
  // 3x3: runs of 3 and 1, 2 and 2, and 1; the 16 windows of a run of 2 or more span two fetches.
  EXPECT_EQ(load3dC04(p3(), 16, 1, 3, 9, 1, 0, 160, 0, 48).busy, 35 + 11 * (2 + 1 + 2 + 2 + 1));
  // Only the blocks that are asked for, and nothing behind the last position.
  EXPECT_EQ(load3dC04(p3(), 16, 1, 3, 9, 1, 0, 160, 32, 16).busy, 35 + 11);
  EXPECT_EQ(load3dC04(p3(), 16, 1, 3, 9, 1, 0, 160, 48, 16).busy, 35);
  // Positions that lie far apart share nothing, but cost no more than alone.
  EXPECT_EQ(load3dC04(p3(), 16, 1, 4, 4, 20, 0, 160, 0, 16).busy, 35 + 11 * 4);
  // Patches that do not overlap are fetched one by one.
  EXPECT_EQ(load3dC04(p3(), 16, 16, 16, 256, 1, 0, 160, 0, 16).busy, 35 + 11 * 16);
}

TEST(CostModel, VectorSlopesAndFixedPart) {
  // 64-repeat f32 add: about 88 cycles without, 154 with a read-read conflict.
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VAdd, 4, 64, 1))), 88, 8.8);
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VAdd, 4, 64, 2))), 154, 15.4);
  // 9.2: exp 2r+31, sqrt 2r+39, div 4.03r+31, vcadd 7r+46 (the fixed part differs by op).
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VExp, 4, 128))), 2 * 128 + 31, 29);
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VDiv, 4, 128))), 4.03 * 128 + 31, 55);
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VCadd, 2, 64))), 7 * 64 + 46, 49);
  EXPECT_NEAR(double(isolated(vector(p3(), isa::Opcode::VExp, 2, 64))), 3.9 * 64 + 24, 27);
}

TEST(CostModel, MovesRoundBurstsToRequests) {
  SocDescription soc = p3();
  EXPECT_EQ(gmRead(soc, 4096, 4096, true), 50 + 36);
  EXPECT_EQ(gmRead(soc, 4096, 4096, false), 50 + 150 + 241);
  // 32-byte bursts occupy a 128-byte request each.
  EXPECT_EQ(gmRead(soc, 4096, 32, true), 50 + 144);
}

} // namespace
