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

TEST(Weights, WhatIsKeptOutlivesItsMemory) {
  WeightSegment weights;
  {
    std::vector<uint8_t> a(1000, 1);
    EXPECT_EQ(weights.add(a), 0u);
    EXPECT_EQ(weights.addOwned(std::vector<uint8_t>(600, 3)), 1024u);
    weights.keep();
    std::fill(a.begin(), a.end(), uint8_t(9));
  }
  // The next module has the same constant and another one.
  std::vector<uint8_t> again(1000, 1), other(1000, 2);
  EXPECT_EQ(weights.add(again), 0u);
  EXPECT_EQ(weights.add(other), 2048u);
  openatc::om::Blob segment = weights.finish();
  ASSERT_EQ(segment.size(), 3072u);
  EXPECT_EQ(segment.bytes()[0], 1);
  EXPECT_EQ(segment.bytes()[1024], 3);
  EXPECT_EQ(segment.bytes()[2048], 2);
}

TEST(Weights, DiagonalsExpandBehindAllWeights) {
  WeightSegment weights;
  std::vector<uint8_t> two(2 * 32, 1), one(32, 1), large(5000, 4);
  EXPECT_EQ(weights.addDiagonals(two), WeightSegment::expanded);
  EXPECT_EQ(weights.addDiagonals(one), WeightSegment::expanded + 2 * 512);
  EXPECT_EQ(weights.addDiagonals(two), WeightSegment::expanded);
  EXPECT_EQ(weights.add(large), 1024u);
  // 1024 + 5120 bytes of weights; fractals begin on the next page.
  std::vector<openatc::om::Diagonals> places = weights.diagonals();
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0], (openatc::om::Diagonals{0, 8192, 2}));
  EXPECT_EQ(places[1], (openatc::om::Diagonals{512, 9216, 1}));
}

TEST(Weights, NothingGivesAnEmptySegment) {
  WeightSegment weights;
  EXPECT_EQ(weights.finish().size(), 0u);
}

} // namespace
