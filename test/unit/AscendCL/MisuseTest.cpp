//===- MisuseTest.cpp - Wrong calls give error codes, never crashes -------===//

#include "AclTest.h"

using namespace openatc;

namespace {

TEST(Process, InitAndFinalizeCount) {
  EXPECT_EQ(aclFinalize(), ACL_ERROR_REPEAT_FINALIZE);
  ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclInit(nullptr), ACL_ERROR_REPEAT_INITIALIZE);
  EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  EXPECT_EQ(aclFinalize(), ACL_ERROR_REPEAT_FINALIZE);
  ASSERT_EQ(aclInit(""), ACL_SUCCESS);
  EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
}

TEST(Process, Configuration) {
  test::TemporaryFile file("config.json");
  const std::string &path = file.path;
  std::ofstream(path) << "{ not json";
  EXPECT_EQ(aclInit(path.c_str()), ACL_ERROR_PARSE_FILE);
  std::ofstream(path) << "{}";
  ASSERT_EQ(aclInit(path.c_str()), ACL_SUCCESS);
  EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  std::ofstream(path, std::ios::trunc).flush();
  ASSERT_EQ(aclInit(path.c_str()), ACL_SUCCESS);
  EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  EXPECT_EQ(aclInit("/nonexistent/acl.json"), ACL_ERROR_INVALID_FILE);
}

TEST(Process, CallsOutsideInitAndFinalize) {
  void *pointer = nullptr;
  uint32_t id = 0;
  size_t size = 0;
  EXPECT_EQ(aclrtSetDevice(0), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtCreateStream(&pointer), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtCreateContext(&pointer, 0), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtCreateEvent(&pointer), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtMalloc(&pointer, 1, ACL_MEM_MALLOC_HUGE_FIRST), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtMemcpy(&id, 4, &size, 4, ACL_MEMCPY_HOST_TO_HOST), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlLoadFromFile("a.om", &id), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlQuerySize("a.om", &size, &size), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlExecute(1, nullptr, nullptr), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlUnload(1), ACL_ERROR_UNINITIALIZE);
}

TEST(Process, ErrorTextIsReadOnce) {
  aclGetRecentErrMsg();
  EXPECT_EQ(aclrtSetDevice(0), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
  const char *text = aclGetRecentErrMsg();
  ASSERT_NE(text, nullptr);
  EXPECT_NE(std::string(text).find("aclrtSetDevice"), std::string::npos) << text;
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
}

using Misuse = test::ModelTest;

TEST_F(Misuse, Devices) {
  expectFailure(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  expectFailure(aclrtSetDevice(2), ACL_ERROR_RT_INVALID_DEVICEID);
  expectFailure(aclrtResetDevice(7), ACL_ERROR_RT_INVALID_DEVICEID);
  aclrtContext context = nullptr;
  expectFailure(aclrtCreateContext(&context, 3), ACL_ERROR_RT_INVALID_DEVICEID);
  expectFailure(aclrtCreateContext(nullptr, 0), ACL_ERROR_INVALID_PARAM);
  uint32_t count = 0;
  aclrtRunMode mode = ACL_DEVICE;
  int32_t device = -1;
  EXPECT_EQ(aclrtGetDeviceCount(&count), ACL_SUCCESS);
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(aclrtGetRunMode(&mode), ACL_SUCCESS);
  EXPECT_EQ(mode, ACL_HOST);
  EXPECT_EQ(aclrtGetDevice(&device), ACL_SUCCESS);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  expectFailure(aclrtResetDevice(0), ACL_ERROR_RT_CONTEXT_NULL);
  expectFailure(aclrtGetDevice(&device), ACL_ERROR_RT_CONTEXT_NULL);
}

TEST_F(Misuse, ForeignHandles) {
  int local = 0;
  for (void *handle :
       {static_cast<void *>(&local), static_cast<void *>(inputs), deviceIn,
        reinterpret_cast<void *>(uintptr_t(0x40)), reinterpret_cast<void *>(~uintptr_t(0))}) {
    expectFailure(aclrtDestroyStream(handle), ACL_ERROR_RT_INVALID_HANDLE);
    expectFailure(aclrtSynchronizeStream(handle), ACL_ERROR_RT_INVALID_HANDLE);
    expectFailure(aclrtDestroyEvent(handle), ACL_ERROR_RT_INVALID_HANDLE);
    expectFailure(aclrtRecordEvent(handle, nullptr), ACL_ERROR_RT_INVALID_HANDLE);
    expectFailure(aclrtSetCurrentContext(handle), ACL_ERROR_RT_CONTEXT_NULL);
    expectFailure(aclmdlDestroyDesc(static_cast<aclmdlDesc *>(handle)), ACL_ERROR_INVALID_PARAM);
    expectFailure(aclmdlGetDesc(static_cast<aclmdlDesc *>(handle), model), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetNumInputs(static_cast<aclmdlDesc *>(handle)), 0u);
  }
}

TEST_F(Misuse, NullArguments) {
  expectFailure(aclrtCreateStream(nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtDestroyStream(nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtDestroyEvent(nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtGetCurrentContext(nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetDesc(nullptr, model), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetInputDims(desc, 0, nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetInputIndexByName(desc, nullptr, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetNumInputs(nullptr), 0u);
  EXPECT_STREQ(aclmdlGetInputNameByIndex(nullptr, 0), "");
}

TEST_F(Misuse, ModelIds) {
  for (uint32_t id : {0u, model + 1, UINT32_MAX}) {
    expectFailure(aclmdlExecute(id, inputs, outputs), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
    expectFailure(aclmdlUnload(id), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
    expectFailure(aclmdlGetDesc(desc, id), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
  }
  EXPECT_EQ(aclmdlUnload(model), ACL_SUCCESS);
  expectFailure(aclmdlUnload(model), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
  expectFailure(aclmdlExecute(model, inputs, outputs),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
}

TEST_F(Misuse, Datasets) {
  expectFailure(aclmdlExecute(model, nullptr, outputs), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlExecute(model, inputs, nullptr), ACL_ERROR_INVALID_PARAM);
  aclmdlDataset *empty = aclmdlCreateDataset();
  expectFailure(aclmdlExecute(model, empty, outputs), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclmdlAddDatasetBuffer(inputs, inBuffer), ACL_SUCCESS); // one too many
  expectFailure(aclmdlExecute(model, inputs, outputs), ACL_ERROR_INVALID_PARAM);
  aclmdlDestroyDataset(inputs);
  expectFailure(aclmdlExecute(model, inputs, outputs), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlExecuteAsync(model, inputs, outputs, nullptr), ACL_ERROR_INVALID_PARAM);
  aclmdlDestroyDataset(empty);
}

TEST_F(Misuse, BuffersOfARun) {
  auto runs = [&](void *data, size_t size) {
    EXPECT_EQ(aclUpdateDataBuffer(inBuffer, data, size), ACL_SUCCESS);
    return aclmdlExecute(model, inputs, outputs);
  };
  std::vector<uint8_t> host(test::kBytes);
  expectFailure(runs(nullptr, 0), ACL_ERROR_INVALID_PARAM);
  expectFailure(runs(nullptr, test::kBytes), ACL_ERROR_INVALID_PARAM);
  expectFailure(runs(deviceIn, test::kBytes - 1), aclError(ACL_ERROR_GE_PARAM_INVALID));
  expectFailure(runs(host.data(), host.size()), aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
  // Four bytes into the allocation there are four bytes too few.
  expectFailure(runs(static_cast<uint8_t *>(deviceIn) + 4, test::kBytes),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
  EXPECT_EQ(runs(deviceIn, test::kBytes * 2), ACL_SUCCESS); // larger is fine
  ASSERT_EQ(aclrtFree(deviceIn), ACL_SUCCESS);
  expectFailure(runs(deviceIn, test::kBytes), aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
  ASSERT_EQ(aclDestroyDataBuffer(inBuffer), ACL_SUCCESS);
  expectFailure(aclmdlExecute(model, inputs, outputs), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Misuse, UseAfterFinalize) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS);
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtFree(deviceIn), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_ERROR_UNINITIALIZE);
  // Plain host objects may still be destroyed.
  EXPECT_EQ(aclDestroyDataBuffer(inBuffer), ACL_SUCCESS);
  EXPECT_EQ(aclmdlDestroyDataset(inputs), ACL_SUCCESS);
  EXPECT_EQ(aclmdlDestroyDesc(desc), ACL_SUCCESS);
  // Handles of the first life mean nothing in the second.
  ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(aclmdlUnload(model), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
}

TEST_F(Misuse, LogOfTheApplication) {
  testing::internal::CaptureStderr();
  ACL_APP_LOG(ACL_ERROR, "value %d", 42);
  ACL_APP_LOG(ACL_DEBUG, "hidden");
  aclAppLog(static_cast<aclLogLevel>(9), nullptr, nullptr, 0, "x");
  aclAppLog(ACL_ERROR, nullptr, nullptr, 0, nullptr);
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("value 42"), std::string::npos);
  EXPECT_EQ(text.find("hidden"), std::string::npos);
}

} // namespace
