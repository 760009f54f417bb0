//===- EliminateDeadCode.cpp - Unused ops and unused constant memory ------===//
#include "openatc/Graph/Passes.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringSet.h"

namespace openatc::graph {
#define GEN_PASS_DEF_ELIMINATEDEADCODEPASS
#include "openatc/Graph/Passes.h.inc"

using namespace mlir;

namespace {

/// Names of the resources that the attributes of the module's ops refer to.
llvm::StringSet<> usedResources(ModuleOp module) {
  llvm::StringSet<> used;
  module.walk([&](Operation *op) {
    op->getAttrDictionary().walk(
        [&](DenseResourceElementsAttr attr) { used.insert(attr.getRawHandle().getKey()); });
  });
  return used;
}

class EliminateDeadCode : public impl::EliminateDeadCodePassBase<EliminateDeadCode> {
public:
  void runOnOperation() override {
    // Users come after what they use, so one walk from the end finds whole chains.
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isOpTriviallyDead(op))
        op->erase();
    });
    auto *builtin = getContext().getLoadedDialect<BuiltinDialect>();
    auto *resources = builtin->getRegisteredInterface<ResourceBlobManagerDialectInterface>();
    DialectResourceBlobManager &manager = resources->getBlobManager();
    llvm::StringSet<> used = usedResources(getOperation());
    SmallVector<std::string> unused;
    manager.getBlobMap([&](const llvm::StringMap<DialectResourceBlobManager::BlobEntry> &blobs) {
      for (const auto &entry : blobs)
        if (entry.second.getBlob() && !used.contains(entry.first()))
          unused.push_back(entry.first().str());
    });
    for (const std::string &key : unused)
      manager.update(key, AsmResourceBlob());
  }
};

} // namespace
} // namespace openatc::graph
