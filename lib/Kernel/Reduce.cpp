//===- Reduce.cpp - Author of reductions, softmax and normalisation -------===//

#include "Authors.h"
#include "ReduceKernel.h"
#include "RowNorm.h"
#include "openatc/Target/CostModel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

class ReduceAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    if (isRowNorm(op))
      return rowNormAuthor()->schedule(op, soc);
    FailureOr<ReducePlan> plan = ReducePlan::of(op);
    if (failed(plan))
      return failure();
    if (!plan->chooseTile(soc))
      return op.emitError("no tile fits the unified buffer"), failure();
    int64_t blockDim = std::min(plan->items(), soc.aiCores);
    int64_t bytes = plan->groups * plan->shape.reduced * plan->inner * bytesOf(plan->in);
    int64_t turns = llvm::divideCeil(plan->items(), blockDim);
    int64_t reading = cost::gmRead(soc, bytes, bytes, false), compute = computing(*plan, soc);
    int64_t estimate = std::max(turns * reading + compute, reading + turns * compute);
    OpBuilder b(op);
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({number("block_dim", blockDim), number("estimate_cycles", estimate),
                                number("tile_groups", plan->groups),
                                number("tile_inner", plan->inner),
                                number("tile_reduced", plan->reduced)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    if (isRowNorm(op))
      return rowNormAuthor()->emit(op, kb, ins, outs);
    FailureOr<ReducePlan> plan = ReducePlan::of(op);
    if (failed(plan))
      return failure();
    plan->groups = scheduleValue(op, "tile_groups", 1);
    plan->inner = scheduleValue(op, "tile_inner", 1);
    plan->reduced = scheduleValue(op, "tile_reduced", 1);
    kb.loc = plan->op->getLoc();
    ReduceKernel(kb, *plan, ins, outs[0]).emit(scheduleValue(op, "block_dim", 1));
    return success();
  }

private:
  /// Vector cycles of one item: passes over the tile in the working type, each a few
  /// dependent instructions.
  static int64_t computing(const ReducePlan &plan, const SocDescription &soc) {
    int64_t elements = plan.groups * plan.shape.reduced * plan.inner, passes = 2;
    if (plan.shape.kind == ReduceKind::Softmax || plan.shape.kind == ReduceKind::LogSoftmax)
      passes = 8;
    if (plan.shape.kind == ReduceKind::LayerNorm)
      passes = 9;
    int64_t repeats = llvm::divideCeil(elements * bytesOf(plan.work), 256);
    return passes * (3 * (soc.vectorHead + soc.vectorLatency) + repeats * 3 / 2);
  }
};

} // namespace

const KernelAuthor *reduceAuthor() {
  static const ReduceAuthor author;
  return &author;
}

} // namespace openatc::kernel
