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

#include <span>

namespace openatc::sim {

/// Simulated time in 1/256 cycles.
using Ticks = uint64_t;
inline constexpr Ticks kTicksPerCycle = 256;

/// Keeps its memory from launch to launch.
class LaunchTiming {
public:
  LaunchTiming(const SocDescription &soc, CacheModel &cache);

  /// Replays one launch and fills the timing fields of `stats`. `logs` are its blocks;
  /// block b runs on core b % aiCores. Bars are appended to `trace` unless it is null.
  void run(std::span<const BlockLog> logs, std::vector<TraceEvent> *trace, KernelStats &stats);

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
  /// A global memory transfer in progress.
  struct Transfer {
    Ticks start = 0;
    uint32_t burst = 0; ///< position within the transfer
    uint32_t offset = 0;
    bool begun = false;  ///< the latency is paid once,
    bool missed = false; ///< and so is the one of DRAM
  };
  /// One queue of a core. Times are kept of the last records only, in rings.
  struct Pipe {
    std::vector<Ticks> dispatched; ///< when a record entered the queue
    std::vector<Ticks> started;    ///< when it left
    size_t entered = 0;            ///< records that have been dispatched
    size_t next = 0;               ///< first record that has not started
    Ticks free = 0;                ///< when the next record can start
    Ticks complete = 0;            ///< when the results of all records are visible
    bool waitsForGm = false;
    Transfer transfer;                   ///< while waitsForGm
    const FlagQueue *waitsFor = nullptr; ///< the flag that the next record needs

    bool canAdvance() const {
      return next < entered && !waitsForGm && !(waitsFor && waitsFor->empty());
    }
  };
  struct Core {
    explicit Core(size_t ring);
    size_t block = 0; ///< index of the running block
    bool running = false;
    size_t nextIssue = 0;
    Ticks now = 0; ///< of the scalar unit
    /// What the scalar unit waits for: a flag, or that a record of a full queue starts.
    const FlagQueue *waitsFor = nullptr;
    const Pipe *fullPipe = nullptr;
    size_t oldest = 0; ///< the record of fullPipe
    std::array<Pipe, kNumPipes> pipes;
    /// Every set has its wait, so that the queues are empty between blocks.
    std::array<std::array<std::array<FlagQueue, 16>, kNumPipes>, kNumPipes> flags;
    Ticks end = 0; ///< of its last finished block
  };
  /// A pipe whose transfer has its next slice at `time`; ties go to the lower core, then
  /// the lower pipe.
  struct Turn {
    Ticks time;
    uint32_t core, pipe;
    bool operator>(const Turn &o) const {
      if (time != o.time)
        return time > o.time;
      return core != o.core ? core > o.core : pipe > o.pipe;
    }
  };

  void beginBlock(Core &core);
  void advance(uint32_t index);
  bool advanceIssue(Core &core, const BlockLog &log);
  bool advancePipe(uint32_t index, unsigned p, const BlockLog &log);
  /// Moves the next slice of a transfer and its time to the end of that; true when it was
  /// the last.
  bool serve(Turn &turn);
  void pushTurn(const Turn &turn);
  void complete(const Turn &turn);
  bool slice(const GmTransfer &gm, Transfer &transfer, CacheTraffic &traffic) const;
  Ticks cyclesOf(uint64_t bytes, int64_t rate) const;
  void recordTrace(uint32_t core, unsigned pipe, Ticks start, Ticks end, uint32_t pc);
  void finish(KernelStats &stats);

  const SocDescription &soc;
  CacheModel &cache;
  const uint64_t dramMBs;
  const size_t ringMask; ///< at least the queue depth fits
  std::vector<Core> allCores;
  std::vector<Turn> turns; ///< a heap, the next one to serve first

  // Of the current launch:
  std::span<const BlockLog> logs;
  std::vector<TraceEvent> *trace = nullptr;
  std::span<Core> cores;
  /// Sums over all cores.
  struct Totals {
    Ticks dramFree = 0; ///< when DRAM has served everything asked of it
    Ticks dramBusy = 0;
    Ticks missTicks = 0, gmTicks = 0;
    std::array<Ticks, kNumPipes> busy{};
    uint64_t readSectors = 0, writeSectors = 0, dramReadSectors = 0, dramWriteSectors = 0;
  };
  Totals total;
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_TIMING_H
