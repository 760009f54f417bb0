//===- FailedTask.cpp - What a task that failed worked on -----------------===//

#include "openatc/Runtime/FailedTask.h"

namespace openatc::rt {

namespace {

/// The tensor that lies at `ref` when task `index` runs: what was written there last, or an
/// input of the model.
const om::TensorRef *producedAt(const std::vector<om::Task> &tasks, size_t index,
                                const om::BufferRef &ref) {
  for (size_t i = index; i-- > 0;) {
    const auto &outputs =
        std::visit([](const auto &task) -> const auto & { return task.outputs; }, tasks[i]);
    for (const om::TensorRef &output : outputs)
      if (output.buffer == ref)
        return &output;
  }
  return nullptr;
}

} // namespace

FailedTask describeTask(const om::Model &model, const om::Plan &plan, size_t index,
                        const std::function<uint64_t(const om::BufferRef &)> &addressOf) {
  const std::vector<om::Task> &tasks = plan.tasks;
  FailedTask out;
  out.index = index;
  auto add = [&](std::vector<FailedTask::Tensor> &to, const om::TensorRef &ref) {
    to.push_back({ref.name, ref.dtype, ref.layout, ref.logicalShape, addressOf(ref.buffer)});
  };
  auto nameOf = [](const std::vector<std::string> &nodes, const std::string &other) {
    return nodes.empty() ? other : nodes.front();
  };
  if (const auto *host = std::get_if<om::HostTask>(&tasks[index])) {
    out.name = nameOf(host->nodes, host->op);
    auto addAll = [&](std::vector<FailedTask::Tensor> &to,
                      const std::vector<om::HostOperand> &all) {
      for (const om::HostOperand &operand : all)
        if (!operand.absent)
          to.push_back(
              {"", operand.dtype, om::Layout::ND, operand.shape, addressOf(operand.buffer)});
    };
    addAll(out.inputs, host->operands);
    addAll(out.outputs, host->results);
    return out;
  }
  const auto &kernel = std::get<om::KernelTask>(tasks[index]);
  out.name = nameOf(kernel.nodes, model.kernels[kernel.kernel].name);
  for (const om::BufferRef &ref : kernel.args) {
    if (const om::TensorRef *made = producedAt(tasks, index, ref)) {
      add(out.inputs, *made);
    } else if (ref.kind == om::BufferKind::Input && ref.offset == 0) {
      const om::TensorDesc &desc = plan.inputs[ref.index];
      out.inputs.push_back({desc.name, desc.dtype, om::Layout::ND, desc.shape, addressOf(ref)});
    }
  }
  for (const om::TensorRef &output : kernel.outputs)
    add(out.outputs, output);
  return out;
}

} // namespace openatc::rt
