//===- Tasks.cpp - From main to an execution list -------------------------===//
#include "Tasks.h"

#include "Describe.h"
#include "Storage.h"
#include "openatc/Codegen/KernelEncoder.h"
#include "openatc/OfflineModel/DynamicAipp.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace openatc::codegen {
namespace {

/// A task whose memory is not planned yet. `op` is null for a copy to an output.
struct PendingTask {
  Operation *op = nullptr;
  Location loc;
  SmallVector<std::optional<StorageMap::Id>> operands; ///< none: an absent operand
  SmallVector<Value> operandValues, results;
  uint32_t output = 0;       ///< of a copy: the output it writes
  SmallVector<Value> wholes; ///< in a loop: the result of the loop each result is a slice of
};

/// Pending tasks [begin, end) run `count` times.
struct PendingLoop {
  uint32_t begin = 0, end = 0;
  uint64_t count = 1;
};

/// Which run of a loop a task is emitted for.
struct LoopRun {
  uint64_t index = 0, count = 1;
};

host::Shape shapeOf(Value value) {
  return host::Shape(cast<RankedTensorType>(value.getType()).getShape());
}
int64_t elements(Value value) { return cast<ShapedType>(value.getType()).getNumElements(); }
DType dtypeOf(Value value) {
  return ascend::toDType(cast<RankedTensorType>(value.getType()).getElementType());
}

class PlanBuilder {
public:
  PlanBuilder(ModuleOp module, const ModelOptions &options, const SocDescription &soc,
              WeightSegment &weights)
      : module(module), options(options), soc(soc), symbols(module), storage(weights) {}

  FailureOr<BuiltPlan> run() {
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main || !main.getBody().hasOneBlock())
      return module.emitError("there is no function 'main' of one block");
    if (failed(describeInputs(main)) || failed(collect(main.getBody().front())) ||
        failed(describeOutputs(main)))
      return failure();
    ArenaPlan arena = storage.plan(options.reuseMemory);
    plan.arenaBytes = arena.peak;
    plan.arenaBoundBytes = arena.bound;
    if (failed(emitAll()))
      return failure();
    countNodes();
    return BuiltPlan{std::move(plan), std::move(kernels), aliveAtPeak()};
  }

private:
  LogicalResult describe(om::TensorDesc &desc, Location loc, Type type, Attribute name,
                         StringRef fallback) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || layoutOf(tensor) != om::Layout::ND)
      return emitError(loc) << "inputs and outputs must be row-major tensors, not " << type;
    FailureOr<uint64_t> bytes = storageBytes(loc, type);
    if (failed(bytes))
      return failure();
    auto text = dyn_cast_if_present<StringAttr>(name);
    desc.name = text ? text.str() : fallback.str();
    desc.dtype = ascend::toDType(tensor.getElementType());
    desc.shape = host::Shape(tensor.getShape());
    desc.bytes = *bytes;
    return success();
  }

  LogicalResult describeInputs(func::FuncOp main) {
    for (auto [i, arg] : llvm::enumerate(main.getArguments())) {
      om::TensorDesc desc;
      if (failed(describe(desc, arg.getLoc(), arg.getType(), main.getArgAttr(i, "ascend.name"),
                          "input" + std::to_string(i))))
        return failure();
      if (auto aipp = main.getArgAttrOfType<DictionaryAttr>(i, "ascend.aipp")) {
        desc.aipp = readAipp(aipp);
        desc.format = desc.aipp->mode == "parameters" ? "ND" : "NHWC";
      } else if (desc.shape.size() == 4 && options.inputFormat == "NCHW") {
        desc.format = "NCHW";
      }
      desc.dynamicAxes = dynamicAxes(desc);
      storage.addInput(arg, i);
      plan.inputs.push_back(std::move(desc));
    }
    return success();
  }

  /// The axes of an input that depend on the gear. AIPP takes images, whose rows and columns
  /// are elsewhere than in the network's input.
  std::vector<uint32_t> dynamicAxes(const om::TensorDesc &desc) {
    auto it = options.dynamicAxes.find(desc.name);
    // The buffer of dynamic AIPP has one size for all gears.
    if (it == options.dynamicAxes.end() || om::isDynamicAipp(desc))
      return {};
    std::vector<uint32_t> axes = it->second;
    if (desc.aipp && desc.aipp->originFormat == "NCHW")
      for (uint32_t &axis : axes)
        axis = axis == 0 ? 0 : axis == 1 ? 3 : axis - 1;
    llvm::sort(axes);
    return axes;
  }

  /// Numbers the tasks and notes which value each reads and writes.
  LogicalResult collect(Block &block) {
    for (Operation &op : block) {
      if (llvm::isa<ascend::ConstantOp>(op) || op.hasTrait<OpTrait::IsTerminator>())
        continue;
      if (isView(&op)) {
        if (elements(op.getOperand(0)) != elements(op.getResult(0)))
          return op.emitError() << "cannot give " << elements(op.getOperand(0))
                                << " elements the shape of " << elements(op.getResult(0))
                                << "; the shapes in the model contradict --input_shape";
        storage.addView(op.getResult(0), op.getOperand(0));
        continue;
      }
      auto loop = dyn_cast<ascend::BatchLoopOp>(op);
      if (failed(loop ? collectLoop(loop) : collectTask(&op)))
        return failure();
    }
    return success();
  }

  LogicalResult collectTask(Operation *op) {
    bool launch = llvm::isa<ascend::LaunchOp>(op);
    if (!launch && !host::isSupported(std::string_view(ascend::hostOpName(op))))
      return op->emitError("this op has neither a kernel nor an AI CPU implementation");
    PendingTask task{op, op->getLoc(), {}, {}, {}, 0, {}};
    uint32_t index = pending.size();
    for (Value operand :
         launch ? SmallVector<Value>(op->getOperands()) : ascend::hostOperands(op)) {
      task.operandValues.push_back(operand);
      if (!operand) {
        task.operands.push_back(std::nullopt);
        continue;
      }
      FailureOr<StorageMap::Id> id = storage.use(operand, index);
      if (failed(id))
        return failure();
      task.operands.push_back(*id);
    }
    for (Value result : op->getResults()) {
      Value whole = loopResults.lookup(result);
      if (failed(whole ? addSlice(result, storage.lookup(whole))
                       : storage.addResult(result, index)))
        return failure();
      task.results.push_back(result);
      task.wholes.push_back(whole);
    }
    if (auto launchOp = dyn_cast<ascend::LaunchOp>(op))
      allowOver(launchOp, task, index);
    pending.push_back(std::move(task));
    return success();
  }

  /// A result may lie over an operand that the task reads through no other operand and, in a
  /// loop, no other run reads.
  void allowOver(ascend::LaunchOp launch, const PendingTask &task, uint32_t index) {
    for (auto [i, operand] : llvm::enumerate(launch.getOver().value_or(ArrayRef<int64_t>())))
      if (operand >= 0 && *task.operands[operand] >= outside &&
          llvm::count(task.operands, task.operands[operand]) == 1)
        storage.allowOver(storage.lookup(task.results[i]), *task.operands[operand], index);
  }

  LogicalResult addSlice(Value value, StorageMap::Id base) {
    FailureOr<uint64_t> bytes = storageBytes(value.getLoc(), value.getType());
    if (failed(bytes))
      return failure();
    storage.addSlice(value, base, *bytes);
    return success();
  }

  /// Collects the tasks of one run; all runs use the same memory. What comes from outside, and
  /// the results, are alive from the first task of the loop to its last.
  LogicalResult collectLoop(ascend::BatchLoopOp loop) {
    if (llvm::isa<ascend::BatchLoopOp>(loop->getParentOp()))
      return loop.emitError("loops over the batch cannot be nested");
    Block &body = loop.getBody().front();
    uint32_t begin = pending.size();
    for (auto [result, value] :
         llvm::zip_equal(loop.getOutputs(), body.getTerminator()->getOperands())) {
      if (isView(value.getDefiningOp()))
        return loop.emitError("what a loop over the batch yields must be computed by a task");
      if (failed(storage.addResult(result, begin)))
        return failure();
      loopResults[value] = result;
    }
    for (auto [operand, slice] : llvm::zip_equal(loop.getInputs(), body.getArguments())) {
      FailureOr<StorageMap::Id> id = storage.use(operand, begin);
      if (failed(id) || failed(addSlice(slice, *id)))
        return failure();
    }
    outside = storage.size();
    if (failed(collect(body)))
      return failure();
    uint32_t end = pending.size();
    if (begin == end)
      return loop.emitError("a loop over the batch needs a task");
    for (const PendingTask &task : ArrayRef(pending).drop_front(begin))
      for (std::optional<StorageMap::Id> id : task.operands)
        if (id)
          storage.extend(*id, end - 1, outside);
    for (Value result : loop.getOutputs())
      storage.extend(storage.lookup(result), end - 1, outside);
    loops.push_back({begin, end, loop.getCount()});
    outside = 0;
    return success();
  }

  /// Decides for every output whether its value is computed in place or copied.
  LogicalResult describeOutputs(func::FuncOp main) {
    Operation *terminator = main.getBody().front().getTerminator();
    for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
      om::TensorDesc desc;
      if (failed(describe(desc, value.getLoc(), value.getType(),
                          main.getResultAttr(i, "ascend.name"), "output" + std::to_string(i))))
        return failure();
      std::vector<std::string> nodes = nodeNames(value.getLoc());
      // An output that was chosen as `node:index` has all of its name already.
      Attribute source = main.getResultAttr(i, "ascend.source");
      bool isWhole = source && source == main.getResultAttr(i, "ascend.name");
      if (value.getDefiningOp() && !nodes.empty() && !isWhole)
        desc.producer = nodes.back();
      plan.outputs.push_back(std::move(desc));
      FailureOr<StorageMap::Id> id = storage.use(value, pending.size());
      if (failed(id))
        return failure();
      if (!storage.placeInOutput(*id, i))
        pending.push_back({nullptr, value.getLoc(), {*id}, {value}, {}, uint32_t(i), {}});
    }
    return success();
  }

  std::vector<AliveTensor> aliveAtPeak() const {
    std::vector<AliveTensor> tensors;
    for (auto [value, bytes] : storage.aliveAtPeak())
      tensors.push_back({tensorName(value.getDefiningOp(), cast<OpResult>(value).getResultNumber(),
                                    nodeNames(value.getLoc())),
                         bytes});
    std::stable_sort(tensors.begin(), tensors.end(),
                     [](const AliveTensor &a, const AliveTensor &b) { return a.bytes > b.bytes; });
    return tensors;
  }

  LogicalResult emitAll() {
    auto loop = loops.begin();
    for (uint32_t t = 0; t < pending.size();) {
      PendingLoop range{t, t + 1, 1};
      if (loop != loops.end() && loop->begin == t)
        range = *loop++;
      for (uint64_t run = 0; run < range.count; ++run)
        for (t = range.begin; t < range.end; ++t)
          if (failed(emit(pending[t], {run, range.count})))
            return failure();
    }
    return success();
  }

  LogicalResult emit(const PendingTask &task, LoopRun run) {
    if (!task.op)
      return emitCopy(task);
    if (auto launch = dyn_cast<ascend::LaunchOp>(task.op))
      return emitLaunch(task, launch, run);
    return emitHostTask(task, run);
  }

  /// Tensors that the task leaves: whole ones in `outputs`, results of a loop after its last run;
  /// what lives in one run of a loop in `slices`. Also notes which passes worked on its nodes.
  template <typename Task>
  void describeResults(const PendingTask &task, LoopRun run, Task &described) {
    std::vector<std::string> names = described.nodes;
    if (options.history && !names.empty())
      names = {options.history->lastOf(names)};
    for (auto [i, result] : llvm::enumerate(task.results)) {
      Value whole = run.count == 1 || !task.wholes[i] ? result : task.wholes[i];
      bool isSlice = run.count > 1 && whole == result;
      if (run.count > 1 && !isSlice && run.index + 1 < run.count)
        continue;
      om::TensorRef tensor{tensorName(task.op, i, names), storage.ref(storage.lookup(whole)),
                           dtypeOf(whole), *layoutOf(cast<RankedTensorType>(whole.getType())),
                           shapeOf(whole)};
      if (options.history)
        tensor.madeBy = options.history->makerOf(described.nodes);
      if (isSlice && !tensor.logicalShape.empty())
        described.slices.push_back({std::move(tensor), uint32_t(run.index), uint32_t(run.count)});
      else if (!isSlice)
        described.outputs.push_back(std::move(tensor));
    }
    if (!options.history)
      return;
    described.passes = options.history->passesOf(described.nodes);
    described.types = options.history->typesOf(described.nodes);
  }

  om::HostOperand hostOperand(Value value, om::BufferRef ref) {
    return {false, ref, dtypeOf(value), shapeOf(value)};
  }

  LogicalResult emitHostTask(const PendingTask &task, LoopRun run) {
    om::HostTask host;
    host.op = ascend::hostOpName(task.op).str();
    host.attributes = ascend::toHostAttributes(task.op);
    host.nodes = nodeNames(task.loc);
    auto reason = task.op->getAttrOfType<StringAttr>("ascend.engine_reason");
    host.reason = reason ? reason.str() : host.op + " has no AI core kernel";
    for (auto [value, id] : llvm::zip_equal(task.operandValues, task.operands)) {
      if (!id) {
        host.operands.push_back({true, {}, DType::Undefined, {}});
        continue;
      }
      if (layoutOf(cast<RankedTensorType>(value.getType())) != om::Layout::ND)
        return task.op->emitError("an AI CPU operator takes row-major operands only");
      host.operands.push_back(hostOperand(value, storage.ref(*id, run.index)));
    }
    for (Value result : task.results) {
      if (layoutOf(cast<RankedTensorType>(result.getType())) != om::Layout::ND)
        return task.op->emitError("an AI CPU operator gives row-major results only");
      host.results.push_back(hostOperand(result, storage.ref(storage.lookup(result), run.index)));
    }
    describeResults(task, run, host);
    plan.tasks.push_back(std::move(host));
    return success();
  }

  LogicalResult emitCopy(const PendingTask &task) {
    Value value = task.operandValues.front();
    om::HostTask copy;
    copy.op = "identity";
    copy.reason = "an input, a constant or a tensor that is returned twice is copied to an output";
    copy.operands.push_back(hostOperand(value, storage.ref(*task.operands.front())));
    copy.results.push_back(hostOperand(value, {om::BufferKind::Output, task.output, 0}));
    plan.tasks.push_back(std::move(copy));
    return success();
  }

  LogicalResult emitLaunch(const PendingTask &task, ascend::LaunchOp launch, LoopRun run) {
    om::KernelTask kernel;
    kernel.nodes = nodeNames(task.loc);
    kernel.blockDim = launch.getBlockDim();
    uint64_t weightBytes = 0;
    for (std::optional<StorageMap::Id> id : task.operands) {
      kernel.args.push_back(storage.ref(*id, run.index));
      weightBytes += run.index == 0 ? storage.weightBytes(*id) : 0;
    }
    // The schedule's estimate is about the core; weights are read once, from DRAM.
    if (uint64_t cycles = launch.getEstimatedCycles().value_or(0))
      kernel.estimatedCycles =
          std::max(cycles, uint64_t(double(weightBytes) * soc.clockMHz / (soc.dramGBs * 1000)));
    for (Value result : task.results)
      kernel.args.push_back(storage.ref(storage.lookup(result), run.index));
    describeResults(task, run, kernel);
    FailureOr<uint32_t> index = kernelIndex(launch, kernel.nodes.size());
    if (failed(index))
      return failure();
    kernel.kernel = *index;
    plan.tasks.push_back(std::move(kernel));
    return success();
  }

  /// Index of the encoded kernel of a launch. Launches of one kernel share its debug
  /// map, whose entries must exist among the nodes of each.
  FailureOr<uint32_t> kernelIndex(ascend::LaunchOp launch, size_t nodes) {
    auto [it, isNew] = kernelsBySymbol.try_emplace(launch.getKernel(), kernels.size());
    if (isNew) {
      auto op = symbols.lookup<davinci::KernelOp>(launch.getKernel());
      if (!op)
        return launch.emitError() << "kernel @" << launch.getKernel() << " does not exist";
      FailureOr<EncodedKernel> encoded = encodeKernel(op);
      if (failed(encoded))
        return failure();
      om::Kernel kernel;
      kernel.name = encoded->name;
      kernel.code = om::Blob(std::move(encoded->code));
      kernel.debug = debugMap(encoded->debug, nodeNames(op.getLoc()));
      kernels.push_back(std::move(kernel));
    }
    std::vector<om::DebugEntry> &debug = kernels[it->second].debug;
    std::erase_if(debug, [&](const om::DebugEntry &entry) { return entry.node >= nodes; });
    return it->second;
  }

  /// Counts the ONNX nodes of each engine; a node that runs on both counts as AI CPU.
  void countNodes() {
    auto counts = [&](const std::string &node) {
      return options.onnxNodes.empty() || options.onnxNodes.count(node);
    };
    llvm::StringMap<bool> onCpu;
    for (const om::Task &task : plan.tasks) {
      if (auto *kernel = std::get_if<om::KernelTask>(&task))
        for (const std::string &node : llvm::make_filter_range(kernel->nodes, counts))
          onCpu.try_emplace(node, false);
      if (auto *host = std::get_if<om::HostTask>(&task))
        for (const std::string &node : llvm::make_filter_range(host->nodes, counts))
          onCpu[node] = true;
    }
    for (const auto &entry : onCpu)
      ++(entry.second ? plan.aiCpuNodes : plan.aiCoreNodes);
  }

  ModuleOp module;
  const ModelOptions &options;
  const SocDescription &soc;
  SymbolTable symbols;
  StorageMap storage;
  std::vector<PendingTask> pending;
  std::vector<PendingLoop> loops;
  size_t outside = 0; ///< storages that lie outside of the loop that is being collected
  DenseMap<Value, Value> loopResults; ///< by the value that a body yields; looked up only
  llvm::StringMap<uint32_t> kernelsBySymbol;
  om::Plan plan;
  std::vector<om::Kernel> kernels;
};

} // namespace

FailureOr<BuiltPlan> buildPlan(ModuleOp module, const ModelOptions &options,
                               const SocDescription &soc, WeightSegment &weights) {
  return PlanBuilder(module, options, soc, weights).run();
}

} // namespace openatc::codegen
