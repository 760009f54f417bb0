//===- VerifyKernel.cpp - What the kernel phase leaves behind -------------===//

#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

using namespace mlir;

namespace openatc::kernel {
#define GEN_PASS_DEF_VERIFYKERNELPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

struct VerifyKernel : impl::VerifyKernelPassBase<VerifyKernel> {
  using VerifyKernelPassBase::VerifyKernelPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    getOperation().walk([&](ascend::KernelOp op) {
      int64_t blocks = scheduleValue(op, "block_dim");
      if (blocks >= 1 && blocks <= description->aiCores)
        return;
      op.emitError("schedule needs a block_dim between 1 and ") << description->aiCores;
      signalPassFailure();
    });
  }
};

} // namespace
} // namespace openatc::kernel
