//===- InsertAipp.h - Image pre-processing in front of a network ----------===//
#ifndef OPENATC_GRAPH_INSERTAIPP_H
#define OPENATC_GRAPH_INSERTAIPP_H

#include "openatc/Aipp/AippParams.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace openatc::graph {

/// How the stages of a configuration are put into a network.
struct AippOptions {
  aipp::AippLimits limits; ///< of the chip
  bool nhwc = false;       ///< network inputs of rank 4 are NHWC instead of NCHW
  /// Number of pictures that dynamic stages take parameters for: the largest batch of
  /// several. 0: the network's own batch.
  int64_t batch = 0;
};

/// The inputs of a network as AIPP blocks refer to them; one of unknown shape has no
/// dimensions.
std::vector<aipp::NetworkInput> networkInputs(mlir::func::FuncOp main, bool nhwc = false);

/// Puts the stages in front of the inputs they name: the argument becomes the picture
/// buffer, u8 [N, H, W, C] (YUV420SP: [N, H * 3 / 2, W, 1]; dynamic: [1, bytes]), and
/// ordinary ops compute from it what the network took before. Every dynamic stage adds an
/// argument behind all others for its parameter block. The dictionary `ascend.aipp` of an
/// argument says what it is. `params` come from aipp::resolveAippConfig over networkInputs.
void insertAipp(mlir::func::FuncOp main, llvm::ArrayRef<aipp::AippParams> params,
                const AippOptions &options = {});

} // namespace openatc::graph

#endif // OPENATC_GRAPH_INSERTAIPP_H
