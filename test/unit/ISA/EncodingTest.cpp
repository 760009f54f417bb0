//===- EncodingTest.cpp - Bits of the encoding, and hostile bytes ---------===//

#include "openatc/ISA/Instruction.h"

#include <gtest/gtest.h>
#include <random>

using namespace openatc;
using namespace openatc::isa;

namespace {

std::vector<uint8_t> encoded(const Instruction &inst) {
  std::vector<uint8_t> bytes;
  encode(inst, bytes);
  return bytes;
}

uint64_t word(const std::vector<uint8_t> &bytes, size_t index) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i)
    value |= uint64_t(bytes[8 * index + i]) << (8 * i);
  return value;
}

void appendWord(std::vector<uint8_t> &bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i)
    bytes.push_back(uint8_t(value >> (8 * i)));
}

Instruction vadd() {
  Instruction inst;
  inst.opcode = Opcode::VAdd;
  inst.mods.type = Type::F32;
  inst.mods.counter = true;
  inst.numOperands = 6;
  inst.operands = {Operand::regPlus(3, 64),  Operand::regPlus(31, -32),
                   Operand::immediate(4096), Operand::immediate(0),
                   Operand::immediate(100),  Operand::immediate(int64_t(kContiguous))};
  return inst;
}

std::string decodeError(std::vector<uint8_t> bytes) {
  size_t offset = 0;
  Expected<Instruction> inst = decode(bytes, offset);
  return inst ? "" : inst.message();
}

TEST(Encoding, HeaderAndOperandBits) {
  std::vector<uint8_t> bytes = encoded(vadd());
  ASSERT_EQ(bytes.size(), 56u);
  // opcode 0x40, 6 operands, registers in operands 0 and 1, f32, counter bit 48.
  EXPECT_EQ(word(bytes, 0), 0x40u | 6u << 8 | 3u << 12 | uint64_t(1) << 28 | uint64_t(1) << 48);
  EXPECT_EQ(word(bytes, 1), 3u | uint64_t(64) << 16);
  EXPECT_EQ(word(bytes, 2), 31u | uint64_t(int64_t(-32)) << 16);
  EXPECT_EQ(word(bytes, 3), 4096u);
}

TEST(Encoding, EveryOpcodeRoundTrips) {
  for (unsigned code = 0; code < 256; ++code) {
    const OpcodeInfo *info = infoOf(uint8_t(code));
    if (!info)
      continue;
    ASSERT_LE(info->operands.size(), kMaxOperands) << info->mnemonic;
    Instruction inst;
    inst.opcode = info->opcode;
    inst.numOperands = uint8_t(info->operands.size());
    for (unsigned i = 0; i < inst.numOperands; ++i)
      inst.operands[i] = i % 2 ? Operand::regPlus(uint8_t(i), -5 * int64_t(i))
                               : Operand::immediate(int64_t(1) << (4 * i));
    if (info->hasDestReg)
      inst.operands[0] = Operand::regPlus(7);
    if (inst.opcode == Opcode::SetFlag || inst.opcode == Opcode::WaitFlag) {
      inst.mods.pipeA = Pipe::MTE2;
      inst.mods.pipeB = Pipe::V;
    }
    if (inst.opcode == Opcode::Barrier)
      inst.mods.pipeA = Pipe::All;
    std::vector<uint8_t> bytes = encoded(inst);
    size_t offset = 0;
    Expected<Instruction> back = decode(bytes, offset);
    ASSERT_TRUE(back) << info->mnemonic << ": " << back.message();
    EXPECT_EQ(*back, inst) << info->mnemonic;
    EXPECT_EQ(offset, bytes.size());
  }
}

TEST(Encoding, NamesTheWrongField) {
  EXPECT_NE(decodeError({0x40, 0}).find("ends inside"), std::string::npos);
  std::vector<uint8_t> bytes = encoded(vadd());
  bytes.pop_back();
  EXPECT_NE(decodeError(bytes).find("ends inside"), std::string::npos);

  bytes = encoded(vadd());
  bytes[0] = 0xff;
  EXPECT_NE(decodeError(bytes).find("unknown opcode 255"), std::string::npos);
  bytes = encoded(vadd());
  bytes[1] = uint8_t((bytes[1] & 0xf0) | 5);
  EXPECT_NE(decodeError(bytes).find("has 6 operands, not 5"), std::string::npos);
  bytes = encoded(vadd());
  bytes[7] = 0x80;
  EXPECT_NE(decodeError(bytes).find("reserved header bits"), std::string::npos);
  bytes = encoded(vadd());
  bytes[6] |= 1u << 2; // trans, bit 50
  EXPECT_NE(decodeError(bytes).find("'trans' is not used by v.add"), std::string::npos);
  bytes = encoded(vadd());
  bytes[6] |= 1u << 6; // c04, bit 54
  EXPECT_NE(decodeError(bytes).find("'c04' is not used by v.add"), std::string::npos);
  bytes = encoded(vadd());
  bytes[8] = 32;
  EXPECT_NE(decodeError(bytes).find("'dst' names register 32"), std::string::npos);
  bytes = encoded(vadd());
  bytes[9] = 1;
  EXPECT_NE(decodeError(bytes).find("'dst' has reserved bits"), std::string::npos);
}

TEST(Encoding, FlagsJoinDifferentPipes) {
  Instruction inst;
  inst.opcode = Opcode::SetFlag;
  inst.numOperands = 1;
  inst.mods.pipeA = inst.mods.pipeB = Pipe::V;
  EXPECT_NE(decodeError(encoded(inst)), "");
  inst.mods.pipeB = Pipe::All;
  EXPECT_NE(decodeError(encoded(inst)), "");
  inst.mods.pipeB = Pipe::MTE3;
  EXPECT_EQ(decodeError(encoded(inst)), "");
  inst.opcode = Opcode::Barrier;
  inst.numOperands = 0;
  inst.mods = {};
  EXPECT_NE(decodeError(encoded(inst)), "") << "a barrier of the scalar unit does not exist";
}

TEST(Encoding, ProgramChecksBranchesAndEnd) {
  Instruction jump;
  jump.opcode = Opcode::SJmp;
  jump.numOperands = 1;
  jump.operands[0] = Operand::immediate(16);
  Instruction end;
  std::vector<uint8_t> code = encoded(jump);
  EXPECT_NE(decodeProgram(code).message().find("end instruction"), std::string::npos);
  encode(end, code);
  Expected<DecodedProgram> program = decodeProgram(code);
  ASSERT_TRUE(program) << program.message();
  EXPECT_EQ(program->offsets, (std::vector<uint32_t>{0, 16}));
  code[8] = 8; // into the middle of the jump
  EXPECT_NE(decodeProgram(code).message().find("branch target 8"), std::string::npos);
  EXPECT_FALSE(decodeProgram({}));
}

TEST(Encoding, RandomBytesNeverCrash) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> code;
    // Plausible opcodes and counts reach the deeper checks.
    const OpcodeInfo *info = nullptr;
    while (!info)
      info = infoOf(uint8_t(random()));
    uint64_t header = uint64_t(info->opcode) | uint64_t(info->operands.size()) << 8;
    if (round % 2)
      header |= (random() & 0xfff) << 12;
    if (round % 3 == 0)
      header ^= uint64_t(1) << (random() % 64);
    appendWord(code, header);
    for (size_t i = 0; i < random() % 13; ++i)
      appendWord(code, random() & (round % 5 ? 0xffff00000000003full : ~0ull));
    size_t offset = 0;
    if (Expected<Instruction> inst = decode(code, offset)) {
      std::vector<uint8_t> again = encoded(*inst);
      code.resize(offset);
      EXPECT_EQ(again, code);
      EXPECT_FALSE(print(*inst).empty());
    }
  }
}

} // namespace
