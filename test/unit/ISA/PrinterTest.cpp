//===- PrinterTest.cpp - Assembly text ------------------------------------===//

#include "openatc/ISA/Instruction.h"

#include <gtest/gtest.h>

using namespace openatc::isa;

namespace {

Instruction make(Opcode opcode, std::initializer_list<Operand> operands, Modifiers mods = {}) {
  Instruction inst;
  inst.opcode = opcode;
  inst.mods = mods;
  for (const Operand &op : operands)
    inst.operands[inst.numOperands++] = op;
  return inst;
}

Operand imm(int64_t v) { return Operand::immediate(v); }
Operand reg(uint8_t r, int64_t a = 0) { return Operand::regPlus(r, a); }

TEST(Printer, ScalarOperandsArePositional) {
  EXPECT_EQ(print(make(Opcode::SAdd, {reg(3), reg(3), imm(-4)})), "s.add x3, x3, -4");
  Modifiers lt;
  lt.cond = Cond::LT;
  EXPECT_EQ(print(make(Opcode::SBr, {reg(1), imm(10), imm(64)}, lt)), "s.br.lt x1, 10, @0x40");
  EXPECT_EQ(print(make(Opcode::End, {})), "end");
}

TEST(Printer, OtherOperandsAreNamed) {
  Modifiers mods;
  mods.type = Type::F32;
  mods.counter = true;
  EXPECT_EQ(
      print(make(Opcode::VRelu,
                 {reg(2, 32), reg(2, -32), imm(0), imm(100), imm(int64_t(kContiguous))}, mods)),
      "v.relu.f32.cnt dst=x2+32, src=x2-32, repeat=0, count=100, strides={1,1,1;8,8,8}");
}

TEST(Printer, FourChannelWindowsAreNamed) {
  Modifiers mods;
  mods.c04 = true;
  EXPECT_EQ(
      print(make(Opcode::Load3dA,
                 {imm(0), imm(64), imm(0x80008), imm(0x303), imm(0), imm(16), imm(0), imm(48)},
                 mods)),
      "load3d.a.c04 dst=0, src=64, fmatrix=0x80008, filter=0x303, m_start=0, m_ext=16, "
      "k_start=0, k_ext=48");
}

TEST(Printer, ModifiersOfConversionsAndFlags) {
  Modifiers conv;
  conv.type = Type::F32;
  conv.type2 = Type::S8;
  conv.round = Round::Floor;
  EXPECT_EQ(print(make(Opcode::VConv, {imm(0), imm(0), imm(1), imm(64), reg(4)}, conv)),
            "v.conv.f32.s8.floor dst=0, src=0, repeat=1, count=64, strides=x4");
  Modifiers flag;
  flag.pipeA = Pipe::MTE2;
  flag.pipeB = Pipe::V;
  EXPECT_EQ(print(make(Opcode::SetFlag, {imm(3)}, flag)), "set_flag MTE2, V, 3");
  Modifiers all;
  all.pipeA = Pipe::All;
  EXPECT_EQ(print(make(Opcode::Barrier, {}, all)), "pipe_barrier ALL");
}

} // namespace
