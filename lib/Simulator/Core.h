//===- Core.h - State of one simulated core -------------------------------===//
//
// A Core executes one block at a time, in program order, on its own memories. The
// units (Moves, CubeLoads, CubeUnit, VectorUnit ...) are functions over it that
// return false after calling trap().
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_CORE_H
#define OPENATC_LIB_SIMULATOR_CORE_H

#include "BlockLog.h"
#include "Code.h"
#include "CubeKernel.h"
#include "DeviceMemory.h"
#include "Scratchpad.h"

#include "openatc/Target/SocDescription.h"

#include <span>
#include <string>

namespace openatc::sim {

/// What compares and branches ask of two lanes or registers.
template <typename T> bool holds(isa::Cond cond, T a, T b) {
  switch (cond) {
  case isa::Cond::EQ:
    return a == b;
  case isa::Cond::NE:
    return a != b;
  case isa::Cond::LT:
    return a < b;
  case isa::Cond::LE:
    return a <= b;
  case isa::Cond::GT:
    return a > b;
  case isa::Cond::GE:
    return a >= b;
  }
  return false;
}

class HazardTracker;

/// Operand values of the instruction being executed, in encoding order.
using Values = std::array<int64_t, isa::kMaxOperands>;

/// Several equally spaced ranges: n of len bytes, stride bytes from start to start.
struct Bursts {
  int64_t address = 0;
  int64_t n = 1;
  int64_t len = 0;
  int64_t stride = 0;
};

class Core {
public:
  Core(const SocDescription &soc, const DeviceMemory &memory);

  /// Runs a decoded program as block `block` of `blocks`; false after a trap.
  /// `hazards` is null unless accesses shall be recorded.
  bool run(const Code &code, uint32_t block, uint32_t blocks, std::span<const uint64_t> args,
           BlockLog &log, HazardTracker *hazards);

  /// Why the last run stopped: offset, instruction text, reason.
  const std::string &trapText() const { return trapMessage; }

  // --- For the units ---------------------------------------------------------
  bool trap(std::string what);

  /// Checks range and that every block was written; records the access.
  bool checkRead(Scratchpad &pad, const Bursts &bursts, const char *operand);
  /// Checks the range, marks the blocks as written; records the access.
  bool checkWrite(Scratchpad &pad, const Bursts &bursts, const char *operand);
  /// checkRead without the written check (the caller has made a finer one).
  bool checkRange(Scratchpad &pad, const Bursts &bursts, const char *operand);
  void recordAccess(isa::Space space, const Bursts &bursts, bool write);

  /// Host view of global memory for a strided access; null after a trap.
  uint8_t *globalView(const Bursts &bursts, bool write, const char *operand);

  /// `of` is a power of two.
  bool requireMultiple(int64_t value, int64_t of, const char *operand) {
    return (value & (of - 1)) == 0 || trapMultiple(value, of, operand);
  }
  bool requireRange(int64_t value, int64_t low, int64_t high, const char *operand) {
    return (value >= low && value <= high) || trapRange(value, low, high, operand);
  }

  /// Appends the timing record of the current instruction.
  void charge(isa::Pipe pipe, cost::PipeCost cost);
  void chargeGm(isa::Pipe pipe, const Bursts &bursts, bool write);

  /// Tiles of the fractals from byte address `fractal` of L0A and L0B on.
  float *tilesA(int64_t fractal) { return reinterpret_cast<float *>(l0a.data()) + fractal / 2; }
  float *tilesB(int64_t fractal) { return reinterpret_cast<float *>(l0b.data()) + fractal / 2; }

  const SocDescription &soc;
  /// L0A and L0B hold their halves expanded to f32, L0B with rows and columns swapped:
  /// one 16x16 tile [m][k] or [k][n] for each fractal (see CubeKernel.h).
  Scratchpad l1, l0a, l0b, l0c, ub;
  std::vector<TileRows> rowsB; ///< of each tile of L0B
  const isa::Instruction *current = nullptr;

private:
  bool trapMultiple(int64_t value, int64_t of, const char *operand);
  bool trapRange(int64_t value, int64_t low, int64_t high, const char *operand);
  bool runQueued(const isa::Instruction &inst, const Values &v);
  bool runScalar(const Code::Step &step, const Values &v, bool &finished);
  bool runFlag(const isa::Instruction &inst, int64_t id);
  bool loadScalar(uint8_t dest, const Values &v);
  bool finish();

  const DeviceMemory &memory;
  const Code *code = nullptr;
  const isa::DecodedProgram *program = nullptr; ///< of `code`
  std::span<const uint64_t> arguments;
  BlockLog *log = nullptr;
  HazardTracker *hazards = nullptr;
  uint32_t blockIndex = 0, blockCount = 0;
  size_t pc = 0; ///< index of the current instruction
  size_t nextPc = 0;
  std::array<int64_t, isa::kNumRegisters + 1> registers{}; ///< and Code::kZeroRegister
  std::array<int64_t, isa::kNumSpillSlots> spill{};
  std::array<std::array<uint16_t, kNumPipes>, kNumPipes> flags{};
  std::vector<uint64_t> dataCacheTags;
  std::string trapMessage;
};

// Units: execute one instruction of their pipe.
bool runMove(Core &core, const isa::Instruction &inst, const Values &v);
bool runCubeLoad(Core &core, const isa::Instruction &inst, const Values &v);
bool runMmad(Core &core, const isa::Instruction &inst, const Values &v);
bool runL0cToUb(Core &core, const isa::Instruction &inst, const Values &v);
bool runVector(Core &core, const isa::Instruction &inst, const Values &v);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CORE_H
