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
                           aclDataDeallocator) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}
ACL_CATCH

aclError aclopRegisterCompileFunc(const char *, aclopCompileFunc) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}
ACL_CATCH

aclError aclopUnregisterCompileFunc(const char *) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}
ACL_CATCH

aclError aclopSetKernelArgs(aclopKernelDesc *, const char *, uint32_t, const void *, uint32_t) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}
ACL_CATCH

aclError aclopSetKernelWorkspaceSizes(aclopKernelDesc *, int, size_t *) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kOwnKernels);
}
ACL_CATCH

aclError aclopStartDumpArgs(uint32_t, const char *) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, "dumps of operator arguments are not supported");
}
ACL_CATCH

aclError aclopStopDumpArgs(uint32_t) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, "dumps of operator arguments are not supported");
}
ACL_CATCH

aclError aclGenGraphAndDumpForOp(const char *, int, const aclTensorDesc *const[],
                                 const aclDataBuffer *const[], int, const aclTensorDesc *const[],
                                 aclDataBuffer *const[], const aclopAttr *, aclopEngineType,
                                 const char *, const aclGraphDumpOption *) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
}
ACL_CATCH

aclGraphDumpOption *aclCreateGraphDumpOpt() try {
  fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
  return nullptr;
}
ACL_CATCH_AS(nullptr)

aclError aclDestroyGraphDumpOpt(const aclGraphDumpOption *) try {
  return fail(ACL_ERROR_API_NOT_SUPPORT, __func__, kGraphDump);
}
ACL_CATCH
