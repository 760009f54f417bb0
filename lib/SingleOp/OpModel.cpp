//===- OpModel.cpp - A single operator as an ONNX model -------------------===//
#include "openatc/SingleOp/OpModel.h"

#include "OpBuilder.h"

namespace openatc::singleop {
namespace {

const TranslationTable &table() {
  static const TranslationTable table = [] {
    TranslationTable t;
    addElementwise(t);
    addContractions(t);
    addWindows(t);
    addReductions(t);
    addMovements(t);
    addSelections(t);
    return t;
  }();
  return table;
}

} // namespace

Expected<std::string> onnxModelOf(const om::OpDescription &op, OpError &error) {
  auto translation = table().find(op.type);
  if (translation == table().end()) {
    error = {"E10501", "IR for Op [" + op.type + "] is not registered.",
             "The operator is misspelled or not supported as a single operator.",
             "Use one of the operators that the documentation lists, spelled exactly so."};
    return Status::error(error.text);
  }
  OpBuilder builder(op);
  translation->second(builder);
  std::string bytes = builder.failed() ? "" : builder.serialize();
  if (builder.failed()) {
    error = {"E14001", "Op [" + op.type + "] cannot be compiled. Reason: " + builder.why() + ".",
             "Its inputs, outputs or attributes do not follow the operator's definition.",
             "Correct the description of the operator."};
    return Status::error(error.text);
  }
  return bytes;
}

std::vector<std::string> knownOps() {
  std::vector<std::string> out;
  for (const auto &[type, translation] : table())
    out.push_back(type);
  return out;
}

} // namespace openatc::singleop
