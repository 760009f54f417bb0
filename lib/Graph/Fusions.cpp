//===- Fusions.cpp - What may be merged, and switched off -------------------===//
#include "openatc/Graph/Fusions.h"

#include <iterator>

namespace openatc::graph {
namespace {

struct Row {
  llvm::StringLiteral name, cann;
  FusionStage stage;
};

/// In the order of the enumeration.
constexpr Row rows[] = {
    {"FuseBatchNorm", "ConvBatchnormFusionPass", FusionStage::Graph},
    {"FuseFunctions", "", FusionStage::Graph},
    {"FuseAttention", "", FusionStage::Graph},
    {"MergeProjections", "", FusionStage::Graph},
    {"FuseEpilogue", "", FusionStage::Buffer},
    {"FuseElementwise", "TbeEltwiseFusionPass", FusionStage::Buffer},
    {"FusePool", "", FusionStage::Buffer},
    {"FuseCasts", "", FusionStage::Buffer},
    {"FusePixels", "", FusionStage::Buffer},
    {"SliceBatch", "", FusionStage::Buffer},
};
static_assert(std::size(rows) == kFusions);

} // namespace

llvm::StringRef nameOf(Fusion fusion) { return rows[unsigned(fusion)].name; }

FusionStage stageOf(Fusion fusion) { return rows[unsigned(fusion)].stage; }

std::optional<Fusion> fusionOf(llvm::StringRef name) {
  for (unsigned i = 0; i < kFusions; ++i)
    if (name == rows[i].name || (!name.empty() && name == rows[i].cann))
      return Fusion(i);
  return std::nullopt;
}

} // namespace openatc::graph
