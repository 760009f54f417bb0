//===- Execution.cpp - Runs the tasks of a loaded model -------------------===//

#include "openatc/Runtime/Executor.h"

#include "openatc/OfflineModel/Gears.h"

#include <chrono>
#include <cstring>

namespace openatc::rt {

namespace {

/// " (ONNX nodes 'Conv_0', 'Relu_1')", or nothing; long lists are cut.
std::string nodeList(const std::vector<std::string> &nodes) {
  constexpr size_t kShown = 8;
  if (nodes.empty())
    return "";
  std::string out = nodes.size() == 1 ? " (ONNX node " : " (ONNX nodes ";
  for (size_t i = 0; i < nodes.size() && i < kShown; ++i)
    out += (i ? ", '" : "'") + nodes[i] + "'";
  if (nodes.size() > kShown)
    out += " and " + std::to_string(nodes.size() - kShown) + " more";
  return out + ")";
}

uint64_t byteSize(const om::HostOperand &operand) {
  Expected<uint64_t> bytes = om::storageBytes(operand.dtype, om::Layout::ND, operand.shape);
  return bytes ? *bytes : 0;
}

/// Host views of a host task's operands and results. Operators read typed elements,
/// so a buffer that the application bound at an odd address is moved to aligned memory.
class HostViews {
public:
  Status add(const om::HostOperand &operand, bool result, uint8_t *at) {
    if (operand.absent) {
      operands.emplace_back();
      types.emplace_back();
      return Status::success();
    }
    uint64_t bytes = byteSize(operand);
    if (!at && bytes)
      return Status::error("a buffer is not in device memory");
    if (!at || reinterpret_cast<uintptr_t>(at) % sizeOf(operand.dtype)) {
      // An empty tensor still gets an address.
      auto &copy = copies.emplace_back(std::make_unique<uint64_t[]>(bytes / 8 + 1));
      if (bytes)
        std::memcpy(copy.get(), at, bytes);
      if (result && bytes)
        writeBacks.push_back({at, copy.get(), bytes});
      at = reinterpret_cast<uint8_t *>(copy.get());
    }
    if (result) {
      results.push_back({operand.dtype, operand.shape, at});
    } else {
      operands.push_back({operand.dtype, operand.shape, at});
      types.push_back({{operand.dtype, operand.shape}, at});
    }
    return Status::success();
  }

  void writeBack() {
    for (const WriteBack &back : writeBacks)
      std::memcpy(back.to, back.from, back.bytes);
  }

  std::vector<host::TensorView> operands;
  std::vector<host::InferOperand> types;
  std::vector<host::MutableTensorView> results;

private:
  struct WriteBack {
    void *to;
    const void *from;
    uint64_t bytes;
  };
  std::vector<std::unique_ptr<uint64_t[]>> copies;
  std::vector<WriteBack> writeBacks;
};

} // namespace

double hostTaskUs(const SocDescription &soc, uint64_t bytes) {
  return soc.kernelLaunchUs + (soc.dramGBs > 0 ? double(bytes) / (soc.dramGBs * 1e3) : 0);
}

uint64_t Execution::addressOf(const om::BufferRef &ref) const {
  switch (ref.kind) {
  case om::BufferKind::Input:
    return bindings.inputs[ref.index] + ref.offset;
  case om::BufferKind::Output:
    return bindings.outputs[ref.index] + ref.offset;
  case om::BufferKind::Weight:
    return loaded.weights + ref.offset;
  case om::BufferKind::Arena:
    break;
  }
  return loaded.arena + ref.offset;
}

Status Execution::read(const om::TensorRef &ref, std::vector<uint8_t> &bytes) const {
  Expected<uint64_t> size = om::storageBytes(ref.dtype, ref.layout, ref.logicalShape);
  if (!size)
    return size.status();
  bytes.resize(*size);
  if (bytes.empty())
    return Status::success();
  return loaded.device().read(addressOf(ref.buffer), bytes.data(), bytes.size());
}

Outcome Execution::checkBindings() {
  auto check = [&](const char *what, const std::vector<om::TensorDesc> &wanted,
                   const std::vector<uint64_t> &bound) -> Outcome {
    if (wanted.size() != bound.size())
      return {Failure::Invalid, std::string("the model has ") + std::to_string(wanted.size()) +
                                    " " + what + "s, " + std::to_string(bound.size()) + " given"};
    for (size_t i = 0; i < wanted.size(); ++i)
      if (uint64_t has = loaded.device().bytesFrom(bound[i]); has < wanted[i].bytes)
        return {Failure::Invalid,
                std::string(what) + " " + std::to_string(i) + " '" + wanted[i].name + "' needs " +
                    std::to_string(wanted[i].bytes) + " bytes of device memory, its buffer has " +
                    std::to_string(has)};
    return {};
  };
  Outcome inputs = check("input", plan().inputs, bindings.inputs);
  return inputs.ok() ? check("output", plan().outputs, bindings.outputs) : inputs;
}

Outcome Execution::run(const om::KernelTask &task, const ExecuteOptions &options, TaskStats &stats,
                       double startUs) {
  const om::Kernel &kernel = model().kernels[task.kernel];
  stats.name = kernel.name;
  stats.nodes = task.nodes;
  stats.types = task.types;
  stats.aiCore = true;
  std::vector<uint64_t> args;
  for (const om::BufferRef &ref : task.args)
    args.push_back(addressOf(ref));
  sim::LaunchOptions launchOptions{options.hazards, options.trace != nullptr, options.timing};
  auto guard = loaded.device().lock();
  Expected<sim::LaunchResult> result = loaded.device().simulator().launch(
      *loaded.programs[task.kernel], task.blockDim, args, launchOptions);
  guard.unlock();
  if (!result)
    return {Failure::AiCore, result.message() + nodeList(task.nodes)};
  stats.kernel = result->stats;
  stats.us = stats.kernel.us;
  stats.bytes = stats.kernel.gmReadBytes + stats.kernel.gmWriteBytes;
  if (options.trace)
    options.trace->addKernel(kernel, task, *result, loaded.device().soc(),
                             options.traceStartUs + startUs);
  return {};
}

Outcome Execution::run(const om::HostTask &task, const ExecuteOptions &options, TaskStats &stats,
                       double startUs) {
  stats.name = task.op;
  stats.nodes = task.nodes;
  stats.types = task.types;
  auto fail = [&](const Status &status) -> Outcome {
    return {Failure::AiCpu,
            "host operator '" + task.op + "': " + status.message() + nodeList(task.nodes)};
  };
  auto guard = loaded.device().lock();
  HostViews views;
  auto add = [&](const om::HostOperand &operand, bool result) {
    uint64_t bytes = byteSize(operand);
    stats.bytes += bytes;
    uint8_t *at = operand.absent || bytes == 0
                      ? nullptr
                      : loaded.device().simulator().data(addressOf(operand.buffer), bytes);
    return views.add(operand, result, at);
  };
  for (const om::HostOperand &operand : task.operands)
    if (Status status = add(operand, false); !status.ok())
      return fail(status);
  for (const om::HostOperand &operand : task.results)
    if (Status status = add(operand, true); !status.ok())
      return fail(status);

  // Shapes may depend on values: infer once more, now that all values are known. It
  // also keeps compute() inside its contract whatever the file says.
  std::vector<host::TensorType> inferred;
  if (Status status = host::inferTypes(task.op, task.attributes, views.types, inferred);
      !status.ok())
    return fail(status);
  bool same = inferred.size() == task.results.size();
  for (size_t i = 0; same && i < inferred.size(); ++i)
    same = inferred[i].dtype == task.results[i].dtype &&
           (!inferred[i].shape || *inferred[i].shape == task.results[i].shape);
  if (!same)
    return fail(Status::error("the shape of a result depends on input values and differs from "
                              "the one the model was compiled with"));
  if (Status status = host::compute(task.op, task.attributes, views.operands, views.results);
      !status.ok())
    return fail(status);
  views.writeBack();
  stats.us = hostTaskUs(loaded.device().soc(), stats.bytes);
  if (options.trace)
    options.trace->addHostTask(task, options.traceStartUs + startUs, stats.us);
  return {};
}

Outcome Execution::run(const ExecuteOptions &options, RunStats &stats) {
  std::lock_guard exclusive(loaded.running);
  Outcome outcome = runTasks(options, stats);
  if (loaded.weightCheck.valid())
    loaded.weightStatus = loaded.weightCheck.get();
  // Corrupt weights explain any other failure.
  if (!loaded.weightStatus.ok())
    return {Failure::Other, "the model cannot be used: " + loaded.weightStatus.message()};
  return outcome;
}

Outcome Execution::runTasks(const ExecuteOptions &options, RunStats &stats) {
  auto begin = std::chrono::steady_clock::now();
  stats = {};
  const std::vector<om::Gear> &gears = model().gears;
  if (bindings.gear && *bindings.gear >= gears.size())
    return {Failure::Invalid, "the model has no gear number " + std::to_string(*bindings.gear)};
  if (!gears.empty())
    stats.gear = bindings.gear.value_or(model().largestGear());
  if (loaded.open())
    return {Failure::Invalid, "the shapes of the model are open; run it for shapes of its inputs"};
  if (Outcome bound = checkBindings(); !bound.ok())
    return bound;
  const std::vector<om::Task> &tasks = plan().tasks;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (options.beforeTask)
      if (Status status = options.beforeTask(i, *this); !status.ok())
        return {Failure::Other, status.message()};
    TaskStats taskStats;
    Outcome outcome = std::visit(
        [&](const auto &task) { return run(task, options, taskStats, stats.simulatedUs); },
        tasks[i]);
    if (!outcome.ok()) {
      outcome.task = std::make_shared<FailedTask>(describeTask(
          model(), plan(), i, [this](const om::BufferRef &ref) { return addressOf(ref); }));
      std::string gear = stats.gear ? "gear " + om::gearText(gears[*stats.gear].values) + ", " : "";
      outcome.message = gear + "task " + std::to_string(i) + ": " + outcome.message;
      return outcome;
    }
    stats.simulatedUs += taskStats.us;
    stats.cycles += taskStats.kernel.cycles;
    stats.dramBytes += taskStats.aiCore
                           ? taskStats.kernel.dramReadBytes + taskStats.kernel.dramWriteBytes
                           : taskStats.bytes;
    stats.tasks.push_back(std::move(taskStats));
    if (options.afterTask)
      if (Status status = options.afterTask(i, *this); !status.ok())
        return {Failure::Other, status.message()};
  }
  stats.wallMs =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return {};
}

} // namespace openatc::rt
