//===- Assembler.cpp - One offline model of one or several plans ----------===//
#include "Tasks.h"

#include "openatc/OfflineModel/Gears.h"

using namespace mlir;

namespace openatc::codegen {
namespace {

/// Kernels of all plans, equal ones once.
class KernelPool {
public:
  /// Index of a kernel with this code and debug map; the first of equal ones gives the name,
  /// with the values of its gear where another kernel has that name already.
  uint32_t add(om::Kernel kernel, const std::vector<int64_t> &gear) {
    std::span<const uint8_t> code = kernel.code.bytes();
    std::string key(code.begin(), code.end());
    for (uint32_t index : byCode[key])
      if (kernels[index].debug == kernel.debug)
        return index;
    byCode[std::move(key)].push_back(kernels.size());
    if (!names.insert(kernel.name).second)
      for (size_t i = 0; i < gear.size(); ++i)
        kernel.name += (i ? "x" : "_") + std::to_string(gear[i]);
    kernels.push_back(std::move(kernel));
    return kernels.size() - 1;
  }

  std::vector<om::Kernel> kernels;

private:
  std::map<std::string, std::vector<uint32_t>> byCode;
  std::set<std::string> names;
};

/// Calls `visit` for every place in memory that a task names.
template <typename Visitor> void visitRefs(om::Task &task, Visitor visit) {
  if (auto *kernel = std::get_if<om::KernelTask>(&task)) {
    for (om::BufferRef &ref : kernel->args)
      visit(ref);
  } else {
    auto &host = std::get<om::HostTask>(task);
    for (auto *operands : {&host.operands, &host.results})
      for (om::HostOperand &operand : *operands)
        visit(operand.buffer);
  }
  for (om::TensorRef &tensor : std::visit([](auto &t) -> auto & { return t.outputs; }, task))
    visit(tensor.buffer);
}

/// Descriptions of buffers that hold those of every gear, starting from the largest gear's.
std::vector<om::TensorDesc> largestOf(const om::Model &model,
                                      std::vector<om::TensorDesc> om::Plan::*side) {
  std::vector<om::TensorDesc> descs = model.plan().*side;
  for (const om::Gear &gear : model.gears)
    for (auto [desc, other] : llvm::zip_equal(descs, gear.*side))
      if (other.bytes > desc.bytes)
        desc = other;
  return descs;
}

/// Marks the axes of outputs in which gears differ.
void markOutputs(om::Model &model) {
  std::vector<om::TensorDesc> first = model.gears.front().outputs;
  for (auto [i, desc] : llvm::enumerate(first)) {
    std::vector<uint32_t> axes;
    for (uint32_t axis = 0; axis < desc.shape.size(); ++axis)
      if (llvm::any_of(model.gears, [&](const om::Gear &gear) {
            return gear.outputs[i].shape.size() == desc.shape.size() &&
                   gear.outputs[i].shape[axis] != desc.shape[axis];
          }))
        axes.push_back(axis);
    for (om::Gear &gear : model.gears)
      if (gear.outputs[i].shape.size() == desc.shape.size())
        gear.outputs[i].dynamicAxes = axes;
  }
}

} // namespace

struct ModelAssembler::Parts {
  explicit Parts(const ModelOptions &options) : options(options) {}

  LogicalResult add(ModuleOp module, std::vector<int64_t> values) {
    if (!soc) {
      Expected<SocDescription> description = findSoc(options.soc);
      if (!description)
        return module.emitError(description.message());
      soc = *description;
    }
    FailureOr<BuiltPlan> built = buildPlan(module, options, *soc, weights);
    if (failed(built))
      return failure();
    std::vector<uint32_t> indices;
    for (om::Kernel &kernel : built->kernels)
      indices.push_back(pool.add(std::move(kernel), values));
    for (om::Task &task : built->plan.tasks)
      if (auto *kernel = std::get_if<om::KernelTask>(&task))
        kernel->kernel = indices[kernel->kernel];
    if (built->plan.arenaBoundBytes >= mostAlive) {
      mostAlive = built->plan.arenaBoundBytes;
      aliveAtPeak = std::move(built->aliveAtPeak);
    }
    if (options.gearKind == om::GearKind::None)
      static_cast<om::Plan &>(model) = std::move(built->plan);
    else
      model.gears.push_back({std::move(built->plan), std::move(values)});
    return success();
  }

  /// What the model says about all gears.
  void sumUpGears() {
    model.gearKind = options.gearKind;
    markOutputs(model);
    om::TensorDesc choice;
    choice.name = om::kGearInputName;
    choice.dtype = DType::I32;
    choice.shape = {int64_t(model.gears.front().values.size())};
    choice.bytes = 4 * model.gears.front().values.size();
    choice.role = om::InputRole::Gear;
    for (om::Gear &gear : model.gears) {
      gear.inputs.push_back(choice);
      model.arenaBytes = std::max(model.arenaBytes, gear.arenaBytes);
      model.arenaBoundBytes = std::max(model.arenaBoundBytes, gear.arenaBoundBytes);
    }
    model.inputs = largestOf(model, &om::Plan::inputs);
    model.outputs = largestOf(model, &om::Plan::outputs);
    model.aiCoreNodes = model.plan().aiCoreNodes;
    model.aiCpuNodes = model.plan().aiCpuNodes;
  }

  /// Moves references to expanded weights to where these lie.
  void placeDiagonals() {
    uint64_t begin = om::Diagonals::begin(weights.bytes());
    auto move = [&](om::BufferRef &ref) {
      if (ref.kind == om::BufferKind::Weight && ref.offset >= WeightSegment::expanded)
        ref.offset = ref.offset - WeightSegment::expanded + begin;
    };
    for (om::Task &task : model.tasks)
      visitRefs(task, move);
    for (om::Gear &gear : model.gears)
      for (om::Task &task : gear.tasks)
        visitRefs(task, move);
  }

  const ModelOptions &options;
  std::optional<SocDescription> soc;
  WeightSegment weights;
  KernelPool pool;
  om::Model model;
  uint64_t mostAlive = 0;
  std::vector<AliveTensor> aliveAtPeak;
};

ModelAssembler::ModelAssembler(const ModelOptions &options)
    : parts(std::make_unique<Parts>(options)) {}

ModelAssembler::~ModelAssembler() = default;

LogicalResult ModelAssembler::add(ModuleOp module, std::vector<int64_t> gear) {
  LogicalResult added = parts->add(module, std::move(gear));
  parts->weights.keep();
  return added;
}

LogicalResult ModelAssembler::addLast(ModuleOp module, std::vector<int64_t> gear) {
  return parts->add(module, std::move(gear));
}

BuiltModel ModelAssembler::finish() {
  om::Model &model = parts->model;
  const ModelOptions &options = parts->options;
  model.name = options.name;
  model.socVersion = parts->soc->name;
  model.socText = printSoc(*parts->soc);
  model.commandLine = options.commandLine;
  model.compilerVersion = "OpenATC 0.1.0";
  if (options.gearKind != om::GearKind::None)
    parts->sumUpGears();
  parts->placeDiagonals();
  model.diagonals = parts->weights.diagonals();
  model.weights = parts->weights.finish();
  model.kernels = std::move(parts->pool.kernels);
  return {std::move(model), std::move(parts->aliveAtPeak)};
}

FailureOr<BuiltModel> buildModel(ModuleOp module, const ModelOptions &options) {
  ModelAssembler assembler(options);
  if (failed(assembler.addLast(module, {})))
    return failure();
  return assembler.finish();
}

} // namespace openatc::codegen
