//===- Printer.cpp - Assembly text of instructions ------------------------===//

#include "OpcodeInfo.h"

#include <cinttypes>
#include <cstdio>

namespace openatc::isa {
namespace {

std::string printOperand(const Operand &op) {
  if (!op.isReg)
    return std::to_string(op.imm);
  std::string text = "x" + std::to_string(op.reg);
  if (op.imm > 0)
    text += "+";
  if (op.imm != 0)
    text += std::to_string(op.imm);
  return text;
}

/// Immediate strides unpacked: "{dst,s0,s1 blocks; dst,s0,s1 repeats}".
std::string printStrides(uint64_t packed) {
  auto field = [&](unsigned bit, unsigned bits) {
    return std::to_string((packed >> bit) & ((1u << bits) - 1));
  };
  return "{" + field(0, 8) + "," + field(8, 8) + "," + field(16, 8) + ";" + field(24, 12) + "," +
         field(36, 12) + "," + field(48, 12) + "}";
}

/// fmatrix and filter are packed fields: hexadecimal reads best.
bool isPacked(std::string_view operand) { return operand == "fmatrix" || operand == "filter"; }

std::string hex(int64_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "0x%" PRIx64, uint64_t(value));
  return buffer;
}

/// ".f16", ".f16.f32.rint", ".lt", ".cnt" ...
std::string suffixes(const Instruction &inst) {
  const ModifierUse use = modifierUse(inst.opcode);
  const Modifiers &m = inst.mods;
  std::string text;
  auto add = [&](const char *name) {
    text += '.';
    text += name ? name : "?";
  };
  if (use.type)
    add(typeName(m.type));
  if (use.type2)
    add(typeName(m.type2));
  if (use.round)
    add(roundName(m.round));
  if (use.cond)
    add(condName(m.cond));
  if (m.relu)
    add("relu");
  if (m.trans)
    add("trans");
  if (m.widen)
    add("widen");
  if (m.index)
    add("index");
  if (m.c04)
    add("c04");
  if (m.saturate)
    add("sat");
  if (m.counter)
    add("cnt");
  return text;
}

} // namespace

std::string print(const Instruction &inst) {
  const OpcodeInfo *info = infoOf(uint8_t(inst.opcode));
  if (!info)
    return "<unknown opcode " + std::to_string(unsigned(inst.opcode)) + ">";
  std::string text = info->mnemonic + suffixes(inst);
  std::string separator = " ";
  auto append = [&](const std::string &item) {
    text += separator + item;
    separator = ", ";
  };
  auto pipe = [](Pipe p) { return std::string(pipeName(p) ? pipeName(p) : "?"); };
  const ModifierUse use = modifierUse(inst.opcode);
  if (use.pipeA)
    append(pipe(inst.mods.pipeA));
  if (use.pipeB)
    append(pipe(inst.mods.pipeB));
  // Scalar operands are positional, those of the other units are named.
  const bool named = info->pipe != Pipe::S;
  for (unsigned i = 0; i < inst.numOperands && i < info->operands.size(); ++i) {
    const Operand &op = inst.operands[i];
    std::string_view name = info->operands[i];
    std::string value;
    if (name == "target")
      value = "@" + (op.isReg ? printOperand(op) : hex(op.imm));
    else if (name == "strides" && !op.isReg)
      value = printStrides(uint64_t(op.imm));
    else if (isPacked(name) && !op.isReg)
      value = hex(op.imm);
    else
      value = printOperand(op);
    append(named ? std::string(name) + "=" + value : value);
  }
  return text;
}

} // namespace openatc::isa
