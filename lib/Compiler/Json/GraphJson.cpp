//===- GraphJson.cpp - Graphs in the JSON of CANN's model definition ------===//
#include "GraphJson.h"

#include "llvm/Support/FormatVariadic.h"

namespace openatc::compiler {
namespace {

using llvm::json::Array, llvm::json::Object, llvm::json::fixUTF8;

/// Names of element types as CANN spells them.
const char *dataType(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return "DT_FLOAT";
  case DType::F16:
    return "DT_FLOAT16";
  case DType::BF16:
    return "DT_BF16";
  case DType::F64:
    return "DT_DOUBLE";
  case DType::I8:
    return "DT_INT8";
  case DType::I16:
    return "DT_INT16";
  case DType::I32:
    return "DT_INT32";
  case DType::I64:
    return "DT_INT64";
  case DType::U8:
    return "DT_UINT8";
  case DType::U16:
    return "DT_UINT16";
  case DType::U32:
    return "DT_UINT32";
  case DType::U64:
    return "DT_UINT64";
  case DType::Bool:
    return "DT_BOOL";
  case DType::Undefined:
    break;
  }
  return "DT_UNDEFINED";
}

Object describe(const JsonTensor &tensor) {
  return Object{{"name", fixUTF8(tensor.name)},
                {"dtype", dataType(tensor.dtype)},
                {"layout", tensor.layout},
                {"shape", Object{{"dim", Array(tensor.dims)}}}};
}

Array describe(const std::vector<JsonTensor> &tensors) {
  Array array;
  for (const JsonTensor &tensor : tensors)
    array.push_back(describe(tensor));
  return array;
}

Object attribute(const std::string &key, Object value) {
  return Object{{"key", key}, {"value", std::move(value)}};
}

/// Which operators read the outputs of one.
struct Uses {
  Array names, inputs;
};

Object describe(const JsonOp &op, size_t id, const std::vector<JsonOp> &all, Uses uses) {
  Array input, inputNames, sourceNames, sourceOutputs;
  for (const JsonOp::Source &source : op.sources) {
    const std::string &name = all[source.op].name;
    input.push_back(fixUTF8(name + ":" + std::to_string(source.output)));
    inputNames.push_back("x" + std::to_string(inputNames.size()));
    sourceNames.push_back(fixUTF8(name));
    sourceOutputs.push_back(source.output);
  }
  Array nodes;
  for (const std::string &node : op.nodes)
    nodes.push_back(fixUTF8(node));
  Array attributes;
  if (!op.nodes.empty())
    attributes.push_back(attribute("_datadump_original_op_names",
                                   Object{{"list", Object{{"s", std::move(nodes)}}}}));
  return Object{{"name", fixUTF8(op.name)},
                {"type", op.type},
                {"id", int64_t(id)},
                {"stream_id", op.stream},
                {"input", std::move(input)},
                {"input_name", std::move(inputNames)},
                {"src_name", std::move(sourceNames)},
                {"src_index", std::move(sourceOutputs)},
                {"dst_name", std::move(uses.names)},
                {"dst_index", std::move(uses.inputs)},
                {"input_desc", describe(op.inputs)},
                {"output_desc", describe(op.outputs)},
                {"attr", std::move(attributes)}};
}

Object describe(JsonGraph graph) {
  std::vector<Uses> uses(graph.ops.size());
  Array inputs, ops;
  for (const JsonOp &op : graph.ops)
    for (size_t i = 0; i < op.sources.size(); ++i) {
      uses[op.sources[i].op].names.push_back(fixUTF8(op.name));
      uses[op.sources[i].op].inputs.push_back(int64_t(i));
    }
  for (size_t id = 0; id < graph.ops.size(); ++id) {
    const JsonOp &op = graph.ops[id];
    if (op.type == "Data")
      inputs.push_back(fixUTF8(op.name + ":0"));
    ops.push_back(describe(op, id, graph.ops, std::move(uses[id])));
  }
  return Object{{"name", fixUTF8(graph.name)},
                {"input", std::move(inputs)},
                {"op", std::move(ops)},
                {"attr", std::move(graph.attributes)}};
}

} // namespace

Object stringAttribute(const std::string &key, const std::string &text) {
  return attribute(key, Object{{"s", fixUTF8(text)}});
}

Object integerAttribute(const std::string &key, int64_t number) {
  return attribute(key, Object{{"i", number}});
}

Object integersAttribute(const std::string &key, const std::vector<int64_t> &numbers) {
  return attribute(key, Object{{"list", Object{{"i", Array(numbers)}}}});
}

std::string print(JsonModel model) {
  Array graphs;
  for (JsonGraph &graph : model.graphs)
    graphs.push_back(describe(std::move(graph)));
  Object root{{"name", fixUTF8(model.name)},
              {"version", model.version},
              {"custom_version", ""},
              {"graph", std::move(graphs)},
              {"attr", std::move(model.attributes)}};
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(root))).str();
}

} // namespace openatc::compiler
