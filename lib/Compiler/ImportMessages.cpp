//===- ImportMessages.cpp - What an import found, for the user ------------===//
#include "ImportMessages.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace openatc::compiler {
namespace {

std::string sentence(std::string text) {
  if (text.empty() || text.back() != '.')
    text += '.';
  return text;
}

Message describe(const importer::ImportError &error, const std::string &path) {
  using Kind = importer::ImportError::Kind;
  switch (error.kind) {
  case Kind::File:
    return {"E10041",
            "Failed to load the model from " + path + ". Reason: " + sentence(error.message),
            {},
            "The file is no ONNX model, is damaged, or its external data is missing.",
            "Check the file with `python -m onnx.checker` or export it again."};
  case Kind::Model:
    return {"E16001",
            "The ONNX model " + path + " is invalid. Reason: " + sentence(error.message),
            {},
            "The model was cut or edited so that its graph no longer fits together.",
            "Check the file with onnx.checker.check_model or export it again."};
  case Kind::Node:
    return {"E13014",
            "The ONNX model is invalid: " + sentence(error.message),
            {},
            "The node's attributes or inputs do not follow the operator's definition.",
            "Check the node in the ONNX file or export it again."};
  case Kind::InputShape:
    // A name that the model has not gets CANN's code for it; scripts look for that.
    if (llvm::StringRef(error.message).contains("which the model does not have"))
      return {"E10016",
              "Opname " + error.name +
                  " specified in --input_shape is not found in the model. Reason: " +
                  sentence(error.message),
              {},
              "The name is misspelled, or inputs are not separated by ';'.",
              "Use the names of the model's inputs."};
    return {"E10049",
            "The shape of input " + error.name +
                " in --input_shape does not fit the model. Reason: " + sentence(error.message),
            {},
            "",
            "Give as many dimensions as the input has, and keep those that the model fixes."};
  case Kind::DynamicInput:
    return {"E10001",
            "The value for parameter --input_shape is invalid. Reason: input " + error.name +
                " needs a static shape: " + sentence(error.message),
            {},
            "The model leaves dimensions of this input open.",
            "Add \"" + error.name + ":<d0>,<d1>,...\" to --input_shape."};
  }
  return {};
}

Message describeUnsupported(const importer::ImportReport &report) {
  size_t nodes = 0;
  Message message;
  for (const importer::UnsupportedNodes &group : report.unsupported) {
    nodes += group.nodes.size();
    std::string line = group.domain + "::" + group.opType;
    if (group.opset)
      line += " (opset " + std::to_string(group.opset) + ")";
    line += ", " + std::to_string(group.nodes.size()) +
            (group.nodes.size() == 1 ? " node: " : " nodes: ");
    for (size_t i = 0; i < group.nodes.size(); ++i)
      line += (i ? ", " : "") + group.nodes[i];
    if (!group.reason.empty())
      line += " (" + group.reason + ")";
    message.details.push_back(std::move(line));
  }
  message.code = "E16002";
  message.text = std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") +
                 " of the model cannot be compiled. All of them:";
  message.cause = "The operator, or the form of it that the node uses, is not supported.";
  message.solution = "Replace the nodes in the model, or cut the model before them.";
  return message;
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

void reportImport(const importer::ImportReport &report, const std::string &path,
                  Messages &messages) {
  for (const importer::ImportError &error : report.errors)
    messages.error(describe(error, path));
  if (!report.unsupported.empty())
    messages.error(describeUnsupported(report));
}

std::string checkReportJson(const importer::ImportReport &report, const std::string &path,
                            const Messages &messages) {
  using llvm::json::Array, llvm::json::Object, llvm::json::fixUTF8;
  Array ops;
  for (const importer::UnsupportedNodes &group : report.unsupported)
    for (const std::string &node : group.nodes) {
      std::string reason = group.reason.empty() ? "the operator is not supported" : group.reason;
      ops.push_back(
          Object{{"name", fixUTF8(node)},
                 {"type", fixUTF8(group.opType)},
                 {"result", "failed"},
                 {"cause", Array{Object{{"code", 16002}, {"message", fixUTF8(reason)}}}}});
    }
  Array errors;
  for (const Message &message : messages.errors)
    errors.push_back(Object{{"code", message.code}, {"message", fixUTF8(message.text)}});
  int64_t total = report.nodes, fail = ops.size();
  Object root{{"name", fixUTF8(std::filesystem::path(path).stem().string())},
              {"result", messages.failed() ? "failed" : "success"},
              {"total", total},
              {"pass", std::max<int64_t>(total - fail, 0)},
              {"fail", fail},
              {"op", std::move(ops)},
              {"errors", std::move(errors)}};
  return llvm::formatv("{0:2}\n", llvm::json::Value(std::move(root))).str();
}

} // namespace openatc::compiler
