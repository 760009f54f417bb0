//===- GraphImport.h - One graph on its way into a function ---------------===//
#ifndef OPENATC_LIB_IMPORTER_GRAPHIMPORT_H
#define OPENATC_LIB_IMPORTER_GRAPHIMPORT_H

#include "TensorReader.h"
#include "openatc/Importer/Importer.h"

#include "mlir/IR/Builders.h"

#include <set>

namespace openatc::importer {

/// Imports the main graph of a model. Values that could not be made are "poisoned":
/// nodes that use them are skipped, so that one run finds the independent problems.
class GraphImport {
public:
  GraphImport(mlir::MLIRContext &context, ModelFile &file, const std::string &path,
              const ImportOptions &options, ImportReport &report);
  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  void readOpsets();
  void importInputs(mlir::Block &entry, llvm::SmallVectorImpl<llvm::StringRef> &names);
  std::optional<llvm::SmallVector<int64_t>> inputShape(const onnx::ValueInfoProto &input);
  /// Finds Constant nodes that a later one of the same output name replaces.
  void findShadowedConstants();
  /// Positions of the nodes, each after the nodes whose outputs it uses.
  std::vector<int> sortNodes();
  void importNode(int index);
  /// Notes the model's own statement of a shape that inference does not know (yet).
  void noteDeclaredShape(const std::string &name, mlir::Value value);
  /// Counts `node` and the nodes of its subgraphs that no importer knows.
  bool collectUnsupported(const onnx::NodeProto &node, const std::string &name);
  void addUnsupported(const onnx::NodeProto &node, const std::string &name,
                      const std::string &reason);
  /// The value called `name`: null when poisoned, nothing when undefined. Makes the
  /// constant of an initializer at its first use.
  std::optional<mlir::Value> lookup(const std::string &name);
  void define(const std::string &name, mlir::Value value, const std::string &by);
  void error(ImportError::Kind kind, const std::string &name, const std::string &message);
  int64_t opsetOf(const std::string &domain) const;

  mlir::MLIRContext &context;
  onnx::ModelProto &model;
  onnx::GraphProto &graph;
  const ImportOptions &options;
  ImportReport &report;
  TensorReader tensors;
  mlir::OpBuilder builder;
  std::map<std::string, int64_t> opsets;
  std::map<std::string, onnx::TensorProto *> initializers;
  std::map<std::string, mlir::Value> values;
  std::map<std::string, const onnx::TypeProto *> declaredTypes;
  std::set<int> shadowed;                            ///< positions of replaced Constant nodes
  std::map<std::string, std::string> missingOutputs; ///< outputs that no importer makes
};

/// The node's name, or one made from its operator and position.
std::string nodeName(const onnx::NodeProto &node, int index);

/// "ai.onnx" for the two names of the default domain.
std::string domainName(const std::string &domain);

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_GRAPHIMPORT_H
