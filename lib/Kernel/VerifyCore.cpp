//===- VerifyCore.cpp - What the core phase leaves behind -----------------===//

#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

using namespace mlir;

namespace openatc::kernel {
#define GEN_PASS_DEF_VERIFYCOREPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

struct VerifyCore : impl::VerifyCorePassBase<VerifyCore> {
  using VerifyCorePassBase::VerifyCorePassBase;

  LogicalResult check(Operation *op, SymbolTable &symbols) {
    if (mlir::isa<ascend::KernelOp>(op))
      return op->emitError("kernel group is not lowered");
    if (auto pool = mlir::dyn_cast<davinci::PoolOp>(op); pool && !pool.getAddress())
      return pool.emitError("buffer \"") << pool.getBufferName() << "\" has no address";
    auto launch = mlir::dyn_cast<ascend::LaunchOp>(op);
    if (!launch)
      return success();
    auto kernel = symbols.lookup<davinci::KernelOp>(launch.getKernel());
    if (!kernel)
      return launch.emitError("launches '") << launch.getKernel() << "', which does not exist";
    size_t buffers = launch.getInputs().size() + launch.getOutputs().size();
    if (kernel.getBody().getNumArguments() != buffers)
      return launch.emitError("passes ")
             << buffers << " buffers to a kernel of " << kernel.getBody().getNumArguments();
    return success();
  }

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    getOperation().walk([&](Operation *op) {
      if (failed(check(op, symbols)))
        signalPassFailure();
    });
  }
};

} // namespace
} // namespace openatc::kernel
