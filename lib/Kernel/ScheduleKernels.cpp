//===- ScheduleKernels.cpp - Tiles, core split and buffers ----------------===//

#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

using namespace mlir;

namespace openatc::kernel {
#define GEN_PASS_DEF_SCHEDULEKERNELSPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

struct ScheduleKernels : impl::ScheduleKernelsPassBase<ScheduleKernels> {
  using ScheduleKernelsPassBase::ScheduleKernelsPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    getOperation().walk([&](ascend::KernelOp op) {
      if (op.getSchedule())
        return;
      const KernelAuthor *author = authorOf(op.getKind());
      if (!author) {
        op.emitError("no kernel exists for kind ") << stringifyKernelKind(op.getKind());
        return signalPassFailure();
      }
      FailureOr<DictionaryAttr> schedule = author->schedule(op, *description);
      if (failed(schedule))
        return signalPassFailure();
      op.setScheduleAttr(*schedule);
    });
  }
};

} // namespace
} // namespace openatc::kernel
