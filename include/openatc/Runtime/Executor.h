//===- Executor.h - Loaded models and their execution ---------------------===//
#ifndef OPENATC_RUNTIME_EXECUTOR_H
#define OPENATC_RUNTIME_EXECUTOR_H

#include "openatc/OfflineModel/Model.h"
#include "openatc/Runtime/Device.h"
#include "openatc/Runtime/FailedTask.h"
#include "openatc/Runtime/Trace.h"

#include <functional>
#include <future>

namespace openatc::rt {

/// What went wrong, coarse enough to choose an error code from.
enum class Failure : uint8_t {
  None,
  Invalid,    ///< arguments of the caller: a missing or short buffer
  Memory,     ///< device memory is exhausted
  AiCore,     ///< a kernel trapped
  AiCpu,      ///< a host operator failed
  NoCompiler, ///< a shape must be compiled, and the compiler's library is not there
  Compile,    ///< the compiler refuses a shape
  Other,
};

/// Result of device work: success, or a kind and one sentence.
struct Outcome {
  Failure failure = Failure::None;
  std::string message;
  /// Error code of the AscendCL interface that says it better than `failure`, or 0.
  int32_t code = 0;
  std::shared_ptr<const FailedTask> task = nullptr; ///< the task of a model that failed
  bool ok() const { return failure == Failure::None; }
};

class OpenModel;

/// A model in device memory: weights copied or mapped from their file, kernels decoded, arena
/// allocated. The memory goes back to the device with the object.
class LoadedModel {
public:
  /// Memory of the caller to use for weights or arena; address 0 means allocate.
  struct Memory {
    uint64_t weights = 0, weightBytes = 0, arena = 0, arenaBytes = 0;
    /// A model on the same device, whose weights are used when they are the same bytes.
    std::shared_ptr<LoadedModel> like = nullptr;
  };

  /// Loads `model`, which must be made for the device's SoC. Also checks what only the
  /// operators know: that each host task's results are what host::inferTypes says. Where the
  /// reader left the digest of the weights to be checked, a thread does so meanwhile, and the
  /// first execution fails if it is wrong.
  static Outcome load(std::shared_ptr<Device> device, om::Model model, const Memory &memory,
                      std::shared_ptr<LoadedModel> &result);
  ~LoadedModel();

  /// The model; its weights are in device memory only.
  const om::Model &model() const { return contents; }
  Device &device() const { return *owner; }

  /// For a model of open shapes what makes models of fixed shapes, which are run in its
  /// place; else null.
  OpenModel *open() const { return openModel.get(); }

  /// The gear that the application chose last, whatever runs; none at first.
  void noteGear(size_t gear) { lastGear = int64_t(gear); }
  std::optional<size_t> notedGear() const {
    int64_t gear = lastGear;
    return gear < 0 ? std::nullopt : std::optional(size_t(gear));
  }

private:
  friend class Execution;
  LoadedModel(std::shared_ptr<Device> device, om::Model model);
  Outcome placeWeights(const Memory &memory);
  bool hasWeightsOf(const om::Model &model) const;

  std::shared_ptr<Device> owner;
  om::Model contents;
  std::vector<std::shared_ptr<const sim::Program>> programs; ///< by kernel index
  uint64_t weights = 0, weightBytes = 0, arena = 0;
  std::shared_ptr<LoadedModel> weightsOwner; ///< of weights that are another model's
  bool ownsWeights = false, ownsArena = false;
  std::future<Status> weightCheck; ///< until the first execution has taken its result
  Status weightStatus;             ///< guarded by `running`
  std::atomic<int64_t> lastGear = -1;
  std::mutex running; ///< one execution at a time: there is one arena
  std::unique_ptr<OpenModel> openModel;
};

/// Device addresses that the application binds, in model order, and the gear it chooses:
/// buffers must hold the inputs and outputs of that gear.
struct Bindings {
  std::vector<uint64_t> inputs, outputs;
  std::optional<size_t> gear = std::nullopt; ///< index in Model::gears; none: the largest
};

/// Time and traffic of one task.
struct TaskStats {
  std::string name;                      ///< of the kernel, or the host operator
  std::vector<std::string> nodes, types; ///< ONNX nodes and their operators; types may be unknown
  bool aiCore = false;
  double us = 0;
  uint64_t bytes = 0; ///< through the cores' GM ports, or operands and results of a host operator
  sim::KernelStats kernel; ///< AI core tasks only
};

struct RunStats {
  std::optional<size_t> gear;   ///< index of the gear that ran; none without gears
  std::vector<TaskStats> tasks; ///< in execution order
  double simulatedUs = 0;       ///< sum over tasks, launch overhead included
  uint64_t cycles = 0;          ///< sum over kernels, launch overhead excluded
  uint64_t dramBytes = 0;
  double wallMs = 0; ///< host time of the run
};

class Execution;

struct ExecuteOptions {
  bool hazards = false;         ///< report unordered overlapping accesses as errors
  bool timing = true;           ///< without, only results: no kernel cycles, no traffic
  TraceWriter *trace = nullptr; ///< receives every instruction of every kernel
  double traceStartUs = 0;      ///< where on the trace's time line the run begins
  /// Called before each task with its index, while its operands still are what it reads.
  std::function<Status(size_t, const Execution &)> beforeTask;
  /// Called after each task with its index; tensors that the task made can be read
  /// through the Execution. An error ends the run.
  std::function<Status(size_t, const Execution &)> afterTask;
};

/// One run of a model over bound buffers.
class Execution {
public:
  Execution(LoadedModel &loaded, Bindings bindings)
      : loaded(loaded), bindings(std::move(bindings)) {}

  /// Runs all tasks in order. Errors name the task, its kernel or operator, and the
  /// ONNX nodes. `stats` is complete on success and ends at the failing task otherwise.
  Outcome run(const ExecuteOptions &options, RunStats &stats);

  const om::Model &model() const { return loaded.model(); }
  /// What runs: the chosen gear, or the model itself. Indices of tasks count in it.
  const om::Plan &plan() const { return loaded.model().plan(bindings.gear); }
  /// Reads a tensor as it lies in memory, in its own layout.
  Status read(const om::TensorRef &ref, std::vector<uint8_t> &bytes) const;
  uint64_t addressOf(const om::BufferRef &ref) const;

private:
  Outcome checkBindings();
  Outcome runTasks(const ExecuteOptions &options, RunStats &stats);
  Outcome run(const om::KernelTask &task, const ExecuteOptions &options, TaskStats &stats,
              double startUs);
  Outcome run(const om::HostTask &task, const ExecuteOptions &options, TaskStats &stats,
              double startUs);

  LoadedModel &loaded;
  Bindings bindings;
};

/// Simulated time of a host operator that touches `bytes` of device memory: one launch
/// and the bytes once at the chip's DRAM bandwidth, a lower bound for any AI CPU.
double hostTaskUs(const SocDescription &soc, uint64_t bytes);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_EXECUTOR_H
