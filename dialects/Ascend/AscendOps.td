//===- AscendOps.td - All operators of the dialect ------------------------===//
#ifndef OPENATC_ASCEND_OPS_TD
#define OPENATC_ASCEND_OPS_TD

include "AscendOpsAipp.td"
include "AscendOpsContraction.td"
include "AscendOpsElementwise.td"
include "AscendOpsMove.td"
include "AscendOpsNormalize.td"
include "AscendOpsPool.td"
include "AscendOpsStructure.td"

#endif // OPENATC_ASCEND_OPS_TD
