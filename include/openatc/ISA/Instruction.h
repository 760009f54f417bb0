//===- Instruction.h - Decoded instructions of the core -------------------===//
//
// The in-memory form shared by the code generator (which encodes it), the
// simulator (which executes it) and the disassembler. docs/isa.md documents the
// binary form bit by bit.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_ISA_INSTRUCTION_H
#define OPENATC_ISA_INSTRUCTION_H

#include "openatc/Support/Status.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::isa {

/// Queues of a core. The numbers are encoded in flag instructions.
enum class Pipe : uint8_t { S = 0, V = 1, M = 2, MTE1 = 3, MTE2 = 4, MTE3 = 5, All = 6 };

/// Memories that an address operand may name.
enum class Space : uint8_t { GM, L1, L0A, L0B, L0C, UB };

/// Element types of vector and cube instructions (4-bit code).
enum class Type : uint8_t {
  F16 = 0,
  F32 = 1,
  S32 = 2,
  S16 = 3,
  U8 = 4,
  S8 = 5,
  U16 = 6,
  U32 = 7,
  S64 = 8
};

/// Conditions of compares and branches (3-bit code).
enum class Cond : uint8_t { EQ = 0, NE = 1, LT = 2, LE = 3, GT = 4, GE = 5 };

/// Rounding modes of v.conv (3-bit code).
enum class Round : uint8_t { Rint = 0, Away = 1, Floor = 2, Ceil = 3, Trunc = 4 };

enum class Opcode : uint8_t {
#define INST(Name, mnemonic, opcode, Pipe, Mods, ...) Name = opcode,
#include "openatc/ISA/Instructions.def"
};

inline constexpr unsigned kMaxOperands = 12;
inline constexpr unsigned kNumRegisters = 32;
inline constexpr unsigned kNumSpillSlots = 256;

/// An operand: an immediate, or the value of a register plus an addend.
struct Operand {
  bool isReg = false;
  uint8_t reg = 0;
  int64_t imm = 0; // the immediate, or the addend (48-bit signed) when isReg

  static Operand immediate(int64_t v) { return {false, 0, v}; }
  static Operand regPlus(uint8_t r, int64_t addend = 0) { return {true, r, addend}; }
  bool operator==(const Operand &) const = default;
};

/// Modifier fields of the instruction header; which of them an opcode uses is
/// the Mods column of Instructions.def. Unused fields must stay at their default.
struct Modifiers {
  Type type = Type::F16;  ///< element type; source type of v.conv
  Type type2 = Type::F16; ///< destination type of v.conv
  Cond cond = Cond::EQ;
  Pipe pipeA = Pipe::S; ///< source pipe of a flag; the pipe of a barrier
  Pipe pipeB = Pipe::S; ///< destination pipe of a flag
  Round round = Round::Rint;
  bool counter = false; ///< counter mode
  bool relu = false;
  bool trans = false;
  bool widen = false;    ///< f16 sources, f32 destination
  bool index = false;    ///< (value, index) results
  bool c04 = false;      ///< 4 channels a pixel instead of 16
  bool saturate = false; ///< f32 to f16: overflow and infinity become finite, NaN zero
  bool operator==(const Modifiers &) const = default;
};

struct Instruction {
  Opcode opcode = Opcode::End;
  Modifiers mods;
  uint8_t numOperands = 0;
  std::array<Operand, kMaxOperands> operands;

  bool operator==(const Instruction &) const = default;
};

/// Static facts of one opcode, from Instructions.def.
struct OpcodeInfo {
  Opcode opcode;
  const char *name;     ///< "VAdd"
  const char *mnemonic; ///< "v.add"
  Pipe pipe;            ///< S for flags and barriers (their pipe is a modifier)
  std::vector<std::string_view> operands;
  bool hasDestReg; ///< operand 0 is a scalar destination register
};

/// Facts of `op`; null for a byte that is no opcode.
const OpcodeInfo *infoOf(uint8_t opcode);

/// Packs the vector `strides` operand: block strides then repeat strides, in
/// 32-byte blocks.
constexpr uint64_t packStrides(unsigned dstBlk, unsigned s0Blk, unsigned s1Blk, unsigned dstRep,
                               unsigned s0Rep, unsigned s1Rep) {
  return uint64_t(dstBlk) | uint64_t(s0Blk) << 8 | uint64_t(s1Blk) << 16 | uint64_t(dstRep) << 24 |
         uint64_t(s0Rep) << 36 | uint64_t(s1Rep) << 48;
}
inline constexpr uint64_t kContiguous = packStrides(1, 1, 1, 8, 8, 8);

/// Appends the encoding of `inst` (8 + 8 * numOperands bytes, little endian) to `out`.
void encode(const Instruction &inst, std::vector<uint8_t> &out);

/// Decodes one instruction at byte `offset` of `code` and advances `offset`.
/// Errors name the offset and the offending field; never reads out of bounds.
Expected<Instruction> decode(std::span<const uint8_t> code, size_t &offset);

/// Decodes a whole kernel and checks it: known opcodes, reserved bits zero,
/// register numbers in range, branch targets at instruction starts, an End as
/// the last instruction. Returns the instructions and their byte offsets.
struct DecodedProgram {
  std::vector<Instruction> instructions;
  std::vector<uint32_t> offsets;
};
Expected<DecodedProgram> decodeProgram(std::span<const uint8_t> code);

/// One line of assembly, e.g. "v.add.f16 [x3+64], [x3], [x4] repeat=4 ...".
std::string print(const Instruction &inst);

} // namespace openatc::isa

#endif // OPENATC_ISA_INSTRUCTION_H
