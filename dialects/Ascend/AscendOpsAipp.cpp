//===- AscendOpsAipp.cpp - Generated code of the family ---===//
#include "Ascend/AscendOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

#define GET_OP_CLASSES
#include "Ascend/AscendOpsAipp.cpp.inc"
