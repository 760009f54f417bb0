//===- Check.cpp - What must hold between the parts of a model ------------===//

#include "CheckGears.h"
#include "CheckSource.h"
#include "ExternalWeights.h"
#include "Format.h"

#include "openatc/ISA/Instruction.h"
#include "openatc/OfflineModel/Gears.h"
#include "openatc/OfflineModel/Reader.h"
#include "openatc/Target/SocDescription.h"

namespace openatc::om {

namespace {

constexpr uint32_t kMaxBlocks = 65535;
// Far above any device; keeps sums of sizes free of overflow everywhere else.
constexpr uint64_t kMaxRegionBytes = uint64_t(1) << 46;

class Checker {
public:
  explicit Checker(const Model &model) : model(model) {}

  Status run() {
    OPENATC_TRY(checkSoc());
    OPENATC_TRY(checkWeightFiles(model.weightFiles, model.weights.size()));
    OPENATC_TRY(checkDiagonals());
    OPENATC_TRY(checkKernels());
    OPENATC_TRY(checkPlan(model));
    OPENATC_TRY(checkGears(model));
    OPENATC_TRY(checkSource(model));
    OPENATC_TRY(checkSingleOp(model));
    for (const Gear &gear : model.gears)
      if (Status status = checkPlan(gear); !status.ok())
        return Status::error("gear " + gearText(gear.values) + ": " + status.message());
    return Status::success();
  }

private:
  Status checkPlan(const Plan &checked) {
    plan = &checked;
    for (const TensorDesc &desc : plan->inputs)
      OPENATC_TRY(checkDesc(desc, "input"));
    for (const TensorDesc &desc : plan->outputs)
      OPENATC_TRY(checkDesc(desc, "output"));
    for (uint32_t i = 0; i < plan->inputs.size(); ++i)
      if (const TensorDesc &desc = plan->inputs[i]; desc.aipp)
        if (Status status = checkAipp(i, desc); !status.ok())
          return Status::error("input '" + desc.name + "': " + status.message());
    if (plan->arenaBytes > kMaxRegionBytes)
      return Status::error("the arena of " + std::to_string(plan->arenaBytes) +
                           " bytes is too large");
    for (size_t i = 0; i < plan->tasks.size(); ++i) {
      Status status = std::visit([&](const auto &task) { return check(task); }, plan->tasks[i]);
      if (!status.ok())
        return Status::error("task " + std::to_string(i) + ": " + status.message());
    }
    return Status::success();
  }

  Status checkSoc() {
    Expected<SocDescription> soc = parseSoc(model.socText);
    if (!soc)
      return Status::error("the embedded SoC description is invalid: " + soc.message());
    if (soc->name != model.socVersion)
      return Status::error("the model is for '" + model.socVersion +
                           "' but embeds the description of '" + soc->name + "'");
    return Status::success();
  }

  Status checkDesc(const TensorDesc &desc, const char *what) {
    auto fail = [&](const std::string &why) {
      return Status::error(std::string(what) + " '" + desc.name + "': " + why);
    };
    Expected<uint64_t> bytes =
        model.source ? openBytes(desc) : storageBytes(desc.dtype, Layout::ND, desc.shape);
    if (!bytes)
      return fail(bytes.message());
    if (!model.source && !desc.ranges.empty())
      return fail("it has ranges of dimensions, which only models of open shapes have");
    if (*bytes != desc.bytes || *bytes > kMaxRegionBytes)
      return fail(std::to_string(desc.bytes) + " bytes do not fit its shape, which takes " +
                  std::to_string(*bytes));
    if (desc.format != "NCHW" && desc.format != "NHWC" && desc.format != "ND")
      return fail("unknown format '" + desc.format + "'");
    if (desc.role > InputRole::Gear)
      return fail("unknown role " + std::to_string(unsigned(desc.role)));
    for (size_t i = 0; i < desc.dynamicAxes.size(); ++i)
      if (desc.dynamicAxes[i] >= desc.shape.size() ||
          (i && desc.dynamicAxes[i] <= desc.dynamicAxes[i - 1]))
        return fail("its dynamic axes are no ascending axes of its shape");
    return Status::success();
  }

  /// A dynamic stage and its parameters refer to each other, and the block of
  /// parameters has a length that the run-time library can fill.
  Status checkAipp(uint32_t index, const TensorDesc &desc) {
    const AippInfo &aipp = *desc.aipp;
    if (desc.dtype != DType::U8)
      return Status::error("AIPP takes bytes");
    if (aipp.mode == "static")
      return Status::success();
    if (aipp.mode != "dynamic" && aipp.mode != "parameters")
      return Status::error("unknown AIPP mode '" + aipp.mode + "'");
    const char *other = aipp.mode == "dynamic" ? "parameters" : "dynamic";
    if (aipp.partner >= plan->inputs.size())
      return Status::error("AIPP refers to input " + std::to_string(aipp.partner) + " of " +
                           std::to_string(plan->inputs.size()));
    const std::optional<AippInfo> &partner = plan->inputs[aipp.partner].aipp;
    if (!partner || partner->mode != other || partner->partner != index)
      return Status::error("dynamic AIPP and its parameters do not refer to each other");
    if (aipp.mode == "dynamic")
      return storageBytes(aipp.originDType, Layout::NC1HWC0, aipp.originShape).status();
    if (desc.bytes <= 64 || desc.bytes > 64 + 96 * 127 || (desc.bytes - 64) % 96)
      return Status::error("AIPP parameters take 64 bytes and 96 for each of 1 to 127 pictures");
    return Status::success();
  }

  /// Expanded fractals follow each other behind the weights.
  Status checkDiagonals() {
    uint64_t next = Diagonals::begin(model.weights.size());
    for (const Diagonals &entry : model.diagonals) {
      bool fits = entry.count <= model.weights.size() / Diagonals::storedBytes &&
                  inRange(entry.from, entry.count * Diagonals::storedBytes, model.weights.size());
      if (!fits || entry.to != next || next > kMaxRegionBytes)
        return Status::error("diagonals of weights are not where they belong");
      next = entry.end();
    }
    return Status::success();
  }

  Status checkKernels() {
    debugNodes.assign(model.kernels.size(), 0);
    for (size_t i = 0; i < model.kernels.size(); ++i) {
      const Kernel &kernel = model.kernels[i];
      auto fail = [&](const std::string &why) {
        return Status::error("kernel " + std::to_string(i) + " '" + kernel.name + "': " + why);
      };
      Expected<isa::DecodedProgram> program = isa::decodeProgram(kernel.code.bytes());
      if (!program)
        return fail(program.message());
      uint64_t next = 0;
      for (const DebugEntry &entry : kernel.debug) {
        if (entry.pc < next || entry.pc >= kernel.code.size())
          return fail("debug entry for byte " + std::to_string(entry.pc) + " is out of order");
        next = uint64_t(entry.pc) + 1;
        debugNodes[i] = std::max(debugNodes[i], uint64_t(entry.node) + 1);
      }
    }
    return Status::success();
  }

  /// Checks that `size` bytes at `ref` lie in its region.
  Status checkRef(const BufferRef &ref, uint64_t size) {
    auto inTensors = [&](const std::vector<TensorDesc> &tensors, const char *what) {
      if (ref.index >= tensors.size())
        return Status::error(std::string("refers to ") + what + " " + std::to_string(ref.index) +
                             " of " + std::to_string(tensors.size()));
      return inRegion(ref, size, tensors[ref.index].bytes, what);
    };
    switch (ref.kind) {
    case BufferKind::Input:
      return inTensors(plan->inputs, "input");
    case BufferKind::Output:
      return inTensors(plan->outputs, "output");
    case BufferKind::Weight:
      return inRegion(ref, size, model.weightMemoryBytes(), "weights");
    case BufferKind::Arena:
      return inRegion(ref, size, plan->arenaBytes, "arena");
    }
    return Status::error("refers to an unknown memory");
  }

  Status inRegion(const BufferRef &ref, uint64_t size, uint64_t total, const char *what) {
    if (inRange(ref.offset, size, total))
      return Status::success();
    return Status::error(std::to_string(size) + " bytes at offset " + std::to_string(ref.offset) +
                         " exceed the " + what + " of " + std::to_string(total) + " bytes");
  }

  Status checkTensor(const TensorRef &ref) {
    Expected<uint64_t> bytes = storageBytes(ref.dtype, ref.layout, ref.logicalShape);
    if (!bytes)
      return Status::error("tensor '" + ref.name + "': " + bytes.message());
    if (Status status = checkRef(ref.buffer, *bytes); !status.ok())
      return Status::error("tensor '" + ref.name + "': " + status.message());
    return Status::success();
  }

  template <typename Task> Status checkTensors(const Task &task) {
    if (!task.types.empty() && task.types.size() != task.nodes.size())
      return Status::error(std::to_string(task.types.size()) + " operators for " +
                           std::to_string(task.nodes.size()) + " nodes");
    for (const TensorRef &ref : task.outputs)
      OPENATC_TRY(checkTensor(ref));
    for (const TensorSlice &slice : task.slices) {
      OPENATC_TRY(checkTensor(slice.tensor));
      if (slice.index >= slice.count || slice.tensor.logicalShape.empty())
        return Status::error("tensor '" + slice.tensor.name + "': there is no slice " +
                             std::to_string(slice.index) + " of " + std::to_string(slice.count));
    }
    return Status::success();
  }

  Status check(const KernelTask &task) {
    if (task.kernel >= model.kernels.size())
      return Status::error("kernel " + std::to_string(task.kernel) + " does not exist");
    if (task.blockDim == 0 || task.blockDim > kMaxBlocks)
      return Status::error("block dimension " + std::to_string(task.blockDim) +
                           " is not in [1, 65535]");
    if (debugNodes[task.kernel] > task.nodes.size())
      return Status::error("the debug map of its kernel names more nodes than the task has");
    for (const BufferRef &arg : task.args)
      OPENATC_TRY(checkRef(arg, 0));
    return checkTensors(task);
  }

  Status checkOperand(const HostOperand &operand, bool result) {
    if (operand.absent)
      return result ? Status::error("a result is absent") : Status::success();
    Expected<uint64_t> bytes = storageBytes(operand.dtype, Layout::ND, operand.shape);
    if (!bytes)
      return bytes.status();
    bool writable =
        operand.buffer.kind != BufferKind::Input && operand.buffer.kind != BufferKind::Weight;
    if (result && !writable)
      return Status::error("a result would overwrite an input or the weights");
    if (operand.buffer.offset % sizeOf(operand.dtype))
      return Status::error("offset " + std::to_string(operand.buffer.offset) +
                           " is not aligned to its element type");
    // Host operators read weights as they are in the file.
    if (operand.buffer.kind == BufferKind::Weight)
      return inRegion(operand.buffer, *bytes, model.weights.size(), "weights");
    return checkRef(operand.buffer, *bytes);
  }

  Status check(const HostTask &task) {
    auto fail = [&](const std::string &why) {
      return Status::error("host operator '" + task.op + "': " + why);
    };
    if (!host::isSupported(task.op))
      return fail("this runtime does not have it");
    for (const HostOperand &operand : task.operands)
      if (Status status = checkOperand(operand, false); !status.ok())
        return fail(status.message());
    for (const HostOperand &operand : task.results)
      if (Status status = checkOperand(operand, true); !status.ok())
        return fail(status.message());
    return checkTensors(task);
  }

  const Model &model;
  const Plan *plan = nullptr;       ///< what is being checked
  std::vector<uint64_t> debugNodes; ///< per kernel: entries of `nodes` its debug map needs
};

} // namespace

uint32_t formatVersionOf(const Model &model) {
  if (!model.weightFiles.empty())
    return 3;
  auto isNew = [](const TensorDesc &desc) {
    return desc.role != InputRole::Data || !desc.dynamicAxes.empty();
  };
  auto hasRanges = [](const TensorDesc &desc) { return !desc.ranges.empty(); };
  if (model.source || std::any_of(model.inputs.begin(), model.inputs.end(), hasRanges) ||
      std::any_of(model.outputs.begin(), model.outputs.end(), hasRanges))
    return 3;
  bool gears = model.gearKind != GearKind::None || !model.gears.empty() ||
               std::any_of(model.inputs.begin(), model.inputs.end(), isNew) ||
               std::any_of(model.outputs.begin(), model.outputs.end(), isNew);
  return gears ? 2 : 1;
}

Status checkModel(const Model &model) { return Checker(model).run(); }

} // namespace openatc::om
