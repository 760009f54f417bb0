//===- NodeImport.h - What an operator's importer works with --------------===//
#ifndef OPENATC_LIB_IMPORTER_NODEIMPORT_H
#define OPENATC_LIB_IMPORTER_NODEIMPORT_H

#include "TensorReader.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace openatc::importer {

/// Attributes of the op to be made, by their dialect names.
class AttrList {
public:
  explicit AttrList(mlir::OpBuilder &builder) : builder(builder) {}
  AttrList &i(llvm::StringRef name, int64_t value);
  AttrList &b(llvm::StringRef name, bool value);
  AttrList &f(llvm::StringRef name, double value);
  AttrList &s(llvm::StringRef name, llvm::StringRef value);
  AttrList &is(llvm::StringRef name, llvm::ArrayRef<int64_t> value);

  mlir::OpBuilder &builder;
  mlir::NamedAttrList list;
};

/// One ONNX node on its way into the dialect: reads inputs and attributes, makes ops
/// with inferred types, takes the outputs. After a failed step `failed()` holds and
/// further steps do nothing.
class NodeImport {
public:
  NodeImport(onnx::NodeProto &node, int64_t opset, mlir::OpBuilder &builder, mlir::Location loc,
             TensorReader &tensors, llvm::SmallVector<mlir::Value> inputs)
      : node(node), opset(opset), builder(builder), loc(loc), tensors(tensors),
        results(node.output_size()), inputs(std::move(inputs)) {}

  /// Input i; null when absent. Trailing and empty-named inputs are absent.
  mlir::Value input(unsigned i) const { return i < inputs.size() ? inputs[i] : mlir::Value(); }
  /// Input i; a failure when absent.
  mlir::Value required(unsigned i);
  llvm::ArrayRef<mlir::Value> allInputs() const { return inputs; }
  /// True when output i has a name.
  bool wants(int i) const { return i < node.output_size() && !node.output(i).empty(); }

  /// Attribute by its ONNX name; null when absent.
  onnx::AttributeProto *attribute(llvm::StringRef name);
  bool has(llvm::StringRef name) { return attribute(name) != nullptr; }
  int64_t integer(llvm::StringRef name, int64_t fallback);
  double real(llvm::StringRef name, double fallback);
  std::string string(llvm::StringRef name, llvm::StringRef fallback);
  llvm::SmallVector<int64_t> integers(llvm::StringRef name);
  llvm::SmallVector<float> reals(llvm::StringRef name);

  AttrList attrs() { return AttrList(builder); }
  /// Makes `ascend.<op>`. Operands are by position in the op's signature; absent
  /// optional ones are null. Returns null after a failure.
  mlir::Value make(llvm::StringRef op, llvm::ArrayRef<mlir::Value> operands, const AttrList &attrs);
  mlir::Value make(llvm::StringRef op, llvm::ArrayRef<mlir::Value> operands) {
    return make(op, operands, attrs());
  }
  /// The same with all results of the op.
  llvm::SmallVector<mlir::Value> makeAll(llvm::StringRef op, llvm::ArrayRef<mlir::Value> operands,
                                         const AttrList &attrs);

  /// Constants: a rank-1 i64 list, a rank-0 value of `elementType`, an f32 list.
  mlir::Value list(llvm::ArrayRef<int64_t> values);
  mlir::Value scalar(double value, mlir::Type elementType);
  mlir::Value realList(llvm::ArrayRef<float> values);
  mlir::Value constant(mlir::ElementsAttr value);

  /// Takes `value` as output i; the outputs that nobody sets cannot be used.
  void output(unsigned i, mlir::Value value) {
    if (i < results.size())
      results[i] = value;
  }

  /// Records why the node is wrong, or what of the operator is not supported. The
  /// first reason counts.
  void fail(const llvm::Twine &why);
  void unsupported(const llvm::Twine &what);
  bool failed() const { return !error.empty() || !unsupportedReason.empty(); }

  onnx::NodeProto &node;
  int64_t opset;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  TensorReader &tensors;
  llvm::SmallVector<mlir::Value> results;
  std::string error, unsupportedReason;

private:
  llvm::SmallVector<mlir::Value> inputs;
};

/// Element type of a tensor value.
mlir::Type elementTypeOf(mlir::Value value);

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_NODEIMPORT_H
