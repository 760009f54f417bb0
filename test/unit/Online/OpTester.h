//===- OpTester.h - Single operators through AscendCL ---------------------===//
#ifndef OPENATC_TEST_UNIT_ONLINE_OPTESTER_H
#define OPENATC_TEST_UNIT_ONLINE_OPTESTER_H

#include "acl/acl.h"
#include "acl/acl_op_compiler.h"
#include "acl/ops/acl_cblas.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace openatc::test {

inline std::vector<aclFloat16> halves(const std::vector<float> &values) {
  std::vector<aclFloat16> out;
  for (float value : values)
    out.push_back(aclFloatToFloat16(value));
  return out;
}

/// Small numbers that halves hold exactly, different from place to place.
inline std::vector<float> numbers(size_t count, int seed) {
  std::vector<float> out(count);
  for (size_t i = 0; i < count; ++i)
    out[i] = float(int((i * 37 + size_t(seed) * 11) % 17) - 8) / 8;
  return out;
}

/// Started library, device 0 in use, a stream.
class OpTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  }
  void TearDown() override {
    for (aclTensorDesc *desc : descs)
      aclDestroyTensorDesc(desc);
    for (aclDataBuffer *buffer : buffers)
      aclDestroyDataBuffer(buffer);
    for (void *memory : memories)
      aclrtFree(memory);
    aclrtDestroyStream(stream);
    aclrtResetDevice(0);
    aclFinalize();
  }

  aclTensorDesc *desc(aclDataType type, std::vector<int64_t> dims,
                      aclFormat format = ACL_FORMAT_ND) {
    descs.push_back(aclCreateTensorDesc(type, int(dims.size()), dims.data(), format));
    return descs.back();
  }

  void *memory(size_t bytes) {
    void *at = nullptr;
    EXPECT_EQ(aclrtMalloc(&at, bytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    memories.push_back(at);
    return at;
  }

  template <typename T> void *upload(const std::vector<T> &values) {
    size_t bytes = values.size() * sizeof(T);
    void *at = memory(bytes);
    EXPECT_EQ(aclrtMemcpy(at, bytes, values.data(), bytes, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
    return at;
  }

  template <typename T> std::vector<T> download(const void *at, size_t count) {
    std::vector<T> out(count);
    EXPECT_EQ(aclrtMemcpy(out.data(), count * sizeof(T), at, count * sizeof(T),
                          ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return out;
  }

  aclDataBuffer *buffer(void *at, size_t bytes) {
    buffers.push_back(aclCreateDataBuffer(at, bytes));
    return buffers.back();
  }

  void synchronize() { ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS) << lastText(); }

  static std::string lastText() {
    const char *text = aclGetRecentErrMsg();
    return text ? text : "";
  }

  /// Expects the code, and each piece in the text.
  static void expectFailure(aclError code, aclError want, std::vector<std::string> pieces) {
    EXPECT_EQ(code, want);
    std::string text = lastText();
    for (const std::string &piece : pieces)
      EXPECT_NE(text.find(piece), std::string::npos) << text;
  }

  aclrtStream stream = nullptr;
  std::vector<aclTensorDesc *> descs;
  std::vector<aclDataBuffer *> buffers;
  std::vector<void *> memories;
};

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_ONLINE_OPTESTER_H
