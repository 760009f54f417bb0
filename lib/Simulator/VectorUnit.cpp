//===- VectorUnit.cpp - Vector instructions with strided operands ---------===//

#include "VectorUnit.h"
#include "openatc/Support/Half.h"

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;
using isa::Type;

namespace {

enum class Form { Binary, Unary, Scalar, Dup };

Form formOf(Opcode op) {
  if (op == Opcode::VDup)
    return Form::Dup;
  if (op >= Opcode::VAdds)
    return Form::Scalar;
  return op >= Opcode::VAbs ? Form::Unary : Form::Binary;
}

/// Ops that also read their destination.
bool readsDst(Opcode op) {
  return op == Opcode::VMla || op == Opcode::VMadd || op == Opcode::VAxpy;
}

bool isFloat(Type type) { return type == Type::F16 || type == Type::F32; }

/// Ops that only move bits: their type says how wide a lane is.
bool isBitwise(Opcode op) {
  return op == Opcode::VAnd || op == Opcode::VOr || op == Opcode::VNot || op == Opcode::VShl ||
         op == Opcode::VShr || op == Opcode::VDup;
}

bool unsupported(Core &core) {
  return core.trap("the instruction does not exist for this element type");
}

bool runConvert(Core &core, const isa::Instruction &inst, const Values &v) {
  const Type from = inst.mods.type, to = inst.mods.type2;
  const int64_t wide = std::max(elementBytes(from), elementBytes(to));
  VectorShape shape;
  if (!makeShape(core, wide, v[2], v[3], shape))
    return false;
  if (shape.repeats > 0) {
    const VectorOperand dst = makeOperand(v[0], elementBytes(to), wide, uint64_t(v[4]), 0);
    const VectorOperand src = makeOperand(v[1], elementBytes(from), wide, uint64_t(v[4]), 1);
    VectorArgs args;
    if (!accessOperand(core, src, shape, false, "src") ||
        !accessOperand(core, dst, shape, true, "dst") ||
        !makeArgs(core, shape, dst, &src, nullptr, args))
      return false;
    if (!convertLanes(from, to, inst.mods.round, args))
      return unsupported(core);
    if (inst.mods.saturate && from == Type::F32 && to == Type::F16)
      args.forEachSegment([](uint8_t *lanes, const uint8_t *, const uint8_t *, size_t n) {
        saturateHalves(reinterpret_cast<uint16_t *>(lanes), n);
      });
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, wide, shape.repeats));
  return true;
}

bool runStrided(Core &core, const isa::Instruction &inst, const Values &v) {
  const Opcode op = inst.opcode;
  const Form form = formOf(op);
  const bool widen = inst.mods.widen;
  const Type type = inst.mods.type;
  if (widen && type != Type::F16)
    return core.trap("widening forms read f16");
  const int64_t bytes = elementBytes(type), wide = widen ? 4 : bytes;
  // Operand positions after dst: sources or a scalar, then repeat, count, strides.
  const unsigned first = form == Form::Binary || form == Form::Scalar ? 3 : 2;
  const uint64_t strides = uint64_t(v[first + 2]);
  VectorShape shape;
  if (!makeShape(core, wide, v[first], v[first + 1], shape))
    return false;

  std::array<VectorOperand, 3> reads;
  size_t numReads = 0;
  const VectorOperand dst = makeOperand(v[0], wide, wide, strides, 0);
  if (form != Form::Dup)
    reads[numReads++] = makeOperand(v[1], bytes, wide, strides, 1);
  if (form == Form::Binary)
    reads[numReads++] = makeOperand(v[2], bytes, wide, strides, 2);
  const size_t numSources = numReads;
  if (readsDst(op))
    reads[numReads++] = dst;

  if (shape.repeats > 0) {
    static const char *const names[] = {"src0", "src1"};
    for (size_t i = 0; i < numReads; ++i)
      if (!accessOperand(core, reads[i], shape, false, i < numSources ? names[i] : "dst"))
        return false;
    VectorArgs args;
    if (!accessOperand(core, dst, shape, true, "dst") ||
        !makeArgs(core, shape, dst, numSources > 0 ? &reads[0] : nullptr,
                  numSources > 1 ? &reads[1] : nullptr, args))
      return false;
    if (form == Form::Scalar)
      args.scalar = uint32_t(v[2]);
    else if (form == Form::Dup)
      args.scalar = uint32_t(v[1]);
    const bool known = isFloat(type) && !isBitwise(op) ? floatLanes(op, type, widen, args)
                                                       : integerLanes(op, type, args);
    if (!known)
      return unsupported(core);
  }
  const int64_t conflict =
      numReads > 0 ? readConflict(shape, std::span(reads.data(), numReads)) : 1;
  core.charge(Pipe::V, cost::vector(core.soc, op, wide, shape.repeats, conflict));
  return true;
}

} // namespace

bool runVector(Core &core, const isa::Instruction &inst, const Values &v) {
  switch (inst.opcode) {
  case Opcode::VCmpv:
  case Opcode::VCmpvs:
    return runVectorCompare(core, inst, v);
  case Opcode::VSel:
    return runVectorSelect(core, inst, v);
  case Opcode::VCadd:
  case Opcode::VCmax:
  case Opcode::VCmin:
  case Opcode::VCgadd:
  case Opcode::VCgmax:
  case Opcode::VCgmin:
    return runVectorReduce(core, inst, v);
  case Opcode::VConv:
    return runConvert(core, inst, v);
  case Opcode::VBrcb:
    return runVectorBroadcast(core, inst, v);
  case Opcode::VTrans:
    return runVectorTranspose(core, inst, v);
  case Opcode::VGather:
    return runVectorGather(core, inst, v);
  default:
    return runStrided(core, inst, v);
  }
}

} // namespace openatc::sim
