//===- LayoutTest.cpp - Sizes of tensors in their layouts -----------------===//

#include "openatc/OfflineModel/Model.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::om;

namespace {

TEST(Layout, SizesArePaddedToFractals) {
  EXPECT_EQ(*storageBytes(DType::F16, Layout::ND, {2, 3, 5, 7}), 420u);
  EXPECT_EQ(*storageBytes(DType::F16, Layout::NC1HWC0, {2, 3, 5, 7}), 2u * 16 * 5 * 7 * 2);
  EXPECT_EQ(*storageBytes(DType::F16, Layout::NC1HWC0, {1, 32, 1, 1}), 64u);
  EXPECT_EQ(*storageBytes(DType::F32, Layout::FractalNZ, {3, 17, 33}), 3u * 17 * 48 * 4);
  EXPECT_EQ(*storageBytes(DType::F16, Layout::NC1HWC0_C04, {2, 3, 5, 7}), 2u * 5 * 7 * 4 * 2);
  EXPECT_EQ(*storageBytes(DType::F32, Layout::ND, {}), 4u);
  EXPECT_EQ(*storageBytes(DType::I64, Layout::ND, {0, 9}), 0u);
}

TEST(Layout, LargeTensorsDoNotOverflow) {
  EXPECT_EQ(*storageBytes(DType::F32, Layout::ND, {3, int64_t(1) << 30}), uint64_t(12) << 30);
  EXPECT_FALSE(storageBytes(DType::F32, Layout::ND, {INT64_MAX}));
  EXPECT_FALSE(storageBytes(DType::U8, Layout::FractalNZ, {INT64_MAX, INT64_MAX}));
  EXPECT_FALSE(storageBytes(DType::F64, Layout::ND, {int64_t(1) << 32, int64_t(1) << 32}));
}

TEST(Layout, BadShapesAreErrors) {
  EXPECT_FALSE(storageBytes(DType::F16, Layout::NC1HWC0, {1, 2, 3}));
  EXPECT_FALSE(storageBytes(DType::F16, Layout::FractalNZ, {16}));
  EXPECT_FALSE(storageBytes(DType::F16, Layout::NC1HWC0_C04, {1, 5, 2, 2}));
  EXPECT_FALSE(storageBytes(DType::F16, Layout::NC1HWC0_C04, {1, 3, 2}));
  EXPECT_FALSE(storageBytes(DType::F16, Layout::ND, {-1}));
  EXPECT_FALSE(storageBytes(DType::Undefined, Layout::ND, {1}));
}

TEST(Layout, RowMajorFromChannelBlocks) {
  // Shape [1, 18, 1, 2]: element (c, w) is byte 100 * (c / 16) + 20 * w + c % 16 here.
  std::vector<uint8_t> stored(2 * 2 * 16, 0xff);
  for (int c = 0; c < 18; ++c)
    for (int w = 0; w < 2; ++w)
      stored[(c / 16) * 32 + w * 16 + c % 16] = uint8_t(100 * (c / 16) + 20 * w + c % 16);
  Expected<std::vector<uint8_t>> dense =
      toRowMajor(DType::U8, Layout::NC1HWC0, {1, 18, 1, 2}, stored);
  ASSERT_TRUE(dense) << dense.message();
  ASSERT_EQ(dense->size(), 36u);
  EXPECT_EQ((*dense)[2 * 15 + 1], 35);
  EXPECT_EQ((*dense)[2 * 17 + 0], 101);
  EXPECT_EQ((*dense)[2 * 16 + 1], 120);
}

TEST(Layout, RowMajorFromFewChannels) {
  // Two images of 3 channels, 1 x 2 pixels: pixel by pixel, the fourth lane is padding.
  std::vector<uint8_t> stored = {1, 2, 3, 0, 11, 12, 13, 0, 21, 22, 23, 0, 31, 32, 33, 0};
  Expected<std::vector<uint8_t>> dense =
      toRowMajor(DType::U8, Layout::NC1HWC0_C04, {2, 3, 1, 2}, stored);
  ASSERT_TRUE(dense) << dense.message();
  EXPECT_EQ(*dense, (std::vector<uint8_t>{1, 11, 2, 12, 3, 13, 21, 31, 22, 32, 23, 33}));
}

TEST(Layout, RowMajorFromFractals) {
  // A [2, 17, 20] tensor: two blocks of 16 columns, in each 2 * 17 rows.
  std::vector<uint8_t> stored(2 * 2 * 17 * 16, 0xff);
  auto at = [&](int b, int r, int c) -> uint8_t & {
    return stored[size_t((c / 16 * 34 + b * 17 + r) * 16 + c % 16)];
  };
  at(0, 16, 3) = 1;
  at(1, 0, 19) = 2;
  at(1, 16, 16) = 3;
  Expected<std::vector<uint8_t>> dense =
      toRowMajor(DType::U8, Layout::FractalNZ, {2, 17, 20}, stored);
  ASSERT_TRUE(dense) << dense.message();
  ASSERT_EQ(dense->size(), 680u);
  EXPECT_EQ((*dense)[16 * 20 + 3], 1);
  EXPECT_EQ((*dense)[340 + 19], 2);
  EXPECT_EQ((*dense)[340 + 16 * 20 + 16], 3);
  EXPECT_FALSE(toRowMajor(DType::U8, Layout::FractalNZ, {2, 17, 20}, {}));
}

} // namespace
