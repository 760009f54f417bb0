//===- Encoding.cpp - The binary form of instructions ---------------------===//
//
// Header word: [7:0] opcode, [11:8] operand count, [27:12] register mask,
// [63:28] modifiers. One word per operand follows. docs/isa.md has the table.
//
//===----------------------------------------------------------------------===//

#include "OpcodeInfo.h"

#include <algorithm>

namespace openatc::isa {
namespace {

constexpr unsigned kTypeBit = 28, kType2Bit = 32, kCondBit = 36, kPipeABit = 39, kPipeBBit = 42,
                   kRoundBit = 45, kCounterBit = 48, kReluBit = 49, kTransBit = 50, kWidenBit = 51,
                   kIndexBit = 52, kSaturateBit = 53, kC04Bit = 54, kReservedBit = 55;

void appendWord(uint64_t word, std::vector<uint8_t> &out) {
  for (int i = 0; i < 8; ++i)
    out.push_back(uint8_t(word >> (8 * i)));
}

uint64_t readWord(std::span<const uint8_t> code, size_t offset) {
  uint64_t word = 0;
  for (int i = 0; i < 8; ++i)
    word |= uint64_t(code[offset + i]) << (8 * i);
  return word;
}

Status bad(size_t offset, const std::string &what) {
  return Status::error("code offset " + std::to_string(offset) + ": " + what);
}

/// Takes `bits` bits at `bit` of the header; they must be zero unless `used`.
struct FieldReader {
  uint64_t header;
  const char *unusedField = nullptr;

  unsigned take(unsigned bit, unsigned bits, bool used, const char *name) {
    unsigned value = unsigned(header >> bit) & ((1u << bits) - 1);
    if (value && !used)
      unusedField = name;
    return value;
  }
};

/// The pipes of flags and barriers: a flag joins two different real pipes; a
/// barrier names a queue or ALL (the scalar unit is ordered by itself).
bool validPipes(Opcode opcode, const Modifiers &mods) {
  if (opcode == Opcode::Barrier)
    return mods.pipeA > Pipe::S && mods.pipeA <= Pipe::All;
  if (opcode == Opcode::SetFlag || opcode == Opcode::WaitFlag)
    return mods.pipeA < Pipe::All && mods.pipeB < Pipe::All && mods.pipeA != mods.pipeB;
  return true;
}

Expected<Modifiers> decodeModifiers(uint64_t header, Opcode opcode, size_t offset) {
  const ModifierUse use = modifierUse(opcode);
  FieldReader reader{header};
  Modifiers mods;
  mods.type = Type(reader.take(kTypeBit, 4, use.type, "type"));
  mods.type2 = Type(reader.take(kType2Bit, 4, use.type2, "type2"));
  mods.cond = Cond(reader.take(kCondBit, 3, use.cond, "cond"));
  mods.pipeA = Pipe(reader.take(kPipeABit, 3, use.pipeA, "pipeA"));
  mods.pipeB = Pipe(reader.take(kPipeBBit, 3, use.pipeB, "pipeB"));
  mods.round = Round(reader.take(kRoundBit, 3, use.round, "round"));
  mods.counter = reader.take(kCounterBit, 1, use.counter, "counter");
  mods.relu = reader.take(kReluBit, 1, use.relu, "relu");
  mods.trans = reader.take(kTransBit, 1, use.trans, "trans");
  mods.widen = reader.take(kWidenBit, 1, use.widen, "widen");
  mods.index = reader.take(kIndexBit, 1, use.index, "index");
  mods.saturate = reader.take(kSaturateBit, 1, use.saturate, "saturate");
  mods.c04 = reader.take(kC04Bit, 1, use.c04, "c04");
  if (reader.unusedField)
    return bad(offset, std::string("modifier '") + reader.unusedField + "' is not used by " +
                           infoOf(uint8_t(opcode))->mnemonic);
  if (!typeName(mods.type) || !typeName(mods.type2))
    return bad(offset, "unknown element type");
  if (!condName(mods.cond) || !roundName(mods.round))
    return bad(offset, "unknown condition or rounding mode");
  if (!pipeName(mods.pipeA) || !pipeName(mods.pipeB) || !validPipes(opcode, mods))
    return bad(offset,
               std::string("pipes that ") + infoOf(uint8_t(opcode))->mnemonic + " does not accept");
  return mods;
}

} // namespace

void encode(const Instruction &inst, std::vector<uint8_t> &out) {
  const Modifiers &m = inst.mods;
  uint64_t header = uint64_t(inst.opcode) | uint64_t(inst.numOperands) << 8;
  for (unsigned i = 0; i < inst.numOperands; ++i)
    header |= uint64_t(inst.operands[i].isReg) << (12 + i);
  header |= uint64_t(m.type) << kTypeBit | uint64_t(m.type2) << kType2Bit |
            uint64_t(m.cond) << kCondBit | uint64_t(m.pipeA) << kPipeABit |
            uint64_t(m.pipeB) << kPipeBBit | uint64_t(m.round) << kRoundBit |
            uint64_t(m.counter) << kCounterBit | uint64_t(m.relu) << kReluBit |
            uint64_t(m.trans) << kTransBit | uint64_t(m.widen) << kWidenBit |
            uint64_t(m.index) << kIndexBit | uint64_t(m.saturate) << kSaturateBit |
            uint64_t(m.c04) << kC04Bit;
  appendWord(header, out);
  for (unsigned i = 0; i < inst.numOperands; ++i) {
    const Operand &op = inst.operands[i];
    appendWord(op.isReg ? uint64_t(op.reg) | uint64_t(op.imm) << 16 : uint64_t(op.imm), out);
  }
}

Expected<Instruction> decode(std::span<const uint8_t> code, size_t &offset) {
  if (offset > code.size() || code.size() - offset < 8)
    return bad(offset, "the code ends inside an instruction");
  const uint64_t header = readWord(code, offset);
  const OpcodeInfo *info = infoOf(uint8_t(header));
  if (!info)
    return bad(offset, "unknown opcode " + std::to_string(header & 0xff));
  Instruction inst;
  inst.opcode = info->opcode;
  inst.numOperands = uint8_t((header >> 8) & 0xf);
  if (inst.numOperands != info->operands.size())
    return bad(offset, std::string(info->mnemonic) + " has " +
                           std::to_string(info->operands.size()) + " operands, not " +
                           std::to_string(inst.numOperands));
  if (header >> kReservedBit)
    return bad(offset, "reserved header bits are set");
  const uint64_t registerMask = (header >> 12) & 0xffff;
  if (registerMask >> inst.numOperands)
    return bad(offset, "the register mask names operands that do not exist");
  Expected<Modifiers> mods = decodeModifiers(header, inst.opcode, offset);
  if (!mods)
    return mods.status();
  inst.mods = *mods;
  if ((code.size() - offset) / 8 < size_t(1) + inst.numOperands)
    return bad(offset, "the code ends inside an instruction");

  for (unsigned i = 0; i < inst.numOperands; ++i) {
    const uint64_t word = readWord(code, offset + 8 + 8 * i);
    Operand &op = inst.operands[i];
    op.isReg = (registerMask >> i) & 1;
    if (!op.isReg) {
      op.imm = int64_t(word);
      continue;
    }
    op.reg = uint8_t(word & 0x3f);
    op.imm = int64_t(word) >> 16;
    if (op.reg >= kNumRegisters)
      return bad(offset, "operand '" + std::string(info->operands[i]) + "' names register " +
                             std::to_string(op.reg));
    if ((word >> 6) & 0x3ff)
      return bad(offset, "operand '" + std::string(info->operands[i]) + "' has reserved bits set");
  }
  if (info->hasDestReg && (!inst.operands[0].isReg || inst.operands[0].imm != 0))
    return bad(offset,
               "the destination of " + std::string(info->mnemonic) + " must be a plain register");
  offset += 8 + 8 * size_t(inst.numOperands);
  return inst;
}

Expected<DecodedProgram> decodeProgram(std::span<const uint8_t> code) {
  if (code.size() > UINT32_MAX)
    return Status::error("kernel code is larger than 4 GiB");
  DecodedProgram program;
  for (size_t offset = 0; offset < code.size();) {
    program.offsets.push_back(uint32_t(offset));
    Expected<Instruction> inst = decode(code, offset);
    if (!inst)
      return inst.status();
    program.instructions.push_back(*inst);
  }
  if (program.instructions.empty() || program.instructions.back().opcode != Opcode::End)
    return Status::error("kernel code does not finish with an end instruction");

  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction &inst = program.instructions[i];
    if (inst.opcode != Opcode::SJmp && inst.opcode != Opcode::SBr)
      continue;
    const Operand &target = inst.operands[inst.numOperands - 1];
    if (target.isReg)
      return bad(program.offsets[i], "a branch target must be an immediate");
    if (target.imm < 0 || target.imm > UINT32_MAX ||
        !std::binary_search(program.offsets.begin(), program.offsets.end(), uint32_t(target.imm)))
      return bad(program.offsets[i], "branch target " + std::to_string(target.imm) +
                                         " is not the start of an instruction");
  }
  return program;
}

} // namespace openatc::isa
