//===- WeightsTest.cpp - Alignment and deduplication of constants ---------===//
#include "openatc/Codegen/Weights.h"

#include <gtest/gtest.h>

using openatc::codegen::WeightSegment;

namespace {

TEST(Weights, EqualContentIsStoredOnce) {
  std::vector<uint8_t> a(1000, 1), b(1000, 1), c(1000, 2);
  WeightSegment weights;
  EXPECT_EQ(weights.add(a), 0u);
  EXPECT_EQ(weights.add(c), 1024u);
  EXPECT_EQ(weights.add(b), 0u);
  EXPECT_EQ(weights.addOwned(std::vector<uint8_t>(1000, 2)), 1024u);
  EXPECT_EQ(weights.addOwned(std::vector<uint8_t>(4, 2)), 2048u);
  openatc::om::Blob segment = weights.finish();
  ASSERT_EQ(segment.size(), 2560u);
  EXPECT_EQ(segment.bytes()[999], 1);
  EXPECT_EQ(segment.bytes()[1000], 0);
  EXPECT_EQ(segment.bytes()[2023], 2);
  EXPECT_EQ(segment.bytes()[2051], 2);
  EXPECT_EQ(segment.bytes()[2052], 0);
}

TEST(Weights, PrefixIsNotTheSameContent) {
  std::vector<uint8_t> bytes(2000, 7);
  WeightSegment weights;
  EXPECT_EQ(weights.add(llvm::ArrayRef(bytes)), 0u);
  EXPECT_EQ(weights.add(llvm::ArrayRef(bytes).take_front(512)), 2048u);
}

TEST(Weights, NothingGivesAnEmptySegment) {
  WeightSegment weights;
  EXPECT_EQ(weights.finish().size(), 0u);
}

} // namespace
