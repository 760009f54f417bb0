//===- BlockLog.h - What a block's run leaves for the timing pass ---------===//
//
// Functional execution appends one short record per instruction; the timing pass
// replays the records of all cores together.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_BLOCKLOG_H
#define OPENATC_LIB_SIMULATOR_BLOCKLOG_H

#include "openatc/ISA/Instruction.h"
#include "openatc/Target/CostModel.h"

#include <array>
#include <cstdint>
#include <vector>

namespace openatc::sim {

inline constexpr unsigned kNumPipes = 6;

/// One step of the scalar unit, in program order.
struct IssueRecord {
  enum Kind : uint8_t {
    Scalar,   ///< works for `cycles`
    Dispatch, ///< hands the next record of `pipe` to its queue
    Set,      ///< set_flag S -> pipe, id
    Wait,     ///< wait_flag pipe -> S, id
    BarrierAll,
  };
  Kind kind;
  uint8_t pipe = 0;
  uint8_t id = 0;
  uint32_t cycles = 0;
};

/// One instruction of a queue.
struct PipeRecord {
  enum Kind : uint8_t { Exec, Gm, Set, Wait, Barrier };
  Kind kind;
  uint8_t peer = 0; ///< the other pipe of a flag
  uint8_t id = 0;   ///< flag id
  uint32_t busy = 0, latency = 0;
  uint32_t pc = 0;
  uint32_t gm = 0; ///< index into BlockLog::gm
};

/// A global memory access: n bursts of len bytes, stride bytes apart.
struct GmTransfer {
  uint64_t address = 0;
  uint64_t stride = 0;
  uint32_t n = 0;
  uint32_t len = 0;
  bool write = false;
};

struct BlockLog {
  std::vector<IssueRecord> issue;
  std::array<std::vector<PipeRecord>, kNumPipes> pipes; // [0] stays empty
  std::vector<GmTransfer> gm;
  uint64_t instructions = 0;

  void clear() {
    issue.clear();
    for (auto &p : pipes)
      p.clear();
    gm.clear();
    instructions = 0;
  }

  void scalar(uint32_t cycles) {
    if (!issue.empty() && issue.back().kind == IssueRecord::Scalar &&
        issue.back().cycles < (1u << 30))
      issue.back().cycles += cycles;
    else
      issue.push_back({IssueRecord::Scalar, 0, 0, cycles});
  }
  void dispatch(isa::Pipe pipe, const PipeRecord &record) {
    issue.push_back({IssueRecord::Dispatch, uint8_t(pipe), 0, 1});
    pipes[unsigned(pipe)].push_back(record);
  }
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_BLOCKLOG_H
