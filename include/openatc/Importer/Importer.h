//===- Importer.h - From an ONNX file to ascend IR ------------------------===//
#ifndef OPENATC_IMPORTER_IMPORTER_H
#define OPENATC_IMPORTER_IMPORTER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace openatc::importer {

struct ImportOptions {
  /// Full shapes of graph inputs by name, for inputs with dynamic dimensions.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  /// What becomes an output in place of the graph's own outputs, each `node:index` or the
  /// name of a tensor, but not both kinds. Nodes that no output needs are left out, so that
  /// unsupported ones among them do no harm. Empty: the graph's outputs and all nodes.
  std::vector<std::string> outputs;
  /// The model itself when it is in memory; its path is only a name then, and no file is
  /// read: external data comes from `files`, by location.
  std::span<const uint8_t> bytes;
  std::map<std::string, std::span<const uint8_t>> files;
};

/// Nodes of one operator that cannot be compiled, with the common reason.
struct UnsupportedNodes {
  std::string opType;
  std::string domain;             ///< "ai.onnx" for the default domain
  int64_t opset = 0;              ///< imported version of the domain; 0 when not imported
  int64_t since = 0;              ///< the operator exists from this version on; 0: never
  std::string reason;             ///< empty: the operator is unknown; else what of it is missing
  std::vector<std::string> nodes; ///< names in graph order; subgraph nodes included
};

struct ImportError {
  enum class Kind {
    File,         ///< the model or its data cannot be read, or is no valid ONNX file
    FileSize,     ///< the file is empty or beyond the limit of the format
    NoGraph,      ///< the file holds a model without a graph
    Opset,        ///< operator sets are contradictory or too new
    Model,        ///< the graph is inconsistent
    Node,         ///< a node is wrong; `name` is the node
    InputName,    ///< a shape is given for what is no input; `name` is that name
    InputRank,    ///< the given shape of an input has another rank; `name` is the input
    InputShape,   ///< the given shape of an input is wrong otherwise; `name` is the input
    DynamicInput, ///< an input has dynamic dimensions and no given shape; `name` likewise
    OutputName,   ///< an entry of ImportOptions::outputs, `name`, is not in the graph
    OutputIndex,  ///< its node has no output of that number
    OutputForm,   ///< the entries are of both kinds
  };
  Kind kind;
  std::string name;
  std::string message;
};

/// A node of the main graph.
struct NodeInfo {
  std::string name, opType;
};

/// An input of the main graph that is no constant, as the file declares it.
struct InputInfo {
  std::string name;
  std::string type; ///< "FLOAT[n,3,224,224]"; without "[...]" when nothing is declared
};

/// What one import found. All problems of a model are collected in one run.
struct ImportReport {
  std::vector<ImportError> errors;
  std::vector<UnsupportedNodes> unsupported; ///< sorted by domain, operator and reason
  std::vector<std::string> warnings;         ///< oddities of the model that do not stop the import
  int64_t irVersion = 0;
  int64_t opset = 0; ///< of the default domain
  std::string producer;
  std::vector<InputInfo> inputs;
  std::vector<NodeInfo> nodes;            ///< in the order of the file
  std::vector<std::string> externalFiles; ///< locations of external data that was read, sorted
  /// Name and operator of each node of the main graph that is imported, operands before users.
  std::vector<std::pair<std::string, std::string>> operators;

  bool ok() const { return errors.empty() && unsupported.empty(); }
};

/// Reads the ONNX model at `path`, or that of `options.bytes` (IR versions 3 to 13, operator sets
/// up to 25) with its external data and returns a module with one function `main`, or null with the
/// reasons in `report`. Operators are in their latest form, names of inputs and
/// outputs in `ascend.name` attributes, node names in locations; results whose shape
/// depends on computed values are unranked. The dialects needed are loaded into `context`.
/// Outputs that ImportOptions chooses as `node:index` are named like that, and all that it
/// chooses carry that form in `ascend.source`.
/// Weights refer to memory that the context owns, external ones to mapped files.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(mlir::MLIRContext &context, const std::string &path,
                                             const ImportOptions &options, ImportReport &report);

} // namespace openatc::importer

#endif // OPENATC_IMPORTER_IMPORTER_H
