//===- MemoryTest.cpp - Allocation and copies -----------------------------===//

#include "AclTest.h"

using namespace openatc;

namespace {

class Memory : public test::AclTest {
protected:
  void SetUp() override {
    AclTest::SetUp();
    ASSERT_EQ(aclrtMalloc(&device, 100, ACL_MEM_MALLOC_NORMAL_ONLY), ACL_SUCCESS);
    for (size_t i = 0; i < 100; ++i)
      host[i] = uint8_t(i);
  }
  void *device = nullptr;
  uint8_t host[100], back[100] = {};
};

TEST_F(Memory, RoundTripThroughTheDevice) {
  void *other = nullptr;
  ASSERT_EQ(aclrtMalloc(&other, 100, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  EXPECT_EQ(uintptr_t(device) % 64, 0u);
  EXPECT_EQ(aclrtMemcpy(device, 100, host, 100, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(other, 100, device, 100, ACL_MEMCPY_DEVICE_TO_DEVICE), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(back, 100, other, 100, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  EXPECT_TRUE(std::equal(host, host + 100, back));
  // DEFAULT finds the direction itself; addresses inside an allocation are fine.
  auto *inner = static_cast<uint8_t *>(device) + 60;
  EXPECT_EQ(aclrtMemcpy(back, 40, inner, 40, ACL_MEMCPY_DEFAULT), ACL_SUCCESS);
  EXPECT_EQ(back[0], 60);
  EXPECT_EQ(aclrtMemcpy(back, 100, host, 100, ACL_MEMCPY_HOST_TO_HOST), ACL_SUCCESS);
}

TEST_F(Memory, Memset) {
  EXPECT_EQ(aclrtMemset(device, 100, 0x5a, 100), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(back, 100, device, 100, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  EXPECT_EQ(back[99], 0x5a);
  EXPECT_EQ(aclrtMemset(back, 100, 1, 50), ACL_SUCCESS);
  EXPECT_EQ(back[0], 1);
  expectFailure(aclrtMemset(device, 10, 0, 11), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtMemset(device, 1000, 0, 101), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Memory, WrongDirections) {
  expectFailure(aclrtMemcpy(device, 100, host, 100, ACL_MEMCPY_DEVICE_TO_HOST),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(back, 100, host, 100, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(back, 100, device, 100, ACL_MEMCPY_HOST_TO_HOST),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(back, 100, host, 100, ACL_MEMCPY_DEVICE_TO_DEVICE),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(back, 100, host, 100, static_cast<aclrtMemcpyKind>(42)),
                ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, ShortBuffers) {
  uint8_t big[200] = {};
  expectFailure(aclrtMemcpy(device, 100, big, 101, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_INVALID_PARAM);
  // The application lies about the destination; the device knows better.
  expectFailure(aclrtMemcpy(device, 200, big, 101, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(big, 200, device, 101, ACL_MEMCPY_DEVICE_TO_HOST),
                ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Memory, NullAndFreed) {
  expectFailure(aclrtMemcpy(nullptr, 1, host, 1, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtMemcpy(device, 1, nullptr, 1, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
  expectFailure(aclrtFree(device), ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(device, 100, host, 1, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtFree(nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtFree(host), ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMalloc(&device, 0, ACL_MEM_MALLOC_HUGE_FIRST), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtMalloc(nullptr, 1, ACL_MEM_MALLOC_HUGE_FIRST), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, InnerAddressesCannotBeFreed) {
  expectFailure(aclrtFree(static_cast<uint8_t *>(device) + 32), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Memory, WildHostPointers) {
  auto *wild = reinterpret_cast<void *>(uintptr_t(0x1000));
  expectFailure(aclrtMemcpy(wild, 100, device, 100, ACL_MEMCPY_DEVICE_TO_HOST),
                ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMemcpy(device, 100, wild, 100, ACL_MEMCPY_HOST_TO_DEVICE),
                ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Memory, HostAllocations) {
  void *pinned = nullptr;
  ASSERT_EQ(aclrtMallocHost(&pinned, 5000), ACL_SUCCESS);
  std::memset(pinned, 7, 5000);
  EXPECT_EQ(aclrtMemcpy(device, 100, pinned, 100, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
  expectFailure(aclrtFreeHost(static_cast<uint8_t *>(pinned) + 8), ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtFreeHost(device), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtFreeHost(pinned), ACL_SUCCESS);
  expectFailure(aclrtFreeHost(pinned), ACL_ERROR_RT_PARAM_INVALID);
  expectFailure(aclrtMallocHost(&pinned, 0), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, ExhaustionIsAnError) {
  size_t free = 0, total = 0;
  ASSERT_EQ(aclrtGetMemInfo(ACL_DDR_MEM, &free, &total), ACL_SUCCESS);
  EXPECT_LE(free, total);
  void *all = nullptr;
  expectFailure(aclrtMalloc(&all, total + 1, ACL_MEM_MALLOC_HUGE_FIRST),
                ACL_ERROR_RT_MEMORY_ALLOCATION);
  expectFailure(aclrtMalloc(&all, SIZE_MAX - 5, ACL_MEM_MALLOC_HUGE_FIRST),
                ACL_ERROR_RT_MEMORY_ALLOCATION);
}

TEST_F(Memory, AsyncCopies) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(device, 100, host, 100, ACL_MEMCPY_HOST_TO_DEVICE, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMemsetAsync(device, 100, 9, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(back, 100, device, 100, ACL_MEMCPY_DEVICE_TO_HOST, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(back[0], 9);
  EXPECT_EQ(back[99], 99);
  expectFailure(aclrtMemcpyAsync(back, 100, host, 100, ACL_MEMCPY_HOST_TO_HOST, stream),
                ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  expectFailure(aclrtMemcpyAsync(device, 100, host, 100, ACL_MEMCPY_HOST_TO_DEVICE, device),
                ACL_ERROR_RT_INVALID_HANDLE);
}

} // namespace
