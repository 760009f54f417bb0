//===- DeviceMemory.cpp - Global memory and its allocator -----------------===//

#include "DeviceMemory.h"

#include <sys/mman.h>

namespace openatc::sim {
namespace {

constexpr uint64_t kPadding = 32;
/// Addresses below are never handed out, so that 0 and small numbers are wrong.
constexpr uint64_t kFirstAddress = 4096;

uint64_t roundUp(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

} // namespace

Expected<std::unique_ptr<DeviceMemory>> DeviceMemory::create(uint64_t bytes) {
  if (bytes < 2 * kFirstAddress || bytes > (uint64_t(1) << 40))
    return Status::error("device memory of " + std::to_string(bytes) +
                         " bytes is not between 8 KiB and 1 TiB");
  bytes = roundUp(bytes, 4096);
  void *p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED)
    return Status::error("the host cannot reserve " + std::to_string(bytes) +
                         " bytes of address space for device memory");
  // Kernels walk through hundreds of megabytes: large pages save the host address lookups.
  madvise(p, bytes, MADV_HUGEPAGE);
  std::unique_ptr<DeviceMemory> memory(new DeviceMemory);
  memory->base = static_cast<uint8_t *>(p);
  memory->size = bytes;
  memory->used = kFirstAddress;
  memory->gaps[kFirstAddress] = bytes - kFirstAddress;
  return memory;
}

DeviceMemory::~DeviceMemory() {
  if (base)
    munmap(base, size);
}

Expected<uint64_t> DeviceMemory::allocate(uint64_t bytes, uint64_t alignment, bool isFile) {
  if (bytes == 0)
    return Status::error("a device allocation of 0 bytes");
  if (bytes <= size) {
    const uint64_t reserved = roundUp(bytes, alignment);
    for (auto gap = gaps.begin(); gap != gaps.end(); ++gap) {
      const uint64_t address = roundUp(gap->first, alignment), end = gap->first + gap->second;
      if (address > end || end - address < reserved)
        continue;
      if (address == gap->first)
        gaps.erase(gap);
      else
        gap->second = address - gap->first;
      if (end > address + reserved)
        gaps[address + reserved] = end - address - reserved;
      allocations[address] = {bytes, reserved, isFile};
      used += reserved;
      return address;
    }
  }
  return Status::error("out of device memory: " + std::to_string(bytes) + " bytes wanted, " +
                       std::to_string(available()) + " of " + std::to_string(size) + " free");
}

Expected<uint64_t> DeviceMemory::allocateFile(int fd, uint64_t offset, uint64_t fileBytes,
                                              uint64_t bytes) {
  Expected<uint64_t> address = allocate(bytes, kPage, true);
  if (!address)
    return address;
  if (offset % kPage == 0 && fileBytes && fileBytes <= bytes &&
      mmap(base + *address, fileBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
           off_t(offset)) != MAP_FAILED)
    return address;
  (void)free(*address); // it was allocated just now
  return Status::error("the host cannot map the file into device memory");
}

Status DeviceMemory::free(uint64_t address) {
  auto it = allocations.find(address);
  if (it == allocations.end())
    return Status::error("device address " + std::to_string(address) + " is not an allocation");
  uint64_t begin = address, bytes = it->second.reserved;
  // Give the pages back to the host; a later use reads zeros.
  uint64_t pageBegin = roundUp(begin, kPage), pageEnd = (begin + bytes) / kPage * kPage;
  if (it->second.isFile) {
    if (mmap(base + begin, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
      return Status::error("the host cannot take a file out of device memory");
  } else if (pageEnd > pageBegin) {
    madvise(base + pageBegin, pageEnd - pageBegin, MADV_DONTNEED);
  }
  used -= bytes;
  allocations.erase(it);
  // Merge with the neighbouring gaps.
  auto next = gaps.lower_bound(begin);
  if (next != gaps.end() && next->first == begin + bytes) {
    bytes += next->second;
    next = gaps.erase(next);
  }
  if (next != gaps.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == begin) {
      previous->second += bytes;
      return Status::success();
    }
  }
  gaps[begin] = bytes;
  return Status::success();
}

uint64_t DeviceMemory::bytesFrom(uint64_t address) const {
  auto it = allocations.upper_bound(address);
  if (it == allocations.begin())
    return 0;
  --it;
  const uint64_t offset = address - it->first;
  return offset < it->second.requested ? it->second.requested - offset : 0;
}

uint8_t *DeviceMemory::view(uint64_t address, uint64_t bytes) const {
  auto it = allocations.upper_bound(address);
  if (it == allocations.begin())
    return nullptr;
  --it;
  const uint64_t offset = address - it->first;
  const uint64_t padded = roundUp(it->second.requested, kPadding);
  if (offset > padded || bytes > padded - offset)
    return nullptr;
  return base + address;
}

} // namespace openatc::sim
