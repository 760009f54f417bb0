//===- VectorAccess.cpp - UB ranges that vector instructions touch --------===//

#include "VectorAccess.h"

#include "openatc/Kernel/KernelBuilder.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (!matchPattern(value, m_ConstantInt(&constant)))
    return std::nullopt;
  return constant.getSExtValue();
}

/// The acquire behind `ptr` and the constant bytes in between.
AcquireOp baseOf(Value ptr, std::optional<int64_t> &offset) {
  offset = 0;
  while (auto step = ptr.getDefiningOp<OffsetOp>()) {
    std::optional<int64_t> bytes = constantOf(step.getBytes());
    if (bytes && offset)
      offset = *offset + *bytes;
    else
      offset = std::nullopt;
    ptr = step.getBase();
  }
  return ptr.getDefiningOp<AcquireOp>();
}

constexpr int64_t kMaxRepeats = 255, kWholeMemory = 1 << 20;

/// Repeats of an instruction of the strided families.
struct Walk {
  int64_t repeats, lanes; ///< lanes of the first repeat
  uint64_t strides;
  int64_t bytes; ///< of an element
};

/// Families whose last operands are repeat, count and strides, and whose pointers are
/// dst, src0, src1 in the order of the strides. Conversions and the forms with two
/// widths step differently and stay unknown.
std::optional<Walk> walkOf(InstOpInterface inst) {
  isa::Opcode opcode = inst.getIsaOpcode();
  isa::Modifiers mods = inst.getIsaModifiers();
  if (opcode < isa::Opcode::VAdd || opcode > isa::Opcode::VDup || mods.widen)
    return std::nullopt;
  unsigned last = inst->getNumOperands() - 1;
  auto repeat = constantOf(inst->getOperand(last - 2)),
       count = constantOf(inst->getOperand(last - 1)), strides = constantOf(inst->getOperand(last));
  int64_t bytes = bytesOf(Elem(mods.type)), width = 256 / bytes;
  if (!strides)
    return std::nullopt;
  // Counts that are not known are taken for the largest that there are.
  if (mods.counter) {
    int64_t most = count.value_or(kWholeMemory / bytes);
    return Walk{(most + width - 1) / width, std::min(most, width), uint64_t(*strides), bytes};
  }
  return Walk{repeat.value_or(kMaxRepeats), count.value_or(width), uint64_t(*strides), bytes};
}

/// Rows of a transpose when those of all its matrices are equally spaced; sets all but the
/// pool, the offset and the direction.
std::optional<VectorAccess> combOf(InstOpInterface inst, bool isWrite) {
  auto trans = mlir::dyn_cast<VTransOp>(inst.getOperation());
  if (!trans)
    return std::nullopt;
  auto row = constantOf(isWrite ? trans.getDstRow() : trans.getSrcRow()),
       matrix = constantOf(isWrite ? trans.getDstStride() : trans.getSrcStride()),
       count = constantOf(trans.getN());
  if (!row || !matrix || *matrix != 16 * *row)
    return std::nullopt;
  constexpr int64_t unknown = 1 << 16; // more than any UB holds
  VectorAccess access;
  access.isKnown = true;
  access.length = 16 * bytesOf(trans.getElem());
  access.stride = *row;
  access.repeats = 16 * std::max<int64_t>(count.value_or(unknown), 1);
  return access;
}

} // namespace

bool VectorAccess::conflictsWith(const VectorAccess &other) const {
  if (pool != other.pool || (!isWrite && !other.isWrite))
    return false;
  if (!isKnown || !other.isKnown)
    return true;
  const VectorAccess &a = offset <= other.offset ? *this : other;
  const VectorAccess &b = offset <= other.offset ? other : *this;
  if (b.offset >= a.offset + (a.repeats - 1) * a.stride + a.length)
    return false;
  // Combs of the same pitch interleave.
  if (a.repeats > 1 && b.repeats > 1 && a.stride == b.stride && a.stride > 0) {
    int64_t shift = (b.offset - a.offset) % a.stride;
    return shift < a.length || a.stride - shift < b.length;
  }
  return true;
}

llvm::SmallVector<VectorAccess, 4> vectorAccesses(InstOpInterface inst) {
  llvm::SmallVector<VectorAccess, 4> accesses;
  std::optional<Walk> walk = walkOf(inst);
  auto add = [&](unsigned operand, bool isWrite) {
    std::optional<int64_t> offset;
    AcquireOp acquire = baseOf(inst->getOperand(operand), offset);
    if (!acquire)
      return;
    std::optional<VectorAccess> comb = combOf(inst, isWrite);
    VectorAccess access = comb && offset ? *comb : VectorAccess();
    access.pool = acquire.getPool();
    access.isWrite = isWrite;
    access.offset = offset.value_or(0);
    if (walk && offset) {
      int64_t block = int64_t(walk->strides >> (8 * operand) & 0xff) * 32;
      int64_t blocks = std::max<int64_t>((walk->lanes * walk->bytes + 31) / 32, 1);
      access.isKnown = true;
      access.length = (blocks - 1) * block + 32;
      access.stride = int64_t(walk->strides >> (24 + 12 * operand) & 0xfff) * 32;
      access.repeats = std::max<int64_t>(walk->repeats, 1);
    }
    accesses.push_back(access);
  };
  for (unsigned i : inst.getReadOperands())
    add(i, false);
  for (unsigned i : inst.getWrittenOperands())
    add(i, true);
  return accesses;
}

} // namespace openatc::kernel
