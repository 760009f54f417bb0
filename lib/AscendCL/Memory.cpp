//===- Memory.cpp - Device and host memory, copies ------------------------===//

#include "Error.h"
#include "State.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// True unless the kernel says that a page of [at, at + size) is not mapped; asking it
/// turns a wild host pointer of the application into an error code.
bool isMapped(const void *at, size_t size) {
  constexpr size_t kBatch = 256;
  size_t page = size_t(::sysconf(_SC_PAGESIZE));
  auto next = reinterpret_cast<uintptr_t>(at), end = next + size;
  if (end < next)
    return false;
  while (next < end) {
    iovec remote[kBatch];
    size_t count = 0;
    for (; count < kBatch && next < end; ++count) {
      remote[count] = {reinterpret_cast<void *>(next), 1};
      next = next / page * page + page;
    }
    char sink[kBatch];
    iovec local{sink, count};
    ssize_t got = ::process_vm_readv(::getpid(), &local, 1, remote, count, 0);
    if (got < 0 && errno != EFAULT)
      return true; // the call is not allowed here; nothing is known
    if (got != ssize_t(count))
      return false;
  }
  return true;
}

enum class Side : uint8_t { Host, Device };

/// One end of a copy or fill, checked.
aclError checkRange(const char *what, const void *at, size_t size, Side side, rt::Device &device,
                    std::string &why) {
  uint64_t address = toAddress(at);
  auto named = [&](const char *text) { return std::string("the ") + what + " " + text; };
  if (side == Side::Host) {
    if (address) {
      why = named("is device memory, the copy kind says host");
      return ACL_ERROR_RT_PARAM_INVALID;
    }
    if (!isMapped(at, size)) {
      why = named("is not memory of this process");
      return ACL_ERROR_RT_PARAM_INVALID;
    }
    return ACL_SUCCESS;
  }
  uint64_t available = address ? device.bytesFrom(address) : 0;
  if (!available) {
    why = named(address ? "is device memory that is not allocated"
                        : "is host memory, the copy kind says device");
    return ACL_ERROR_RT_PARAM_INVALID;
  }
  if (available < size) {
    why = named("has ") + std::to_string(available) + " bytes, " + std::to_string(size) +
          " are needed";
    return ACL_ERROR_RT_PARAM_INVALID;
  }
  return ACL_SUCCESS;
}

/// Sides of source and destination by copy kind; false for an unknown kind.
bool sidesOf(aclrtMemcpyKind kind, const void *dst, const void *src, Side &to, Side &from) {
  auto sideOf = [](const void *at) { return toAddress(at) ? Side::Device : Side::Host; };
  switch (kind) {
  case ACL_MEMCPY_HOST_TO_HOST:
    to = from = Side::Host;
    return true;
  case ACL_MEMCPY_HOST_TO_DEVICE:
  case ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE:
    to = Side::Device;
    from = Side::Host;
    return true;
  case ACL_MEMCPY_DEVICE_TO_HOST:
    to = Side::Host;
    from = Side::Device;
    return true;
  case ACL_MEMCPY_DEVICE_TO_DEVICE:
  case ACL_MEMCPY_INNER_DEVICE_TO_DEVICE:
  case ACL_MEMCPY_INTER_DEVICE_TO_DEVICE:
    to = from = Side::Device;
    return true;
  case ACL_MEMCPY_DEFAULT:
    to = sideOf(dst);
    from = sideOf(src);
    return true;
  }
  return false;
}

/// A copy whose arguments were checked once; devices check again when it runs, because
/// memory may have been freed since it was queued.
struct Copy {
  void *dst;
  const void *src;
  size_t count;
  Side to, from;
  std::shared_ptr<rt::Device> device;

  Status run() const {
    if (count == 0)
      return Status::success();
    if (to == Side::Device && from == Side::Device)
      return device->copy(toAddress(dst), toAddress(src), count);
    if (to == Side::Device)
      return device->write(toAddress(dst), src, count);
    if (from == Side::Device)
      return device->read(toAddress(src), dst, count);
    std::memmove(dst, src, count);
    return Status::success();
  }
};

aclError prepare(const char *function, void *dst, size_t destMax, const void *src, size_t count,
                 aclrtMemcpyKind kind, Copy &copy) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!dst || !src)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string("the ") + (dst ? "source" : "destination") + " is NULL");
  if (count > destMax)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::to_string(count) + " bytes do not fit a destination of " +
                    std::to_string(destMax));
  if (!sidesOf(kind, dst, src, copy.to, copy.from))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "unknown copy kind " + std::to_string(int(kind)));
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string why;
  aclError code = checkRange("destination", dst, count, copy.to, *context->device, why);
  if (code == ACL_SUCCESS)
    code = checkRange("source", src, count, copy.from, *context->device, why);
  if (code != ACL_SUCCESS)
    return fail(code, function, why);
  copy.dst = dst;
  copy.src = src;
  copy.count = count;
  copy.device = context->device;
  return ACL_SUCCESS;
}

/// A fill of host or device memory, checked like a copy.
aclError prepareFill(const char *function, void *devPtr, size_t maxCount, size_t count,
                     std::shared_ptr<rt::Device> &device) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!devPtr || count > maxCount)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                devPtr ? "more bytes to set than the memory has" : "the address is NULL");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string why;
  Side side = toAddress(devPtr) ? Side::Device : Side::Host;
  aclError code = checkRange("memory", devPtr, count, side, *context->device, why);
  device = context->device;
  return code == ACL_SUCCESS ? code : fail(code, function, why);
}

Status fill(rt::Device &device, void *at, int32_t value, size_t count) {
  if (uint64_t address = toAddress(at))
    return count ? device.fill(address, uint8_t(value), count) : Status::success();
  std::memset(at, value, count);
  return Status::success();
}

} // namespace

aclError aclrtMalloc(void **devPtr, size_t size, aclrtMemMallocPolicy) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(devPtr);
  ACL_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "the size is 0");
  std::shared_ptr<Context> context = state().currentContext();
  ACL_REQUIRE(context, ACL_ERROR_RT_CONTEXT_NULL, "the thread has no current context");
  Expected<uint64_t> address = context->device->allocate(size);
  ACL_REQUIRE(address, ACL_ERROR_RT_MEMORY_ALLOCATION, address.message());
  *devPtr = toPointer(*address);
  return ACL_SUCCESS;
}

aclError aclrtMallocAlign32(void **devPtr, size_t size, aclrtMemMallocPolicy policy) {
  return aclrtMalloc(devPtr, size, policy);
}

aclError aclrtMallocCached(void **devPtr, size_t size, aclrtMemMallocPolicy policy) {
  return aclrtMalloc(devPtr, size, policy);
}

aclError aclrtFree(void *devPtr) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(devPtr);
  uint64_t address = toAddress(devPtr);
  std::shared_ptr<rt::Device> device = state().existingDevice();
  ACL_REQUIRE(address && device, ACL_ERROR_RT_PARAM_INVALID, "the address is no device memory");
  Status status = device->free(address);
  ACL_REQUIRE(status.ok(), ACL_ERROR_RT_PARAM_INVALID, status.message());
  return ACL_SUCCESS;
}

aclError aclrtMallocHost(void **hostPtr, size_t size) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(hostPtr);
  ACL_REQUIRE(size > 0, ACL_ERROR_INVALID_PARAM, "the size is 0");
  // Pages of its own: once freed, a stale address is unmapped and a copy notices.
  void *at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ACL_REQUIRE(at != MAP_FAILED, ACL_ERROR_RT_MEMORY_ALLOCATION, std::strerror(errno));
  std::lock_guard guard(state().hostMutex);
  state().hostMemory[reinterpret_cast<uintptr_t>(at)] = size;
  *hostPtr = at;
  return ACL_SUCCESS;
}

aclError aclrtFreeHost(void *hostPtr) {
  ACL_REQUIRE_POINTER(hostPtr);
  std::lock_guard guard(state().hostMutex);
  auto at = state().hostMemory.find(reinterpret_cast<uintptr_t>(hostPtr));
  ACL_REQUIRE(at != state().hostMemory.end(), ACL_ERROR_RT_PARAM_INVALID,
              "the address was not given by aclrtMallocHost, or is freed already");
  ::munmap(hostPtr, at->second);
  state().hostMemory.erase(at);
  return ACL_SUCCESS;
}

aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
                     aclrtMemcpyKind kind) {
  Copy copy;
  if (aclError code = prepare(__func__, dst, destMax, src, count, kind, copy); code != ACL_SUCCESS)
    return code;
  Status status = copy.run();
  ACL_REQUIRE(status.ok(), ACL_ERROR_RT_PARAM_INVALID, status.message());
  return ACL_SUCCESS;
}

aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src, size_t count,
                          aclrtMemcpyKind kind, aclrtStream stream) {
  Copy copy;
  if (aclError code = prepare(__func__, dst, destMax, src, count, kind, copy); code != ACL_SUCCESS)
    return code;
  ACL_REQUIRE(copy.to == Side::Device || copy.from == Side::Device,
              ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "host to host copies cannot be queued");
  aclError code = ACL_SUCCESS;
  std::string why;
  std::shared_ptr<rt::Stream> queue = state().stream(stream, code, why);
  ACL_REQUIRE(queue, code, why);
  queue->enqueue([copy](double &) -> rt::Outcome {
    Status status = copy.run();
    return status.ok() ? rt::Outcome{}
                       : rt::Outcome{rt::Failure::Other, "queued copy: " + status.message()};
  });
  return ACL_SUCCESS;
}

aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value, size_t count) {
  std::shared_ptr<rt::Device> device;
  if (aclError code = prepareFill(__func__, devPtr, maxCount, count, device); code != ACL_SUCCESS)
    return code;
  Status status = fill(*device, devPtr, value, count);
  ACL_REQUIRE(status.ok(), ACL_ERROR_RT_PARAM_INVALID, status.message());
  return ACL_SUCCESS;
}

aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count,
                          aclrtStream stream) {
  std::shared_ptr<rt::Device> device;
  if (aclError code = prepareFill(__func__, devPtr, maxCount, count, device); code != ACL_SUCCESS)
    return code;
  aclError code = ACL_SUCCESS;
  std::string why;
  std::shared_ptr<rt::Stream> queue = state().stream(stream, code, why);
  ACL_REQUIRE(queue, code, why);
  queue->enqueue([=](double &) -> rt::Outcome {
    Status status = fill(*device, devPtr, value, count);
    return status.ok() ? rt::Outcome{}
                       : rt::Outcome{rt::Failure::Other, "queued fill: " + status.message()};
  });
  return ACL_SUCCESS;
}

aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t *free, size_t *total) {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(free);
  ACL_REQUIRE_POINTER(total);
  ACL_REQUIRE(attr >= ACL_DDR_MEM && attr <= ACL_HBM_MEM_P2P_HUGE1G, ACL_ERROR_INVALID_PARAM,
              "unknown kind of memory");
  std::shared_ptr<Context> context = state().currentContext();
  ACL_REQUIRE(context, ACL_ERROR_RT_CONTEXT_NULL, "the thread has no current context");
  *free = context->device->bytesFree();
  *total = context->device->bytesTotal();
  return ACL_SUCCESS;
}
