//===- VectorReduce.cpp - Reductions of repeats and blocks ----------------===//

#include "VectorUnit.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;
using isa::Type;

namespace {

enum class Kind { Sum, Max, Min };

Kind kindOf(Opcode op) {
  switch (op) {
  case Opcode::VCmax:
  case Opcode::VCgmax:
    return Kind::Max;
  case Opcode::VCmin:
  case Opcode::VCgmin:
    return Kind::Min;
  default:
    return Kind::Sum;
  }
}

/// Sum over a binary tree of neighbouring pairs; lanes beyond n count as zero. Every
/// level of a half sum is rounded to half.
float treeSum(float *x, size_t n, bool half) {
  size_t width = 1;
  while (width < n)
    width *= 2;
  std::fill(x + n, x + width, 0.0f);
  for (; width > 1; width /= 2) {
    for (size_t i = 0; i < width / 2; ++i)
      x[i] = x[2 * i] + x[2 * i + 1];
    if (half) {
      uint16_t rounded[64];
      floatToHalf(x, rounded, width / 2);
      halfToFloat(rounded, x, width / 2);
    }
  }
  return x[0];
}

int32_t treeSum(int32_t *x, size_t n, bool) {
  uint32_t sum = 0; // wraps, so the order does not matter
  for (size_t i = 0; i < n; ++i)
    sum += uint32_t(x[i]);
  return int32_t(sum);
}

/// First position of the largest or smallest lane; a NaN wins over all numbers.
template <typename T> size_t extreme(const T *x, size_t n, bool wantMax) {
  size_t best = 0;
  for (size_t i = 1; i < n; ++i) {
    if (x[best] != x[best])
      break;
    if (x[i] != x[i] || (wantMax ? x[i] > x[best] : x[i] < x[best]))
      best = i;
  }
  return best;
}

/// Result of n lanes: value, and where it was found.
template <typename T> std::pair<T, size_t> reduce(Kind kind, T *x, size_t n, bool half) {
  if (kind == Kind::Sum)
    return {treeSum(x, n, half), 0};
  const size_t at = extreme(x, n, kind == Kind::Max);
  return {x[at], at};
}

/// Stores the value in its element type, then the index when asked for.
void put(uint8_t *to, Type type, float value, size_t index, bool withIndex) {
  if (type == Type::F16) {
    const uint16_t pair[2] = {floatToHalf(value), uint16_t(index)};
    std::memcpy(to, pair, withIndex ? 4 : 2);
    return;
  }
  std::memcpy(to, &value, 4);
  const uint32_t wide = uint32_t(index);
  if (withIndex)
    std::memcpy(to + 4, &wide, 4);
}

void put(uint8_t *to, Type, int32_t value, size_t index, bool withIndex) {
  std::memcpy(to, &value, 4);
  const uint32_t wide = uint32_t(index);
  if (withIndex)
    std::memcpy(to + 4, &wide, 4);
}

/// Lanes of one repeat as T.
template <typename T>
void loadRow(const Core &core, const VectorOperand &op, const VectorShape &shape, int64_t repeat,
             T *row) {
  const uint8_t *from = core.ub.data() + op.address + repeat * op.repeatStride;
  // Blocks that follow each other are one.
  const int64_t perBlock = op.blockContiguous() ? shape.lanes : op.blockBytes / op.bytes;
  for (int64_t left = shape.lanesOf(repeat); left > 0; left -= perBlock) {
    const size_t n = size_t(std::min(left, perBlock));
    if (op.bytes == 2) {
      if constexpr (std::is_same_v<T, float>)
        halfToFloat(reinterpret_cast<const uint16_t *>(from), row, n);
    } else {
      std::memcpy(row, from, n * sizeof(T));
    }
    row += n;
    from += op.blockStride;
  }
}

template <typename T>
void reduceAll(Core &core, const isa::Instruction &inst, const VectorOperand &src,
               const VectorShape &shape, int64_t dst, bool byBlock, int64_t resultBytes) {
  const Kind kind = kindOf(inst.opcode);
  const Type type = inst.mods.type;
  const bool half = type == Type::F16;
  const size_t perGroup = size_t(byBlock ? shape.lanes / kBlocksPerRepeat : shape.lanes);
  uint8_t *to = core.ub.data() + dst;
  for (int64_t r = 0; r < shape.repeats; ++r) {
    alignas(64) T row[128];
    loadRow(core, src, shape, r, row);
    const size_t lanes = size_t(shape.lanesOf(r));
    uint8_t *out = to + r * resultBytes * (byBlock ? kBlocksPerRepeat : 1);
    for (size_t begin = 0; begin < lanes; begin += perGroup, out += resultBytes) {
      // Blocks are copied: the tree needs room for its padding.
      alignas(64) T group[128];
      const size_t n = std::min(perGroup, lanes - begin);
      std::copy_n(row + begin, n, group);
      const auto [value, index] = reduce(kind, group, n, half);
      put(out, type, value, index, inst.mods.index);
    }
  }
}

} // namespace

bool runVectorReduce(Core &core, const isa::Instruction &inst, const Values &v) {
  const Type type = inst.mods.type;
  if (type != Type::F16 && type != Type::F32 && type != Type::S32)
    return core.trap("the instruction does not exist for this element type");
  const int64_t bytes = elementBytes(type);
  const bool byBlock = inst.opcode >= Opcode::VCgadd;
  VectorShape shape;
  if (!makeShape(core, bytes, v[2], v[3], shape))
    return false;
  if (shape.repeats > 0) {
    const VectorOperand src = makeOperand(v[1], bytes, bytes, uint64_t(v[4]), 1);
    // Results are packed: one a repeat, or one for each block that has lanes.
    const int64_t resultBytes = inst.mods.index ? 2 * bytes : bytes;
    const int64_t perBlock = shape.lanes / kBlocksPerRepeat;
    auto results = [&](int64_t lanes) { return byBlock ? (lanes + perBlock - 1) / perBlock : 1; };
    const int64_t step = resultBytes * (byBlock ? kBlocksPerRepeat : 1);
    const int64_t total = (shape.repeats - 1) * step + results(shape.lastLanes) * resultBytes;
    if (!core.requireMultiple(v[0], resultBytes, "dst") ||
        !accessOperand(core, src, shape, false, "src") ||
        !core.checkWrite(core.ub, {v[0], 1, total, 0}, "dst"))
      return false;
    if (type == Type::S32)
      reduceAll<int32_t>(core, inst, src, shape, v[0], byBlock, resultBytes);
    else
      reduceAll<float>(core, inst, src, shape, v[0], byBlock, resultBytes);
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, bytes, shape.repeats));
  return true;
}

} // namespace openatc::sim
