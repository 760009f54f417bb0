//===- ascend-opt.cpp - Runs passes on MLIR text --------------------------===//
//
// All dialects and passes of the project in MLIR's optimizer driver: the tool behind
// the lit tests, and for reproducing one pass by hand.
//
//===----------------------------------------------------------------------===//
#include "Ascend/AscendDialect.h"
#include "DaVinci/DaVinci.h"
#include "openatc/Graph/Passes.h"
#include "openatc/Kernel/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<openatc::ascend::AscendDialect, openatc::davinci::DaVinciDialect,
                  mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::scf::SCFDialect>();
  mlir::registerTransformsPasses();
  openatc::graph::registerGraphPasses();
  openatc::kernel::registerKernelPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "OpenATC optimizer driver\n", registry));
}
