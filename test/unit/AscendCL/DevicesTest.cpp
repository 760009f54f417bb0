//===- DevicesTest.cpp - Several simulated devices ------------------------===//

#include "AclTest.h"

#include <cstdlib>
#include <thread>

using namespace openatc;

namespace {

using Devices = test::AclTest;

/// Sets an environment variable until the end of the test.
class Environment {
public:
  Environment(const char *name, const char *value) : name(name) { ::setenv(name, value, 1); }
  ~Environment() { ::unsetenv(name); }

private:
  const char *name;
};

std::string recentText() {
  const char *text = aclGetRecentErrMsg();
  return text ? text : "";
}

TEST_F(Devices, TheirNumberComesFromTheEnvironment) {
  uint32_t count = 0;
  ASSERT_EQ(aclrtGetDeviceCount(&count), ACL_SUCCESS);
  EXPECT_EQ(count, 2u);
  Environment four("OPENATC_DEVICE_COUNT", "4");
  ASSERT_EQ(aclrtGetDeviceCount(&count), ACL_SUCCESS);
  EXPECT_EQ(count, 4u);
  EXPECT_EQ(aclrtSetDevice(3), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetDevice(4), ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_NE(recentText().find("devices 0 to 3"), std::string::npos);
  for (const char *bad : {"0", "65", "two", "-1", "3 "}) {
    Environment wrong("OPENATC_DEVICE_COUNT", bad);
    EXPECT_EQ(aclrtGetDeviceCount(&count), ACL_ERROR_RT_DEV_SETUP_ERROR) << bad;
    EXPECT_NE(recentText().find("OPENATC_DEVICE_COUNT"), std::string::npos);
  }
}

TEST_F(Devices, PointersBelongToTheirDevice) {
  void *onZero = nullptr, *onOne = nullptr;
  ASSERT_EQ(aclrtMalloc(&onZero, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&onOne, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  EXPECT_NE(onZero, onOne); // the simulator's addresses are the same
  aclrtPtrAttributes attributes;
  ASSERT_EQ(aclrtPointerGetAttributes(onOne, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_DEVICE);
  EXPECT_EQ(attributes.location.id, 1u);
  // Memory of either can be filled, copied and freed from any context.
  std::vector<uint8_t> host(64, 5), back(64);
  ASSERT_EQ(aclrtMemcpy(onZero, 64, host.data(), 64, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemset(onOne, 64, 0, 64), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpy(onOne, 64, onZero, 64, ACL_MEMCPY_DEVICE_TO_DEVICE), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpy(back.data(), 64, onOne, 64, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  EXPECT_EQ(back, host);
  EXPECT_EQ(aclrtFree(onZero), ACL_SUCCESS);
  expectFailure(aclrtFree(onZero), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtFree(onOne), ACL_SUCCESS);
}

TEST_F(Devices, ReferencesAndReset) {
  void *memory = nullptr;
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
  int32_t device = -1;
  ASSERT_EQ(aclrtGetDevice(&device), ACL_SUCCESS); // one reference is left
  EXPECT_EQ(device, 1);
  ASSERT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
  expectFailure(aclrtGetDevice(&device), ACL_ERROR_RT_CONTEXT_NULL);
  expectFailure(aclrtResetDevice(1), ACL_ERROR_RT_CONTEXT_NULL);
  expectFailure(aclrtFree(memory), ACL_ERROR_RT_PARAM_INVALID); // went with the device
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDeviceForce(1), ACL_SUCCESS);
  expectFailure(aclrtResetDevice(1), ACL_ERROR_RT_CONTEXT_NULL);
}

TEST_F(Devices, TheDefaultContextCannotBeDestroyed) {
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  expectFailure(aclrtDestroyContext(context), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Devices, PeersReachEachOther) {
  int32_t can = 0;
  ASSERT_EQ(aclrtDeviceCanAccessPeer(&can, 0, 1), ACL_SUCCESS);
  EXPECT_EQ(can, 1);
  expectFailure(aclrtDeviceCanAccessPeer(&can, 1, 1), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtDeviceCanAccessPeer(&can, 0, 2), ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(1, 0), ACL_SUCCESS);
  expectFailure(aclrtDeviceEnablePeerAccess(1, 1), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtDeviceEnablePeerAccess(0, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtDeviceDisablePeerAccess(1), ACL_SUCCESS);
}

class ModelOnDevice : public test::ModelTest {};

TEST_F(ModelOnDevice, BelongsToTheDeviceOfItsContext) {
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  expectFailure(aclmdlExecute(model, inputs, outputs), ACL_ERROR_RT_MODEL_CONTEXT);
  uint32_t other = 0;
  std::vector<uint8_t> file = test::sampleFile();
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &other), ACL_SUCCESS);
  // The buffers are on device 0.
  expectFailure(aclmdlExecute(other, inputs, outputs),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
  void *work = nullptr;
  ASSERT_EQ(aclrtMalloc(&work, 512, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  expectFailure(aclmdlLoadFromMemWithMem(file.data(), file.size(), &other, work, 512, nullptr, 0),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
}

TEST_F(ModelOnDevice, EachDeviceTakesTheChipOfItsFirstModel) {
  om::Model big = test::sampleModel();
  big.socVersion = "Ascend910A";
  big.socText = printSoc(*findSoc("Ascend910A"));
  std::vector<uint8_t> file = test::sampleFile(big);
  uint32_t other = 0;
  expectFailure(aclmdlLoadFromMem(file.data(), file.size(), &other), ACL_ERROR_RT_SOC_VERSION);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &other), ACL_SUCCESS);
  EXPECT_STREQ(aclrtGetSocName(), "Ascend910A");
  int64_t cores = 0;
  ASSERT_EQ(aclGetDeviceCapability(1, ACL_DEVICE_INFO_AI_CORE_NUM, &cores), ACL_SUCCESS);
  EXPECT_EQ(cores, 32);
  ASSERT_EQ(aclGetDeviceCapability(0, ACL_DEVICE_INFO_AI_CORE_NUM, &cores), ACL_SUCCESS);
  EXPECT_EQ(cores, 8);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_STREQ(aclrtGetSocName(), "Ascend310P3");
}

TEST_F(ModelOnDevice, RunsOnBothDevicesAtOnce) {
  std::vector<std::thread> threads;
  for (int32_t device : {0, 1, 0, 1})
    threads.emplace_back([device] {
      ASSERT_EQ(aclrtSetDevice(device), ACL_SUCCESS);
      std::vector<uint8_t> file = test::sampleFile();
      uint32_t id = 0;
      void *x = nullptr, *y = nullptr;
      aclrtStream stream = nullptr;
      ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &id), ACL_SUCCESS);
      ASSERT_EQ(aclrtMalloc(&x, test::kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
      ASSERT_EQ(aclrtMalloc(&y, test::kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
      ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
      aclmdlDataset *in = aclmdlCreateDataset(), *out = aclmdlCreateDataset();
      aclDataBuffer *xBuffer = aclCreateDataBuffer(x, test::kBytes);
      aclDataBuffer *yBuffer = aclCreateDataBuffer(y, test::kBytes);
      ASSERT_EQ(aclmdlAddDatasetBuffer(in, xBuffer), ACL_SUCCESS);
      ASSERT_EQ(aclmdlAddDatasetBuffer(out, yBuffer), ACL_SUCCESS);
      std::vector<float> host(test::kElements, 8.0f + float(device)), result(test::kElements);
      ASSERT_EQ(aclrtMemcpyAsync(x, test::kBytes, host.data(), test::kBytes,
                                 ACL_MEMCPY_HOST_TO_DEVICE, stream),
                ACL_SUCCESS);
      for (int i = 0; i < 5; ++i)
        ASSERT_EQ(aclmdlExecuteAsync(id, in, out, stream), ACL_SUCCESS);
      ASSERT_EQ(aclrtMemcpyAsync(result.data(), test::kBytes, y, test::kBytes,
                                 ACL_MEMCPY_DEVICE_TO_HOST, stream),
                ACL_SUCCESS);
      ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
      EXPECT_EQ(result[63], 8.0f + float(device) + 31);
      EXPECT_EQ(result[0], 0.0f);
      aclmdlDestroyDataset(in);
      aclmdlDestroyDataset(out);
      aclDestroyDataBuffer(xBuffer);
      aclDestroyDataBuffer(yBuffer);
    });
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace
