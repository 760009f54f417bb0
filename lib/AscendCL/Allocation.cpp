//===- Allocation.cpp - Device and host memory ----------------------------===//

#include "Error.h"
#include "MemoryRange.h"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Device memory on device `deviceId`, that of the current context for -1.
aclError allocate(const char *function, void **devPtr, size_t size, aclrtMemMallocPolicy policy,
                  int32_t deviceId) {
  constexpr uint32_t kBandWidths = ACL_MEM_TYPE_LOW_BAND_WIDTH | ACL_MEM_TYPE_HIGH_BAND_WIDTH;
  constexpr uint32_t kFlags = kBandWidths | ACL_MEM_ACCESS_USER_SPACE_READONLY;
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!devPtr)
    return failNull(function, "devPtr");
  if (size == 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'size' is 0");
  if ((uint32_t(policy) & ~kFlags) > ACL_MEM_MALLOC_HUGE1G_ONLY_P2P)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'policy' is " + std::to_string(int(policy)) +
                    ", which is no aclrtMemMallocPolicy");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::shared_ptr<rt::Device> device = context->device;
  if (deviceId < 0) {
    deviceId = context->deviceId;
  } else {
    std::string why;
    if (aclError code = state().device(deviceId, device, why); code != ACL_SUCCESS)
      return fail(code, function, why);
  }
  Expected<uint64_t> address = device->allocate(size);
  if (!address)
    return fail(ACL_ERROR_RT_MEMORY_ALLOCATION, function,
                "device " + std::to_string(deviceId) + ": " + address.message());
  *devPtr = toPointer(*address, deviceId);
  return ACL_SUCCESS;
}

/// Checks the attributes of `cfg`, which may be null, and takes a device from them.
aclError readConfig(const char *function, const aclrtMallocConfig *cfg, int32_t &deviceId) {
  if (!cfg)
    return ACL_SUCCESS;
  if (cfg->numAttrs && !cfg->attrs)
    return failNull(function, "cfg->attrs");
  for (size_t i = 0; i < cfg->numAttrs; ++i) {
    const aclrtMallocAttribute &attribute = cfg->attrs[i];
    switch (attribute.attr) {
    case ACL_RT_MEM_ATTR_DEVICE_ID:
      deviceId = int32_t(std::min<uint32_t>(attribute.value.deviceId, kMaxDevices));
      break;
    case ACL_RT_MEM_ATTR_RSV:
    case ACL_RT_MEM_ATTR_MODULE_ID: // a label of the application's own statistics
      break;
    default:
      return fail(ACL_ERROR_INVALID_PARAM, function,
                  "attribute " + std::to_string(i) + " of 'cfg' has the unknown type " +
                      std::to_string(int(attribute.attr)));
    }
  }
  return ACL_SUCCESS;
}

aclError allocateHost(const char *function, void **hostPtr, size_t size) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!hostPtr)
    return failNull(function, "hostPtr");
  if (size == 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'size' is 0");
  // Pages of its own: once freed, a stale address is unmapped and a copy notices.
  void *at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    return fail(ACL_ERROR_RT_MEMORY_ALLOCATION, function,
                std::to_string(size) + " bytes of host memory: " + std::strerror(errno));
  auto block = std::make_shared<HostBlock>(at, size);
  std::lock_guard guard(state().hostMutex);
  state().hostMemory[reinterpret_cast<uintptr_t>(at)] = std::move(block);
  *hostPtr = at;
  return ACL_SUCCESS;
}

/// Device caches are coherent; the range is checked all the same.
aclError checkCached(const char *function, void *devPtr, size_t size) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!devPtr)
    return failNull(function, "devPtr");
  if (size == 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'size' is 0");
  MemoryRange range;
  std::string why;
  aclError code = checkRange("argument 'devPtr'", devPtr, size, Side::Device, range, why);
  return code == ACL_SUCCESS ? code : fail(code, function, why);
}

} // namespace

aclError aclrtMalloc(void **devPtr, size_t size, aclrtMemMallocPolicy policy) try {
  return allocate(__func__, devPtr, size, policy, -1);
}
ACL_CATCH

aclError aclrtMallocAlign32(void **devPtr, size_t size, aclrtMemMallocPolicy policy) try {
  return allocate(__func__, devPtr, size, policy, -1);
}
ACL_CATCH

aclError aclrtMallocCached(void **devPtr, size_t size, aclrtMemMallocPolicy policy) try {
  return allocate(__func__, devPtr, size, policy, -1);
}
ACL_CATCH

aclError aclrtMallocWithCfg(void **devPtr, size_t size, aclrtMemMallocPolicy policy,
                            aclrtMallocConfig *cfg) try {
  int32_t deviceId = -1;
  aclError code = readConfig(__func__, cfg, deviceId);
  return code == ACL_SUCCESS ? allocate(__func__, devPtr, size, policy, deviceId) : code;
}
ACL_CATCH

aclError aclrtMallocForTaskScheduler(void **devPtr, size_t size, aclrtMemMallocPolicy policy,
                                     aclrtMallocConfig *cfg) try {
  int32_t deviceId = -1;
  aclError code = readConfig(__func__, cfg, deviceId);
  return code == ACL_SUCCESS ? allocate(__func__, devPtr, size, policy, deviceId) : code;
}
ACL_CATCH

aclError aclrtFree(void *devPtr) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(devPtr);
  ACL_REQUIRE(isDevicePointer(devPtr), ACL_ERROR_RT_PARAM_INVALID,
              "the argument 'devPtr' is no device memory; host memory goes to aclrtFreeHost");
  std::shared_ptr<rt::Device> device = state().existingDevice(toDevice(devPtr));
  ACL_REQUIRE(device, ACL_ERROR_RT_PARAM_INVALID,
              "device " + std::to_string(toDevice(devPtr)) +
                  " of the argument 'devPtr' is not in "
                  "use");
  Status status = device->free(toAddress(devPtr));
  ACL_REQUIRE(status.ok(), ACL_ERROR_RT_PARAM_INVALID, status.message());
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtMallocHost(void **hostPtr, size_t size) try {
  return allocateHost(__func__, hostPtr, size);
}
ACL_CATCH

aclError aclrtMallocHostWithCfg(void **ptr, uint64_t size, aclrtMallocConfig *cfg) try {
  int32_t deviceId = -1;
  aclError code = readConfig(__func__, cfg, deviceId);
  return code == ACL_SUCCESS ? allocateHost(__func__, ptr, size) : code;
}
ACL_CATCH

aclError aclrtFreeHost(void *hostPtr) try {
  ACL_REQUIRE_POINTER(hostPtr);
  std::lock_guard guard(state().hostMutex);
  auto at = state().hostMemory.find(reinterpret_cast<uintptr_t>(hostPtr));
  ACL_REQUIRE(at != state().hostMemory.end(), ACL_ERROR_RT_PARAM_INVALID,
              "the argument 'hostPtr' was not given by aclrtMallocHost, or is freed already");
  std::shared_ptr<HostBlock> block = std::move(at->second);
  state().hostMemory.erase(at);
  if (block.use_count() > 1)
    state().freedHostMemory[reinterpret_cast<uintptr_t>(hostPtr)] = block;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtPointerGetAttributes(const void *ptr, aclrtPtrAttributes *attributes) try {
  constexpr uint32_t kHostPage = 4096, kDevicePage = 2 << 20;
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(ptr);
  ACL_REQUIRE_POINTER(attributes);
  *attributes = {};
  std::shared_ptr<rt::Device> device = state().existingDevice(toDevice(ptr));
  if (device && device->bytesFrom(toAddress(ptr))) {
    attributes->location = {uint32_t(toDevice(ptr)), ACL_MEM_LOCATION_TYPE_DEVICE};
    attributes->pageSize = kDevicePage;
  } else if (findHostBlock(ptr)) {
    attributes->location = {0, ACL_MEM_LOCATION_TYPE_HOST};
    attributes->pageSize = kHostPage;
  } else {
    attributes->location = {0, ACL_MEM_LOCATION_TYPE_UNREGISTERED};
  }
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtMemFlush(void *devPtr, size_t size) try {
  return checkCached(__func__, devPtr, size);
}
ACL_CATCH

aclError aclrtMemInvalidate(void *devPtr, size_t size) try {
  return checkCached(__func__, devPtr, size);
}
ACL_CATCH

aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(free);
  ACL_REQUIRE_POINTER(total);
  ACL_REQUIRE(attr >= ACL_DDR_MEM && attr <= ACL_HBM_MEM_P2P_HUGE1G, ACL_ERROR_INVALID_PARAM,
              "the argument 'attr' is " + std::to_string(int(attr)) + ", which is no aclrtMemAttr");
  ACL_REQUIRE_CONTEXT(context);
  *free = context->device->bytesFree();
  *total = context->device->bytesTotal();
  return ACL_SUCCESS;
}
ACL_CATCH
