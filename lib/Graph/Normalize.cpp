//===- Normalize.cpp - Few forms instead of many --------------------------===//
#include "Normalize.h"

#include "openatc/Graph/Passes.h"

#include "Ascend/HostBridge.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace openatc::graph {
#define GEN_PASS_DEF_NORMALIZEPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;

namespace openatc::graph {
namespace {

struct NormalizePass : impl::NormalizePassBase<NormalizePass> {
  using NormalizePassBase::NormalizePassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    populateProductPatterns(patterns);
    populateWindowPatterns(patterns);
    populateShapePatterns(patterns);
    populateFormPatterns(patterns);
    if (functions) {
      populateActivationPatterns(patterns);
      populateNormPatterns(patterns);
    }
    ascend::DropoutOp::getCanonicalizationPatterns(patterns, context);
    ascend::ReshapeOp::getCanonicalizationPatterns(patterns, context);
    ascend::TransposeOp::getCanonicalizationPatterns(patterns, context);
    // Each rewrite removes a form; the bound only guards against a mistake here, and
    // what is left un-normalised stays legal.
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true)
        .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
        .setMaxIterations(32);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace
} // namespace openatc::graph
