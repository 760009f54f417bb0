//===- RegisterAllocator.h - Scalar registers of a kernel -----------------===//
#ifndef OPENATC_LIB_CODEGEN_REGISTERALLOCATOR_H
#define OPENATC_LIB_CODEGEN_REGISTERALLOCATOR_H

#include "openatc/ISA/Instruction.h"

#include "mlir/IR/Location.h"

#include <cstdint>
#include <string>
#include <vector>

namespace openatc::codegen {

/// An operand before allocation: an immediate, or virtual register plus addend.
struct VOperand {
  int32_t reg = -1; // -1: immediate
  int64_t imm = 0;
};

/// An instruction before allocation. Operand 0 of an instruction with a
/// destination register is written, all other registers are read.
struct VInst {
  isa::Opcode opcode;
  isa::Modifiers mods;
  std::vector<VOperand> operands;
  mlir::Location loc;
  int32_t target = -1; ///< index of the VInst a branch jumps to
  bool defines = false;
};

/// Instructions [begin, end) run repeatedly: `end - 1` jumps back to `begin`.
struct LoopRange {
  uint32_t begin, end;
};

/// Rewrites virtual registers to the 32 of the core by linear scan over live
/// intervals widened to loops; what does not fit lives in the scalar buffer.
/// Returns the final instructions with operands filled; branch targets stay
/// instruction indices in `targets` (-1 for none). False when even the scalar
/// buffer does not suffice.
bool allocateRegisters(const std::vector<VInst> &code, const std::vector<LoopRange> &loops,
                       uint32_t numRegs, std::vector<isa::Instruction> &out,
                       std::vector<int32_t> &targets, std::vector<uint32_t> &origin);

} // namespace openatc::codegen

#endif // OPENATC_LIB_CODEGEN_REGISTERALLOCATOR_H
