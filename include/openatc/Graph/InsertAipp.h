//===- InsertAipp.h - Image pre-processing in front of a network ----------===//
#ifndef OPENATC_GRAPH_INSERTAIPP_H
#define OPENATC_GRAPH_INSERTAIPP_H

#include "openatc/Aipp/AippParams.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace openatc::graph {

/// The inputs of a network as AIPP blocks refer to them; one of unknown shape has no
/// dimensions.
std::vector<aipp::NetworkInput> networkInputs(mlir::func::FuncOp main);

/// Puts the stages in front of the inputs they name: the argument becomes the picture
/// buffer, u8 [N, H, W, C] (YUV420SP: [N, H * 3 / 2, W, 1]), and ordinary ops compute
/// from it what the network took before. The argument's dictionary `ascend.aipp` says
/// what the input was. `params` come from aipp::resolveAippConfig over networkInputs.
void insertAipp(mlir::func::FuncOp main, llvm::ArrayRef<aipp::AippParams> params);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_INSERTAIPP_H
