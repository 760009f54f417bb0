//===- GraphJson.h - Graphs in the JSON of CANN's model definition --------===//
#ifndef OPENATC_LIB_COMPILER_JSON_GRAPHJSON_H
#define OPENATC_LIB_COMPILER_JSON_GRAPHJSON_H

#include "openatc/OfflineModel/Model.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace openatc::compiler {

/// A tensor as an operator sees it.
struct JsonTensor {
  std::string name;
  DType dtype = DType::Undefined;
  std::string layout = "ND";
  std::vector<int64_t> dims;
};

/// One operator of a graph.
struct JsonOp {
  /// Where an input comes from: an output of another operator.
  struct Source {
    size_t op = 0;
    int64_t output = 0;
  };
  std::string name, type;
  int64_t stream = 0;
  std::vector<Source> sources;
  std::vector<JsonTensor> inputs, outputs; ///< one input for each source
  std::vector<std::string> nodes;          ///< of the ONNX model
};

/// Operators in their order. `attributes` are pairs of key and value, see stringAttribute.
struct JsonGraph {
  std::string name;
  std::vector<JsonOp> ops;
  llvm::json::Array attributes = {};
};

struct JsonModel {
  std::string name;
  int64_t version = 0;
  std::vector<JsonGraph> graphs;
  llvm::json::Array attributes;
};

/// `{"key": key, "value": {"s": text}}`, the form of all attributes.
llvm::json::Object stringAttribute(const std::string &key, const std::string &text);
llvm::json::Object integerAttribute(const std::string &key, int64_t number);
llvm::json::Object integersAttribute(const std::string &key, const std::vector<int64_t> &numbers);

/// The graph of one plan of an offline model: `Data` for each input, one operator for each task,
/// `NetOutput`. Edges follow from what the tasks read and write.
std::vector<JsonOp> graphOf(const om::Model &model, const om::Plan &plan);

/// The graph of an imported module: `Data` for each argument of `main`, its operators, `NetOutput`.
std::vector<JsonOp> graphOf(mlir::ModuleOp module);

/// The text of the JSON file.
std::string print(JsonModel model);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_JSON_GRAPHJSON_H
