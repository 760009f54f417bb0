//===- PassRecorder.cpp - Notes what each pass does to the network --------===//
#include "PassRecorder.h"

#include "Ascend/AscendOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace openatc::compiler {
namespace {

/// From this pass on the network's operators are what they are; later passes choose how values
/// are held and what computes them, with operators of their own at most (a bias as an addition).
constexpr StringRef kChoosesEngines = "ascend-assign-engine";

/// Ops that group others or change how values are held, not what they are.
bool isForm(Operation *op) {
  return isa<ascend::CastOp, ascend::TransDataOp, ascend::KernelOp, ascend::LaunchOp,
             ascend::BatchLoopOp>(op);
}

uint64_t hashOf(Operation *op, ArrayRef<StringAttr> nodes) {
  llvm::hash_code hash =
      llvm::hash_combine(op->getName().getAsOpaquePointer(), op->hashProperties());
  for (StringAttr node : nodes)
    hash = llvm::hash_combine(hash, node.getAsOpaquePointer());
  return hash;
}

/// How the op's values are held: shapes are left out, which inference only completes.
uint64_t formOf(Operation *op) {
  llvm::hash_code hash = llvm::hash_combine(op->getDiscardableAttrDictionary().getAsOpaquePointer(),
                                            op->getParentOp()->getName().getAsOpaquePointer());
  for (Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      hash = llvm::hash_combine(hash, tensor.getElementType().getAsOpaquePointer(),
                                tensor.getEncoding().getAsOpaquePointer());
  for (Value operand : op->getOperands())
    if (auto constant = operand.getDefiningOp<ascend::ConstantOp>())
      hash = llvm::hash_combine(hash, constant->hashProperties());
  return hash;
}

} // namespace

class PassRecorder::Instrumentation : public PassInstrumentation {
public:
  explicit Instrumentation(PassRecorder &recorder) : recorder(recorder) {}
  // Passes on kernels come here from several threads at once, but never with `main`.
  void runAfterPass(Pass *pass, Operation *op) override {
    if (!pass->getArgument().empty())
      recorder.afterPass(pass->getArgument(), op);
  }

private:
  PassRecorder &recorder;
};

PassRecorder::State PassRecorder::stateOf(Operation *main) {
  State state;
  main->walk([&](Operation *op) {
    if (op == main || op->hasTrait<OpTrait::IsTerminator>() || isa<ascend::ConstantOp>(op))
      return;
    llvm::SmallSetVector<StringAttr, 4> nodes;
    op->getLoc()->walk([&](Location part) {
      if (auto name = dyn_cast<NameLoc>(part))
        nodes.insert(name.getName());
      return WalkResult::advance();
    });
    uint64_t kind = hashOf(op, nodes.getArrayRef());
    uint64_t all = llvm::hash_combine(kind, formOf(op));
    for (StringAttr node : nodes) {
      Ops &ops = state[node];
      ops.operators += isForm(op) ? 0 : kind;
      ops.all += all;
    }
  });
  return state;
}

void PassRecorder::begin(ModuleOp module) {
  if (auto main = module.lookupSymbol<func::FuncOp>("main"))
    state = stateOf(main);
}

std::unique_ptr<PassInstrumentation> PassRecorder::instrumentation() {
  return std::make_unique<Instrumentation>(*this);
}

void PassRecorder::afterPass(StringRef pass, Operation *op) {
  auto main = dyn_cast<func::FuncOp>(op);
  if (auto module = dyn_cast<ModuleOp>(op))
    main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || main.getSymName() != "main")
    return;
  operatorsAreFinal |= pass == kChoosesEngines;
  State now = stateOf(main);
  int64_t index = -1;
  for (const auto &[node, ops] : now) {
    Ops before = state.lookup(node);
    if (before.all == ops.all)
      continue;
    if (index < 0) {
      index = int64_t(history.passes.size());
      history.passes.push_back(pass.str());
    }
    codegen::PassHistory::Node &entry = history.nodes[node.str()];
    entry.passes.insert(uint32_t(index));
    if (!operatorsAreFinal && ops.operators && ops.operators != before.operators)
      entry.maker = index;
  }
  state = std::move(now);
}

} // namespace openatc::compiler
