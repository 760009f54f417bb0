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
  EXPECT_EQ(*storageBytes(DType::F32, Layout::FractalNZ, {3, 17, 33}), 3u * 32 * 48 * 4);
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
  EXPECT_FALSE(storageBytes(DType::F16, Layout::ND, {-1}));
  EXPECT_FALSE(storageBytes(DType::Undefined, Layout::ND, {1}));
}

} // namespace
