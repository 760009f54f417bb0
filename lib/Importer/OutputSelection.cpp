//===- OutputSelection.cpp - Which tensors a network gives -----------------===//
#include "OutputSelection.h"
#include "GraphImport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <map>

using llvm::StringRef;

namespace openatc::importer {
namespace {

/// Names of a graph that an entry may mean.
class Names {
public:
  explicit Names(const onnx::GraphProto &graph) : graph(graph) {
    for (int i = 0; i < graph.node_size(); ++i) {
      nodes.emplace(nodeName(graph.node(i), i), i);
      for (int k = 0; k < graph.node(i).output_size(); ++k)
        if (const std::string &output = graph.node(i).output(k); !output.empty())
          tensors[output] = nodeName(graph.node(i), i) + ":" + std::to_string(k);
    }
    for (const onnx::ValueInfoProto &input : graph.input())
      tensors.emplace(input.name(), "");
    for (const onnx::TensorProto &constant : graph.initializer())
      tensors.emplace(constant.name(), "");
  }

  const onnx::NodeProto *node(StringRef name) const {
    auto found = nodes.find(name.str());
    return found == nodes.end() ? nullptr : &graph.node(found->second);
  }
  /// The `node:index` that makes a tensor (empty for inputs and constants), or null.
  const std::string *source(StringRef tensor) const {
    auto found = tensors.find(tensor.str());
    return found == tensors.end() ? nullptr : &found->second;
  }

  std::string nearestNodes(StringRef name) const {
    std::vector<StringRef> all;
    for (const auto &[node, index] : nodes)
      all.push_back(node);
    return nearest(std::move(all), name);
  }
  std::string nearestTensors(StringRef name) const {
    std::vector<StringRef> all;
    for (const auto &[tensor, source] : tensors)
      all.push_back(tensor);
    return nearest(std::move(all), name);
  }

private:
  /// "; the nearest names are a, b and c" by edit distance.
  static std::string nearest(std::vector<StringRef> all, StringRef name) {
    std::vector<std::pair<unsigned, StringRef>> ranked;
    for (StringRef candidate : all)
      ranked.emplace_back(candidate.edit_distance(name), candidate);
    size_t count = std::min<size_t>(ranked.size(), 3);
    std::partial_sort(ranked.begin(), ranked.begin() + count, ranked.end());
    std::string text;
    for (size_t i = 0; i < count; ++i)
      text += (i == 0 ? "; the nearest names are " : ", ") + ranked[i].second.str();
    return text;
  }

  const onnx::GraphProto &graph;
  std::map<std::string, int> nodes;           ///< of equal names the first
  std::map<std::string, std::string> tensors; ///< with their sources
};

struct Selection {
  GraphOutput output;
  bool byNode = false;
};

/// Resolves one entry; an error otherwise. `node:index` goes before a tensor of that
/// name; where both exist, they are mostly the same tensor.
std::optional<Selection> resolve(StringRef entry, const Names &names, ImportReport &report) {
  auto fail = [&](ImportError::Kind kind, const std::string &message) {
    report.errors.push_back({kind, entry.str(), message});
    return std::nullopt;
  };
  auto [nodeText, indexText] = entry.rsplit(':');
  bool hasColon = nodeText.size() < entry.size();
  const onnx::NodeProto *node = hasColon ? names.node(nodeText) : nullptr;
  bool isNumber = !indexText.empty() && llvm::all_of(indexText, llvm::isDigit);
  if (!node || !isNumber) {
    if (const std::string *source = names.source(entry))
      return Selection{{entry.str(), entry.str(), *source}, false};
    if (node)
      return fail(ImportError::Kind::OutputIndex,
                  "'" + indexText.str() + "' is no output of node '" + nodeText.str() +
                      "', which has " + std::to_string(node->output_size()));
    if (names.node(entry))
      return fail(ImportError::Kind::OutputName, "'" + entry.str() + "' is a node; write " +
                                                     entry.str() + ":0 for its first output");
    if (hasColon && isNumber)
      return fail(ImportError::Kind::OutputName,
                  "the model has no node '" + nodeText.str() + "'" + names.nearestNodes(nodeText));
    return fail(ImportError::Kind::OutputName,
                "the model has no tensor '" + entry.str() + "'" + names.nearestTensors(entry));
  }
  unsigned index = 0;
  if (indexText.getAsInteger(10, index) || int64_t(index) >= node->output_size() ||
      node->output(int(index)).empty())
    return fail(ImportError::Kind::OutputIndex, "node '" + nodeText.str() + "' has no output " +
                                                    indexText.str() + "; it has " +
                                                    std::to_string(node->output_size()));
  std::string source = nodeText.str() + ":" + std::to_string(index);
  return Selection{{node->output(int(index)), source, source}, true};
}

} // namespace

std::vector<GraphOutput> selectOutputs(const onnx::GraphProto &graph,
                                       const std::vector<std::string> &wanted,
                                       ImportReport &report) {
  std::vector<GraphOutput> outputs;
  if (wanted.empty()) {
    for (const onnx::ValueInfoProto &output : graph.output())
      outputs.push_back({output.name(), output.name(), ""});
    return outputs;
  }
  Names names(graph);
  const std::string *byNode = nullptr, *byTensor = nullptr;
  for (const std::string &entry : wanted)
    if (std::optional<Selection> selection = resolve(entry, names, report)) {
      (selection->byNode ? byNode : byTensor) = &entry;
      outputs.push_back(std::move(selection->output));
    }
  if (byNode && byTensor)
    report.errors.push_back(
        {ImportError::Kind::OutputForm, *byTensor,
         "'" + *byNode + "' is a node with an index, '" + *byTensor + "' the name of a tensor"});
  return outputs;
}

std::vector<bool> neededNodes(const onnx::GraphProto &graph,
                              const std::vector<GraphOutput> &outputs) {
  std::map<std::string, std::vector<int>> makers;
  for (int i = 0; i < graph.node_size(); ++i)
    for (const std::string &output : graph.node(i).output())
      makers[output].push_back(i);
  std::vector<bool> needed(graph.node_size(), false);
  std::vector<std::string> open;
  for (const GraphOutput &output : outputs)
    open.push_back(output.tensor);
  while (!open.empty()) {
    std::string tensor = std::move(open.back());
    open.pop_back();
    auto found = makers.find(tensor);
    if (tensor.empty() || found == makers.end())
      continue;
    for (int node : found->second) {
      if (needed[node])
        continue;
      needed[node] = true;
      for (const std::string &input : graph.node(node).input())
        open.push_back(input);
    }
  }
  return needed;
}

} // namespace openatc::importer
