//===- PrecisionRules.h - The rule of every op ------------------------------===//
#ifndef OPENATC_LIB_GRAPH_PRECISIONRULES_H
#define OPENATC_LIB_GRAPH_PRECISIONRULES_H

#include "openatc/Graph/PrecisionPolicy.h"

#include "llvm/ADT/DenseMap.h"

namespace openatc::graph {

/// The cube multiplies halves and accumulates in f32.
bool isContraction(mlir::Operation *op);

/// Contractions, and attention: between its two products it keeps halves only as
/// differences to the maximum.
bool takesHalves(mlir::Operation *op);

/// Functions that lose too much, or overflow, in halves.
bool needsSingle(mlir::Operation *op);

/// Reads a function's policy.
class PrecisionRules {
public:
  PrecisionRules(mlir::func::FuncOp function, PrecisionMode mode);

  /// The policy's rule for the nodes that `op` stands for (of several the one that keeps
  /// most of f32), else for the kind of op, else the mode's.
  PrecisionRule ruleOf(mlir::Operation *op) const;

  /// Whether `op` may be replaced by what is only good enough in halves.
  bool allowsHalves(mlir::Operation *op) const;

private:
  OpPrecision exceptionOf(mlir::Operation *op) const;

  PrecisionMode mode;
  bool precise = false;
  llvm::DenseMap<mlir::StringAttr, OpPrecision> nodes;
  llvm::DenseMap<mlir::StringAttr, OpPrecision> ops;
};

} // namespace openatc::graph

#endif // OPENATC_LIB_GRAPH_PRECISIONRULES_H
