//===- Grouping.h - Deciding which ops share a kernel ---------------------===//
#ifndef OPENATC_GRAPH_GROUPING_H
#define OPENATC_GRAPH_GROUPING_H

#include "openatc/Graph/Fusions.h"
#include "openatc/Graph/KernelForms.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace openatc::graph {

/// A node of the graph of groups: ops that one kernel computes, in program order, or a
/// single op that is no kernel (constants, AI CPU ops, views, the return).
struct Group {
  std::vector<mlir::Operation *> ops;
  ascend::KernelKind kind = ascend::KernelKind::Host;
  bool isKernel = false;
};

/// Partitions the ops of `block` such that the graph of groups has no cycle. Only `fusions`
/// unite ops.
class Grouping {
public:
  Grouping(mlir::Block &block, const FusionSet &fusions);

  /// The non-empty groups in an order in which they can run; ties go to program order.
  std::vector<const Group *> ordered() const;

private:
  void growEpilogue(mlir::Operation *anchor);
  void attachPool(mlir::Operation *conv);
  void attachCasts(mlir::Operation *reduction);
  void attachCastToPixels(mlir::Operation *transData);
  void attachPlanes(mlir::Operation *conv);
  void joinProducers(mlir::Operation *op);

  /// Whether any of the producers of `group`'s operands outside `group` and `target`
  /// depends on `target`.
  bool dependsThroughOthers(const Group &group, int self, int target) const;
  int groupOf(mlir::Operation *op) const { return groupIds.lookup(op); }
  void absorb(int into, int from);
  bool fitsLimits(const Group &a, const Group &b) const;

  std::vector<Group> groups;
  llvm::DenseMap<mlir::Operation *, int> groupIds;
  llvm::DenseMap<mlir::Operation *, int> positions;
};

} // namespace openatc::graph

#endif // OPENATC_GRAPH_GROUPING_H
