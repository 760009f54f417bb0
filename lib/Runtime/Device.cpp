//===- Device.cpp - A simulated device shared by host threads -------------===//

#include "openatc/Runtime/Device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace openatc::rt {

std::string defaultSocVersion() {
  const char *name = std::getenv("OPENATC_SOC_VERSION");
  return name && *name ? name : "Ascend310P3";
}

Device::Device(std::unique_ptr<sim::Device> simulator, unsigned hostThreads)
    : npu(std::move(simulator)), description(npu->soc()), threads(hostThreads),
      idleBytes(npu->bytesFree()) {}

Expected<std::shared_ptr<Device>> Device::create(const SocDescription &soc, unsigned threads,
                                                 uint64_t memoryBytes) {
  Expected<std::unique_ptr<sim::Device>> npu = sim::Device::create(soc, threads, memoryBytes);
  if (!npu)
    return npu.status();
  return std::shared_ptr<Device>(new Device(std::move(*npu), threads));
}

Status Device::become(const SocDescription &soc) {
  auto guard = lock();
  if (soc == description)
    return Status::success();
  if (users || npu->bytesFree() != idleBytes)
    return Status::error("the device is an " + description.name + " in use");
  Expected<std::unique_ptr<sim::Device>> other =
      sim::Device::create(soc, threads, npu->bytesTotal());
  if (!other)
    return other.status();
  npu = std::move(*other);
  description = npu->soc();
  idleBytes = npu->bytesFree();
  return Status::success();
}

Expected<uint64_t> Device::allocate(uint64_t bytes) {
  auto guard = lock();
  return npu->allocate(bytes);
}

Expected<uint64_t> Device::allocateFile(int fd, uint64_t offset, uint64_t fileBytes,
                                        uint64_t bytes) {
  auto guard = lock();
  return npu->allocateFile(fd, offset, fileBytes, bytes);
}

Status Device::free(uint64_t address) {
  auto guard = lock();
  return npu->free(address);
}

Status Device::write(uint64_t address, const void *host, uint64_t bytes) {
  auto guard = lock();
  return npu->write(address, host, bytes);
}

Status Device::read(uint64_t address, void *host, uint64_t bytes) {
  auto guard = lock();
  return npu->read(address, host, bytes);
}

Status Device::fill(uint64_t address, uint8_t value, uint64_t bytes) {
  auto guard = lock();
  uint8_t *at = npu->data(address, bytes);
  if (!at)
    return Status::error("the range to fill is not allocated");
  std::memset(at, value, bytes);
  return Status::success();
}

Status Device::copy(uint64_t destination, uint64_t source, uint64_t bytes) {
  auto guard = lock();
  uint8_t *to = npu->data(destination, bytes);
  const uint8_t *from = npu->data(source, bytes);
  if (!to || !from)
    return Status::error(std::string("the ") + (to ? "source" : "destination") +
                         " of the copy is not allocated");
  std::memmove(to, from, bytes);
  return Status::success();
}

uint64_t Device::bytesFrom(uint64_t address) {
  auto guard = lock();
  return npu->bytesFrom(address);
}

uint64_t Device::bytesFree() {
  auto guard = lock();
  return npu->bytesFree();
}

uint64_t Device::bytesTotal() {
  auto guard = lock();
  return npu->bytesTotal();
}

double Device::hostTimeUs() {
  std::lock_guard guard(clockMutex);
  return hostUs;
}

void Device::advanceHostTime(double us) {
  std::lock_guard guard(clockMutex);
  hostUs = std::max(hostUs, us);
}

} // namespace openatc::rt
