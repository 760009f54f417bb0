//===- AscendOps.h - All operators of the graph dialect -------------------===//
#ifndef OPENATC_ASCEND_OPS_H
#define OPENATC_ASCEND_OPS_H

#include "Ascend/AscendDialect.h"

#define GET_OP_CLASSES
#include "Ascend/AscendOpsStructure.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsAipp.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsContraction.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsElementwise.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsMove.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsNormalize.h.inc"
#define GET_OP_CLASSES
#include "Ascend/AscendOpsPool.h.inc"

namespace openatc::ascend {

/// True when a tensor of this shape (rank >= 2) lies the same way row-major and in
/// FRACTAL_NZ: a single row of whole blocks, or rows of one block.
bool isSameInNz(llvm::ArrayRef<int64_t> shape);

} // namespace openatc::ascend

#endif // OPENATC_ASCEND_OPS_H
