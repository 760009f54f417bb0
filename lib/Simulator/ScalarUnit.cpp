//===- ScalarUnit.cpp - The instruction loop, scalars and flags -----------===//

#include "Core.h"
#include "Hazards.h"

#include <algorithm>
#include <cstring>

namespace openatc::sim {

using isa::Cond;
using isa::Opcode;
using isa::Pipe;
using isa::Type;

namespace {

/// A block that runs longer than this is taken for an endless loop.
constexpr uint64_t kMaxInstructions = uint64_t(1) << 27;
/// And one with so many queued instructions, whose records fill the host's memory.
constexpr size_t kMaxRecords = size_t(1) << 24;

template <typename T> int64_t loadAs(const uint8_t *p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return int64_t(value);
}

/// Integer value of the element at `p`; floats come as their bits.
int64_t loadElement(Type type, const uint8_t *p) {
  switch (type) {
  case Type::U8:
    return loadAs<uint8_t>(p);
  case Type::S8:
    return loadAs<int8_t>(p);
  case Type::F16:
  case Type::U16:
    return loadAs<uint16_t>(p);
  case Type::S16:
    return loadAs<int16_t>(p);
  case Type::F32:
  case Type::U32:
    return loadAs<uint32_t>(p);
  case Type::S32:
    return loadAs<int32_t>(p);
  case Type::S64:
    return loadAs<int64_t>(p);
  }
  return 0;
}

int64_t bytesOf(Type type) {
  switch (type) {
  case Type::U8:
  case Type::S8:
    return 1;
  case Type::F16:
  case Type::S16:
  case Type::U16:
    return 2;
  case Type::F32:
  case Type::S32:
  case Type::U32:
    return 4;
  case Type::S64:
    return 8;
  }
  return 1;
}

int64_t shiftLeft(int64_t a, int64_t by) {
  return by < 0 || by > 63 ? 0 : int64_t(uint64_t(a) << by);
}

int64_t shiftRight(int64_t a, int64_t by) { return a >> std::clamp<int64_t>(by, 0, 63); }

} // namespace

bool Core::runScalar(const Code::Step &step, const Values &v, bool &finished) {
  const uint64_t a = uint64_t(v[1]), b = uint64_t(v[2]);
  int64_t result = 0;
  switch (step.opcode) {
  case Opcode::End:
    finished = true;
    return finish();
  case Opcode::SBr:
    log->scalar(1);
    if (holds(step.cond, v[0], v[1]))
      nextPc = step.target;
    return true;
  case Opcode::SJmp:
    log->scalar(1);
    nextPc = step.target;
    return true;
  case Opcode::SSt:
    if (!requireRange(v[0], 0, isa::kNumSpillSlots - 1, "slot"))
      return false;
    spill[size_t(v[0])] = v[1];
    log->scalar(1);
    return true;
  case Opcode::SLdGm:
    return loadScalar(step.dest, v);
  case Opcode::SMov:
    result = v[1];
    break;
  case Opcode::SAdd:
    result = int64_t(a + b);
    break;
  case Opcode::SSub:
    result = int64_t(a - b);
    break;
  case Opcode::SMul:
    result = int64_t(a * b);
    break;
  case Opcode::SDiv:
  case Opcode::SRem:
    if (v[2] == 0)
      return trap("division by zero");
    if (v[2] == -1) // the one quotient that overflows wraps
      result = step.opcode == Opcode::SDiv ? int64_t(0 - a) : 0;
    else
      result = step.opcode == Opcode::SDiv ? v[1] / v[2] : v[1] % v[2];
    break;
  case Opcode::SMin:
    result = std::min(v[1], v[2]);
    break;
  case Opcode::SMax:
    result = std::max(v[1], v[2]);
    break;
  case Opcode::SAnd:
    result = v[1] & v[2];
    break;
  case Opcode::SOr:
    result = v[1] | v[2];
    break;
  case Opcode::SShl:
    result = shiftLeft(v[1], v[2]);
    break;
  case Opcode::SShr:
    result = shiftRight(v[1], v[2]);
    break;
  case Opcode::SCmp:
    result = holds(step.cond, v[1], v[2]);
    break;
  case Opcode::SSel:
    result = v[1] ? v[2] : v[3];
    break;
  case Opcode::SArg:
    if (v[1] < 0 || uint64_t(v[1]) >= arguments.size())
      return trap("argument " + std::to_string(v[1]) + " of a launch with " +
                  std::to_string(arguments.size()));
    result = int64_t(arguments[size_t(v[1])]);
    break;
  case Opcode::SBlk:
    result = blockIndex;
    break;
  case Opcode::SBdim:
    result = blockCount;
    break;
  case Opcode::SLd:
    if (!requireRange(v[1], 0, isa::kNumSpillSlots - 1, "slot"))
      return false;
    result = spill[size_t(v[1])];
    break;
  default:
    return trap("not an instruction of the scalar unit");
  }
  registers[step.dest] = result;
  log->scalar(1);
  return true;
}

bool Core::run(const Code &prepared, uint32_t block, uint32_t blocks,
               std::span<const uint64_t> args, BlockLog &blockLog, HazardTracker *tracker) {
  code = &prepared;
  program = &prepared.program;
  arguments = args;
  log = &blockLog;
  hazards = tracker;
  blockIndex = block;
  blockCount = blocks;
  for (Scratchpad *pad : {&l1, &l0a, &l0b, &l0c, &ub})
    pad->reset();
  std::fill(dataCacheTags.begin(), dataCacheTags.end(), 0);
  registers.fill(0);
  spill.fill(0);
  flags = {};
  trapMessage.clear();

  bool finished = false;
  Values values{};
  for (pc = 0; !finished; pc = nextPc) {
    const isa::Instruction &inst = program->instructions[pc];
    const Code::Step &step = code->steps[pc];
    current = &inst;
    nextPc = pc + 1;
    if (++log->instructions > kMaxInstructions || log->issue.size() > kMaxRecords) [[unlikely]]
      return trap("no end after " + std::to_string(log->instructions) + " instructions");
    const Code::Operand *operand = code->operands.data() + step.operands;
    auto evaluate = [&](unsigned i) {
      values[i] = int64_t(uint64_t(registers[operand[i].reg]) + uint64_t(operand[i].addend));
    };
    for (unsigned i = 0; i < Code::kShort; ++i)
      evaluate(i);
    for (unsigned i = Code::kShort; i < step.count; ++i)
      evaluate(i);
    if (hazards)
      hazards->begin(inst, program->offsets[pc]);
    const bool scalar = step.opcode < Opcode::SetFlag;
    if (!(scalar ? runScalar(step, values, finished) : runQueued(inst, values)))
      return false;
    if (hazards && hazards->failed())
      return trap(hazards->text());
  }
  return true;
}

bool Core::loadScalar(uint8_t dest, const Values &v) {
  const int64_t bytes = bytesOf(current->mods.type);
  if (!requireMultiple(v[1], bytes, "addr"))
    return false;
  const uint8_t *p = globalView({v[1], 1, bytes, 0}, false, "addr");
  if (!p)
    return false;
  registers[dest] = loadElement(current->mods.type, p);
  // A miss of the direct-mapped data cache waits for DRAM.
  const uint64_t line = uint64_t(v[1]) / 64 + 1;
  uint64_t &tag = dataCacheTags[line % dataCacheTags.size()];
  log->scalar(tag == line ? 1 : uint32_t(1 + soc.gmReadLatency + soc.dramLatency));
  tag = line;
  return true;
}

bool Core::runFlag(const isa::Instruction &inst, int64_t id) {
  const Pipe a = inst.mods.pipeA, b = inst.mods.pipeB;
  if (inst.opcode == Opcode::Barrier) {
    if (hazards)
      hazards->barrier(a);
    if (a == Pipe::All)
      log->step(IssueRecord::BarrierAll);
    else
      log->dispatch(a, {PipeRecord::Barrier, 0, 0, program->offsets[pc], 0, 0});
    return true;
  }
  if (!requireRange(id, 0, soc.eventIds - 1, "id"))
    return false;
  uint16_t &word = flags[unsigned(a)][unsigned(b)];
  const uint16_t bit = uint16_t(1u << id);
  const bool set = inst.opcode == Opcode::SetFlag;
  if (set && (word & bit))
    return trap("the flag is already set");
  if (!set && !(word & bit))
    return trap("the flag is never set before this wait: deadlock");
  word ^= bit;
  if (hazards)
    set ? hazards->setFlag(a, b, unsigned(id)) : hazards->waitFlag(a, b, unsigned(id));
  // A set is queued in the source pipe, a wait in the destination pipe.
  const Pipe queue = set ? a : b, peer = set ? b : a;
  if (queue == Pipe::S)
    log->step(set ? IssueRecord::Set : IssueRecord::Wait, uint8_t(peer), uint8_t(id));
  else
    log->dispatch(queue, {set ? PipeRecord::Set : PipeRecord::Wait, uint8_t(peer), uint8_t(id),
                          program->offsets[pc], 0, 0});
  return true;
}

bool Core::finish() {
  for (unsigned a = 0; a < kNumPipes; ++a)
    for (unsigned b = 0; b < kNumPipes; ++b)
      if (flags[a][b]) {
        static const char *const names[] = {"S", "V", "M", "MTE1", "MTE2", "MTE3"};
        return trap(std::string("flag ") + names[a] + " -> " + names[b] + " id " +
                    std::to_string(__builtin_ctz(flags[a][b])) + " is left set");
      }
  log->scalar(1);
  log->endBlock();
  return true;
}

} // namespace openatc::sim
