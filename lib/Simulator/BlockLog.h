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

/// One step of the scalar unit, in program order. It takes a cycle, except that Scalar
/// only stands for the cycles before it.
struct IssueRecord {
  enum Kind : uint8_t {
    Scalar,   ///< the work at the end of a block, or more than fits in `before`
    Dispatch, ///< hands the next record of `pipe` to its queue
    Set,      ///< set_flag S -> pipe, id
    Wait,     ///< wait_flag pipe -> S, id
    BarrierAll,
  };
  Kind kind;
  uint8_t pipe = 0;
  uint8_t id = 0;
  uint32_t before = 0; ///< cycles of scalar work since the last record
};

/// One instruction of a queue.
struct PipeRecord {
  enum Kind : uint8_t { Exec, Gm, Set, Wait, Barrier };
  Kind kind;
  uint8_t peer = 0; ///< the other pipe of a flag
  uint8_t id = 0;   ///< flag id
  uint32_t pc = 0;
  uint32_t busy = 0; ///< cycles; of Gm the index into BlockLog::gm
  uint32_t latency = 0;
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
    pending = 0;
  }

  void scalar(uint32_t cycles) {
    pending += cycles;
    if (pending >= (1u << 30)) [[unlikely]]
      endBlock();
  }
  void step(IssueRecord::Kind kind, uint8_t pipe = 0, uint8_t id = 0) {
    issue.push_back({kind, pipe, id, pending});
    pending = 0;
  }
  void dispatch(isa::Pipe pipe, const PipeRecord &record) {
    step(IssueRecord::Dispatch, uint8_t(pipe));
    pipes[unsigned(pipe)].push_back(record);
  }
  /// Notes the scalar work that no other record follows.
  void endBlock() { step(IssueRecord::Scalar); }

private:
  uint32_t pending = 0; ///< scalar cycles that no record has yet
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_BLOCKLOG_H
