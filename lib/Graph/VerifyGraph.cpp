//===- VerifyGraph.cpp - What the graph phase promises --------------------===//
#include "OpSets.h"

#include "openatc/Graph/Passes.h"

namespace openatc::graph {
#define GEN_PASS_DEF_VERIFYGRAPHPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

struct VerifyGraphPass : impl::VerifyGraphPassBase<VerifyGraphPass> {
  using VerifyGraphPassBase::VerifyGraphPassBase;

  void runOnOperation() override {
    bool bad = false;
    for (Operation &op : getOperation().getOps()) {
      for (Type type : op.getResultTypes()) {
        auto ranked = dyn_cast<RankedTensorType>(type);
        if (ranked && ranked.hasStaticShape())
          continue;
        op.emitError() << "the shape of a result of " << op.getName().stripDialect()
                       << " is not known at compile time";
        bad = true;
      }
      bool accepted = isStructural(&op) || isView(&op) || isOnAiCpu(&op);
      if (accepted)
        continue;
      op.emitError() << op.getName().stripDialect() << " was neither given to an engine nor "
                     << "grouped into a kernel";
      bad = true;
    }
    if (bad)
      signalPassFailure();
  }
};

} // namespace
} // namespace openatc::graph
