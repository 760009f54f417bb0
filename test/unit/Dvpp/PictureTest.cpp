//===- PictureTest.cpp - Rules of pictures and areas ----------------------===//

#include "DvppTest.h"

namespace {

/// Expects that resizing `from` fails with a text.
#define EXPECT_REFUSED(from, part)                                                                 \
  EXPECT_EQ(acldvppVpcResizeAsync(channel, from, to.desc, resize, stream),                         \
            ACL_ERROR_INVALID_PARAM);                                                              \
  EXPECT_TEXT(part)

TEST_F(DvppTest, PicturesThatBreakARuleAreRefusedByIt) {
  TestPicture from = TestPicture::nv12(64, 32), to = TestPicture::nv12(32, 16);
  acldvppSetPicDescWidth(from.desc, 63);
  EXPECT_REFUSED(from.desc, "the width is 63; pixels of this format share chroma");
  acldvppSetPicDescWidth(from.desc, 4);
  EXPECT_REFUSED(from.desc, "the width is 4; it must be 6 to 8192");
  acldvppSetPicDescWidth(from.desc, 64);
  acldvppSetPicDescWidthStride(from.desc, 72);
  EXPECT_REFUSED(from.desc, "the width stride is 72; rows have 64 bytes");
  acldvppSetPicDescWidthStride(from.desc, 64);
  acldvppSetPicDescHeightStride(from.desc, 30);
  EXPECT_REFUSED(from.desc, "the height stride is 30");
  acldvppSetPicDescHeightStride(from.desc, 34);
  EXPECT_REFUSED(from.desc, "the size is 3072; strides and format need 3264 bytes");
  acldvppSetPicDescHeightStride(from.desc, 32);
  acldvppSetPicDescFormat(from.desc, PIXEL_FORMAT_HSV_888_PLANAR);
  EXPECT_REFUSED(from.desc, "format 72 is not supported; there are: 0 YUV_400");
  acldvppSetPicDescFormat(from.desc, PIXEL_FORMAT_YUV_SEMIPLANAR_420);
  uint8_t host[3072];
  acldvppSetPicDescData(from.desc, host);
  EXPECT_REFUSED(from.desc, "allocate it with acldvppMalloc");
  EXPECT_REFUSED(nullptr, "the input picture is NULL");
}

TEST_F(DvppTest, AreasAreInsideAndBeginAtEvenPixels) {
  TestPicture from = TestPicture::nv12(64, 32), to = TestPicture::nv12(64, 32);
  auto expect = [&](uint32_t left, uint32_t right, uint32_t top, uint32_t bottom,
                    const char *part) {
    acldvppRoiConfig *area = acldvppCreateRoiConfig(left, right, top, bottom);
    EXPECT_EQ(acldvppVpcCropAsync(channel, from.desc, to.desc, area, stream),
              ACL_ERROR_INVALID_PARAM);
    EXPECT_TEXT(part);
    acldvppDestroyRoiConfig(area);
  };
  expect(1, 31, 0, 15, "left and top must be even");
  expect(0, 30, 0, 15, "right and bottom odd");
  expect(0, 65, 0, 15, "does not lie in the picture of 64 x 32");
  expect(32, 31, 0, 15, "does not lie in the picture");
  expect(0, 3, 0, 15, "at least 6 x 6 pixels");
  EXPECT_EQ(acldvppVpcCropAsync(channel, from.desc, to.desc, nullptr, stream),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("the crop area is NULL");
  acldvppRoiConfig *crop = acldvppCreateRoiConfig(0, 15, 0, 15);
  acldvppRoiConfig *paste = acldvppCreateRoiConfig(8, 23, 0, 15);
  EXPECT_EQ(acldvppVpcCropAndPasteAsync(channel, from.desc, to.desc, crop, paste, stream),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("begins at column 8; it must be a multiple of 16");
  acldvppDestroyRoiConfig(crop);
  acldvppDestroyRoiConfig(paste);
}

TEST_F(DvppTest, ScalingHasLimits) {
  TestPicture from = TestPicture::grey(8, 8), to = TestPicture::grey(256, 8);
  EXPECT_REFUSED(from.desc, "the width goes from 8 to 256 pixels; the factor must be 1/32 to 16");
}

TEST_F(DvppTest, ChannelsAndHandlesAreChecked) {
  TestPicture from = TestPicture::grey(32, 8), to = TestPicture::grey(32, 8);
  acldvppChannelDesc *closed = acldvppCreateChannelDesc();
  EXPECT_EQ(acldvppVpcResizeAsync(closed, from.desc, to.desc, resize, stream),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("call acldvppCreateChannel first");
  EXPECT_EQ(acldvppSetChannelDescMode(closed, 8), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(acldvppDestroyChannel(closed), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(acldvppDestroyChannelDesc(closed), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyChannelDesc(closed), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(acldvppVpcResizeAsync(channel, from.desc, to.desc, nullptr, stream),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(acldvppSetResizeConfigInterpolation(resize, 3), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(acldvppCreateBatchPicDesc(0), nullptr);
  EXPECT_EQ(acldvppGetPicDescWidth(nullptr), 0u);
  EXPECT_TEXT("is NULL or does not exist");
  // Handles of other kinds are no pictures.
  EXPECT_EQ(acldvppDestroyPicDesc(reinterpret_cast<acldvppPicDesc *>(resize)),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(DvppTest, MemoryFreedBeforeTheWorkRunsIsAnErrorOfTheStream) {
  TestPicture from = TestPicture::grey(32, 8), to = TestPicture::grey(32, 8);
  aclrtEvent gate;
  ASSERT_EQ(aclrtCreateEvent(&gate), ACL_SUCCESS);
  void *memory = nullptr;
  ASSERT_EQ(acldvppMalloc(&memory, 256), ACL_SUCCESS);
  acldvppSetPicDescData(from.desc, memory);
  // Freeing races with the stream's thread: either order must be an answer, never a crash.
  ASSERT_EQ(acldvppVpcResizeAsync(channel, from.desc, to.desc, resize, stream), ACL_SUCCESS);
  ASSERT_EQ(acldvppFree(memory), ACL_SUCCESS);
  aclError code = aclrtSynchronizeStream(stream);
  if (code != ACL_SUCCESS)
    EXPECT_TEXT("freed before the work ran");
  acldvppSetPicDescData(from.desc, from.data);
  aclrtDestroyEvent(gate);
}

} // namespace
