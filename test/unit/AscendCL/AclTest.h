//===- AclTest.h - Fixtures of the AscendCL tests -------------------------===//
#ifndef OPENATC_TEST_UNIT_ASCENDCL_ACLTEST_H
#define OPENATC_TEST_UNIT_ASCENDCL_ACLTEST_H

#include "SampleModel.h"

#include "acl/acl.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace openatc::test {

/// A file name in the directory for temporary files; the file goes with the object.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::string &name) : path(testing::TempDir() + "/acl_" + name) {}
  ~TemporaryFile() { std::remove(path.c_str()); }
  const std::string path;
};

/// Started library, device 0 in use.
class AclTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  }
  void TearDown() override { aclFinalize(); }

  /// Expects `code` and an error text.
  static void expectFailure(aclError code, aclError want) {
    EXPECT_EQ(code, want);
    EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), want);
    const char *text = aclGetRecentErrMsg();
    ASSERT_NE(text, nullptr);
    EXPECT_NE(std::string(text).find(std::to_string(want)), std::string::npos) << text;
  }
};

inline std::vector<uint8_t> sampleFile(const om::Model &model = sampleModel()) {
  Expected<std::vector<uint8_t>> bytes = om::writeBytes(model);
  return bytes ? *bytes : std::vector<uint8_t>();
}

/// The sample model loaded, with device buffers of the right sizes.
class ModelTest : public AclTest {
protected:
  void SetUp() override {
    AclTest::SetUp();
    std::vector<uint8_t> file = sampleFile();
    ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &model), ACL_SUCCESS);
    desc = aclmdlCreateDesc();
    ASSERT_EQ(aclmdlGetDesc(desc, model), ACL_SUCCESS);
    ASSERT_EQ(aclrtMalloc(&deviceIn, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    ASSERT_EQ(aclrtMalloc(&deviceOut, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    inBuffer = aclCreateDataBuffer(deviceIn, kBytes);
    outBuffer = aclCreateDataBuffer(deviceOut, kBytes);
    inputs = aclmdlCreateDataset();
    outputs = aclmdlCreateDataset();
    ASSERT_EQ(aclmdlAddDatasetBuffer(inputs, inBuffer), ACL_SUCCESS);
    ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, outBuffer), ACL_SUCCESS);
    std::vector<float> x(kElements, 8.0f);
    ASSERT_EQ(aclrtMemcpy(deviceIn, kBytes, x.data(), kBytes, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }

  /// y = relu(x + w) for x = 8.
  void expectResult(void *device) {
    std::vector<float> y(kElements);
    ASSERT_EQ(aclrtMemcpy(y.data(), kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    for (int64_t i = 0; i < kElements; ++i)
      ASSERT_EQ(y[i], std::max(0.0f, 8.0f + float(i - 32))) << i;
  }

  uint32_t model = 0;
  aclmdlDesc *desc = nullptr;
  void *deviceIn = nullptr, *deviceOut = nullptr;
  aclDataBuffer *inBuffer = nullptr, *outBuffer = nullptr;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
};

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_ASCENDCL_ACLTEST_H
