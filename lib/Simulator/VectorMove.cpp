//===- VectorMove.cpp - Broadcast, transpose and gather -------------------===//

#include "CubeKernel.h"
#include "VectorUnit.h"

#include <cstring>

namespace openatc::sim {

using isa::Pipe;

namespace {

constexpr int64_t kBlock = 32;
constexpr int64_t kMaxStrideBlocks = 65535;

template <typename T> void fillBlock(uint8_t *to, const uint8_t *element) {
  T value;
  std::memcpy(&value, element, sizeof(T));
  for (int64_t i = 0; i < kBlock; i += int64_t(sizeof(T)))
    std::memcpy(to + i, &value, sizeof(T));
}

bool supportedWidth(Core &core, int64_t bytes) {
  if (bytes == 2 || bytes == 4)
    return true;
  return core.trap("the instruction does not exist for this element type");
}

/// 16x16 matrix of 32-bit elements; row strides in bytes.
void transposeWords(const uint8_t *src, int64_t srcRow, uint8_t *dst, int64_t dstRow) {
  uint32_t rows[16][16];
  for (int64_t r = 0; r < 16; ++r)
    std::memcpy(rows[r], src + r * srcRow, sizeof(rows[r]));
  for (int64_t c = 0; c < 16; ++c) {
    uint32_t column[16];
    for (int64_t r = 0; r < 16; ++r)
      column[r] = rows[r][c];
    std::memcpy(dst + c * dstRow, column, sizeof(column));
  }
}

} // namespace

bool runVectorBroadcast(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t dst = v[0], src = v[1], repeat = v[2], blockStride = v[3], repeatStride = v[4];
  const int64_t bytes = elementBytes(inst.mods.type);
  if (!supportedWidth(core, bytes) || !core.requireRange(repeat, 0, 255, "repeat") ||
      !core.requireRange(blockStride, 0, kMaxStrideBlocks, "dst_blk") ||
      !core.requireRange(repeatStride, 0, kMaxStrideBlocks, "dst_rep") ||
      !core.requireMultiple(dst, kBlock, "dst") || !core.requireMultiple(src, 8 * bytes, "src") ||
      !core.checkRead(core.ub, {src, 1, repeat * 8 * bytes, 0}, "src"))
    return false;
  for (int64_t r = 0; r < repeat; ++r) {
    const int64_t row = dst + r * repeatStride * kBlock;
    if (!core.checkWrite(core.ub, {row, 8, kBlock, blockStride * kBlock}, "dst"))
      return false;
    for (int64_t i = 0; i < 8; ++i) {
      uint8_t *to = core.ub.data() + row + i * blockStride * kBlock;
      const uint8_t *element = core.ub.data() + src + (r * 8 + i) * bytes;
      bytes == 2 ? fillBlock<uint16_t>(to, element) : fillBlock<uint32_t>(to, element);
    }
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, bytes, repeat));
  return true;
}

bool runVectorTranspose(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t dst = v[0], src = v[1], n = v[2];
  const int64_t bytes = elementBytes(inst.mods.type);
  if (!supportedWidth(core, bytes))
    return false;
  static const char *const names[] = {"dst",     "src",        "n",         "dst_row",
                                      "src_row", "dst_stride", "src_stride"};
  for (unsigned i : {0u, 1u, 3u, 4u, 5u, 6u})
    if (!core.requireMultiple(v[i], kBlock, names[i]) ||
        !core.requireRange(v[i], 0, core.soc.ubSize, names[i]))
      return false;
  if (!core.requireRange(n, 0, 4095, "n"))
    return false;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t from = src + i * v[6], to = dst + i * v[5];
    if (!core.checkRead(core.ub, {from, 16, 16 * bytes, v[4]}, "src") ||
        !core.checkWrite(core.ub, {to, 16, 16 * bytes, v[3]}, "dst"))
      return false;
    if (bytes == 2)
      transpose16x16(core.ub.data() + from, v[4], core.ub.data() + to, v[3]);
    else
      transposeWords(core.ub.data() + from, v[4], core.ub.data() + to, v[3]);
  }
  core.charge(Pipe::V, cost::vector(core.soc, inst.opcode, bytes, n));
  return true;
}

bool runVectorGather(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t dst = v[0], src = v[1], offsets = v[2], count = v[3];
  const int64_t bytes = elementBytes(inst.mods.type);
  if (!supportedWidth(core, bytes) || !core.requireRange(count, 0, 1 << 20, "count") ||
      !core.requireMultiple(dst, kBlock, "dst") || !core.requireMultiple(src, bytes, "src") ||
      !core.requireMultiple(offsets, kBlock, "offsets") ||
      !core.checkRead(core.ub, {offsets, 1, count * 4, 0}, "offsets"))
    return false;
  // Collect first: the destination may be where the offsets are.
  std::vector<uint8_t> values(size_t(count * bytes));
  for (int64_t i = 0; i < count; ++i) {
    uint32_t offset;
    std::memcpy(&offset, core.ub.data() + offsets + i * 4, 4);
    const int64_t from = src + int64_t(offset);
    if (!core.requireMultiple(from, bytes, "gathered address") ||
        !core.checkRead(core.ub, {from, 1, bytes, 0}, "src"))
      return false;
    std::memcpy(values.data() + i * bytes, core.ub.data() + from, size_t(bytes));
  }
  if (!core.checkWrite(core.ub, {dst, 1, count * bytes, 0}, "dst"))
    return false;
  if (count > 0)
    std::memcpy(core.ub.data() + dst, values.data(), values.size());
  const int64_t perRepeat = kRepeatBytes / bytes;
  core.charge(Pipe::V,
              cost::vector(core.soc, inst.opcode, bytes, (count + perRepeat - 1) / perRepeat));
  return true;
}

} // namespace openatc::sim
