//===- MemoryRange.cpp - Checked ranges of host and device memory ---------===//

#include "MemoryRange.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

namespace openatc::acl {

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

} // namespace

Status MemoryRange::read(uint64_t offset, void *to, size_t bytes) const {
  if (device)
    return device->read(address + offset, to, bytes);
  std::memcpy(to, static_cast<const uint8_t *>(at) + offset, bytes);
  return Status::success();
}

Status MemoryRange::write(uint64_t offset, const void *from, size_t bytes) const {
  if (device)
    return device->write(address + offset, from, bytes);
  std::memcpy(static_cast<uint8_t *>(at) + offset, from, bytes);
  return Status::success();
}

Status MemoryRange::fill(uint8_t value, size_t bytes) const {
  if (bytes == 0)
    return Status::success();
  if (device)
    return device->fill(address, value, bytes);
  std::memset(at, value, bytes);
  return Status::success();
}

aclError checkRange(const char *what, const void *at, size_t size, Side side, MemoryRange &range,
                    std::string &why) {
  auto named = [&](const std::string &text) { return std::string("the ") + what + " " + text; };
  range = {const_cast<void *>(at), toAddress(at), nullptr, nullptr};
  if (side == Side::Host) {
    bool freed = false;
    range.block = findHostBlock(at, &freed);
    if (freed) {
      why = named("is host memory that aclrtFreeHost freed");
      return ACL_ERROR_RT_PARAM_INVALID;
    }
    if (isDevicePointer(at)) {
      why = named("is device memory, the copy kind says host");
      return ACL_ERROR_RT_PARAM_INVALID;
    }
    if (!isMapped(at, size)) {
      why = named("is not memory of this process");
      return ACL_ERROR_RT_PARAM_INVALID;
    }
    return ACL_SUCCESS;
  }
  if (!isDevicePointer(at)) {
    why = named("is host memory, the copy kind says device");
    return ACL_ERROR_RT_PARAM_INVALID;
  }
  range.device = state().existingDevice(toDevice(at));
  uint64_t available = range.device ? range.device->bytesFrom(range.address) : 0;
  if (!available) {
    why = named("is device memory that is not allocated");
    return ACL_ERROR_RT_PARAM_INVALID;
  }
  if (available < size) {
    why = named("has " + std::to_string(available) + " bytes, " + std::to_string(size) +
                " are needed");
    return ACL_ERROR_RT_PARAM_INVALID;
  }
  return ACL_SUCCESS;
}

Status copy(const MemoryRange &to, uint64_t toOffset, const MemoryRange &from, uint64_t fromOffset,
            size_t bytes) {
  if (bytes == 0)
    return Status::success();
  if (!to.device && !from.device) {
    std::memmove(static_cast<uint8_t *>(to.at) + toOffset,
                 static_cast<const uint8_t *>(from.at) + fromOffset, bytes);
    return Status::success();
  }
  if (to.device == from.device)
    return to.device->copy(to.address + toOffset, from.address + fromOffset, bytes);
  if (!to.device)
    return from.read(fromOffset, static_cast<uint8_t *>(to.at) + toOffset, bytes);
  if (!from.device)
    return to.write(toOffset, static_cast<const uint8_t *>(from.at) + fromOffset, bytes);
  // Two devices: through the host, so that nobody holds the locks of both.
  std::vector<uint8_t> chunk(std::min<size_t>(bytes, size_t(1) << 20));
  for (size_t done = 0; done < bytes; done += chunk.size()) {
    size_t size = std::min(chunk.size(), bytes - done);
    OPENATC_TRY(from.read(fromOffset + done, chunk.data(), size));
    OPENATC_TRY(to.write(toOffset + done, chunk.data(), size));
  }
  return Status::success();
}

std::shared_ptr<HostBlock> findHostBlock(const void *at, bool *freed) {
  auto value = reinterpret_cast<uintptr_t>(at);
  auto around = [value](auto &blocks) {
    auto after = blocks.upper_bound(value);
    return after == blocks.begin() ? blocks.end() : std::prev(after);
  };
  std::shared_ptr<HostBlock> block; // declared first: may be the last reference
  std::lock_guard guard(state().hostMutex);
  auto &live = state().hostMemory;
  if (auto found = around(live); found != live.end() && value - found->first < found->second->size)
    return found->second;
  auto &dead = state().freedHostMemory;
  std::erase_if(dead, [](const auto &entry) { return entry.second.expired(); });
  if (auto found = around(dead); freed && found != dead.end()) {
    block = found->second.lock();
    *freed = block && value - found->first < block->size;
  }
  return nullptr;
}

HostBlock::~HostBlock() { ::munmap(at, size); }

} // namespace openatc::acl
