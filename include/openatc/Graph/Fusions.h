//===- Fusions.h - What may be merged, and switched off ---------------------===//
#ifndef OPENATC_GRAPH_FUSIONS_H
#define OPENATC_GRAPH_FUSIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace openatc::graph {

/// Steps that make one op or one kernel of several ops. Without them the result computes
/// the same, op by op.
enum class Fusion {
  BatchNorm,   ///< per-channel arithmetic goes into filters
  Functions,   ///< arithmetic that is GELU or layer normalisation becomes that op
  Attention,   ///< products around a softmax become attention
  Projections, ///< products that are query, key and value become one
  Epilogue,    ///< contractions take the elementwise ops behind them
  Elementwise, ///< elementwise ops share a kernel
  Pool,        ///< a convolution takes the 2x2 maximum pool behind it
  Casts,       ///< reductions and changes of layout take casts
  Pixels,      ///< a convolution makes its pixels from planes
  BatchLoop,   ///< runs of kernels compute slices of the batch
};
constexpr unsigned kFusions = unsigned(Fusion::BatchLoop) + 1;

/// Where CANN would look for a fusion: among passes over the graph, or among those that
/// unite kernels over the unified buffer.
enum class FusionStage { Graph, Buffer };

/// Name of the switch, "FuseBatchNorm".
llvm::StringRef nameOf(Fusion fusion);
FusionStage stageOf(Fusion fusion);
/// By its name, or a name of CANN for the same step.
std::optional<Fusion> fusionOf(llvm::StringRef name);

/// Fusions that are on; all are until switched off.
class FusionSet {
public:
  bool has(Fusion fusion) const { return !(off >> unsigned(fusion) & 1); }
  void set(Fusion fusion, bool on) {
    unsigned bit = 1u << unsigned(fusion);
    off = on ? off & ~bit : off | bit;
  }

private:
  unsigned off = 0;
};

} // namespace openatc::graph

#endif // OPENATC_GRAPH_FUSIONS_H
