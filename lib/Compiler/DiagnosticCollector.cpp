//===- DiagnosticCollector.cpp - MLIR diagnostics as user messages --------===//
#include "DiagnosticCollector.h"

#include "openatc/Codegen/Tasks.h"

using namespace mlir;

namespace openatc::compiler {
namespace {

/// "Node [a] " or "Nodes [a, b] ", empty when the location has no ONNX node.
std::string nodePrefix(Location loc) {
  std::vector<std::string> nodes = codegen::nodeNames(loc);
  if (nodes.empty())
    return "";
  std::string text = nodes.size() == 1 ? "Node [" : "Nodes [";
  for (size_t i = 0; i < nodes.size(); ++i)
    text += (i ? ", " : "") + nodes[i];
  return text + "]: ";
}

/// Passes and verifiers begin with the op in quotes; users know operators as ONNX
/// names, which the prefix gives.
StringRef withoutOpPrefix(StringRef text) {
  if (text.consume_front("'") && text.contains("' op "))
    return text.split("' op ").second;
  return text;
}

} // namespace

DiagnosticCollector::DiagnosticCollector(MLIRContext *context, Messages &messages)
    : messages(messages), handler(context, [this](Diagnostic &diagnostic) {
        handle(diagnostic);
        return success();
      }) {
  context->printOpOnDiagnostic(false);
}

void DiagnosticCollector::handle(Diagnostic &diagnostic) {
  std::string full = diagnostic.str();
  std::string text = nodePrefix(diagnostic.getLocation()) + withoutOpPrefix(full).str();
  if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
    return messages.warn("WARNING: " + text);
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return;
  Message message;
  message.text = text + (StringRef(text).ends_with(".") ? "" : ".");
  for (Diagnostic &note : diagnostic.getNotes())
    message.details.push_back(note.str());
  switch (phase) {
  case Phase::Import:
  case Phase::Graph:
    message.code = "E14001";
    message.cause = "The operator's inputs or attributes are not legal, or --input_shape gives "
                    "dimensions that the model does not allow.";
    message.solution = "Check the node in the ONNX file and the values of --input_shape.";
    if (StringRef(text).contains("only static shapes")) {
      message.cause = "The values of an input, or of a computed tensor, decide a shape.";
      message.solution = "Make the values that decide the shape constants of the model.";
    }
    break;
  case Phase::Kernel:
  case Phase::Core:
  case Phase::Binary:
    message.code = "E20001";
    message.text = "Failed to compile a kernel. " + message.text;
    message.cause = "The kernel's shape goes beyond what the compiler can place on the chip.";
    message.solution = "Look at the kernel with --compile-to=graph; a smaller batch or image "
                       "size may fit.";
    break;
  }
  messages.error(std::move(message));
}

} // namespace openatc::compiler
