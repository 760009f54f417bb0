//===- AssignLayout.cpp - Fractal regions and packed weights --------------===//
#include "Constants.h"
#include "LayoutAssignment.h"
#include "OpSets.h"

#include "openatc/Graph/Passes.h"

namespace openatc::graph {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {

void LayoutAssignment::run() {
  for (Operation &op : llvm::reverse(func.getBody().front())) {
    if (isOnAiCpu(&op) || op.getNumOperands() == 0 || op.getNumResults() != 1)
      continue;
    findImageUses(&op);
    findRowUses(&op);
  }
  for (Operation &op : llvm::make_early_inc_range(func.getBody().front())) {
    if (isa<ConstantOp>(op))
      continue;
    llvm::SmallSetVector<Value, 4> before;
    before.insert_range(op.getOperands());
    rewriter.setInsertionPoint(&op);
    if (isOnAiCpu(&op) || isStructural(&op))
      toRowMajor(&op);
    else
      visit(&op);
    for (Value operand : before)
      if (constantOf(operand) && operand.use_empty()) {
        images.erase(operand);
        rows.erase(operand);
        packed.erase(operand);
        eraseIfDead(rewriter, operand);
      }
  }
}

void LayoutAssignment::visit(Operation *op) {
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return visitMatmul(matmul);
  if (!visitImageOp(op) && !visitRowOp(op))
    toRowMajor(op);
}

namespace {

struct AssignLayoutPass : impl::AssignLayoutPassBase<AssignLayoutPass> {
  using AssignLayoutPassBase::AssignLayoutPassBase;

  void runOnOperation() override {
    if (!getOperation().isExternal())
      LayoutAssignment(getOperation()).run();
  }
};

} // namespace
} // namespace openatc::graph
