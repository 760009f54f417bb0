//===- Decompose.cpp - Composite functions as primitive ops ---------------===//
#include "Decompose.h"
#include "PrecisionRules.h"

#include "openatc/Graph/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace openatc::graph {
#define GEN_PASS_DEF_DECOMPOSEPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;

namespace openatc::graph {
namespace {

struct DecomposePattern : RewritePattern {
  DecomposePattern(MLIRContext *context, const PrecisionRules &rules)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), rules(rules) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || op->getNumOperands() == 0 || isStructural(op))
      return failure();
    // Only what the vector unit computes in: halves and singles of known shape.
    auto usable = [](Value v) {
      return isStatic(v) && (elementOf(v).isF32() || elementOf(v).isF16());
    };
    if (!usable(op->getResult(0)) || !usable(op->getOperand(0)) ||
        !llvm::all_of(op->getOperands(), isStatic))
      return failure();
    if (Value result = decomposeActivation(op, rewriter, rules.allowsHalves(op))) {
      rewriter.replaceOp(op, result);
      return success();
    }
    for (auto decompose : {decomposeArithmetic, decomposeReduction})
      if (Value result = decompose(op, rewriter)) {
        rewriter.replaceOp(op, result);
        return success();
      }
    return failure();
  }

private:
  const PrecisionRules &rules;
};

struct DecomposePass : impl::DecomposePassBase<DecomposePass> {
  using DecomposePassBase::DecomposePassBase;

  void runOnOperation() override {
    std::optional<PrecisionMode> known = precisionModeOf(mode);
    if (!known) {
      getOperation().emitError() << "unknown precision mode '" << mode << "'";
      return signalPassFailure();
    }
    PrecisionRules rules(getOperation(), *known);
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposePattern>(&getContext(), rules);
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true).setRegionSimplificationLevel(
        GreedySimplifyRegionLevel::Disabled);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace
} // namespace openatc::graph
