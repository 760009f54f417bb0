//===- OpcodeInfo.h - Which header fields an opcode uses ------------------===//
#ifndef OPENATC_LIB_ISA_OPCODEINFO_H
#define OPENATC_LIB_ISA_OPCODEINFO_H

#include "openatc/ISA/Instruction.h"

namespace openatc::isa {

/// Which modifiers an opcode may set: the Mods column of Instructions.def, with
/// the bits that only single opcodes of a group have (widen, index).
struct ModifierUse {
  bool type = false, type2 = false, cond = false, pipeA = false, pipeB = false, round = false;
  bool counter = false, relu = false, trans = false, widen = false, index = false, saturate = false;
  bool c04 = false;
};

ModifierUse modifierUse(Opcode opcode);

/// "f16", "s32" ...; null for a code that names no type.
const char *typeName(Type type);
const char *condName(Cond cond);
const char *pipeName(Pipe pipe);
const char *roundName(Round round);

} // namespace openatc::isa

#endif // OPENATC_LIB_ISA_OPCODEINFO_H
