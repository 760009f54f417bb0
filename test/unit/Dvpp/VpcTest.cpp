//===- VpcTest.cpp - Crop, resize, paste and conversion -------------------===//

#include "DvppTest.h"

namespace {

/// A grey picture whose value grows by `step` with every column.
void fillRamp(TestPicture &picture, uint32_t width, uint32_t height, uint32_t step) {
  std::vector<uint8_t> bytes(picture.size, 0);
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      bytes[size_t(y) * picture.stride + x] = uint8_t(step * x);
  picture.write(bytes);
}

TEST_F(DvppTest, BilinearScalingInterpolatesBetweenPixelCentres) {
  TestPicture from = TestPicture::grey(16, 8), to = TestPicture::grey(32, 8);
  fillRamp(from, 16, 8, 8);
  ASSERT_EQ(acldvppVpcResizeAsync(channel, from.desc, to.desc, resize, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  std::vector<uint8_t> bytes = to.read();
  // Column i lies at (i + 0.5) / 2 - 0.5; 8 times that, edges repeated.
  EXPECT_EQ(bytes[0], 0);
  for (int i = 1; i < 31; ++i)
    EXPECT_EQ(bytes[size_t(i)], 4 * i - 2) << i;
  EXPECT_EQ(bytes[31], 120);
}

TEST_F(DvppTest, NearestScalingTakesPixelsAsTheyAre) {
  TestPicture from = TestPicture::grey(32, 8), to = TestPicture::grey(16, 8);
  fillRamp(from, 32, 8, 7);
  ASSERT_EQ(acldvppSetResizeConfigInterpolation(resize, 2), ACL_SUCCESS);
  ASSERT_EQ(acldvppVpcResizeAsync(channel, from.desc, to.desc, resize, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  std::vector<uint8_t> bytes = to.read();
  for (uint32_t i = 0; i < 16; ++i)
    EXPECT_EQ(bytes[i], 7 * (2 * i + 1)) << i;
}

TEST_F(DvppTest, CropAndPasteChangesOnlyItsArea) {
  TestPicture from = TestPicture::nv12(32, 16), to = TestPicture::nv12(64, 32);
  std::vector<uint8_t> source(from.size);
  for (size_t i = 0; i < source.size(); ++i)
    source[i] = uint8_t(i * 37 + 11);
  from.write(source);
  to.write(std::vector<uint8_t>(to.size, 9));
  acldvppRoiConfig *crop = acldvppCreateRoiConfig(8, 19, 4, 13);
  acldvppRoiConfig *paste = acldvppCreateRoiConfig(16, 27, 2, 11);
  ASSERT_EQ(acldvppVpcCropAndPasteAsync(channel, from.desc, to.desc, crop, paste, stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  std::vector<uint8_t> bytes = to.read(), wanted(to.size, 9);
  for (uint32_t y = 0; y < 10; ++y)
    for (uint32_t x = 0; x < 12; ++x)
      wanted[(2 + y) * to.stride + 16 + x] = source[(4 + y) * from.stride + 8 + x];
  for (uint32_t y = 0; y < 5; ++y)
    for (uint32_t x = 0; x < 12; ++x)
      wanted[(32 + 1 + y) * to.stride + 16 + x] = source[(16 + 2 + y) * from.stride + 8 + x];
  EXPECT_EQ(bytes, wanted);
  acldvppDestroyRoiConfig(crop);
  acldvppDestroyRoiConfig(paste);
}

TEST_F(DvppTest, ConversionFollowsFullRangeBt601) {
  TestPicture from = TestPicture::nv12(32, 8);
  std::vector<uint8_t> bytes(from.size, 76);
  for (size_t i = size_t(from.stride) * 8; i < bytes.size(); i += 2) {
    bytes[i] = 85;      // U
    bytes[i + 1] = 255; // V
  }
  from.write(bytes);
  TestPicture to(PIXEL_FORMAT_BGR_888, 32, 8, 96, 8, 96 * 8);
  ASSERT_EQ(acldvppVpcConvertColorAsync(channel, from.desc, to.desc, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  std::vector<uint8_t> result = to.read();
  EXPECT_EQ(result[0], 0);   // 76 + 1.773 * (85 - 128)
  EXPECT_EQ(result[1], 0);   // 76 - 0.344 * (85 - 128) - 0.715 * (255 - 128)
  EXPECT_EQ(result[2], 254); // 76 + 1.402 * (255 - 128)
}

TEST_F(DvppTest, NV21IsNV12WithItsChromaSwapped) {
  TestPicture from = TestPicture::nv12(32, 8);
  std::vector<uint8_t> bytes(from.size);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(i);
  from.write(bytes);
  TestPicture to(PIXEL_FORMAT_YVU_SEMIPLANAR_420, 32, 8, 32, 8, 32 * 12);
  ASSERT_EQ(acldvppVpcConvertColorAsync(channel, from.desc, to.desc, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  for (size_t i = 32 * 8; i < bytes.size(); i += 2)
    std::swap(bytes[i], bytes[i + 1]);
  EXPECT_EQ(to.read(), bytes);
}

TEST_F(DvppTest, BatchCropGivesOnePictureForEachArea) {
  TestPicture a = TestPicture::grey(32, 16), b = TestPicture::grey(32, 16);
  fillRamp(a, 32, 16, 1);
  fillRamp(b, 32, 16, 2);
  acldvppBatchPicDesc *from = acldvppCreateBatchPicDesc(2), *to = acldvppCreateBatchPicDesc(3);
  std::vector<uint8_t> outputs;
  auto describe = [](acldvppPicDesc *desc, const TestPicture &picture, uint32_t width) {
    acldvppSetPicDescData(desc, picture.data);
    acldvppSetPicDescSize(desc, uint32_t(picture.size));
    acldvppSetPicDescFormat(desc, PIXEL_FORMAT_YUV_400);
    acldvppSetPicDescWidth(desc, width);
    acldvppSetPicDescHeight(desc, width / 2);
    acldvppSetPicDescWidthStride(desc, picture.stride);
    acldvppSetPicDescHeightStride(desc, width / 2);
  };
  describe(acldvppGetPicDesc(from, 0), a, 32);
  describe(acldvppGetPicDesc(from, 1), b, 32);
  TestPicture results[] = {TestPicture::grey(16, 8), TestPicture::grey(16, 8),
                           TestPicture::grey(16, 8)};
  for (uint32_t i = 0; i < 3; ++i)
    describe(acldvppGetPicDesc(to, i), results[i], 16);
  acldvppRoiConfig *areas[] = {acldvppCreateRoiConfig(0, 15, 0, 7),
                               acldvppCreateRoiConfig(4, 19, 2, 9),
                               acldvppCreateRoiConfig(16, 31, 8, 15)};
  uint32_t counts[] = {2, 1};
  ASSERT_EQ(acldvppVpcBatchCropAsync(channel, from, counts, 2, to, areas, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(results[0].read()[3], 3);
  EXPECT_EQ(results[1].read()[3], 7);
  EXPECT_EQ(results[2].read()[3], 38);
  uint32_t wrong[] = {1, 1};
  EXPECT_EQ(acldvppVpcBatchCropAsync(channel, from, wrong, 2, to, areas, stream),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("there are 2 areas for 3 output pictures");
  for (acldvppRoiConfig *area : areas)
    acldvppDestroyRoiConfig(area);
  acldvppDestroyBatchPicDesc(from);
  acldvppDestroyBatchPicDesc(to);
}

} // namespace
