//===- AssignEngine.cpp - AI core or AI CPU -------------------------------===//
#include "Engine.h"
#include "OpSets.h"

#include "openatc/Graph/Passes.h"
#include "openatc/Kernel/KernelSupport.h"

#include "mlir/IR/Builders.h"

namespace openatc::graph {
#define GEN_PASS_DEF_ASSIGNENGINEPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;

namespace openatc::graph {

void assignEngine(Operation *op) {
  if (isStructural(op) || isView(op) || isOnAiCpu(op))
    return;
  std::optional<std::string> reason = kernel::whyNotOnAiCore(op);
  if (!reason)
    return;
  Builder builder(op->getContext());
  op->setAttr("ascend.engine", builder.getStringAttr("aicpu"));
  op->setAttr("ascend.engine_reason", builder.getStringAttr(*reason));
}

namespace {

struct AssignEnginePass : impl::AssignEnginePassBase<AssignEnginePass> {
  using AssignEnginePassBase::AssignEnginePassBase;

  void runOnOperation() override {
    for (Operation &op : getOperation().getOps())
      if (op.getDialect() && op.getDialect()->getNamespace() == "ascend")
        assignEngine(&op);
  }
};

} // namespace
} // namespace openatc::graph
