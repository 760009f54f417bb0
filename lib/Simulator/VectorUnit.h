//===- VectorUnit.h - Shapes and operands of vector instructions ----------===//
#ifndef OPENATC_LIB_SIMULATOR_VECTORUNIT_H
#define OPENATC_LIB_SIMULATOR_VECTORUNIT_H

#include "Core.h"

#include <cstddef>

namespace openatc::sim {

inline constexpr int64_t kRepeatBytes = 256;
inline constexpr int64_t kBlocksPerRepeat = 8;

/// Bytes of one element.
constexpr int64_t elementBytes(isa::Type type) {
  switch (type) {
  case isa::Type::U8:
  case isa::Type::S8:
    return 1;
  case isa::Type::F16:
  case isa::Type::S16:
  case isa::Type::U16:
    return 2;
  case isa::Type::F32:
  case isa::Type::S32:
  case isa::Type::U32:
    return 4;
  case isa::Type::S64:
    return 8;
  }
  return 1;
}

/// Which lanes an instruction works on.
struct VectorShape {
  int64_t lanes = 0;     ///< per full repeat
  int64_t repeats = 0;   ///< 0: nothing to do
  int64_t rowLanes = 0;  ///< enabled lanes of every repeat but the last
  int64_t lastLanes = 0; ///< enabled lanes of the last repeat

  int64_t lanesOf(int64_t repeat) const { return repeat + 1 == repeats ? lastLanes : rowLanes; }
  int64_t total() const { return repeats ? (repeats - 1) * rowLanes + lastLanes : 0; }
};

/// One operand in the unified buffer; strides in bytes.
struct VectorOperand {
  int64_t address = 0;
  int64_t bytes = 0;      ///< of one element
  int64_t blockBytes = 0; ///< of the lanes of one block
  int64_t blockStride = 0, repeatStride = 0;

  bool blockContiguous() const { return blockStride == blockBytes; }
  bool contiguous() const {
    return blockContiguous() && repeatStride == blockBytes * kBlocksPerRepeat;
  }
};

/// What the lane loops work on. Segments are runs of contiguous lanes.
struct VectorArgs {
  uint8_t *dst = nullptr;
  const uint8_t *src0 = nullptr, *src1 = nullptr;
  size_t repeats = 0, rowLanes = 0, lastLanes = 0;
  ptrdiff_t dstRepeat = 0, src0Repeat = 0, src1Repeat = 0;
  size_t blockLanes = 0; ///< 0 when the blocks of a repeat are contiguous
  ptrdiff_t dstBlock = 0, src0Block = 0, src1Block = 0;
  uint32_t scalar = 0;

  /// Calls fn(dst, src0, src1, lanes) for every segment, in order.
  template <typename Fn> void forEachSegment(Fn fn) const {
    for (size_t r = 0; r < repeats; ++r) {
      uint8_t *d = dst + ptrdiff_t(r) * dstRepeat;
      const uint8_t *a = src0 + ptrdiff_t(r) * src0Repeat;
      const uint8_t *b = src1 + ptrdiff_t(r) * src1Repeat;
      size_t lanes = r + 1 == repeats ? lastLanes : rowLanes;
      if (blockLanes == 0) {
        fn(d, a, b, lanes);
        continue;
      }
      for (; lanes > 0; d += dstBlock, a += src0Block, b += src1Block) {
        const size_t n = lanes < blockLanes ? lanes : blockLanes;
        fn(d, a, b, n);
        lanes -= n;
      }
    }
  }
};

/// Lanes from the repeat and count operands; false after a trap.
bool makeShape(Core &core, int64_t wideBytes, int64_t repeat, int64_t count, VectorShape &shape);

/// Operand number 0 (dst), 1 (src0) or 2 (src1) of a `strides` word.
VectorOperand makeOperand(int64_t address, int64_t bytes, int64_t wideBytes, uint64_t strides,
                          unsigned index);

/// Alignment, range, written check or mark; records the accesses.
bool accessOperand(Core &core, const VectorOperand &op, const VectorShape &shape, bool write,
                   const char *name);

/// Lane loops over dst and up to two sources (null when absent); false after a trap
/// when an operand partly overlaps the destination.
bool makeArgs(Core &core, const VectorShape &shape, const VectorOperand &dst,
              const VectorOperand *src0, const VectorOperand *src1, VectorArgs &args);

/// Cycles to read the operands of one repeat: how often the busiest of the 16 bank
/// groups of the unified buffer is read. See docs/timing-model.md.
int64_t readConflict(const VectorShape &shape, std::span<const VectorOperand> sources);

// Lane loops by family; false when the type is not supported by the opcode.
bool floatLanes(isa::Opcode op, isa::Type type, bool widen, const VectorArgs &args);
bool integerLanes(isa::Opcode op, isa::Type type, const VectorArgs &args);
bool convertLanes(isa::Type from, isa::Type to, isa::Round round, const VectorArgs &args);
/// Bits of `cond` for n lanes, packed from bit 0; with a null `b` against `scalar`.
bool compareLanes(isa::Cond cond, isa::Type type, const uint8_t *a, const uint8_t *b,
                  uint32_t scalar, size_t lanes, uint8_t *bits);

// Instructions with their own operand forms.
bool runVectorCompare(Core &core, const isa::Instruction &inst, const Values &v);
bool runVectorSelect(Core &core, const isa::Instruction &inst, const Values &v);
bool runVectorReduce(Core &core, const isa::Instruction &inst, const Values &v);
bool runVectorBroadcast(Core &core, const isa::Instruction &inst, const Values &v);
bool runVectorTranspose(Core &core, const isa::Instruction &inst, const Values &v);
bool runVectorGather(Core &core, const isa::Instruction &inst, const Values &v);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_VECTORUNIT_H
