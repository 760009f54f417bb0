//===- Device.h - A simulated NPU: memory, launches, statistics -----------===//
#ifndef OPENATC_SIMULATOR_DEVICE_H
#define OPENATC_SIMULATOR_DEVICE_H

#include "openatc/ISA/Instruction.h"
#include "openatc/Support/Status.h"
#include "openatc/Target/SocDescription.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace openatc::sim {

/// A kernel ready to run: decoded once, launched many times.
class Program {
public:
  static Expected<std::shared_ptr<const Program>> create(std::string name,
                                                         std::span<const uint8_t> code);
  ~Program();
  const std::string &name() const;

private:
  friend class Device;
  friend struct ProgramAccess;
  struct Impl;
  std::unique_ptr<Impl> impl;
  Program();
};

/// Timing and traffic of one launch.
struct KernelStats {
  std::string name;
  uint64_t cycles = 0; ///< slowest block, launch overhead excluded
  double us = 0;       ///< cycles / clock + launch overhead
  uint32_t blocks = 0;
  std::array<uint64_t, 6>
      busy{}; ///< cycles each pipe (S V M MTE1 MTE2 MTE3) worked, summed over blocks
  std::array<double, 6> share{}; ///< busy / (cycles * cores used)
  uint64_t instructions = 0;
  uint64_t gmReadBytes = 0, gmWriteBytes = 0; ///< through the core ports
  uint64_t dramReadBytes = 0, dramWriteBytes = 0;
  std::string bound; ///< "cube", "vector", "mte1", "mte2", "mte3", "scalar", "dram" or "launch"
};

/// One bar of a timeline.
struct TraceEvent {
  uint32_t core;
  isa::Pipe pipe;
  uint64_t startCycle, endCycle; ///< since the launch's start
  uint32_t pc;                   ///< byte offset of the instruction
};

struct LaunchOptions {
  bool hazards = false; ///< report every pair of overlapping accesses that flags do not order
  bool trace = false;   ///< fill LaunchResult::trace
  bool timing = true;   ///< without, only results: no cycles, no traffic, L2 stays as it is
};

struct LaunchResult {
  KernelStats stats;
  std::vector<TraceEvent> trace;
};

/// A simulated device of one SoC. Thread-compatible: one caller at a time.
class Device {
public:
  /// `threads` host threads run blocks; 0 means one per hardware thread.
  /// `memoryBytes` is the size of device memory (reserved lazily).
  static Expected<std::unique_ptr<Device>> create(const SocDescription &soc, unsigned threads = 0,
                                                  uint64_t memoryBytes = uint64_t(8) << 30);
  ~Device();

  const SocDescription &soc() const;

  /// Allocates device memory; the address is 512-byte aligned, never 0, and the
  /// allocation is padded up to a multiple of 32 bytes that kernels may touch.
  Expected<uint64_t> allocate(uint64_t bytes);
  /// Allocates memory that begins with `fileBytes` bytes of an open file from `offset` on, a
  /// multiple of 4096, without copying them; writes do not reach the file. An error where
  /// the host cannot map the file.
  Expected<uint64_t> allocateFile(int fd, uint64_t offset, uint64_t fileBytes, uint64_t bytes);
  /// Frees an address returned by allocate; anything else is an error.
  Status free(uint64_t address);
  /// Bytes of the allocation that holds [address, address+1), counted from `address`; 0 if none.
  uint64_t bytesFrom(uint64_t address) const;
  uint64_t bytesFree() const;
  uint64_t bytesTotal() const;

  /// Copies between host and device; an error when the range is not allocated.
  Status write(uint64_t address, const void *host, uint64_t bytes);
  Status read(uint64_t address, void *host, uint64_t bytes) const;
  /// Host view of an allocated device range (for AI CPU operators); null if not allocated.
  uint8_t *data(uint64_t address, uint64_t bytes);

  /// Runs `blockDim` blocks with the given GM argument addresses. Traps (range,
  /// alignment, uninitialised on-chip read, flags) are errors that name kernel,
  /// block, byte offset, instruction text and the values involved. L2 contents
  /// carry over from launch to launch. Same bytes and cycles for any thread count.
  Expected<LaunchResult> launch(const Program &program, uint32_t blockDim,
                                std::span<const uint64_t> args, const LaunchOptions &options = {});

  /// Empties L2 without charging anybody (a fresh device).
  void resetCaches();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  Device();
};

} // namespace openatc::sim

#endif // OPENATC_SIMULATOR_DEVICE_H
