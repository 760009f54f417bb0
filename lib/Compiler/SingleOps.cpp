//===- SingleOps.cpp - Models of single operators -------------------------===//
#include "openatc/Compiler/SingleOps.h"

#include "openatc/SingleOp/OpFile.h"
#include "openatc/SingleOp/OpModel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace openatc::compiler {
namespace {

Message toMessage(const singleop::OpError &error) {
  return {error.code, error.text, {}, error.cause, error.solution};
}

std::string shapeText(const host::Shape &shape) {
  std::string out = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    out += (i ? ", " : "") + std::to_string(shape[i]);
  return out + "]";
}

/// Dimensions other than 1: a scalar may be described as [1], as CANN's operators do.
host::Shape significant(const host::Shape &shape) {
  host::Shape out;
  for (int64_t dim : shape)
    if (dim != 1)
      out.push_back(dim);
  return out;
}

bool isOpen(const host::Shape &shape) {
  return std::any_of(shape.begin(), shape.end(), [](int64_t dim) { return dim < 0; });
}

/// Records the operator in its model, with the shapes that open outputs turned out to have.
/// False with a message when an output has another shape than described.
bool adopt(om::Model &model, om::OpDescription op, Messages &messages) {
  std::vector<const om::OpTensor *> given;
  for (const om::OpTensor &tensor : op.inputs)
    if (tensor.present() && !tensor.value)
      given.push_back(&tensor);
  auto formatOf = [](const om::OpTensor &tensor) {
    return tensor.format == "NCHW" || tensor.format == "NHWC" ? tensor.format : "ND";
  };
  for (size_t i = 0; i < model.inputs.size() && i < given.size(); ++i)
    model.inputs[i].format = formatOf(*given[i]);
  for (size_t i = 0; i < model.outputs.size() && i < op.outputs.size(); ++i) {
    om::TensorDesc &made = model.outputs[i];
    om::OpTensor &wanted = op.outputs[i];
    made.format = formatOf(wanted);
    if (isOpen(wanted.shape))
      wanted.shape = made.shape;
    if (significant(made.shape) != significant(wanted.shape)) {
      messages.error({"E10027",
                      "Attribute shape of output tensor " + std::to_string(i) + " for Op " +
                          op.type + " is invalid when --singleop is specified. Reason: it is " +
                          shapeText(wanted.shape) + ", the operator gives " +
                          shapeText(made.shape) + ".",
                      {},
                      "",
                      "Describe the output with the shape that the operator gives."});
      return false;
    }
    made.shape = wanted.shape;
  }
  model.singleOp = std::move(op);
  return true;
}

std::string readWhole(const std::string &path, Messages &messages) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    messages.error({"E10023",
                    "Value " + path + " for parameter --singleop is invalid.",
                    {},
                    "The path does not exist or the file name is incorrect.",
                    "Check whether the input file exists."});
    return "";
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    messages.error({"E10024",
                    "Failed to open file " + path + " specified by --singleop.",
                    {},
                    std::strerror(errno),
                    "Check the owner group and permission settings of the file."});
    return "";
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<singleop::OpEntry> parse(const std::string &text, const std::string &path,
                                     Messages &messages) {
  std::vector<singleop::OpError> errors;
  std::vector<singleop::OpEntry> entries = singleop::parseOps(text, path, errors);
  for (const singleop::OpError &error : errors)
    messages.error(toMessage(error));
  return entries;
}

} // namespace

CompileResult compileOp(const om::OpDescription &op, CompileOptions options, Messages &messages) {
  CompileResult result;
  if (std::any_of(op.inputs.begin(), op.inputs.end(),
                  [](const om::OpTensor &tensor) { return isOpen(tensor.shape); })) {
    messages.error({"E10055",
                    "The operation is not supported. Reason: Op " + op.type +
                        " has inputs with dimensions of -1.",
                    {},
                    "",
                    "Give static shapes, one operator for each."});
    return result;
  }
  singleop::OpError error;
  Expected<std::string> onnx = singleop::onnxModelOf(op, error);
  if (!onnx) {
    messages.error(toMessage(error));
    return result;
  }
  options.model = op.type;
  options.modelBytes = {reinterpret_cast<const uint8_t *>(onnx->data()), onnx->size()};
  Messages own;
  result = compile(options, own);
  // The user knows of an operator, not of the ONNX model that computes it.
  constexpr std::string_view aboutModel = "The ONNX model is invalid: ";
  for (Message &message : own.errors) {
    if (message.text.starts_with(aboutModel))
      message = {"E14001",
                 "Op [" + op.type +
                     "] cannot be compiled. Reason: " + message.text.substr(aboutModel.size()),
                 {},
                 "Its inputs, outputs or attributes do not follow the operator's definition.",
                 "Correct the description of the operator."};
    messages.error(std::move(message));
  }
  messages.warnings.insert(messages.warnings.end(), own.warnings.begin(), own.warnings.end());
  if (result.model && !adopt(*result.model, op, messages))
    result.model.reset();
  return result;
}

CompileResult compileOp(const std::string &json, const CompileOptions &options,
                        Messages &messages) {
  std::vector<singleop::OpEntry> entries = parse(json, "", messages);
  if (messages.failed())
    return {};
  if (entries.size() != 1) {
    messages.error(
        {"E10025",
         "The text describes " + std::to_string(entries.size()) + " operators instead of one.",
         {},
         "",
         ""});
    return {};
  }
  return compileOp(entries[0].op, options, messages);
}

std::vector<std::string> compileOps(const std::string &path, const CompileOptions &options,
                                    Messages &messages) {
  std::string text = readWhole(path, messages);
  if (messages.failed())
    return {};
  std::vector<singleop::OpEntry> entries = parse(text, path, messages);
  std::vector<om::Model> models;
  for (const singleop::OpEntry &entry : entries) {
    Messages own;
    CompileResult result = compileOp(entry.op, options, own);
    for (Message &message : own.errors)
      messages.error(std::move(message));
    messages.warnings.insert(messages.warnings.end(), own.warnings.begin(), own.warnings.end());
    if (result.model)
      models.push_back(std::move(*result.model));
  }
  std::vector<std::string> lines;
  for (size_t i = 0; i < models.size() && !messages.failed(); ++i) {
    std::string file = options.output + "/" + singleop::fileName(entries[i], i);
    writeModel(models[i], file, messages);
    lines.push_back(file + ": " + singleop::describe(entries[i].op));
  }
  return lines;
}

} // namespace openatc::compiler
