//===- JpegTest.cpp - Decoding and encoding -------------------------------===//

#include "DvppTest.h"

#include <cstdlib>

namespace {

/// Device memory with the bytes of a file.
struct DeviceFile {
  explicit DeviceFile(const std::vector<uint8_t> &bytes) {
    EXPECT_EQ(acldvppMalloc(&data, bytes.size()), ACL_SUCCESS);
    EXPECT_EQ(
        aclrtMemcpy(data, bytes.size(), bytes.data(), bytes.size(), ACL_MEMCPY_HOST_TO_DEVICE),
        ACL_SUCCESS);
  }
  ~DeviceFile() { acldvppFree(data); }
  void *data = nullptr;
};

class JpegTest : public DvppTest {
protected:
  /// A smooth picture in NV12, and its file.
  std::vector<uint8_t> encodeRamp(uint32_t width, uint32_t height, uint32_t level) {
    TestPicture picture = TestPicture::nv12(width, height);
    std::vector<uint8_t> bytes(picture.size);
    for (uint32_t y = 0; y < height * 3 / 2; ++y)
      for (uint32_t x = 0; x < width; ++x)
        bytes[size_t(y) * picture.stride + x] =
            y < height ? uint8_t(x + y) : uint8_t(x % 2 ? 90 + y - height : 160 - x / 2);
    picture.write(bytes);
    acldvppJpegeConfig *config = acldvppCreateJpegeConfig();
    EXPECT_EQ(acldvppSetJpegeConfigLevel(config, level), ACL_SUCCESS);
    uint32_t size = 0;
    EXPECT_EQ(acldvppJpegPredictEncSize(picture.desc, config, &size), ACL_SUCCESS);
    void *output = nullptr;
    EXPECT_EQ(acldvppMalloc(&output, size), ACL_SUCCESS);
    EXPECT_EQ(acldvppJpegEncodeAsync(channel, picture.desc, output, &size, config, stream),
              ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    std::vector<uint8_t> file(size);
    EXPECT_EQ(aclrtMemcpy(file.data(), size, output, size, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
    acldvppFree(output);
    acldvppDestroyJpegeConfig(config);
    original = std::move(bytes);
    return file;
  }

  std::vector<uint8_t> original;
};

TEST_F(JpegTest, DecodingReturnsWhatWasEncoded) {
  std::vector<uint8_t> file = encodeRamp(96, 64, 100);
  uint32_t width = 0, height = 0, size = 0;
  int32_t components = 0;
  acldvppJpegFormat format;
  ASSERT_EQ(acldvppJpegGetImageInfoV2(file.data(), uint32_t(file.size()), &width, &height,
                                      &components, &format),
            ACL_SUCCESS);
  EXPECT_EQ(width, 96u);
  EXPECT_EQ(height, 64u);
  EXPECT_EQ(components, 3);
  EXPECT_EQ(format, ACL_JPEG_CSS_420);
  ASSERT_EQ(acldvppJpegPredictDecSize(file.data(), uint32_t(file.size()),
                                      PIXEL_FORMAT_YUV_SEMIPLANAR_420, &size),
            ACL_SUCCESS);
  // Rows of an Ascend310P3 begin at multiples of 64 bytes.
  EXPECT_EQ(size, 128u * 64 * 3 / 2);

  DeviceFile device(file);
  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 0, 0, 0, 0, size);
  ASSERT_EQ(
      acldvppJpegDecodeAsync(channel, device.data, uint32_t(file.size()), picture.desc, stream),
      ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetPicDescWidth(picture.desc), 96u);
  EXPECT_EQ(acldvppGetPicDescHeight(picture.desc), 64u);
  EXPECT_EQ(acldvppGetPicDescWidthStride(picture.desc), 128u);
  EXPECT_EQ(acldvppGetPicDescHeightStride(picture.desc), 64u);
  std::vector<uint8_t> bytes = picture.read();
  int worst = 0;
  for (uint32_t y = 0; y < 96; ++y)
    for (uint32_t x = 0; x < 96; ++x)
      worst = std::max(worst, std::abs(int(bytes[y * 128 + x]) - int(original[y * 96 + x])));
  EXPECT_LE(worst, 2);
}

TEST_F(JpegTest, WorseQualityGivesASmallerFile) {
  EXPECT_LT(encodeRamp(96, 64, 10).size(), encodeRamp(96, 64, 95).size());
}

TEST_F(JpegTest, WrongFilesAndBuffersAreNamed) {
  std::vector<uint8_t> file = encodeRamp(96, 64, 90), text(100, 'x');
  uint32_t size = 0;
  EXPECT_EQ(acldvppJpegGetImageInfo(text.data(), 100, nullptr, nullptr, nullptr),
            ACL_ERROR_UNSUPPORTED_JPEG);
  EXPECT_TEXT("this is no JPEG file");
  EXPECT_EQ(
      acldvppJpegPredictDecSize(file.data(), uint32_t(file.size()), PIXEL_FORMAT_RGB_888, &size),
      ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("decoding gives the formats 1 to 6");

  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 0, 0, 0, 0, 128 * 96);
  EXPECT_EQ(
      acldvppJpegDecodeAsync(channel, file.data(), uint32_t(file.size()), picture.desc, stream),
      ACL_ERROR_INVALID_PARAM);
  EXPECT_TEXT("copy it to memory of acldvppMalloc first");

  auto decode = [&](const std::vector<uint8_t> &bytes) {
    DeviceFile device(bytes);
    EXPECT_EQ(
        acldvppJpegDecodeAsync(channel, device.data, uint32_t(bytes.size()), picture.desc, stream),
        ACL_SUCCESS);
    return aclrtSynchronizeStream(stream);
  };
  std::vector<uint8_t> cut(file.begin(), file.begin() + 40);
  EXPECT_NE(decode(cut), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetPicDescRetCode(picture.desc), uint32_t(ACL_ERROR_UNSUPPORTED_JPEG));
  // The start-of-frame marker of a progressive file.
  std::vector<uint8_t> progressive = file;
  for (size_t i = 0; i + 1 < progressive.size(); ++i)
    if (progressive[i] == 0xff && progressive[i + 1] == 0xc0) {
      progressive[i + 1] = 0xc2;
      break;
    }
  EXPECT_NE(decode(progressive), ACL_SUCCESS);
  EXPECT_TEXT("save it again as baseline");
  acldvppSetPicDescWidthStride(picture.desc, 96);
  EXPECT_NE(decode(file), ACL_SUCCESS);
  EXPECT_TEXT("the output's width stride is 96, a picture of this size has 128");
  acldvppSetPicDescWidthStride(picture.desc, 0);
  acldvppSetPicDescSize(picture.desc, 1000);
  EXPECT_NE(decode(file), ACL_SUCCESS);
  EXPECT_TEXT("the output has 1000 bytes, the picture needs 12288");
}

TEST_F(JpegTest, DamagedFilesNeverCrash) {
  std::vector<uint8_t> file = encodeRamp(64, 64, 80);
  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 0, 0, 0, 0, 1 << 16);
  uint32_t state = 1;
  for (int round = 0; round < 200; ++round) {
    std::vector<uint8_t> damaged = file;
    for (int i = 0; i < 8; ++i) {
      state = state * 1664525 + 1013904223;
      damaged[(state >> 8) % damaged.size()] = uint8_t(state >> 24);
    }
    acldvppSetPicDescWidthStride(picture.desc, 0);
    acldvppSetPicDescHeightStride(picture.desc, 0);
    DeviceFile device(damaged);
    EXPECT_EQ(acldvppJpegDecodeAsync(channel, device.data, uint32_t(damaged.size()), picture.desc,
                                     stream),
              ACL_SUCCESS);
    // Whatever was decoded, an error has a text.
    if (aclrtSynchronizeStream(stream) != ACL_SUCCESS)
      EXPECT_FALSE(lastText().empty());
  }
}

} // namespace
