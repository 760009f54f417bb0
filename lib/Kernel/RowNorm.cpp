//===- RowNorm.cpp - Author of row normalisation in FRACTAL_NZ ------------===//

#include "RowNorm.h"

#include "RowNormKernel.h"
#include "openatc/Target/CostModel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

class RowNormAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    FailureOr<NormPlan> plan = NormPlan::of(op);
    if (failed(plan))
      return failure();
    if (!plan->chooseTile(soc))
      return op.emitError("no tile fits the unified buffer"), failure();
    int64_t blockDim = std::min(plan->items(), soc.aiCores);
    OpBuilder b(op);
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({number("block_dim", blockDim),
                                number("estimate_cycles", estimate(*plan, blockDim, soc)),
                                number("tile_rows", plan->tileRows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    FailureOr<NormPlan> plan = NormPlan::of(op);
    if (failed(plan))
      return failure();
    plan->tileRows = scheduleValue(op, "tile_rows", kRowUnit);
    kb.loc = plan->op->getLoc();
    int64_t blockDim = scheduleValue(op, "block_dim", 1);
    if (plan->inHalves())
      emitNormInHalves(kb, *plan, ins, outs, blockDim);
    else
      emitNormInSingles(kb, *plan, ins, outs, blockDim);
    return success();
  }

private:
  /// The first tile is read, then moves hide behind the passes over each tile in f32
  /// (those in halves count half) and about 20 dependent instructions in between.
  static int64_t estimate(const NormPlan &plan, int64_t blockDim, const SocDescription &soc) {
    int64_t bytes = plan.elements() * bytesOf(plan.in);
    int64_t passes = plan.inHalves() ? 3 : plan.in == Elem::F16 ? 10 : 9;
    int64_t compute =
        passes * plan.elements() * 4 / 256 + 20 * (soc.vectorHead + soc.vectorLatency);
    return cost::gmRead(soc, bytes, plan.pitch() * bytesOf(plan.in), false) +
           llvm::divideCeil(plan.items(), blockDim) * compute;
  }
};

} // namespace

bool isRowNorm(ascend::KernelOp op) {
  return llvm::any_of(op.getBody().front().getOps<ascend::LayerNormOp>(), [](auto norm) {
    return layoutOf(norm.getInput().getType()) == ascend::Layout::FRACTAL_NZ;
  });
}

const KernelAuthor *rowNormAuthor() {
  static const RowNormAuthor author;
  return &author;
}

} // namespace openatc::kernel
