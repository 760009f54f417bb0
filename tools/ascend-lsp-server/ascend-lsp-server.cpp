//===- ascend-lsp-server.cpp - Editor support for the project's IR --------===//
//
// MLIR's language server with our dialects: completion, hover and diagnostics for
// .mlir files in any editor that speaks LSP.
//
//===----------------------------------------------------------------------===//
#include "Ascend/AscendDialect.h"
#include "DaVinci/DaVinci.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<openatc::ascend::AscendDialect, openatc::davinci::DaVinciDialect,
                  mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::scf::SCFDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
