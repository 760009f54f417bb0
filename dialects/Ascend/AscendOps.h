//===- AscendOps.h - All operators of the graph dialect -------------------===//
#ifndef OPENATC_ASCEND_OPS_H
#define OPENATC_ASCEND_OPS_H

#include "Ascend/AscendDialect.h"

#define GET_OP_CLASSES
#include "Ascend/AscendOpsStructure.h.inc"
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

#endif // OPENATC_ASCEND_OPS_H
