//===- Code.h - A kernel prepared for execution ---------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_CODE_H
#define OPENATC_LIB_SIMULATOR_CODE_H

#include "openatc/ISA/Instruction.h"

#include <algorithm>

namespace openatc::sim {

/// A decoded program, and what the instruction loop needs of it in few bytes: a decoded
/// instruction has room for twelve operands, most have two or three.
struct Code {
  /// The value is registers[reg] + addend; register kZeroRegister is always 0.
  struct Operand {
    int64_t addend;
    uint32_t reg;
  };
  struct Step {
    isa::Opcode opcode;
    isa::Cond cond;
    uint8_t count;       ///< of operands
    uint8_t dest;        ///< register of operand 0
    uint32_t operands;   ///< index of the first one
    uint32_t target = 0; ///< of branches: index of an instruction
  };
  static constexpr unsigned kZeroRegister = isa::kNumRegisters;

  isa::DecodedProgram program;
  std::vector<Step> steps;
  std::vector<Operand> operands; ///< and kShort more, which may be read like any other

  /// As many operands are evaluated without looking at the count: enough for all scalars.
  static constexpr unsigned kShort = 4;

  Code() = default;
  explicit Code(isa::DecodedProgram decoded) : program(std::move(decoded)) {
    steps.reserve(program.instructions.size());
    for (const isa::Instruction &inst : program.instructions) {
      steps.push_back({inst.opcode, inst.mods.cond, inst.numOperands, inst.operands[0].reg,
                       uint32_t(operands.size())});
      Step &step = steps.back();
      for (unsigned i = 0; i < inst.numOperands; ++i)
        operands.push_back(
            {inst.operands[i].imm, inst.operands[i].isReg ? inst.operands[i].reg : kZeroRegister});
      // decodeProgram has checked that every target is the start of an instruction.
      if (inst.opcode == isa::Opcode::SBr)
        step.target = indexOf(inst.operands[2].imm);
      else if (inst.opcode == isa::Opcode::SJmp)
        step.target = indexOf(inst.operands[0].imm);
    }
    operands.resize(operands.size() + kShort, {0, kZeroRegister});
  }

private:
  uint32_t indexOf(int64_t offset) const {
    const std::vector<uint32_t> &offsets = program.offsets;
    return uint32_t(std::lower_bound(offsets.begin(), offsets.end(), uint32_t(offset)) -
                    offsets.begin());
  }
};

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CODE_H
