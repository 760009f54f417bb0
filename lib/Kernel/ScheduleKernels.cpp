//===- ScheduleKernels.cpp - Tiles, core split and buffers ----------------===//

#include "KernelIdentity.h"
#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Threading.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace openatc::kernel {
#define GEN_PASS_DEF_SCHEDULEKERNELSPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

FailureOr<DictionaryAttr> scheduleOf(ascend::KernelOp op, const SocDescription &soc) {
  if (const KernelAuthor *author = authorOf(op.getKind()))
    return author->schedule(op, soc);
  return op.emitError("no kernel exists for kind ") << stringifyKernelKind(op.getKind());
}

/// The kernel that made `value`, which may have another shape since.
ascend::KernelOp producerOf(Value value) {
  Operation *op = value.getDefiningOp();
  while (op && op->getNumOperands() == 1 && !mlir::isa<ascend::KernelOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return mlir::dyn_cast_if_present<ascend::KernelOp>(op);
}

/// Of a tensor that fills much of L2, its reader finds what was written last and has lost
/// what was written first: contractions begin where the kernel before them has ended.
void turnAround(ascend::KernelOp op, const SocDescription &soc) {
  DictionaryAttr schedule = op.getSchedule().value_or(DictionaryAttr());
  if (!schedule || !schedule.contains("reverse"))
    return;
  Value input = op.getInputs().front();
  auto type = mlir::cast<RankedTensorType>(input.getType());
  ascend::KernelOp producer = producerOf(input);
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  if (!producer || bytes < soc.l2Size / 4 || scheduleValue(producer, "reverse"))
    return;
  NamedAttrList entries(schedule);
  entries.set("reverse", IntegerAttr::get(IntegerType::get(op.getContext(), 64), 1));
  op.setScheduleAttr(entries.getDictionary(op.getContext()));
}

struct ScheduleKernels : impl::ScheduleKernelsPassBase<ScheduleKernels> {
  using ScheduleKernelsPassBase::ScheduleKernelsPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    SmallVector<ascend::KernelOp> groups; // without a schedule
    getOperation().walk([&](ascend::KernelOp op) {
      if (!op.getSchedule())
        groups.push_back(op);
    });
    // Equal groups are scheduled once, distinct ones in parallel.
    SmallVector<size_t> first;
    SmallVector<ascend::KernelOp> distinct;
    llvm::StringMap<size_t> known;
    for (ascend::KernelOp op : groups) {
      auto [it, isNew] = known.try_emplace(identityOf(op), distinct.size());
      if (isNew)
        distinct.push_back(op);
      first.push_back(it->second);
    }
    SmallVector<DictionaryAttr> schedules(distinct.size());
    ParallelDiagnosticHandler inOrder(&getContext());
    LogicalResult status =
        failableParallelForEachN(&getContext(), 0, distinct.size(), [&](size_t i) {
          inOrder.setOrderIDForThread(i);
          FailureOr<DictionaryAttr> schedule = scheduleOf(distinct[i], *description);
          if (succeeded(schedule))
            schedules[i] = *schedule;
          inOrder.eraseOrderIDForThread();
          return LogicalResult(schedule);
        });
    if (failed(status))
      return signalPassFailure();
    for (auto [op, index] : llvm::zip_equal(groups, first))
      op.setScheduleAttr(schedules[index]);
    for (ascend::KernelOp op : groups)
      turnAround(op, *description);
  }
};

} // namespace
} // namespace openatc::kernel
