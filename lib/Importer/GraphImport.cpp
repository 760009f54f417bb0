//===- GraphImport.cpp - One graph on its way into a function -------------===//
#include "GraphImport.h"
#include "OpTable.h"
#include "OutputSelection.h"

#include "Ascend/HostBridge.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <algorithm>
#include <set>
#include <tuple>

using namespace mlir;

namespace openatc::importer {

constexpr int64_t kLastOpset = 25;

std::string nodeName(const onnx::NodeProto &node, int index) {
  return node.name().empty() ? node.op_type() + "_" + std::to_string(index) : node.name();
}

/// "FLOAT[n,3,224,224]", as people know it from viewers.
static std::string declaredType(const onnx::TypeProto::Tensor &type) {
  std::string text = onnxTypeName(type.elem_type());
  if (!type.has_shape())
    return text;
  std::string dims;
  for (const onnx::TensorShapeProto::Dimension &dim : type.shape().dim())
    dims += (dims.empty() ? "" : ",") + (dim.has_dim_value()       ? std::to_string(dim.dim_value())
                                         : dim.dim_param().empty() ? "?"
                                                                   : dim.dim_param());
  return text + "[" + dims + "]";
}

std::string domainName(const std::string &domain) { return domain.empty() ? "ai.onnx" : domain; }

GraphImport::GraphImport(MLIRContext &context, ModelFile &file, const std::string &path,
                         const ImportOptions &options, ImportReport &report)
    : context(context), model(file.model()), graph(*model.mutable_graph()), options(options),
      report(report), tensors(&context, file, path, options.files), builder(&context) {}

void GraphImport::error(ImportError::Kind kind, const std::string &name,
                        const std::string &message) {
  report.errors.push_back({kind, name, message});
}

int64_t GraphImport::opsetOf(const std::string &domain) const {
  auto version = opsets.find(domainName(domain));
  return version == opsets.end() ? 0 : version->second;
}

void GraphImport::readOpsets() {
  // Domains without nodes do no harm, whatever an exporter writes there.
  for (const onnx::OperatorSetIdProto &set : model.opset_import()) {
    auto [known, isNew] = opsets.emplace(domainName(set.domain()), set.version());
    if (!isNew && known->second != set.version())
      error(ImportError::Kind::Opset, known->first,
            "the model imports versions " + std::to_string(known->second) + " and " +
                std::to_string(set.version()) + " of the domain " + known->first);
  }
  report.opset = opsetOf("");
  if (report.opset > kLastOpset)
    error(ImportError::Kind::Opset, "ai.onnx",
          "the model uses operator set " + std::to_string(report.opset) +
              "; the newest supported is " + std::to_string(kLastOpset));
}

//===----------------------------------------------------------------------===//
// Inputs and values
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> GraphImport::inputShape(const onnx::ValueInfoProto &input) {
  const onnx::TypeProto::Tensor &type = input.type().tensor_type();
  auto given = options.inputShapes.find(input.name());
  bool isGiven = given != options.inputShapes.end();
  auto fail = [&](const std::string &message,
                  ImportError::Kind given = ImportError::Kind::InputShape) {
    error(isGiven ? given : ImportError::Kind::DynamicInput, input.name(), message);
    return std::nullopt;
  };
  if (!type.has_shape()) {
    if (!isGiven)
      return fail("input '" + input.name() + "' has no shape in the model; give --input_shape");
    return SmallVector<int64_t>(given->second.begin(), given->second.end());
  }
  SmallVector<int64_t> shape;
  int rank = type.shape().dim_size();
  if (isGiven && int(given->second.size()) != rank)
    return fail("the shape given for input '" + input.name() + "' has rank " +
                    std::to_string(given->second.size()) + ", the model's has rank " +
                    std::to_string(rank),
                ImportError::Kind::InputRank);
  for (int i = 0; i < rank; ++i) {
    const onnx::TensorShapeProto::Dimension &dim = type.shape().dim(i);
    // A negative extent is another way to write "unknown", and so is zero when a
    // shape is given; else it is an empty tensor.
    int64_t extent = dim.has_dim_value() ? dim.dim_value() : -1;
    std::string where = "dimension " + std::to_string(i) + " of input '" + input.name() + "'";
    if (isGiven && extent > 0 && given->second[i] != extent)
      return fail(where + " is " + std::to_string(extent) + " in the model, not " +
                  std::to_string(given->second[i]));
    bool mayBeEmpty = extent == 0;
    if (isGiven)
      extent = given->second[i];
    if (extent < 0 || (extent == 0 && !mayBeEmpty)) {
      std::string symbol = dim.dim_param().empty() ? "" : " ('" + dim.dim_param() + "')";
      return fail(isGiven ? where + " must be positive"
                          : where + " is dynamic" + symbol + "; give --input_shape");
    }
    shape.push_back(extent);
  }
  return shape;
}

void GraphImport::importInputs(Block &entry, SmallVectorImpl<StringRef> &names) {
  std::set<std::string> seen;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    seen.insert(input.name());
    if (initializers.count(input.name()))
      continue; // a default value: the network is compiled with it
    report.inputs.push_back({input.name(), declaredType(input.type().tensor_type())});
    Value value;
    const onnx::TypeProto &type = input.type();
    DType dtype = dtypeOfOnnx(type.tensor_type().elem_type());
    if (!type.has_tensor_type()) {
      error(ImportError::Kind::Model, input.name(),
            "input '" + input.name() + "' is not a dense tensor");
    } else if (dtype == DType::Undefined) {
      error(ImportError::Kind::Model, input.name(),
            "input '" + input.name() + "' has the unsupported element type " +
                onnxTypeName(type.tensor_type().elem_type()));
    } else if (std::optional<SmallVector<int64_t>> shape = inputShape(input)) {
      if (Expected<int64_t> count = host::numElements({shape->begin(), shape->end()}); !count)
        error(ImportError::Kind::InputShape, input.name(),
              "the shape of input '" + input.name() + "' is too large");
      else
        value = entry.addArgument(RankedTensorType::get(*shape, ascend::fromDType(&context, dtype)),
                                  NameLoc::get(builder.getStringAttr(input.name())));
    }
    if (value)
      names.push_back(input.name());
    define(input.name(), value, "graph inputs");
  }
  for (auto &[name, shape] : options.inputShapes)
    if (!seen.count(name))
      error(ImportError::Kind::InputName, name,
            "a shape is given for input '" + name + "', which the model does not have");
    else if (initializers.count(name))
      error(ImportError::Kind::InputName, name,
            "a shape is given for input '" + name + "', which is a constant of the model");
}

std::optional<Value> GraphImport::lookup(const std::string &name) {
  if (auto value = values.find(name); value != values.end())
    return value->second;
  auto initializer = initializers.find(name);
  if (initializer == initializers.end())
    return std::nullopt;
  Value &value = values[name];
  Expected<ElementsAttr> attr = tensors.read(*initializer->second, name);
  if (attr)
    value = ascend::ConstantOp::create(builder, NameLoc::get(builder.getStringAttr(name)), *attr);
  else
    error(ImportError::Kind::Model, name, "constant '" + name + "' " + attr.message());
  return value;
}

void GraphImport::define(const std::string &name, Value value, const std::string &by) {
  if (!values.emplace(name, value).second)
    error(ImportError::Kind::Model, name, "'" + name + "' is defined twice, again by " + by);
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void GraphImport::addUnsupported(const onnx::NodeProto &node, const std::string &name,
                                 const std::string &reason) {
  auto key = [](const UnsupportedNodes &n) { return std::tie(n.domain, n.opType, n.reason); };
  UnsupportedNodes wanted;
  wanted.opType = node.op_type();
  wanted.domain = domainName(node.domain());
  wanted.opset = opsetOf(node.domain());
  wanted.reason = reason;
  if (wanted.domain == "ai.onnx")
    wanted.since = OpTable::get().since(node.op_type());
  auto at = std::lower_bound(
      report.unsupported.begin(), report.unsupported.end(), wanted,
      [&](const UnsupportedNodes &a, const UnsupportedNodes &b) { return key(a) < key(b); });
  if (at == report.unsupported.end() || key(*at) != key(wanted))
    at = report.unsupported.insert(at, wanted);
  at->nodes.push_back(name);
}

bool GraphImport::collectUnsupported(const onnx::NodeProto &node, const std::string &name) {
  bool known = domainName(node.domain()) == "ai.onnx" &&
               OpTable::get().find(node.op_type(), opsetOf("")) != nullptr;
  if (!known)
    addUnsupported(node, name, "");
  // Subgraphs come with operators that are not supported themselves; what is inside
  // is reported too, so that the list is complete.
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    auto visit = [&](const onnx::GraphProto &subgraph) {
      for (int i = 0; i < subgraph.node_size(); ++i)
        collectUnsupported(subgraph.node(i), name + "/" + nodeName(subgraph.node(i), i));
    };
    if (attribute.has_g())
      visit(attribute.g());
    for (const onnx::GraphProto &subgraph : attribute.graphs())
      visit(subgraph);
  }
  return known;
}

void GraphImport::findShadowedConstants() {
  // Some exporters write several Constant nodes with one output name. Runtimes make
  // initializers of them, of which the last one counts for all uses.
  std::map<std::string, int> last;
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto &node = graph.node(i);
    if (node.op_type() != "Constant" || domainName(node.domain()) != "ai.onnx" ||
        node.output_size() != 1)
      continue;
    auto [entry, isNew] = last.emplace(node.output(0), i);
    if (isNew)
      continue;
    shadowed.insert(entry->second);
    report.warnings.push_back("constant '" + node.output(0) +
                              "' is defined by more than one node; the last one counts");
    entry->second = i;
  }
}

std::vector<int> GraphImport::sortNodes() {
  // The format asks for sorted nodes, but not every exporter obeys. A node becomes
  // ready when its last input is made; the lowest position goes first, so that a
  // sorted graph keeps its order.
  std::map<std::string, int> makers;
  for (int i = 0; i < graph.node_size(); ++i)
    for (const std::string &output : graph.node(i).output())
      if (!output.empty() && !shadowed.count(i))
        makers.emplace(output, i);
  std::vector<int> waitingFor(graph.node_size());
  std::vector<std::vector<int>> users(graph.node_size());
  std::set<int> ready;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string &input : graph.node(i).input())
      if (auto maker = makers.find(input); maker != makers.end()) {
        ++waitingFor[i];
        users[maker->second].push_back(i);
      }
    if (waitingFor[i] == 0)
      ready.insert(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    int next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (int user : users[next])
      if (--waitingFor[user] == 0)
        ready.insert(user);
  }
  if (int(order.size()) != graph.node_size())
    error(ImportError::Kind::Model, "", "the nodes of the graph form a cycle");
  return order;
}

void GraphImport::importNode(int index) {
  onnx::NodeProto &node = *graph.mutable_node(index);
  std::string name = nodeName(node, index);
  report.operators.emplace_back(name, node.op_type());
  bool usable = collectUnsupported(node, name);

  SmallVector<Value> inputs;
  for (const std::string &input : node.input()) {
    inputs.emplace_back();
    if (input.empty())
      continue;
    if (std::optional<Value> value = lookup(input)) {
      inputs.back() = *value;
      usable &= bool(*value);
      continue;
    }
    usable = false;
    auto missing = missingOutputs.find(input);
    error(ImportError::Kind::Node, name,
          "node '" + name + "' (" + node.op_type() + ") uses '" + input + "', " +
              (missing == missingOutputs.end()
                   ? "which nothing defines"
                   : "an output of node '" + missing->second + "' that is not supported"));
  }

  SmallVector<Value> results(node.output_size());
  if (usable) {
    auto loc = NameLoc::get(builder.getStringAttr(name));
    NodeImport context(node, report.opset, builder, loc, tensors, std::move(inputs));
    OpTable::get().find(node.op_type(), report.opset)(context);
    if (!context.unsupportedReason.empty())
      addUnsupported(node, name, context.unsupportedReason);
    else if (!context.error.empty())
      error(ImportError::Kind::Node, name,
            "node '" + name + "' (" + node.op_type() + "): " + context.error);
    else {
      results = context.results;
      for (auto [output, value] : llvm::zip_equal(node.output(), results))
        if (!value && !output.empty())
          missingOutputs[output] = name;
    }
  }
  for (auto [output, value] : llvm::zip_equal(node.output(), results))
    if (!output.empty() && !missingOutputs.count(output)) {
      define(output, value, "node '" + name + "'");
      noteDeclaredShape(output, value);
    }
}

void GraphImport::noteDeclaredShape(const std::string &name, Value value) {
  // It is not the result type: shape arithmetic that is folded later knows better,
  // and a given input shape makes the statement of the exporter obsolete.
  auto declared = declaredTypes.find(name);
  auto result = dyn_cast_if_present<OpResult>(value);
  if (!result || declared == declaredTypes.end() || !isa<UnrankedTensorType>(value.getType()))
    return;
  SmallVector<int64_t> shape;
  for (const auto &dim : declared->second->tensor_type().shape().dim()) {
    if (!dim.has_dim_value() || dim.dim_value() < 0)
      return;
    shape.push_back(dim.dim_value());
  }
  Operation *op = result.getOwner();
  SmallVector<Attribute> shapes(op->getNumResults(), builder.getUnitAttr());
  if (auto known = op->getAttrOfType<ArrayAttr>(ascend::kDeclaredShapes))
    shapes.assign(known.begin(), known.end());
  shapes[result.getResultNumber()] = builder.getDenseI64ArrayAttr(shape);
  op->setAttr(ascend::kDeclaredShapes, builder.getArrayAttr(shapes));
}

//===----------------------------------------------------------------------===//
// The whole graph
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> GraphImport::run() {
  report.irVersion = model.ir_version();
  report.producer = model.producer_name();
  for (int i = 0; i < graph.node_size(); ++i)
    report.nodes.push_back({nodeName(graph.node(i), i), graph.node(i).op_type()});
  readOpsets();
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    initializers[tensor.name()] = &tensor;
  for (const auto *infos : {&graph.value_info(), &graph.output()})
    for (const onnx::ValueInfoProto &info : *infos)
      if (info.type().tensor_type().has_shape())
        declaredTypes[info.name()] = &info.type();

  Location loc = NameLoc::get(builder.getStringAttr(graph.name()));
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToStart(module->getBody());
  auto function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType({}, {}));
  Block &entry = *function.addEntryBlock();
  builder.setInsertionPointToStart(&entry);

  SmallVector<StringRef> inputNames;
  importInputs(entry, inputNames);
  findShadowedConstants();
  std::vector<GraphOutput> selected = selectOutputs(graph, options.outputs, report);
  std::vector<bool> needed(graph.node_size(), true);
  if (!options.outputs.empty())
    needed = neededNodes(graph, selected);
  for (int index : sortNodes())
    if (needed[index] && !shadowed.count(index))
      importNode(index);

  SmallVector<Value> outputs;
  for (const GraphOutput &output : selected) {
    std::optional<Value> value = lookup(output.tensor);
    if (!value) {
      auto missing = missingOutputs.find(output.tensor);
      error(ImportError::Kind::Model, output.tensor,
            "output '" + output.tensor + "' of the graph is " +
                (missing == missingOutputs.end()
                     ? "not made by any node"
                     : "an output of node '" + missing->second + "' that is not supported"));
    }
    outputs.push_back(value.value_or(Value()));
  }
  report.externalFiles = tensors.externalFiles();
  if (graph.output().empty() && options.outputs.empty())
    error(ImportError::Kind::Model, "", "the graph has no outputs");
  if (!report.ok() || llvm::is_contained(outputs, Value()))
    return nullptr;

  func::ReturnOp::create(builder, loc, outputs);
  function.setType(
      builder.getFunctionType(entry.getArgumentTypes(), ValueRange(outputs).getTypes()));
  for (auto [i, name] : llvm::enumerate(inputNames))
    function.setArgAttr(i, "ascend.name", builder.getStringAttr(name));
  for (auto [i, output] : llvm::enumerate(selected)) {
    function.setResultAttr(i, "ascend.name", builder.getStringAttr(output.name));
    if (!output.source.empty())
      function.setResultAttr(i, "ascend.source", builder.getStringAttr(output.source));
  }
  return module;
}

} // namespace openatc::importer
