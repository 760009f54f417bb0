//===- DaVinci.cpp - The core's dialect -----------------------------------===//

#include "DaVinci/DaVinci.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace openatc::davinci;

#include "DaVinci/DaVinciDialect.cpp.inc"

#include "DaVinci/DaVinciEnums.cpp.inc"

#include "DaVinci/DaVinciInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "DaVinci/DaVinciAttrs.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "DaVinci/DaVinciTypes.cpp.inc"

#define GET_OP_CLASSES
#include "DaVinci/DaVinciOps.cpp.inc"

void DaVinciDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "DaVinci/DaVinciAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "DaVinci/DaVinciTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "DaVinci/DaVinciOps.cpp.inc"
      >();
}

Value openatc::davinci::getRoot(Value ptr) {
  while (auto offset = ptr.getDefiningOp<OffsetOp>())
    ptr = offset.getBase();
  return ptr;
}

LogicalResult KernelOp::verify() {
  if (static_cast<int64_t>(getBlockDim()) < 1)
    return emitOpError("block_dim must be positive");
  for (BlockArgument arg : getBody().getArguments()) {
    auto ptr = dyn_cast<PtrType>(arg.getType());
    if (!ptr || ptr.getSpace() != MemSpace::GM)
      return emitOpError("argument ") << arg.getArgNumber() << " must be a GM pointer";
  }
  return success();
}

LogicalResult PoolOp::verify() {
  if (getType().getSpace() == MemSpace::GM)
    return emitOpError("pools are on-chip memory");
  if (static_cast<int64_t>(getBytes()) <= 0 || getBytes() % 32)
    return emitOpError("bytes must be a positive multiple of 32, got ") << getBytes();
  if (static_cast<int64_t>(getSlots()) < 1 || getSlots() > 8)
    return emitOpError("slots must be 1..8, got ") << getSlots();
  if (!mlir::isa<KernelOp>((*this)->getParentOp()))
    return emitOpError("must stand at the top of a kernel");
  return success();
}

LogicalResult AcquireOp::verify() {
  if (getPool().getType().getSpace() != getType().getSpace())
    return emitOpError("pointer and pool are in different memories");
  return success();
}

LogicalResult SlotOp::verify() {
  if (!getPtr().getDefiningOp<AcquireOp>())
    return emitOpError("operand must be the result of davinci.acquire");
  return success();
}

/// Flags exist between two different queues only.
static LogicalResult verifyPair(Operation *op, PipeKind src, PipeKind dst) {
  if (src == dst || src == PipeKind::All || dst == PipeKind::All)
    return op->emitOpError("needs two different pipes");
  return success();
}

LogicalResult SetFlagOp::verify() { return verifyPair(*this, getSrc(), getDst()); }
LogicalResult WaitFlagOp::verify() { return verifyPair(*this, getSrc(), getDst()); }

OpFoldResult OffsetOp::fold(FoldAdaptor) {
  if (matchPattern(getBytes(), m_Zero()))
    return getBase();
  return {};
}
