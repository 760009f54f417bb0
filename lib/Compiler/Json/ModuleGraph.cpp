//===- ModuleGraph.cpp - An imported module as a graph --------------------===//
#include "GraphJson.h"

#include "Ascend/AscendOps.h"
#include "Ascend/HostBridge.h"
#include "openatc/Codegen/Tasks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <set>

using namespace mlir;

namespace openatc::compiler {
namespace {

JsonTensor describe(Value value, const std::string &name) {
  JsonTensor tensor;
  tensor.name = name;
  host::TensorType type = ascend::toHostType(value.getType());
  tensor.dtype = type.dtype;
  // Unknown rank is -2 alone, as in CANN's shapes; unknown extents are -1.
  if (!type.shape)
    tensor.dims = {-2};
  else
    for (int64_t extent : *type.shape)
      tensor.dims.push_back(extent < 0 ? -1 : extent);
  return tensor;
}

std::string nameAttribute(DictionaryAttr attributes, const std::string &otherwise) {
  auto name = attributes ? attributes.getAs<StringAttr>("ascend.name") : StringAttr();
  return name ? name.str() : otherwise;
}

} // namespace

std::vector<JsonOp> graphOf(ModuleOp module) {
  std::vector<JsonOp> ops;
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main)
    return ops;
  llvm::DenseMap<Value, JsonOp::Source> sources;
  std::set<std::string> names;
  auto unique = [&](const std::string &name) {
    std::string wanted = name;
    for (int i = 1; !names.insert(wanted).second; ++i)
      wanted = name + "_" + std::to_string(i);
    return wanted;
  };
  auto read = [&](JsonOp &op, Value value) {
    auto source = sources.find(value);
    if (source == sources.end())
      return;
    op.sources.push_back(source->second);
    op.inputs.push_back(ops[source->second.op].outputs[size_t(source->second.output)]);
  };
  for (BlockArgument argument : main.getArguments()) {
    JsonOp op;
    op.name = unique(nameAttribute(main.getArgAttrDict(argument.getArgNumber()),
                                   "input" + std::to_string(argument.getArgNumber())));
    op.type = "Data";
    op.outputs.push_back(describe(argument, op.name));
    sources[argument] = {ops.size(), 0};
    ops.push_back(std::move(op));
  }
  for (Operation &operation : main.getBody().front()) {
    JsonOp op;
    if (isa<func::ReturnOp>(operation)) {
      op.name = unique("Node_Output");
      op.type = "NetOutput";
      for (OpOperand &operand : operation.getOpOperands()) {
        size_t known = op.inputs.size();
        read(op, operand.get());
        if (op.inputs.size() > known)
          op.inputs.back().name =
              nameAttribute(main.getResultAttrDict(operand.getOperandNumber()), "");
      }
      ops.push_back(std::move(op));
      continue;
    }
    std::vector<std::string> nodes = codegen::nodeNames(operation.getLoc());
    StringRef type = operation.getName().stripDialect();
    op.name = unique(nodes.empty() ? type.str() : nodes.back());
    op.type = isa<ascend::ConstantOp>(operation) ? "Const" : type.str();
    op.nodes = isa<ascend::ConstantOp>(operation) ? std::vector<std::string>() : nodes;
    for (Value operand : operation.getOperands())
      read(op, operand);
    for (OpResult result : operation.getResults()) {
      op.outputs.push_back(
          describe(result, op.name + ":" + std::to_string(result.getResultNumber())));
      sources[result] = {ops.size(), int64_t(result.getResultNumber())};
    }
    ops.push_back(std::move(op));
  }
  return ops;
}

} // namespace openatc::compiler
