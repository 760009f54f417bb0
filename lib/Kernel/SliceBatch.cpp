//===- SliceBatch.cpp - Runs of kernels depth-first over the batch --------===//

#include "BatchSlices.h"
#include "InPlace.h"
#include "KernelIdentity.h"
#include "SlicePlan.h"

#include "Ascend/HostBridge.h"
#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Kernel/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Threading.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <numeric>

using namespace mlir;

namespace openatc::kernel {
#define GEN_PASS_DEF_SLICEBATCHPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

int64_t firstDim(Value value) {
  auto type = mlir::cast<RankedTensorType>(value.getType());
  return type.getRank() == 0 ? 1 : type.getDimSize(0);
}

int64_t storageBytes(Type type) {
  auto tensor = mlir::cast<RankedTensorType>(type);
  int64_t bytes = (tensor.getElementTypeBitWidth() + 7) / 8;
  for (int64_t extent : physicalShape(tensor))
    bytes *= extent;
  return bytes;
}

/// The value whose memory `value` shows.
Value rootOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isReinterpretation(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

/// The kernels of `main` as the planner sees them, and the loops it asks for.
class Slicer {
public:
  Slicer(func::FuncOp main, const SocDescription &soc) : main(main), soc(soc) {}

  void run() {
    describe();
    problem.counts = counts();
    if (problem.counts.empty() || !mayGainFromSlices(problem, soc))
      return;
    estimate();
    problem.cycles = [this](size_t k, int64_t count) { return cycles.at({identities[k], count}); };
    for (const PlanSegment &segment : planSlices(problem, soc))
      if (segment.count > 1)
        buildLoop(segment);
  }

private:
  void describe();
  std::vector<int64_t> counts();
  void estimate();
  PlanCycles estimate(const SlicedGroup &group, int64_t count);
  void buildLoop(const PlanSegment &segment);
  Value sliceOf(Value value, IRMapping &mapping, OpBuilder &builder, int64_t count);
  size_t tensorOf(Value value);

  func::FuncOp main;
  const SocDescription &soc;
  std::vector<SlicedGroup> groups;
  PlanProblem problem;
  DenseMap<Value, size_t> tensors; ///< by root value; looked up only
  std::vector<size_t> identities;  ///< per kernel: the first one that is the same
  std::map<std::pair<size_t, int64_t>, PlanCycles> cycles; ///< by identity and count
};

size_t Slicer::tensorOf(Value value) {
  Value root = rootOf(value);
  auto [it, isNew] = tensors.try_emplace(root, problem.tensors.size());
  if (isNew)
    problem.tensors.push_back({storageBytes(root.getType()), hasContiguousSlices(root.getType())});
  return it->second;
}

void Slicer::describe() {
  bool startsBlock = true;
  for (Operation &op : main.getBody().front()) {
    if (mlir::isa<ascend::ConstantOp>(op) || isReinterpretation(&op))
      continue;
    auto kernel = mlir::dyn_cast<ascend::KernelOp>(op);
    if (!kernel) {
      startsBlock = true;
      for (Value operand : op.getOperands())
        problem.tensors[tensorOf(operand)].isOutput = true;
      continue;
    }
    SlicedGroup group = sliceGroup(kernel);
    PlanKernel plan;
    for (auto [operand, isCut] : llvm::zip_equal(kernel.getInputs(), group.inputs)) {
      plan.reads.push_back({tensorOf(operand), isCut});
      if (!isCut)
        continue;
      problem.tensors[plan.reads.back().tensor].isContiguous &=
          hasContiguousSlices(operand.getType());
      // Every form of the tensor on the way here must have the slices.
      for (Value v = operand; v != rootOf(operand); v = v.getDefiningOp()->getOperand(0))
        group.divisor = std::gcd(group.divisor, firstDim(v));
      group.divisor = std::gcd(group.divisor, firstDim(rootOf(operand)));
    }
    for (auto [result, over] : llvm::zip_equal(kernel.getOutputs(), overwrittenOperands(kernel))) {
      plan.writes.push_back(tensorOf(result));
      plan.over.push_back(over < 0 ? std::nullopt : std::optional(plan.reads[over].tensor));
    }
    plan.divisor = group.divisor;
    plan.startsBlock = startsBlock;
    startsBlock = false;
    problem.kernels.push_back(std::move(plan));
    groups.push_back(std::move(group));
  }
}

/// Divisors of the batch, which is the first dimension of the first input.
std::vector<int64_t> Slicer::counts() {
  std::vector<int64_t> counts;
  auto type = main.getNumArguments() == 0
                  ? RankedTensorType()
                  : mlir::dyn_cast<RankedTensorType>(main.getArgument(0).getType());
  if (!type || type.getRank() == 0)
    return counts;
  for (int64_t count = 2; count <= type.getDimSize(0); ++count)
    if (type.getDimSize(0) % count == 0)
      counts.push_back(count);
  return counts;
}

/// Asks the authors for every distinct kernel and number of slices, in parallel.
void Slicer::estimate() {
  llvm::StringMap<size_t> known;
  for (size_t k = 0; k < groups.size(); ++k) {
    identities.push_back(known.try_emplace(identityOf(groups[k].op), k).first->second);
    cycles[{identities[k], 1}] = {};
    for (int64_t count : problem.counts)
      if (problem.kernels[k].divisor % count == 0)
        cycles[{identities[k], count}] = {};
  }
  std::vector<decltype(cycles)::value_type *> work;
  for (auto &entry : cycles)
    work.push_back(&entry);
  ScopedDiagnosticHandler quiet(main.getContext(), [](Diagnostic &) { return success(); });
  parallelForEach(main.getContext(), work, [&](auto *entry) {
    entry->second = estimate(groups[entry->first.first], entry->first.second);
  });
}

/// Cycles that the author of a kernel estimates for one slice, 0 when he has no estimate, and
/// negative when the slice cannot be scheduled.
PlanCycles Slicer::estimate(const SlicedGroup &group, int64_t count) {
  ascend::KernelOp op = group.op;
  const KernelAuthor *author = authorOf(op.getKind());
  if (!author)
    return {-1};
  // The slice is scheduled in a block of its own, on arguments: nothing outside is touched.
  Block scratch;
  OpBuilder builder(op.getContext());
  builder.setInsertionPointToEnd(&scratch);
  IRMapping mapping;
  for (auto [operand, isCut] : llvm::zip_equal(op.getInputs(), group.inputs)) {
    Type type = isCut ? sliceType(operand.getType(), count) : operand.getType();
    mapping.map(operand, scratch.addArgument(type, operand.getLoc()));
  }
  ascend::KernelOp copy = group.clone(builder, mapping, count);
  FailureOr<DictionaryAttr> schedule = author->schedule(copy, soc);
  if (failed(schedule))
    return {-1};
  auto number = [&](StringRef name) {
    auto value = schedule->getAs<IntegerAttr>(name);
    return value ? value.getInt() : 0;
  };
  return {number("estimate_cycles"), number("estimate_read_cycles")};
}

/// The slice of `value` in a loop: a block argument, a result of a kernel in the loop, another
/// form of such a result, or the whole value from outside.
Value Slicer::sliceOf(Value value, IRMapping &mapping, OpBuilder &builder, int64_t count) {
  if (Value slice = mapping.lookupOrNull(value))
    return slice;
  Operation *op = value.getDefiningOp();
  Value base = sliceOf(op->getOperand(0), mapping, builder, count);
  RankedTensorType type = sliceType(value.getType(), count);
  Value slice;
  if (mlir::isa<ascend::TransDataOp>(op)) {
    slice = ascend::TransDataOp::create(builder, op->getLoc(), type, base);
  } else {
    Value shape = ascend::createIntegers(builder, op->getLoc(), type.getShape());
    slice = ascend::ReshapeOp::create(builder, op->getLoc(), type, base, shape);
  }
  mapping.map(value, slice);
  return slice;
}

void Slicer::buildLoop(const PlanSegment &segment) {
  auto range = ArrayRef(groups).slice(segment.begin, segment.end - segment.begin);
  llvm::SmallPtrSet<Operation *, 16> inside;
  for (const SlicedGroup &group : range)
    inside.insert(group.op);
  auto isInside = [&](Value value) { return inside.contains(rootOf(value).getDefiningOp()); };

  // Forms of results that stand between the kernels move behind the loop.
  Operation *last = range.back().op;
  SmallVector<Operation *> forms;
  for (Operation *op = range.front().op; op != last; op = op->getNextNode())
    if (isReinterpretation(op) && isInside(op->getResult(0)))
      forms.push_back(op);

  llvm::SetVector<Value> inputs, outputs;
  SmallVector<Location> locations;
  for (const SlicedGroup &group : range) {
    ascend::KernelOp op = group.op;
    locations.push_back(op.getLoc());
    for (auto [operand, isCut] : llvm::zip_equal(op.getInputs(), group.inputs))
      if (isCut && !isInside(operand))
        inputs.insert(operand);
  }
  SmallVector<Type> types;
  for (const SlicedGroup &group : range)
    for (size_t t = 0; ascend::KernelOp(group.op).getOutputs().size() > t; ++t) {
      Value result = ascend::KernelOp(group.op).getOutputs()[t];
      const PlanTensor &tensor = problem.tensors[tensors.at(result)];
      bool leaves = tensor.isOutput;
      SmallVector<Value> work{result};
      while (!work.empty())
        for (Operation *user : work.pop_back_val().getUsers()) {
          if (isReinterpretation(user))
            work.push_back(user->getResult(0));
          else
            leaves |= !inside.contains(user);
        }
      if (leaves && outputs.insert(result))
        types.push_back(result.getType());
    }

  OpBuilder builder(last->getContext());
  builder.setInsertionPointAfter(last);
  auto loop =
      ascend::BatchLoopOp::create(builder, builder.getFusedLoc(locations), types,
                                  builder.getI64IntegerAttr(segment.count), inputs.getArrayRef());
  for (Operation *op : llvm::reverse(forms))
    op->moveAfter(loop);
  Block *body = builder.createBlock(&loop.getBody());
  IRMapping slices;
  for (Value input : inputs)
    slices.map(input, body->addArgument(sliceType(input.getType(), segment.count), input.getLoc()));
  for (const SlicedGroup &group : range) {
    ascend::KernelOp op = group.op;
    IRMapping operands;
    for (auto [operand, isCut] : llvm::zip_equal(op.getInputs(), group.inputs))
      if (isCut)
        operands.map(operand, sliceOf(operand, slices, builder, segment.count));
    ascend::KernelOp copy = group.clone(builder, operands, segment.count);
    for (auto [whole, slice] : llvm::zip_equal(op.getOutputs(), copy.getOutputs()))
      slices.map(whole, slice);
  }
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(slices.lookup(output));
  ascend::YieldOp::create(builder, loop.getLoc(), yielded);

  for (const SlicedGroup &group : range)
    ascend::KernelOp(group.op)->dropAllReferences();
  for (auto [output, result] : llvm::zip_equal(outputs.getArrayRef(), loop.getOutputs()))
    Value(output).replaceAllUsesWith(result);
  for (Operation *op : llvm::reverse(forms))
    if (op->use_empty())
      op->erase();
  for (const SlicedGroup &group : llvm::reverse(range))
    ascend::KernelOp(group.op).erase();
}

struct SliceBatch : impl::SliceBatchPassBase<SliceBatch> {
  using SliceBatchPassBase::SliceBatchPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    if (l2Size > 0)
      description->l2Size = l2Size;
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (main && main.getBody().hasOneBlock())
      Slicer(main, *description).run();
  }
};

} // namespace
} // namespace openatc::kernel
