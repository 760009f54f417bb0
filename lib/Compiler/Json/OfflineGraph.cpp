//===- OfflineGraph.cpp - Tasks of an offline model as a graph ------------===//
#include "GraphJson.h"

#include <algorithm>
#include <set>

namespace openatc::compiler {
namespace {

/// Finds for every place in memory who wrote it last.
class GraphBuilder {
public:
  GraphBuilder(const om::Model &model, const om::Plan &plan) : model(model), plan(plan) {}

  std::vector<JsonOp> build() {
    for (size_t i = 0; i < plan.inputs.size(); ++i)
      addInput(i);
    for (const om::Task &task : plan.tasks)
      std::visit([&](const auto &t) { addTask(t); }, task);
    addOutputs();
    return std::move(ops);
  }

private:
  struct Write {
    om::BufferRef at;
    uint64_t bytes = 0;
    JsonOp::Source source;
  };

  /// A name that no operator has yet.
  std::string unique(const std::string &name) {
    std::string wanted = name.empty() ? "task" : name;
    for (int i = 1; !names.insert(wanted).second; ++i)
      wanted = name + "_" + std::to_string(i);
    return wanted;
  }

  static JsonTensor describe(const om::TensorDesc &desc) {
    return {desc.name, desc.dtype, desc.format, desc.shape};
  }

  void addInput(size_t index) {
    JsonOp op;
    op.name = unique(plan.inputs[index].name);
    op.type = "Data";
    op.outputs.push_back(describe(plan.inputs[index]));
    writes.push_back(
        {{om::BufferKind::Input, uint32_t(index), 0}, plan.inputs[index].bytes, {ops.size(), 0}});
    ops.push_back(std::move(op));
  }

  /// Adds the input of `op` that comes from `ref`; weights have no producer.
  void read(JsonOp &op, const om::BufferRef &ref) {
    for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
      bool isThere = write->at.kind == ref.kind && write->at.index == ref.index &&
                     write->at.offset <= ref.offset &&
                     ref.offset < write->at.offset + std::max<uint64_t>(write->bytes, 1);
      if (!isThere)
        continue;
      op.sources.push_back(write->source);
      const std::vector<JsonTensor> &outputs = ops[write->source.op].outputs;
      size_t output = size_t(write->source.output);
      op.inputs.push_back(output < outputs.size() ? outputs[output] : JsonTensor());
      return;
    }
  }

  void write(const om::BufferRef &ref, uint64_t bytes, int64_t output) {
    writes.push_back({ref, bytes, {ops.size(), output}});
  }

  void addTask(const om::KernelTask &task) {
    JsonOp op;
    op.name = unique(task.nodes.empty() ? model.kernels[task.kernel].name : task.nodes.back());
    op.type = model.kernels[task.kernel].name;
    op.nodes = task.nodes;
    // The last arguments are results. Slices of a loop do not say how many; they have one.
    size_t results = std::min(task.args.size(), std::max<size_t>(task.outputs.size(), 1));
    for (size_t i = 0; i + results < task.args.size(); ++i)
      read(op, task.args[i]);
    for (const om::TensorRef &tensor : task.outputs)
      op.outputs.push_back(
          {tensor.name, tensor.dtype, std::string(om::nameOf(tensor.layout)), tensor.logicalShape});
    for (size_t i = 0; i < results; ++i) {
      uint64_t bytes = 0;
      if (i < task.outputs.size()) {
        const om::TensorRef &tensor = task.outputs[i];
        if (auto size = om::storageBytes(tensor.dtype, tensor.layout, tensor.logicalShape))
          bytes = *size;
      }
      write(task.args[task.args.size() - results + i], bytes, int64_t(i));
    }
    ops.push_back(std::move(op));
  }

  void addTask(const om::HostTask &task) {
    JsonOp op;
    op.name = unique(task.nodes.empty() ? task.op : task.nodes.back());
    op.type = task.op;
    op.nodes = task.nodes;
    for (const om::HostOperand &operand : task.operands)
      if (!operand.absent)
        read(op, operand.buffer);
    for (size_t i = 0; i < task.results.size(); ++i) {
      const om::HostOperand &result = task.results[i];
      std::string name = i < task.outputs.size() ? task.outputs[i].name : "";
      op.outputs.push_back({name, result.dtype, "ND", result.shape});
      if (result.absent)
        continue;
      auto bytes = om::storageBytes(result.dtype, om::Layout::ND, result.shape);
      write(result.buffer, bytes ? *bytes : 0, int64_t(i));
    }
    ops.push_back(std::move(op));
  }

  void addOutputs() {
    JsonOp op;
    op.name = unique("Node_Output");
    op.type = "NetOutput";
    for (size_t i = 0; i < plan.outputs.size(); ++i) {
      size_t known = op.sources.size();
      read(op, {om::BufferKind::Output, uint32_t(i), 0});
      if (op.sources.size() > known)
        op.inputs.back() = describe(plan.outputs[i]);
    }
    ops.push_back(std::move(op));
  }

  const om::Model &model;
  const om::Plan &plan;
  std::vector<JsonOp> ops;
  std::vector<Write> writes; ///< in the order of the tasks
  std::set<std::string> names;
};

} // namespace

std::vector<JsonOp> graphOf(const om::Model &model, const om::Plan &plan) {
  return GraphBuilder(model, plan).build();
}

} // namespace openatc::compiler
