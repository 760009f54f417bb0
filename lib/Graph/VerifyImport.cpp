//===- VerifyImport.cpp - What the graph phase may rely on ----------------===//
#include "Ascend/HostBridge.h"
#include "openatc/Graph/Passes.h"

#include "mlir/IR/BuiltinOps.h"

namespace openatc::graph {
#define GEN_PASS_DEF_VERIFYIMPORTPASS
#include "openatc/Graph/Passes.h.inc"

using namespace mlir;

namespace {

class VerifyImport : public impl::VerifyImportPassBase<VerifyImport> {
public:
  void runOnOperation() override {
    if (failed(verify(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult verify(ModuleOp module);
  LogicalResult verifyFunction(func::FuncOp function);
};

LogicalResult VerifyImport::verify(ModuleOp module) {
  if (!llvm::hasSingleElement(*module.getBody()))
    return module.emitError("must hold one function");
  auto function = dyn_cast<func::FuncOp>(module.getBody()->front());
  if (!function || function.getName() != "main")
    return module.emitError("must hold a function 'main'");
  return verifyFunction(function);
}

LogicalResult VerifyImport::verifyFunction(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("must have one block");
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (!function.getArgAttrOfType<StringAttr>(i, "ascend.name"))
      return function.emitError("argument ") << i << " has no 'ascend.name'";
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (!function.getResultAttrOfType<StringAttr>(i, "ascend.name"))
      return function.emitError("result ") << i << " has no 'ascend.name'";
  for (Operation &op : function.getBody().front()) {
    if (isa<ascend::ConstantOp, func::ReturnOp>(op))
      continue;
    if (!isa_and_present<ascend::AscendDialect>(op.getDialect()) ||
        !host::isSupported(std::string_view(ascend::hostOpName(&op))))
      return op.emitError("is not an operator that HostOps implements");
  }
  return success();
}

} // namespace
} // namespace openatc::graph
