//===- OpBuilder.h - Builds the ONNX graph of an operator -----------------===//
#ifndef OPENATC_LIB_SINGLEOP_OPBUILDER_H
#define OPENATC_LIB_SINGLEOP_OPBUILDER_H

#include "openatc/OfflineModel/Model.h"
#include "openatc_onnx.pb.h"

#include <map>
#include <variant>

namespace openatc::singleop {

/// An attribute of an ONNX node.
struct NodeAttr {
  const char *name;
  std::variant<int64_t, float, std::string, std::vector<int64_t>> value;
};

/// What a translation works with: reads the operator, makes nodes, sets the outputs. Values
/// are ONNX names; an empty one is absent. After a failure further steps do nothing useful
/// and the first reason counts.
class OpBuilder {
public:
  explicit OpBuilder(const om::OpDescription &op);

  // The operator.
  size_t numInputs() const { return op.inputs.size(); }
  size_t numOutputs() const { return op.outputs.size(); }
  const om::OpTensor &inputDesc(size_t i) const { return op.inputs[i]; }
  const om::OpTensor &outputDesc(size_t i) const { return op.outputs[i]; }
  bool has(size_t i) const { return i < op.inputs.size() && op.inputs[i].present(); }
  /// Input i; empty when it is not given.
  std::string input(size_t i);
  /// Input i; a failure when it is not given.
  std::string required(size_t i);
  /// The integers of constant input i; a failure when it is no constant of them.
  std::vector<int64_t> constant(size_t i, const char *what);
  /// Rank of an input's shape.
  int64_t rank(size_t i) const;
  /// True when the tensor's format puts channels last.
  static bool channelsLast(const om::OpTensor &tensor) { return tensor.format == "NHWC"; }

  // Its attributes; a failure when one has another type.
  bool hasAttr(const char *name) const;
  int64_t integer(const char *name, int64_t otherwise);
  bool boolean(const char *name, bool otherwise);
  float real(const char *name, float otherwise);
  std::string text(const char *name, const std::string &otherwise);
  std::vector<int64_t> integers(const char *name);
  std::vector<std::vector<int64_t>> integerLists(const char *name);

  // Nodes and constants. The element type of a result is that of the first input unless said
  // otherwise.
  std::string node(const char *type, std::vector<std::string> inputs,
                   std::vector<NodeAttr> attributes = {});
  std::string node(DType result, const char *type, std::vector<std::string> inputs,
                   std::vector<NodeAttr> attributes = {});
  std::vector<std::string> nodes(const char *type, std::vector<std::string> inputs, size_t results,
                                 std::vector<NodeAttr> attributes = {});
  std::string list(const std::vector<int64_t> &values);
  std::string scalar(double value, DType dtype);
  std::string cast(const std::string &value, DType dtype);
  DType typeOf(const std::string &value) const;
  /// [N, H, W, C] to [N, C, H, W] when `tensor` is so, and back.
  std::string toChannelsFirst(const std::string &value, const om::OpTensor &tensor);
  std::string toChannelsLast(const std::string &value, const om::OpTensor &tensor);
  /// Sets output i, in the element type that the operator describes.
  void output(size_t i, const std::string &value);

  void fail(const std::string &why);
  bool failed() const { return !reason.empty(); }
  const std::string &why() const { return reason; }
  /// The finished model, every output of which is set.
  std::string serialize();

private:
  onnx::NodeProto &add(const char *type, const std::vector<std::string> &inputs,
                       const std::vector<NodeAttr> &attributes);
  const om::OpAttribute *find(const char *name) const;
  std::string fresh();
  onnx::TensorProto &initializer(const std::string &name, DType dtype, const host::Shape &shape);

  const om::OpDescription &op;
  onnx::ModelProto model;
  onnx::GraphProto &graph;
  std::map<std::string, DType> types;
  std::vector<bool> outputsSet;
  size_t values = 0;
  std::string reason;
};

using Translation = void (*)(OpBuilder &);
using TranslationTable = std::map<std::string, Translation>;

// One function per family; each adds its operators.
void addElementwise(TranslationTable &table);
void addContractions(TranslationTable &table);
void addWindows(TranslationTable &table);
void addReductions(TranslationTable &table);
void addMovements(TranslationTable &table);
void addSelections(TranslationTable &table);

} // namespace openatc::singleop

#endif // OPENATC_LIB_SINGLEOP_OPBUILDER_H
