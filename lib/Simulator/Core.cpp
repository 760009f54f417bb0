//===- Core.cpp - Checks, records and the units of a core ------------------===//

#include "Core.h"

#include "Hazards.h"

#include <algorithm>

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;
using isa::Space;

namespace {

constexpr size_t kDataCacheLines = 256; // 16 KiB of 64-byte lines

/// End of the last burst minus the start of the first; false when it overflows.
bool hull(const Bursts &b, int64_t &bytes) {
  int64_t span;
  return !__builtin_mul_overflow(b.n - 1, b.stride, &span) &&
         !__builtin_add_overflow(span, b.len, &bytes);
}

std::string rangeText(const char *space, const Bursts &b) {
  std::string text =
      std::string(space) + " [" + std::to_string(b.address) + ", +" + std::to_string(b.len) + ")";
  if (b.n > 1)
    text += " x " + std::to_string(b.n) + " every " + std::to_string(b.stride);
  return text;
}

} // namespace

Core::Core(const SocDescription &soc, const DeviceMemory &memory)
    : soc(soc), l1(Space::L1, "L1", uint64_t(soc.l1Size)),
      l0a(Space::L0A, "L0A", uint64_t(soc.l0aSize), 2),
      l0b(Space::L0B, "L0B", uint64_t(soc.l0bSize), 2),
      l0c(Space::L0C, "L0C", uint64_t(soc.l0cSize)), ub(Space::UB, "UB", uint64_t(soc.ubSize)),
      rowsB(size_t(soc.l0bSize) / 512), memory(memory), dataCacheTags(kDataCacheLines) {}

bool Core::trap(std::string what) {
  trapMessage = "block " + std::to_string(blockIndex) + ", offset " +
                std::to_string(program->offsets[pc]) + ", '" +
                isa::print(program->instructions[pc]) + "': " + std::move(what);
  return false;
}

bool Core::trapMultiple(int64_t value, int64_t of, const char *operand) {
  return trap(std::string(operand) + " = " + std::to_string(value) + " is not a multiple of " +
              std::to_string(of));
}

bool Core::trapRange(int64_t value, int64_t low, int64_t high, const char *operand) {
  return trap(std::string(operand) + " = " + std::to_string(value) + " is not in " +
              std::to_string(low) + ".." + std::to_string(high));
}

bool Core::checkRange(Scratchpad &pad, const Bursts &b, const char *operand) {
  if (b.n <= 0 || b.len <= 0)
    return true;
  int64_t bytes;
  if (!hull(b, bytes) || b.stride < 0 || !pad.contains(b.address, bytes))
    return trap(std::string(operand) + ": " + rangeText(pad.name(), b) +
                " is outside the memory of " + std::to_string(pad.size()) + " bytes");
  return true;
}

bool Core::checkRead(Scratchpad &pad, const Bursts &b, const char *operand) {
  if (b.n <= 0 || b.len <= 0)
    return true;
  if (!checkRange(pad, b, operand))
    return false;
  recordAccess(pad.space(), b, false);
  // Usually the whole hull is written; only otherwise look at each burst.
  const uint64_t address = uint64_t(b.address);
  if (pad.isWritten(address, uint64_t((b.n - 1) * b.stride + b.len)))
    return true;
  for (int64_t i = 0; i < b.n; ++i)
    if (!pad.isWritten(address + uint64_t(i * b.stride), uint64_t(b.len)))
      return trap(std::string(operand) + ": " + rangeText(pad.name(), b) +
                  " is read before it is written (burst " + std::to_string(i) + ")");
  return true;
}

bool Core::checkWrite(Scratchpad &pad, const Bursts &b, const char *operand) {
  if (b.n <= 0 || b.len <= 0)
    return true;
  if (!checkRange(pad, b, operand))
    return false;
  recordAccess(pad.space(), b, true);
  const uint64_t address = uint64_t(b.address);
  if (b.stride == b.len || b.n == 1) {
    pad.markWritten(address, uint64_t(b.n * b.len));
    return true;
  }
  for (int64_t i = 0; i < b.n; ++i)
    pad.markWritten(address + uint64_t(i * b.stride), uint64_t(b.len));
  return true;
}

void Core::recordAccess(Space space, const Bursts &b, bool write) {
  if (hazards)
    hazards->access(space, b, write);
}

uint8_t *Core::globalView(const Bursts &b, bool write, const char *operand) {
  int64_t bytes;
  uint8_t *view = nullptr;
  if (hull(b, bytes) && b.stride >= 0 && b.address > 0)
    view = memory.view(uint64_t(b.address), uint64_t(bytes));
  if (!view) {
    trap(std::string(operand) + ": " + rangeText("GM", b) + " is not inside one allocation");
    return nullptr;
  }
  recordAccess(Space::GM, b, write);
  return view;
}

void Core::charge(Pipe pipe, cost::PipeCost cost) {
  auto clamp = [](int64_t c) { return uint32_t(std::clamp<int64_t>(c, 0, 1 << 30)); };
  log->dispatch(
      pipe, {PipeRecord::Exec, 0, 0, program->offsets[pc], clamp(cost.busy), clamp(cost.latency)});
}

void Core::chargeGm(Pipe pipe, const Bursts &b, bool write) {
  // Bursts that follow each other without a gap are one long burst.
  GmTransfer transfer{uint64_t(b.address), uint64_t(b.stride), uint32_t(b.n), uint32_t(b.len),
                      write};
  if (b.n > 1 && b.stride == b.len && b.n * b.len <= INT32_MAX) {
    transfer.len = uint32_t(b.n * b.len);
    transfer.n = 1;
  }
  log->dispatch(pipe, {PipeRecord::Gm, 0, 0, program->offsets[pc], uint32_t(log->gm.size()), 0});
  log->gm.push_back(transfer);
}

bool Core::runQueued(const isa::Instruction &inst, const Values &v) {
  switch (inst.opcode) {
  case Opcode::SetFlag:
  case Opcode::WaitFlag:
  case Opcode::Barrier:
    return runFlag(inst, v[0]);
  case Opcode::DmaGmToL1:
  case Opcode::DmaGmToUb:
  case Opcode::DmaUbToGm:
  case Opcode::DmaUbToL1:
  case Opcode::DmaL1ToUb:
  case Opcode::DmaUbToUb:
  case Opcode::FillL1:
    return runMove(*this, inst, v);
  case Opcode::Load2dA:
  case Opcode::Load2dB:
  case Opcode::Load3dA:
    return runCubeLoad(*this, inst, v);
  case Opcode::Mmad:
    return runMmad(*this, inst, v);
  case Opcode::L0cToUb:
    return runL0cToUb(*this, inst, v);
  default:
    return runVector(*this, inst, v);
  }
}

} // namespace openatc::sim
