//===- Device.h - A simulated device shared by host threads ---------------===//
#ifndef OPENATC_RUNTIME_DEVICE_H
#define OPENATC_RUNTIME_DEVICE_H

#include "openatc/Simulator/Device.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace openatc::rt {

/// Name of the SoC that devices have until a model says otherwise: the environment
/// variable OPENATC_SOC_VERSION, else "Ascend310P3".
std::string defaultSocVersion();

/// A sim::Device that several threads may use: every access takes its lock, and work
/// of different streams takes turns task by task. It also keeps the host's place on the
/// simulated time line, in microseconds: work queued by the host starts no earlier.
class Device {
public:
  /// `threads` host threads simulate the cores; 0 means one per hardware thread.
  static Expected<std::shared_ptr<Device>> create(const SocDescription &soc, unsigned threads = 0,
                                                  uint64_t memoryBytes = uint64_t(8) << 30);

  const SocDescription &soc() const { return description; }

  /// Turns into a device of another SoC. An error while memory is allocated or models are
  /// loaded, unless it is that SoC already.
  Status become(const SocDescription &soc);
  /// Loaded models announce themselves, so that the SoC does not change under them.
  void addUser() { ++users; }
  void removeUser() { --users; }

  Expected<uint64_t> allocate(uint64_t bytes);
  /// See sim::Device::allocateFile.
  Expected<uint64_t> allocateFile(int fd, uint64_t offset, uint64_t fileBytes, uint64_t bytes);
  Status free(uint64_t address);
  Status write(uint64_t address, const void *host, uint64_t bytes);
  Status read(uint64_t address, void *host, uint64_t bytes);
  Status fill(uint64_t address, uint8_t value, uint64_t bytes);
  /// Device to device; the ranges may overlap.
  Status copy(uint64_t destination, uint64_t source, uint64_t bytes);
  /// Bytes of the allocation around `address` that follow it; 0 when there is none.
  uint64_t bytesFrom(uint64_t address);
  uint64_t bytesFree();
  uint64_t bytesTotal();

  /// The simulator itself; hold the lock while using it.
  sim::Device &simulator() { return *npu; }
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex); }

  double hostTimeUs();
  /// The host has seen work that ended at `us`.
  void advanceHostTime(double us);

private:
  Device(std::unique_ptr<sim::Device> npu, unsigned threads);

  std::unique_ptr<sim::Device> npu;
  SocDescription description;
  unsigned threads;
  uint64_t idleBytes; ///< free bytes of a device that nobody uses
  std::atomic<uint32_t> users = 0;
  std::mutex mutex, clockMutex;
  double hostUs = 0;
};

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_DEVICE_H
