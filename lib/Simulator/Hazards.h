//===- Hazards.h - Accesses that nothing orders ---------------------------===//
//
// Every pipe carries a vector clock: how far it knows each other pipe to be
// complete. Flags carry clocks, barriers join them, dispatch passes on what the
// scalar unit knows. Two overlapping accesses, one of them a write, must be ordered
// by these clocks, whatever the order in which the simulator executed them.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_HAZARDS_H
#define OPENATC_LIB_SIMULATOR_HAZARDS_H

#include "Core.h"

#include <unordered_map>

namespace openatc::sim {

/// A global memory access inside one granule, as kept for comparisons.
struct GmSpan {
  uint16_t begin = 0, end = 0; ///< bytes within the granule
  isa::Pipe pipe = isa::Pipe::S;
  bool write = false;
  uint32_t sequence = 0;
  uint32_t pc = 0;
};

inline constexpr uint64_t kGranuleBytes = 512;

/// Ordered by granule address: what one block did to global memory.
using GmFootprint = std::vector<std::pair<uint64_t, std::vector<GmSpan>>>;

/// Checks the accesses of one block, then of the next one.
class HazardTracker {
public:
  explicit HazardTracker(const SocDescription &soc);

  /// Forgets everything: a block of `program` starts.
  void start(const isa::DecodedProgram &program);

  /// A new instruction starts; its accesses and flags follow.
  void begin(const isa::Instruction &inst, uint32_t pc);
  void access(isa::Space space, const Bursts &bursts, bool write);
  void setFlag(isa::Pipe from, isa::Pipe to, unsigned id);
  void waitFlag(isa::Pipe from, isa::Pipe to, unsigned id);
  void barrier(isa::Pipe pipe);

  bool failed() const { return !message.empty(); }
  const std::string &text() const { return message; }

  /// All accesses to global memory, for the comparison between blocks.
  GmFootprint takeFootprint();

private:
  using Clock = std::array<uint32_t, kNumPipes>;
  struct Stamp {
    uint32_t sequence = 0; ///< up to `base`: no access yet
    uint32_t pc = 0;
  };
  /// Last accesses of one 32-byte block of on-chip memory.
  struct BlockState {
    Stamp write;
    isa::Pipe writer = isa::Pipe::S;
    std::array<Stamp, kNumPipes> reads;
  };

  void onChip(isa::Space space, uint64_t address, uint64_t bytes, bool write);
  void global(uint64_t address, uint64_t bytes, bool write);
  /// True when an earlier access needs no order, or is ordered before this instruction.
  bool ordered(isa::Pipe earlier, uint32_t sequence, bool earlierWrites, bool write) const;
  void report(isa::Space space, uint64_t address, uint64_t bytes, uint32_t pc, bool earlierWrites,
              bool write);

  const isa::DecodedProgram *program = nullptr;
  /// Numbers of instructions go on from block to block, so that old stamps need no
  /// clearing: this is the last one before the current block.
  uint32_t base = 0;
  std::array<std::vector<BlockState>, 6> blocks; // by Space; [GM] stays empty
  std::unordered_map<uint64_t, std::vector<GmSpan>> granules;
  std::array<Clock, kNumPipes> known{};
  std::array<uint32_t, kNumPipes> sequence{};
  struct Flag {
    Clock clock{};
    uint32_t lastWait = 0; ///< sequence of the last wait in the destination pipe
  };
  std::array<std::array<std::array<Flag, 16>, kNumPipes>, kNumPipes> flags{};
  isa::Pipe pipe = isa::Pipe::S;
  uint32_t pc = 0;
  std::string message;
};

/// Conflicts between the blocks of a launch, which nothing orders; success when none.
Status checkBlocks(const isa::DecodedProgram &program, const std::vector<GmFootprint> &blocks);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_HAZARDS_H
