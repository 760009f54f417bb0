//===- MemoryCalls.cpp - Allocation, copies and fills ---------------------===//

#include "World.h"

namespace openatc::stress {

namespace {

aclrtMemcpyKind kind(Caller &c, aclrtMemcpyKind right) {
  return c.chance(80) ? right : static_cast<aclrtMemcpyKind>(c.below(9));
}

/// A device pointer, sometimes into the middle of an allocation.
uint8_t *device(Caller &c) {
  auto *at = c.handle<uint8_t>(Memory);
  return at && c.chance(20) ? reinterpret_cast<uint8_t *>(uintptr_t(at) + c.below(300)) : at;
}

size_t small(Caller &c) { return c.below(1024); }

void allocate(Caller &c) {
  void *at = nullptr;
  auto policy = static_cast<aclrtMemMallocPolicy>(c.below(10));
  aclrtMallocAttribute attribute{ACL_RT_MEM_ATTR_DEVICE_ID, {}};
  attribute.value.deviceId = uint32_t(c.device());
  aclrtMallocConfig config{&attribute, c.below(2)};
  if (c.chance(80))
    STRESS_CHECK(c, aclrtMalloc, c.chance(95) ? &at : nullptr, c.size(), policy);
  else
    STRESS_CHECK(c, aclrtMallocWithCfg, &at, c.size(), policy, &config);
  c.keep(Memory, at);
}

/// Host memory that may be freed while a queued copy still writes to it.
void copyBack(Caller &c) {
  void *host = nullptr;
  STRESS_CHECK(c, aclrtMallocHost, &host, 1024);
  if (!host)
    return;
  STRESS_CHECK(c, aclrtMemcpyAsync, host, 1024, device(c), small(c), ACL_MEMCPY_DEVICE_TO_HOST,
               c.handle(Streams));
  aclrtPtrAttributes attributes;
  STRESS_CHECK(c, aclrtPointerGetAttributes, c.chance(50) ? host : device(c), &attributes);
  STRESS_CHECK(c, aclrtFreeHost, host);
}

void copy2d(Caller &c) {
  size_t width = c.below(64), height = c.below(8);
  if (c.chance(50))
    STRESS_CHECK(c, aclrtMemcpy2d, device(c), c.below(80), kSource.data(), c.below(80), width,
                 height, kind(c, ACL_MEMCPY_HOST_TO_DEVICE));
  else
    STRESS_CHECK(c, aclrtMemcpy2dAsync, device(c), c.below(80), kSource.data(), c.below(80), width,
                 height, kind(c, ACL_MEMCPY_HOST_TO_DEVICE), c.handle(Streams));
}

void copyWaiting(Caller &c) {
  if (!c.world.foreignSubscriptions)
    STRESS_CHECK(c, aclrtMemcpyAsyncWithCondition, device(c), small(c), kSource.data(), small(c),
                 ACL_MEMCPY_HOST_TO_DEVICE, c.handle(Streams));
}

} // namespace

const std::vector<Call> &memoryCalls() {
  static const std::vector<Call> calls = {
      allocate,
      allocate,
      copyBack,
      copyBack,
      copy2d,
      copyWaiting,
      [](Caller &c) { STRESS_CHECK(c, aclrtFree, c.handle(Memory)); },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemcpy, device(c), small(c), kSource.data(), small(c),
                     ACL_MEMCPY_HOST_TO_DEVICE);
      },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemcpy, c.scratch.data(), c.scratch.size(), device(c), small(c),
                     ACL_MEMCPY_DEVICE_TO_HOST);
      },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemcpy, device(c), small(c), device(c), small(c),
                     kind(c, ACL_MEMCPY_DEVICE_TO_DEVICE));
      },
      [](Caller &c) { // wild addresses
        STRESS_CHECK(c, aclrtMemcpy, reinterpret_cast<void *>(uintptr_t(0x10 + c.below(4096))),
                     4096, device(c), small(c), ACL_MEMCPY_DEFAULT);
      },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemcpyAsync, device(c), small(c), kSource.data(), small(c),
                     ACL_MEMCPY_HOST_TO_DEVICE, c.handle(Streams));
      },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemcpyAsync, device(c), small(c), device(c), small(c),
                     ACL_MEMCPY_DEVICE_TO_DEVICE, c.handle(Streams));
      },
      [](Caller &c) { STRESS_CHECK(c, aclrtMemset, device(c), small(c), 7, small(c)); },
      [](Caller &c) {
        STRESS_CHECK(c, aclrtMemsetAsync, device(c), small(c), 9, small(c), c.handle(Streams));
      },
      [](Caller &c) {
        size_t free = 0, total = 0;
        STRESS_CHECK(c, aclrtGetMemInfo, static_cast<aclrtMemAttr>(c.below(14)), &free, &total);
        STRESS_CHECK(c, aclrtMemFlush, device(c), small(c));
        STRESS_CHECK(c, aclrtFreeHost, device(c));
      },
  };
  return calls;
}

} // namespace openatc::stress
