//===- PrivateTest.cpp - What the project's other libraries use -----------===//

#include "../../../lib/AscendCL/Private.h"

#include "AclTest.h"

#include <cstring>

using namespace openatc;

namespace {

class Private : public test::AclTest {
protected:
  void SetUp() override {
    AclTest::SetUp();
    ASSERT_EQ(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    ASSERT_EQ(aclrtMemset(device, 64, 1, 64), ACL_SUCCESS);
  }
  void *device = nullptr;
};

/// Argument of the work below; counts its releases.
struct Job {
  void *device;
  int releases = 0;
};

aclError doubleBytes(void *argument, double *microseconds, char *, size_t) {
  auto *bytes =
      static_cast<uint8_t *>(openatcDeviceView("work", static_cast<Job *>(argument)->device, 64));
  for (int i = 0; i < 64; ++i)
    bytes[i] = uint8_t(bytes[i] * 2);
  *microseconds = 25;
  return ACL_SUCCESS;
}

aclError failing(void *, double *, char *text, size_t textBytes) {
  std::strncpy(text, "the picture is no JPEG", textBytes - 1);
  return ACL_ERROR_UNSUPPORTED_JPEG;
}

void release(void *argument) { ++static_cast<Job *>(argument)->releases; }

TEST_F(Private, WorkRunsInOrderAndTakesSimulatedTime) {
  Job job{device};
  aclrtEvent begin = nullptr, end = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&begin), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&end), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(begin, nullptr), ACL_SUCCESS);
  ASSERT_EQ(openatcEnqueue("acldvppTest", nullptr, doubleBytes, &job, release), ACL_SUCCESS);
  ASSERT_EQ(openatcEnqueue("acldvppTest", nullptr, doubleBytes, &job, release), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(end, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(job.releases, 2);
  uint8_t byte = 0;
  ASSERT_EQ(aclrtMemcpy(&byte, 1, device, 1, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  EXPECT_EQ(byte, 4);
  float ms = 0;
  ASSERT_EQ(aclrtEventElapsedTime(&ms, begin, end), ACL_SUCCESS);
  EXPECT_FLOAT_EQ(ms, 0.05f);
}

TEST_F(Private, FailuresKeepCodeAndText) {
  Job job{device};
  ASSERT_EQ(openatcEnqueue("acldvppJpegDecodeAsync", nullptr, failing, &job, release), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_ERROR_UNSUPPORTED_JPEG);
  std::string text = aclGetRecentErrMsg();
  EXPECT_NE(text.find("acldvppJpegDecodeAsync: the picture is no JPEG"), std::string::npos) << text;
  int notAStream = 0;
  expectFailure(openatcEnqueue("acldvppTest", &notAStream, doubleBytes, &job, release),
                ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(job.releases, 2); // also of work that was never queued
}

TEST_F(Private, ViewsAndContexts) {
  EXPECT_EQ(openatcDeviceBytes(static_cast<uint8_t *>(device) + 10), 54u);
  EXPECT_EQ(openatcDeviceBytes(this), 0u);
  EXPECT_NE(openatcDeviceView("test", device, 64), nullptr);
  EXPECT_EQ(openatcDeviceView("test", device, 1000), nullptr);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_RT_PARAM_INVALID);
  int32_t id = -1;
  EXPECT_EQ(openatcRequireContext("test", &id), ACL_SUCCESS);
  EXPECT_EQ(id, 0);
  EXPECT_EQ(openatcFail(ACL_ERROR_FAILURE, "acldvppTest", "reason"), ACL_ERROR_FAILURE);
  EXPECT_NE(std::string(aclGetRecentErrMsg()).find("acldvppTest failed with 500001: reason"),
            std::string::npos);
}

} // namespace
