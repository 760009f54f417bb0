//===- OpRefused.cpp - Operator functions that a simulator cannot have ----===//

#include "Error.h"
#include "SingleOp.h"

using namespace openatc::acl;

namespace {

constexpr const char *kOwnKernels =
    "kernels of an application are not supported: the simulated chip has an instruction set of its "
    "own; compile the operator with `atc --singleop` or aclopCompile";
constexpr const char *kGraphDump =
    "dumps of an operator's graph are not supported; use `atc --singleop` with --dump_ir";

} // namespace

aclError aclopCreateKernel(const char *, const char *, const char *, void *, int, aclopEngineType,
                           aclDataDeallocator) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}

aclError aclopRegisterCompileFunc(const char *, aclopCompileFunc) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}

aclError aclopUnregisterCompileFunc(const char *) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}

aclError aclopSetKernelArgs(aclopKernelDesc *, const char *, uint32_t, const void *, uint32_t) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}

aclError aclopSetKernelWorkspaceSizes(aclopKernelDesc *, int, size_t *) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}

aclError aclopStartDumpArgs(uint32_t, const char *) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, "dumps of operator arguments are not supported");
}

aclError aclopStopDumpArgs(uint32_t) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, "dumps of operator arguments are not supported");
}

aclError aclGenGraphAndDumpForOp(const char *, int, const aclTensorDesc *const[],
                                 const aclDataBuffer *const[], int, const aclTensorDesc *const[],
                                 aclDataBuffer *const[], const aclopAttr *, aclopEngineType,
                                 const char *, const aclGraphDumpOption *) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
}

aclGraphDumpOption *aclCreateGraphDumpOpt() {
  fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
  return nullptr;
}

aclError aclDestroyGraphDumpOpt(const aclGraphDumpOption *) {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
}
