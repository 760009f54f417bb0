//===- VectorCompare.cpp - Compares to bits and selects by bits -----------===//

#include "VectorUnit.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace openatc::sim {

using isa::Cond;
using isa::Opcode;
using isa::Pipe;
using isa::Type;

namespace {

constexpr size_t kMaxLanes = 128;

/// Packs holds(a[i], b[i * bStep]) from bit 0 up.
template <typename T>
void pack(Cond cond, const T *a, const T *b, size_t bStep, size_t lanes, uint8_t *bits) {
  std::memset(bits, 0, (lanes + 7) / 8);
  for (size_t i = 0; i < lanes; ++i)
    bits[i / 8] |= uint8_t(holds(cond, a[i], b[i * bStep]) << (i % 8));
}

template <typename T>
void packTyped(Cond cond, const uint8_t *a, const uint8_t *b, uint32_t scalar, size_t lanes,
               uint8_t *bits) {
  const T constant = std::is_same_v<T, float> ? T(std::bit_cast<float>(scalar)) : T(scalar);
  pack(cond, reinterpret_cast<const T *>(a), b ? reinterpret_cast<const T *>(b) : &constant,
       b ? 1 : 0, lanes, bits);
}

/// Copies the lanes of one row into a contiguous buffer.
void gatherRow(const Core &core, const VectorOperand &op, const VectorShape &shape, int64_t repeat,
               uint8_t *row) {
  const uint8_t *from = core.ub.data() + op.address + repeat * op.repeatStride;
  int64_t left = shape.lanesOf(repeat) * op.bytes;
  for (; left > 0; left -= op.blockBytes, row += op.blockBytes, from += op.blockStride)
    std::memcpy(row, from, size_t(std::min(left, op.blockBytes)));
}

bool supported(Type type) {
  return type == Type::F16 || type == Type::F32 || type == Type::S32 || type == Type::S16;
}

} // namespace

bool compareLanes(Cond cond, Type type, const uint8_t *a, const uint8_t *b, uint32_t scalar,
                  size_t lanes, uint8_t *bits) {
  float fa[kMaxLanes], fb[kMaxLanes];
  switch (type) {
  case Type::F16:
    halfToFloat(reinterpret_cast<const uint16_t *>(a), fa, lanes);
    if (b)
      halfToFloat(reinterpret_cast<const uint16_t *>(b), fb, lanes);
    else
      fb[0] = halfToFloat(uint16_t(scalar));
    pack(cond, fa, fb, b ? 1 : 0, lanes, bits);
    return true;
  case Type::F32:
    packTyped<float>(cond, a, b, scalar, lanes, bits);
    return true;
  case Type::S32:
    packTyped<int32_t>(cond, a, b, scalar, lanes, bits);
    return true;
  case Type::S16:
    packTyped<int16_t>(cond, a, b, scalar, lanes, bits);
    return true;
  default:
    return false;
  }
}

bool runVectorCompare(Core &core, const isa::Instruction &inst, const Values &v) {
  const Type type = inst.mods.type;
  const bool withScalar = inst.opcode == Opcode::VCmpvs;
  if (!supported(type))
    return core.trap("the instruction does not exist for this element type");
  const int64_t bytes = elementBytes(type);
  VectorShape shape;
  if (!makeShape(core, bytes, v[3], v[4], shape))
    return false;
  std::array<VectorOperand, 2> src = {makeOperand(v[1], bytes, bytes, uint64_t(v[5]), 1),
                                      makeOperand(v[2], bytes, bytes, uint64_t(v[5]), 2)};
  const size_t numSources = withScalar ? 1 : 2;
  if (shape.repeats > 0) {
    static const char *const names[] = {"src0", "src1"};
    for (size_t i = 0; i < numSources; ++i)
      if (!accessOperand(core, src[i], shape, false, names[i]))
        return false;
    // Repeats write lanes / 8 bytes one after the other; disabled lanes give 0.
    const int64_t outBytes = shape.lanes / 8;
    if (!core.requireMultiple(v[0], outBytes, "dst") ||
        !core.checkWrite(core.ub, {v[0], 1, shape.repeats * outBytes, 0}, "dst"))
      return false;
    for (int64_t r = 0; r < shape.repeats; ++r) {
      alignas(64) uint8_t rows[2][kRepeatBytes], bits[16] = {};
      for (size_t i = 0; i < numSources; ++i)
        gatherRow(core, src[i], shape, r, rows[i]);
      compareLanes(inst.mods.cond, type, rows[0], withScalar ? nullptr : rows[1], uint32_t(v[2]),
                   size_t(shape.lanesOf(r)), bits);
      std::memcpy(core.ub.data() + v[0] + r * outBytes, bits, size_t(outBytes));
    }
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, bytes, shape.repeats,
                                    readConflict(shape, std::span(src.data(), numSources))));
  return true;
}

bool runVectorSelect(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t bytes = elementBytes(inst.mods.type);
  if (bytes != 2 && bytes != 4)
    return core.trap("the instruction does not exist for this element type");
  VectorShape shape;
  if (!makeShape(core, bytes, v[4], v[5], shape))
    return false;
  const uint64_t strides = uint64_t(v[6]);
  const VectorOperand dst = makeOperand(v[0], bytes, bytes, strides, 0);
  const std::array<VectorOperand, 2> src = {makeOperand(v[1], bytes, bytes, strides, 1),
                                            makeOperand(v[2], bytes, bytes, strides, 2)};
  if (shape.repeats > 0) {
    const int64_t mask = v[3], maskBytes = shape.lanes / 8;
    const int64_t maskRead = (shape.repeats - 1) * maskBytes + (shape.lastLanes + 7) / 8;
    if (!core.requireMultiple(mask, maskBytes, "mask") ||
        !core.checkRead(core.ub, {mask, 1, maskRead, 0}, "mask") ||
        !accessOperand(core, src[0], shape, false, "src0") ||
        !accessOperand(core, src[1], shape, false, "src1") ||
        !accessOperand(core, dst, shape, true, "dst"))
      return false;
    for (int64_t r = 0; r < shape.repeats; ++r) {
      alignas(64) uint8_t rows[2][kRepeatBytes];
      gatherRow(core, src[0], shape, r, rows[0]);
      gatherRow(core, src[1], shape, r, rows[1]);
      const uint8_t *bits = core.ub.data() + mask + r * maskBytes;
      const int64_t lanes = shape.lanesOf(r);
      for (int64_t i = 0; i < lanes; ++i)
        if (!(bits[i / 8] >> (i % 8) & 1))
          std::memcpy(rows[0] + i * bytes, rows[1] + i * bytes, size_t(bytes));
      // Back to the destination's blocks.
      uint8_t *to = core.ub.data() + dst.address + r * dst.repeatStride;
      for (int64_t done = 0; done < lanes * bytes; done += 32, to += dst.blockStride)
        std::memcpy(to, rows[0] + done, size_t(std::min<int64_t>(32, lanes * bytes - done)));
    }
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, bytes, shape.repeats,
                                    readConflict(shape, std::span(src.data(), 2))));
  return true;
}

} // namespace openatc::sim
