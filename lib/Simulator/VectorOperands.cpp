//===- VectorOperands.cpp - Shapes, checks and bank conflicts -------------===//

#include "VectorUnit.h"

#include <algorithm>

namespace openatc::sim {
namespace {

constexpr int64_t kMaxCount = int64_t(1) << 24;

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Blocks of a repeat that hold enabled lanes.
int64_t blocksOf(int64_t lanes, const VectorShape &shape) {
  return ceilDiv(lanes * kBlocksPerRepeat, shape.lanes);
}

/// Whether two equally long ranges share bytes without being the same.
bool overlapsPartly(int64_t a, int64_t aBytes, int64_t b, int64_t bBytes) {
  return a != b && a < b + bBytes && b < a + aBytes;
}

} // namespace

bool makeShape(Core &core, int64_t wideBytes, int64_t repeat, int64_t count, VectorShape &shape) {
  shape.lanes = kRepeatBytes / wideBytes;
  if (core.current->mods.counter) {
    if (!core.requireRange(count, 0, kMaxCount, "count"))
      return false;
    shape.repeats = ceilDiv(count, shape.lanes);
    shape.rowLanes = shape.lanes;
    shape.lastLanes = count - (shape.repeats - 1) * shape.lanes;
    return true;
  }
  if (!core.requireRange(repeat, 0, 255, "repeat") ||
      !core.requireRange(count, 0, shape.lanes, "count"))
    return false;
  shape.repeats = count ? repeat : 0;
  shape.rowLanes = shape.lastLanes = count;
  return true;
}

VectorOperand makeOperand(int64_t address, int64_t bytes, int64_t wideBytes, uint64_t strides,
                          unsigned index) {
  VectorOperand op;
  op.address = address;
  op.bytes = bytes;
  op.blockBytes = 32 * bytes / wideBytes;
  op.blockStride = int64_t((strides >> (8 * index)) & 0xff) * op.blockBytes;
  op.repeatStride = int64_t((strides >> (24 + 12 * index)) & 0xfff) * op.blockBytes;
  return op;
}

bool accessOperand(Core &core, const VectorOperand &op, const VectorShape &shape, bool write,
                   const char *name) {
  if (!core.requireMultiple(op.address, op.blockBytes, name))
    return false;
  auto access = [&](const Bursts &b) {
    return write ? core.checkWrite(core.ub, b, name) : core.checkRead(core.ub, b, name);
  };
  if (op.contiguous() && shape.rowLanes == shape.lanes)
    return access({op.address, 1, shape.total() * op.bytes, 0});
  if (op.blockContiguous()) {
    const int64_t last = op.address + (shape.repeats - 1) * op.repeatStride;
    return access({op.address, shape.repeats - 1, shape.rowLanes * op.bytes, op.repeatStride}) &&
           access({last, 1, shape.lastLanes * op.bytes, 0});
  }
  for (int64_t r = 0; r < shape.repeats; ++r) {
    // A stride of 0 comes back to the same place: one look is enough.
    if (r > 0 && op.repeatStride == 0 && shape.lanesOf(r) <= shape.rowLanes)
      break;
    const int64_t blocks = op.blockStride ? blocksOf(shape.lanesOf(r), shape) : 1;
    const int64_t len =
        blocks == 1 ? std::min(op.blockBytes, shape.lanesOf(r) * op.bytes) : op.blockBytes;
    if (!access({op.address + r * op.repeatStride, blocks, len, op.blockStride}))
      return false;
  }
  return true;
}

bool makeArgs(Core &core, const VectorShape &shape, const VectorOperand &dst,
              const VectorOperand *src0, const VectorOperand *src1, VectorArgs &args) {
  bool contiguous = dst.contiguous() && shape.rowLanes == shape.lanes;
  bool blocksContiguous = dst.blockContiguous();
  for (const VectorOperand *src : {src0, src1}) {
    if (!src)
      continue;
    contiguous &= src->contiguous() && !overlapsPartly(dst.address, shape.total() * dst.bytes,
                                                       src->address, shape.total() * src->bytes);
    blocksContiguous &= src->blockContiguous();
  }
  uint8_t *ub = core.ub.data();
  args.dst = ub + dst.address;
  args.src0 = src0 ? ub + src0->address : ub;
  args.src1 = src1 ? ub + src1->address : ub;
  if (contiguous) { // one long run
    args.repeats = 1;
    args.rowLanes = args.lastLanes = size_t(shape.total());
    return true;
  }
  // Lanes of one repeat are computed together, so that a source must be the
  // destination itself or somewhere else.
  if (blocksContiguous)
    for (const VectorOperand *src : {src0, src1})
      for (int64_t r = 0; src && r < shape.repeats; ++r)
        if (overlapsPartly(dst.address + r * dst.repeatStride, shape.lanesOf(r) * dst.bytes,
                           src->address + r * src->repeatStride, shape.lanesOf(r) * src->bytes))
          return core.trap("repeat " + std::to_string(r) +
                           " has a source that partly overlaps its destination");
  args.repeats = size_t(shape.repeats);
  args.rowLanes = size_t(shape.rowLanes);
  args.lastLanes = size_t(shape.lastLanes);
  args.blockLanes = blocksContiguous ? 0 : size_t(shape.lanes / kBlocksPerRepeat);
  args.dstRepeat = dst.repeatStride;
  args.dstBlock = dst.blockStride;
  if (src0) {
    args.src0Repeat = src0->repeatStride;
    args.src0Block = src0->blockStride;
  }
  if (src1) {
    args.src1Repeat = src1->repeatStride;
    args.src1Block = src1->blockStride;
  }
  return true;
}

namespace {

/// The usual cases without counting: up to two sources whose blocks follow each other
/// or are one block, and that advance together. 0 when the general way is needed.
int64_t simpleConflict(int64_t blocks, std::span<const VectorOperand> sources) {
  for (const VectorOperand &op : sources)
    if ((op.blockStride != 32 && op.blockStride != 0) || op.blockBytes != 32 ||
        op.repeatStride != sources[0].repeatStride)
      return 0;
  if (sources.size() == 1)
    return 1;
  const VectorOperand &a = sources[0], &b = sources[1];
  if (sources.size() != 2)
    return 0;
  if (a.address == b.address && a.blockStride == b.blockStride)
    return 1;
  // Two arcs on the circle of 16 bank groups: do they meet?
  const int64_t rowsA = a.blockStride ? blocks : 1, rowsB = b.blockStride ? blocks : 1;
  const int64_t distance = ((b.address - a.address) / 32) & 15;
  return distance < rowsA || 16 - distance < rowsB ? 2 : 1;
}

} // namespace

int64_t readConflict(const VectorShape &shape, std::span<const VectorOperand> sources) {
  if (shape.repeats == 0)
    return 1;
  const int64_t blocks = blocksOf(shape.rowLanes, shape);
  if (int64_t simple = simpleConflict(blocks, sources))
    return simple;
  // Bank groups repeat every 16 blocks, so at most 16 repeats differ.
  const int64_t repeats = std::min<int64_t>(shape.repeats, 16);
  bool steady = true;
  for (const VectorOperand &op : sources)
    steady &= op.repeatStride == sources[0].repeatStride;
  int64_t cycles = 0;
  const int64_t looked = steady ? 1 : repeats;
  for (int64_t r = 0; r < looked; ++r) {
    std::array<uint8_t, 16> reads{};
    int64_t busiest = 1;
    for (size_t s = 0; s < sources.size(); ++s) {
      const VectorOperand &op = sources[s];
      const int64_t base = op.address + r * op.repeatStride;
      // The same row of two operands is read once.
      bool same = false;
      for (size_t t = 0; t < s; ++t)
        same |= base == sources[t].address + r * sources[t].repeatStride &&
                op.blockStride == sources[t].blockStride;
      if (same)
        continue;
      const int64_t rows = op.blockStride == 0 ? 1 : blocks;
      int64_t previous = -1;
      for (int64_t b = 0; b < rows; ++b) {
        const int64_t row = (base + b * op.blockStride) / 32;
        if (row == previous) // half blocks of a narrow operand
          continue;
        previous = row;
        busiest = std::max<int64_t>(busiest, ++reads[size_t(row % 16)]);
      }
    }
    cycles += busiest;
  }
  return ceilDiv(cycles, looked);
}

} // namespace openatc::sim
