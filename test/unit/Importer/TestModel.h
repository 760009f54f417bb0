//===- TestModel.h - Small ONNX models for the importer's tests -----------===//
#ifndef OPENATC_TEST_IMPORTER_TESTMODEL_H
#define OPENATC_TEST_IMPORTER_TESTMODEL_H

#include "Ascend/HostBridge.h"
#include "openatc/Importer/Importer.h"
#include "openatc_onnx.pb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace openatc::importer {

/// A model under construction, written to a folder of its own and imported from there.
class TestModel {
public:
  explicit TestModel(int64_t opset = 17) {
    std::string pattern = std::filesystem::temp_directory_path() / "openatc-importer-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    proto.set_ir_version(8);
    proto.mutable_graph()->set_name("test");
    proto.add_opset_import()->set_version(opset);
  }
  ~TestModel() { std::filesystem::remove_all(folder); }

  onnx::GraphProto &graph() { return *proto.mutable_graph(); }

  /// A graph input; a dimension of 0 is the symbol "n".
  void input(const std::string &name, std::vector<int64_t> shape, int32_t type = 1) {
    onnx::ValueInfoProto *info = graph().add_input();
    info->set_name(name);
    info->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    auto *dims = info->mutable_type()->mutable_tensor_type()->mutable_shape();
    for (int64_t d : shape)
      if (d)
        dims->add_dim()->set_dim_value(d);
      else
        dims->add_dim()->set_dim_param("n");
  }
  void output(const std::string &name) { graph().add_output()->set_name(name); }

  onnx::NodeProto &node(const std::string &type, std::vector<std::string> inputs,
                        std::vector<std::string> outputs, const std::string &name = "") {
    onnx::NodeProto *node = graph().add_node();
    node->set_op_type(type);
    for (const std::string &input : inputs)
      node->add_input(input);
    for (const std::string &output : outputs)
      node->add_output(output);
    if (!name.empty())
      node->set_name(name);
    return *node;
  }
  static onnx::AttributeProto &attribute(onnx::NodeProto &node, const std::string &name) {
    onnx::AttributeProto *attribute = node.add_attribute();
    attribute->set_name(name);
    return *attribute;
  }
  static void integer(onnx::NodeProto &node, const std::string &name, int64_t value) {
    attribute(node, name).set_i(value);
  }
  static void integers(onnx::NodeProto &node, const std::string &name,
                       std::vector<int64_t> values) {
    onnx::AttributeProto &a = attribute(node, name);
    for (int64_t v : values)
      a.add_ints(v);
  }

  onnx::TensorProto &initializer(const std::string &name, std::vector<int64_t> shape,
                                 int32_t type) {
    onnx::TensorProto *tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (int64_t d : shape)
      tensor->add_dims(d);
    return *tensor;
  }
  void floats(const std::string &name, std::vector<int64_t> shape, std::vector<float> values) {
    onnx::TensorProto &tensor = initializer(name, shape, 1);
    for (float v : values)
      tensor.add_float_data(v);
  }

  std::string path() const { return folder + "/model.onnx"; }
  void write(const std::string &bytes) const {
    std::ofstream(path(), std::ios::binary).write(bytes.data(), bytes.size());
  }

  /// Writes and imports the model. The module belongs to `context`.
  mlir::OwningOpRef<mlir::ModuleOp> import() {
    write(proto.SerializeAsString());
    return importOnnx(context, path(), options, report);
  }
  /// Names of the ops of `main` without prefix, constants and the return left out.
  std::vector<std::string> importOps() {
    module = import();
    for (const ImportError &error : report.errors)
      ADD_FAILURE() << error.message;
    for (const UnsupportedNodes &nodes : report.unsupported)
      ADD_FAILURE() << nodes.opType << " is not supported: " << nodes.reason;
    std::vector<std::string> names;
    if (module)
      module->walk([&](mlir::Operation *op) {
        if (mlir::isa<ascend::AscendDialect>(op->getDialect()) &&
            !mlir::isa<ascend::ConstantOp>(op))
          names.push_back(op->getName().stripDialect().str());
      });
    return names;
  }
  /// The first op of type `T`.
  template <typename T> T first() {
    T found;
    module->walk([&](T op) {
      if (!found)
        found = op;
    });
    return found;
  }

  onnx::ModelProto proto;
  std::string folder;
  mlir::MLIRContext context;
  ImportOptions options;
  ImportReport report;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

using Names = std::vector<std::string>;

} // namespace openatc::importer

#endif // OPENATC_TEST_IMPORTER_TESTMODEL_H
