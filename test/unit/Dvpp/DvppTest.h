//===- DvppTest.h - A device, a channel and pictures for tests ------------===//
#ifndef OPENATC_TEST_DVPPTEST_H
#define OPENATC_TEST_DVPPTEST_H

#define ENABLE_DVPP_INTERFACE
#include "acl/ops/acl_dvpp.h"

#include "gtest/gtest.h"

#include <cstdint>
#include <string>
#include <vector>

/// A picture in device memory with its description.
class TestPicture {
public:
  TestPicture(acldvppPixelFormat format, uint32_t width, uint32_t height, uint32_t widthStride,
              uint32_t heightStride, size_t bytes)
      : desc(acldvppCreatePicDesc()), stride(widthStride), size(bytes) {
    EXPECT_EQ(acldvppMalloc(&data, bytes), ACL_SUCCESS);
    EXPECT_EQ(aclrtMemset(data, bytes, 0, bytes), ACL_SUCCESS);
    acldvppSetPicDescData(desc, data);
    acldvppSetPicDescSize(desc, uint32_t(bytes));
    acldvppSetPicDescFormat(desc, format);
    acldvppSetPicDescWidth(desc, width);
    acldvppSetPicDescHeight(desc, height);
    acldvppSetPicDescWidthStride(desc, widthStride);
    acldvppSetPicDescHeightStride(desc, heightStride);
  }
  TestPicture(const TestPicture &) = delete;
  TestPicture &operator=(const TestPicture &) = delete;
  ~TestPicture() {
    acldvppDestroyPicDesc(desc);
    acldvppFree(data);
  }

  /// Grey picture whose stride is its width rounded up to 32.
  static TestPicture grey(uint32_t width, uint32_t height) {
    uint32_t stride = (width + 31) / 32 * 32;
    return {PIXEL_FORMAT_YUV_400, width, height, stride, height, size_t(stride) * height};
  }
  static TestPicture nv12(uint32_t width, uint32_t height) {
    uint32_t stride = (width + 31) / 32 * 32;
    return {PIXEL_FORMAT_YUV_SEMIPLANAR_420, width, height, stride, height,
            size_t(stride) * height * 3 / 2};
  }

  void write(const std::vector<uint8_t> &bytes) {
    ASSERT_EQ(aclrtMemcpy(data, size, bytes.data(), bytes.size(), ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }
  std::vector<uint8_t> read() const {
    std::vector<uint8_t> bytes(size);
    EXPECT_EQ(aclrtMemcpy(bytes.data(), size, data, size, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
    return bytes;
  }

  acldvppPicDesc *desc;
  void *data = nullptr;
  uint32_t stride;
  size_t size;
};

class DvppTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    channel = acldvppCreateChannelDesc();
    ASSERT_EQ(acldvppCreateChannel(channel), ACL_SUCCESS);
    resize = acldvppCreateResizeConfig();
  }
  void TearDown() override {
    EXPECT_EQ(acldvppDestroyResizeConfig(resize), ACL_SUCCESS);
    EXPECT_EQ(acldvppDestroyChannel(channel), ACL_SUCCESS);
    EXPECT_EQ(acldvppDestroyChannelDesc(channel), ACL_SUCCESS);
    EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
    EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  }

  /// The text of the error just recorded.
  static std::string lastText() {
    const char *text = aclGetRecentErrMsg();
    return text ? text : "";
  }

  aclrtStream stream = nullptr;
  acldvppChannelDesc *channel = nullptr;
  acldvppResizeConfig *resize = nullptr;
};

#define EXPECT_TEXT(part)                                                                          \
  do {                                                                                             \
    std::string text = lastText();                                                                 \
    EXPECT_NE(text.find(part), std::string::npos) << text;                                         \
  } while (false)

#endif // OPENATC_TEST_DVPPTEST_H
