//===- FormKernels.cpp - Groups of ops become kernels ---------------------===//
#include "Grouping.h"

#include "Constants.h"

#include "openatc/Graph/Passes.h"

namespace openatc::graph {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// Whether a constant operand is moved into the body.
bool isParameter(OpOperand &operand, KernelKind kind) {
  Value value = operand.get();
  if (!constantOf(value) || kind == KernelKind::Gather || isa<ConcatOp>(operand.getOwner()))
    return false;
  if (isa<ConvOp, ConvTransposeOp, MatmulOp>(operand.getOwner()))
    return false;
  if (cast<ShapedType>(value.getType()).getNumElements() == 1)
    return true;
  // Data are the operands of arithmetic, and the first one of everything else.
  bool arithmetic = kind == KernelKind::Elementwise || kind == KernelKind::CubeConv ||
                    kind == KernelKind::CubeMatmul || kind == KernelKind::Attention ||
                    isa<LayerNormOp>(operand.getOwner());
  return !arithmetic && operand.getOperandNumber() > 0;
}

/// Builds the kernel of `group` at the builder's position and moves its ops into it.
void buildKernel(OpBuilder &builder, const Group &group) {
  auto inside = [&](Operation *op) { return op && llvm::is_contained(group.ops, op); };
  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs;
  SmallVector<Location> locations;
  for (Operation *op : group.ops) {
    for (OpOperand &operand : op->getOpOperands())
      if (!inside(operand.get().getDefiningOp()) && !isParameter(operand, group.kind))
        inputs.insert(operand.get());
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) { return !inside(user); }))
        outputs.push_back(result);
    for (StringAttr name : nodeNames(op->getLoc()))
      locations.push_back(NameLoc::get(name));
  }
  Location loc = locations.empty() ? group.ops.front()->getLoc() : builder.getFusedLoc(locations);
  std::string name;
  for (StringAttr node : nodeNames(loc))
    name += (name.empty() ? "" : "+") + node.str();
  auto kernel =
      KernelOp::create(builder, loc, TypeRange(ValueRange(outputs)), inputs.getArrayRef(),
                       builder.getStringAttr(name),
                       KernelKindAttr::get(builder.getContext(), group.kind), DictionaryAttr());
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(&kernel.getBody());
  IRMapping arguments;
  for (Value input : inputs)
    arguments.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : group.ops) {
    op->moveBefore(body, body->end());
    for (OpOperand &operand : op->getOpOperands()) {
      if (inside(operand.get().getDefiningOp()))
        continue;
      if (isParameter(operand, group.kind)) {
        builder.setInsertionPoint(op);
        operand.set(builder.clone(*operand.get().getDefiningOp())->getResult(0));
      } else {
        operand.set(arguments.lookup(operand.get()));
      }
    }
  }
  builder.setInsertionPointToEnd(body);
  YieldOp::create(builder, loc, outputs);
  for (auto [output, result] : llvm::zip_equal(outputs, kernel.getOutputs()))
    output.replaceUsesWithIf(result,
                             [&](OpOperand &use) { return use.getOwner()->getBlock() != body; });
}

struct FormKernelsPass : impl::FormKernelsPassBase<FormKernelsPass> {
  using FormKernelsPassBase::FormKernelsPassBase;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    Block &block = getOperation().getBody().front();
    // Ops that nothing uses would become kernels without results.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (op.use_empty() && op.getDialect() && op.getDialect()->getNamespace() == "ascend")
        op.erase();
    FusionSet fusions;
    for (const std::string &name : off) {
      std::optional<Fusion> fusion = fusionOf(name);
      if (!fusion) {
        getOperation().emitError() << "unknown fusion '" << name << "'";
        return signalPassFailure();
      }
      fusions.set(*fusion, false);
    }
    Grouping grouping(block, fusions);
    OpBuilder builder(&getContext());
    for (const Group *group : grouping.ordered()) {
      if (!group->isKernel) {
        group->ops.front()->moveBefore(&block, block.end());
        continue;
      }
      builder.setInsertionPointToEnd(&block);
      buildKernel(builder, *group);
    }
    for (Operation &op : llvm::make_early_inc_range(block))
      if (isa<ConstantOp>(op) && op.use_empty())
        op.erase();
  }
};

} // namespace
} // namespace openatc::graph
