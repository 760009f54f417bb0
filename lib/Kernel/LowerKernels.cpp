//===- LowerKernels.cpp - Groups become davinci kernels -------------------===//

#include "InPlace.h"
#include "KernelIdentity.h"
#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
#define GEN_PASS_DEF_LOWERKERNELSPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

struct LowerKernels : impl::LowerKernelsPassBase<LowerKernels> {
  using LowerKernelsPassBase::LowerKernelsPassBase;

  FailureOr<KernelOp> lower(ascend::KernelOp op, const SocDescription &description,
                            StringRef symbol) {
    OpBuilder b = OpBuilder::atBlockEnd(getOperation().getBody());
    int64_t blockDim = scheduleValue(op, "block_dim", 1);
    auto kernel = KernelOp::create(b, op.getLoc(), symbol, blockDim);
    Block *body = b.createBlock(&kernel.getBody());
    Type gm = PtrType::get(&getContext(), MemSpace::GM);
    size_t count = op.getInputs().size() + op.getOutputs().size();
    for (size_t i = 0; i < count; ++i)
      body->addArgument(gm, op.getLoc());
    KernelBuilder kb(b, op.getLoc(), description);
    kb.saturate = saturate;
    ValueRange args = body->getArguments();
    size_t inputs = op.getInputs().size();
    const KernelAuthor *author = authorOf(op.getKind());
    if (!author || failed(author->emit(op, kb, args.take_front(inputs), args.drop_front(inputs))))
      return failure();
    return kernel;
  }

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    llvm::StringMap<KernelOp> known;
    SmallVector<ascend::KernelOp> groups;
    getOperation().walk([&](ascend::KernelOp op) { groups.push_back(op); });
    for (ascend::KernelOp op : groups) {
      KernelOp &kernel = known[identityOf(op)];
      if (!kernel) {
        FailureOr<KernelOp> lowered =
            lower(op, *description, ("k" + Twine(known.size() - 1)).str());
        if (failed(lowered)) {
          op.emitError("kernel could not be lowered");
          return signalPassFailure();
        }
        kernel = *lowered;
      }
      OpBuilder b(op);
      IntegerAttr estimate;
      if (int64_t cycles = scheduleValue(op, "estimate_cycles"))
        estimate = b.getI64IntegerAttr(cycles);
      DenseI64ArrayAttr over;
      SmallVector<int64_t> overwritten = overwrittenOperands(op);
      if (llvm::any_of(overwritten, [](int64_t operand) { return operand >= 0; }))
        over = b.getDenseI64ArrayAttr(overwritten);
      auto launch = ascend::LaunchOp::create(
          b, op.getLoc(), op.getResultTypes(), FlatSymbolRefAttr::get(kernel.getSymNameAttr()),
          op.getInputs(), b.getI64IntegerAttr(kernel.getBlockDim()), estimate, over);
      op->replaceAllUsesWith(launch.getResults());
      op.erase();
    }
  }
};

} // namespace
} // namespace openatc::kernel
