//===- OpcodeInfo.cpp - Tables made from Instructions.def -----------------===//

#include "OpcodeInfo.h"

namespace openatc::isa {
namespace {

enum class Mods {
  NoMods,
  DType,
  Cond,
  FlagPair,
  PipeSel,
  Trans,
  DTypeRelu,
  DTypeMode,
  DTypeModeCond,
  ConvMods
};

struct Entry {
  OpcodeInfo info;
  Mods mods;
};

OpcodeInfo makeInfo(Opcode opcode, const char *name, const char *mnemonic, Pipe pipe,
                    std::vector<std::string_view> operands) {
  bool hasDestReg = !operands.empty() && operands.front().starts_with("d_");
  return {opcode, name, mnemonic, pipe, std::move(operands), hasDestReg};
}

/// Entries indexed by opcode byte; null info pointers for unused bytes.
const std::array<const Entry *, 256> &table() {
  static const std::vector<Entry> entries = {
#define INST(Name, mnemonic, opcode, PipeName, ModsName, ...)                                      \
  {makeInfo(Opcode::Name, #Name, mnemonic, Pipe::PipeName, {__VA_ARGS__}), Mods::ModsName},
#include "openatc/ISA/Instructions.def"
  };
  static const std::array<const Entry *, 256> index = [] {
    std::array<const Entry *, 256> result{};
    for (const Entry &e : entries)
      result[uint8_t(e.info.opcode)] = &e;
    return result;
  }();
  return index;
}

} // namespace

const OpcodeInfo *infoOf(uint8_t opcode) {
  const Entry *e = table()[opcode];
  return e ? &e->info : nullptr;
}

ModifierUse modifierUse(Opcode opcode) {
  ModifierUse use;
  const Entry *e = table()[uint8_t(opcode)];
  if (!e)
    return use;
  switch (e->mods) {
  case Mods::NoMods:
    break;
  case Mods::DType:
    use.type = true;
    break;
  case Mods::Cond:
    use.cond = true;
    break;
  case Mods::FlagPair:
    use.pipeA = use.pipeB = true;
    break;
  case Mods::PipeSel:
    use.pipeA = true;
    break;
  case Mods::Trans:
    use.trans = true;
    break;
  case Mods::DTypeRelu:
    use.type = use.relu = true;
    break;
  case Mods::DTypeMode:
    use.type = use.counter = true;
    break;
  case Mods::DTypeModeCond:
    use.type = use.counter = use.cond = true;
    break;
  case Mods::ConvMods:
    use.type = use.type2 = use.round = use.counter = true;
    break;
  }
  use.widen = opcode == Opcode::VMla || opcode == Opcode::VAxpy;
  use.index = opcode == Opcode::VCmax || opcode == Opcode::VCmin;
  use.c04 = opcode == Opcode::Load3dA;
  use.saturate = opcode == Opcode::VConv || opcode == Opcode::L0cToUb;
  return use;
}

const char *typeName(Type type) {
  static const char *const names[] = {"f16", "f32", "s32", "s16", "u8", "s8", "u16", "u32", "s64"};
  return size_t(type) < std::size(names) ? names[size_t(type)] : nullptr;
}

const char *condName(Cond cond) {
  static const char *const names[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  return size_t(cond) < std::size(names) ? names[size_t(cond)] : nullptr;
}

const char *pipeName(Pipe pipe) {
  static const char *const names[] = {"S", "V", "M", "MTE1", "MTE2", "MTE3", "ALL"};
  return size_t(pipe) < std::size(names) ? names[size_t(pipe)] : nullptr;
}

const char *roundName(Round round) {
  static const char *const names[] = {"rint", "away", "floor", "ceil", "trunc"};
  return size_t(round) < std::size(names) ? names[size_t(round)] : nullptr;
}

} // namespace openatc::isa
