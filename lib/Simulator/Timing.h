//===- Timing.h - When every instruction of a launch starts and ends ------===//
//
// Replays the logs of all blocks of a launch in simulated time. Within a core each
// queue advances by itself until it needs something from another one (a dispatch, a
// flag, a free queue slot); global memory transfers of all cores are served in the
// order of simulated time, because they share L2 and DRAM.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_TIMING_H
#define OPENATC_LIB_SIMULATOR_TIMING_H

#include "BlockLog.h"
#include "CacheModel.h"

#include "openatc/Simulator/Device.h"

#include <queue>
#include <span>

namespace openatc::sim {

/// Simulated time in 1/256 cycles.
using Ticks = uint64_t;
inline constexpr Ticks kTicksPerCycle = 256;

class LaunchTiming {
public:
  /// `logs` are the blocks of the launch; block b runs on core b % aiCores.
  LaunchTiming(const SocDescription &soc, CacheModel &cache, std::span<const BlockLog> logs,
               std::vector<TraceEvent> *trace);

  /// Advances everything to the end and fills the timing fields of `stats`.
  void run(KernelStats &stats);

private:
  struct FlagQueue {
    std::vector<Ticks> times; ///< when each set took effect, oldest first
    size_t head = 0;

    bool empty() const { return head == times.size(); }
    Ticks take() {
      const Ticks time = times[head++];
      if (empty()) {
        times.clear();
        head = 0;
      }
      return time;
    }
  };
  /// One queue of a core.
  struct Pipe {
    std::vector<Ticks> dispatched; ///< when each record entered the queue
    std::vector<Ticks> started;    ///< ring of the last queueDepth starts
    size_t next = 0;               ///< first record that has not started
    Ticks free = 0;                ///< when the next record can start
    Ticks complete = 0;            ///< when the results of all records are visible
    bool waitsForGm = false;
  };
  struct Core {
    size_t block = 0; ///< index of the running block
    bool running = false;
    size_t nextIssue = 0;
    Ticks now = 0; ///< of the scalar unit
    std::array<Pipe, kNumPipes> pipes;
    std::array<std::array<std::array<FlagQueue, 16>, kNumPipes>, kNumPipes> flags;
    Ticks end = 0; ///< of its last finished block
  };
  /// A global memory transfer in progress.
  struct Transfer {
    Ticks time; ///< when its next slice starts
    uint32_t core;
    uint8_t pipe;
    Ticks start;
    uint32_t burst = 0; ///< position within the transfer
    uint32_t offset = 0;
    bool missed = false; ///< the DRAM latency is paid once
    bool operator>(const Transfer &o) const {
      if (time != o.time)
        return time > o.time;
      return core != o.core ? core > o.core : pipe > o.pipe;
    }
  };

  void beginBlock(Core &core);
  void advance(uint32_t index);
  bool advanceIssue(Core &core, const BlockLog &log);
  bool advancePipe(uint32_t index, unsigned p, const BlockLog &log);
  void serve(Transfer transfer);
  bool slice(const GmTransfer &gm, Transfer &transfer, CacheTraffic &traffic) const;
  Ticks cyclesOf(uint64_t bytes, int64_t rate) const;
  void recordTrace(uint32_t core, unsigned pipe, Ticks start, Ticks end, uint32_t pc);
  void finish(KernelStats &stats);

  const SocDescription &soc;
  CacheModel &cache;
  std::span<const BlockLog> logs;
  std::vector<TraceEvent> *trace;
  std::vector<Core> cores;
  std::priority_queue<Transfer, std::vector<Transfer>, std::greater<>> transfers;
  Ticks dramFree = 0; ///< when DRAM has served everything asked of it
  Ticks dramBusy = 0;
  Ticks missTicks = 0, gmTicks = 0;
  uint64_t dramMBs;
  std::array<Ticks, kNumPipes> busy{};
  uint64_t readSectors = 0, writeSectors = 0, dramReadSectors = 0, dramWriteSectors = 0;
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_TIMING_H
