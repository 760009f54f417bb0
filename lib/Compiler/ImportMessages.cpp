//===- ImportMessages.cpp - What an import found, for the user ------------===//
#include "ImportMessages.h"

#include "NearestNames.h"
#include "openatc/Importer/ModelJson.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

namespace openatc::compiler {
namespace {

std::string sentence(std::string text) {
  if (text.empty() || text.back() != '.')
    text += '.';
  return text;
}

/// "Inputs of the model: images FLOAT[1,3,640,640], ...", those with names like `wanted` first.
std::string inputList(const std::string &wanted, const importer::ImportReport &report) {
  std::vector<std::string> names;
  std::map<std::string, std::string> types;
  for (const importer::InputInfo &input : report.inputs) {
    names.push_back(input.name);
    types[input.name] = input.type;
  }
  std::string list;
  for (const std::string &name : nearestFirst(wanted, names))
    list += (list.empty() ? "" : "; ") + name + " " + types[name];
  return "Inputs of the model: " + (list.empty() ? "none." : list + ".");
}

/// What of the operator is missing, for the user.
std::string reasonOf(const importer::UnsupportedNodes &group) {
  if (group.reason.empty() && group.since)
    return "exists from operator set " + std::to_string(group.since) + " on";
  return group.reason;
}

Message describe(const importer::ImportError &error, const importer::ImportReport &report,
                 const std::string &path) {
  using Kind = importer::ImportError::Kind;
  const std::string reason = sentence(error.message);
  switch (error.kind) {
  case Kind::File:
    return {"E10041",
            "Failed to load the model from " + path + ". Reason: " + reason,
            {},
            "The file is no ONNX model, is damaged, or its external data is missing.",
            "Check the file with `python -m onnx.checker` or export it again."};
  case Kind::FileSize:
    return {"E13015",
            "File " + path +
                " has a size which is out of the valid range (0, 2147483647]. Reason: " + reason,
            {},
            "The export was interrupted, or all weights lie inside the file.",
            "Export again, weights beyond 2 GiB as external data beside the file."};
  case Kind::NoGraph:
    return {"E16004",
            "ONNX model has no graph. Reason: " + reason,
            {},
            "The file was cut or made by hand.",
            "Export the model again."};
  case Kind::Opset:
    return {"E16005",
            "The operator sets of the ONNX model are not supported. Reason: " + reason,
            {},
            "",
            "Keep one opset_import entry for each domain, of a version up to 25; "
            "onnx.version_converter converts between versions."};
  case Kind::Model:
    return {"E16001",
            "The ONNX model " + path + " is invalid. Reason: " + reason,
            {},
            "The model was cut or edited so that its graph no longer fits together.",
            "Check the file with onnx.checker.check_model or export it again."};
  case Kind::Node:
    return {"E13014",
            "The ONNX model is invalid: " + reason,
            {},
            "The node's attributes or inputs do not follow the operator's definition.",
            "Check the node in the ONNX file or export it again."};
  case Kind::InputName:
    return {"E10016",
            "Opname " + error.name +
                " specified in --input_shape is not found in the model. Reason: " + reason,
            {inputList(error.name, report)},
            "The name is misspelled. Or are the inputs not separated by ';'?",
            "Use the names of the model's inputs."};
  case Kind::InputRank:
    return {"E10049",
            "The dimension count of input " + error.name +
                " in --input_shape does not match the model. Reason: " + reason,
            {},
            "",
            "Give as many dimensions as the input has."};
  case Kind::InputShape:
    return {"E10050",
            "The shape of input " + error.name +
                " in --input_shape is not in the range that the model allows. Reason: " + reason,
            {},
            "",
            "Keep the dimensions that the model fixes."};
  case Kind::DynamicInput:
    return invalidValue("input_shape", "",
                        "input " + error.name + " needs a static shape: " + reason,
                        "Add \"" + error.name + ":<d0>,<d1>,...\" to --input_shape.");
  case Kind::OutputName:
    return {"E11017",
            "Output " + error.name + " specified in --out_nodes is not found. Reason: " + reason,
            {},
            "The name is misspelled, or outputs are not separated by ';'.",
            "Use node:index with a node of the model, or the name of a tensor."};
  case Kind::OutputIndex:
    return {"E11016",
            "The index of output " + error.name +
                " specified in --out_nodes is invalid. Reason: " + reason,
            {},
            "",
            "Number the outputs of a node from 0."};
  case Kind::OutputForm:
    return invalidValue("out_nodes", error.name,
                        "Nodes with an index and names of tensors cannot be mixed: " + reason,
                        "Write all outputs in one form.");
  }
  return {};
}

/// A line for each group of `report.unsupported` that `wanted` selects, with its nodes.
Message describeUnsupported(const importer::ImportReport &report, const char *code,
                            const std::string &what,
                            llvm::function_ref<bool(const importer::UnsupportedNodes &)> wanted) {
  size_t nodes = 0;
  Message message;
  message.code = code;
  for (const importer::UnsupportedNodes &group : report.unsupported) {
    if (!wanted(group))
      continue;
    nodes += group.nodes.size();
    std::string line = group.domain + "::" + group.opType;
    if (group.opset)
      line += " (opset " + std::to_string(group.opset) + ")";
    line += ", " + std::to_string(group.nodes.size()) +
            (group.nodes.size() == 1 ? " node: " : " nodes: ");
    for (size_t i = 0; i < group.nodes.size(); ++i)
      line += (i ? ", " : "") + group.nodes[i];
    if (std::string reason = reasonOf(group); !reason.empty())
      line += " (" + reason + ")";
    message.details.push_back(std::move(line));
  }
  message.text = std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") +
                 " of the model cannot be compiled: " + what + ". All of them:";
  return message;
}

/// Unsupported nodes by the three causes that CANN has codes for.
void reportUnsupported(const importer::ImportReport &report, Messages &messages) {
  using Nodes = importer::UnsupportedNodes;
  auto add = [&](const char *code, const char *what, const char *cause, const char *solution,
                 llvm::function_ref<bool(const Nodes &)> wanted) {
    Message message = describeUnsupported(report, code, what, wanted);
    message.cause = cause;
    message.solution = solution;
    if (!message.details.empty())
      messages.error(std::move(message));
  };
  add("E16002", "no ONNX parser is registered for their operators",
      "The operators are not supported, or belong to a domain of their own.",
      "Replace the nodes in the model, or cut the model before them.",
      [](const Nodes &nodes) { return nodes.reason.empty() && !nodes.since; });
  add("E10501", "the model's operator set does not have their operators",
      "The operators came with a later operator set than the model imports.",
      "Export the model with the operator set that is named, or convert it.",
      [](const Nodes &nodes) { return nodes.reason.empty() && nodes.since; });
  add("EZ3003", "no kernel and no engine supports this form of their operators",
      "The operators are supported, but not in the form that stands in brackets.",
      "Replace the nodes in the model, or cut the model before them.",
      [](const Nodes &nodes) { return !nodes.reason.empty(); });
}

} // namespace

bool checkReadable(const std::string &path, const std::string &parameter, Messages &messages) {
  std::error_code failure;
  std::string reason;
  if (std::filesystem::is_directory(path, failure))
    reason = "It is a folder";
  else if (errno = 0; !std::ifstream(path, std::ios::binary))
    reason = errno ? std::strerror(errno) : "It cannot be opened";
  if (reason.empty())
    return true;
  messages.error({"E13026",
                  "Input path " + path + " of parameter --" + parameter +
                      " is invalid. Reason: " + reason + ".",
                  {},
                  "",
                  "Check the path and its permissions."});
  return false;
}

std::string onnxAsJson(const std::string &path, Messages &messages) {
  if (!checkReadable(path, "om", messages))
    return "";
  importer::ImportError error;
  Expected<std::string> json = importer::onnxJson(path, error.kind);
  if (json)
    return *json;
  error.message = json.message();
  messages.error(describe(error, {}, path));
  return "";
}

void reportImport(const importer::ImportReport &report, const std::string &path,
                  Messages &messages) {
  for (const importer::ImportError &error : report.errors)
    messages.error(describe(error, report, path));
  for (const std::string &warning : report.warnings)
    messages.warn("WARNING: " + sentence(warning));
  reportUnsupported(report, messages);
}

std::string checkReportJson(const importer::ImportReport &report, const std::string &path,
                            const Messages &messages) {
  using llvm::json::Array, llvm::json::Object, llvm::json::fixUTF8;
  // Numbers of CANN's pre-checker.
  constexpr int64_t typeUnsupported = 1, paramInvalid = 2;
  std::map<std::string, Array> causes;
  auto blame = [&](const std::string &node, int64_t code, const std::string &reason) {
    causes[node].push_back(Object{{"code", code}, {"message", fixUTF8(reason)}});
  };
  for (const importer::UnsupportedNodes &group : report.unsupported) {
    std::string reason = reasonOf(group);
    for (const std::string &node : group.nodes)
      if (group.reason.empty())
        blame(node, typeUnsupported,
              "The type is not supported." + (reason.empty() ? "" : " It " + reason + "."));
      else
        blame(node, paramInvalid, "Not supported: " + reason + ".");
  }
  for (const importer::ImportError &error : report.errors)
    if (error.kind == importer::ImportError::Kind::Node)
      blame(error.name, paramInvalid, error.message);

  Array ops;
  int64_t failed = 0;
  for (const importer::NodeInfo &node : report.nodes) {
    Object op{{"name", fixUTF8(node.name)}, {"type", fixUTF8(node.opType)}};
    auto found = causes.find(node.name);
    op["result"] = found == causes.end() ? "success" : "failed";
    if (found != causes.end()) {
      op["cause"] = std::move(found->second);
      causes.erase(found);
      ++failed;
    }
    ops.push_back(std::move(op));
  }
  // What is left lies in subgraphs.
  int64_t total = int64_t(report.nodes.size());
  for (const importer::UnsupportedNodes &group : report.unsupported)
    for (const std::string &node : group.nodes)
      if (auto found = causes.find(node); found != causes.end()) {
        ops.push_back(Object{{"name", fixUTF8(node)},
                             {"type", fixUTF8(group.opType)},
                             {"result", "failed"},
                             {"cause", std::move(found->second)}});
        causes.erase(found);
        ++failed, ++total;
      }
  Array errors;
  for (const Message &message : messages.errors)
    errors.push_back(Object{{"code", message.code}, {"message", fixUTF8(message.text)}});
  Object root{{"name", fixUTF8(std::filesystem::path(path).stem().string())},
              {"result", messages.failed() ? "failed" : "success"},
              {"total", total},
              {"pass", total - failed},
              {"fail", failed},
              {"op", std::move(ops)},
              {"errors", std::move(errors)}};
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(root))).str();
}

} // namespace openatc::compiler
