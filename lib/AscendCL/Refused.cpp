//===- Refused.cpp - Functions that a simulated device cannot offer -------===//

#include "Error.h"

#include "acl/acl_mdl.h"
#include "acl/acl_rt.h"

using namespace openatc::acl;

namespace {

constexpr const char *kKernels =
    "kernels in the vendor's machine code cannot run on a simulated device; it runs models "
    "and operators that the compiler made";
constexpr const char *kPageTables =
    "a simulated device has no page tables; allocate memory with aclrtMalloc";
constexpr const char *kDescriptors = "copies that device memory describes do not exist; use "
                                     "aclrtMemcpyAsync";
constexpr const char *kFaults = "a simulated memory has no faults to report or repair";
constexpr const char *kCaches = "a simulated cache follows accesses; it takes no hints";
constexpr const char *kHostFunctions =
    "no task of a model calls the host; queue functions with aclrtLaunchCallback";
constexpr const char *kOverflow = "simulated cores record no overflow; look for infinities in the "
                                  "results";
constexpr const char *kMapping = "host memory has no address on a simulated device; copy it with "
                                 "aclrtMemcpy";
constexpr const char *kQueues = "models with input and output queues do not exist on a simulated "
                                "device; load with aclmdlLoadFromFile or aclmdlLoadFromMem";
constexpr const char *kExeOm = "an executable offline model (exeom) is made for small chips that "
                               "are not simulated; use aclmdlQuerySize for an offline model";

} // namespace

/// Defines a function that refuses, saying why.
#define ACL_REFUSED(name, parameters, why)                                                         \
  aclError name parameters try { ACL_FAIL(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, why); }                \
  ACL_CATCH

ACL_REFUSED(aclrtSubscribeHostFunc, (uint64_t, aclrtStream), kHostFunctions)
ACL_REFUSED(aclrtProcessHostFunc, (int32_t), kHostFunctions)
ACL_REFUSED(aclrtUnSubscribeHostFunc, (uint64_t, aclrtStream), kHostFunctions)

ACL_REFUSED(aclrtGetOverflowStatus, (void *, size_t, aclrtStream), kOverflow)
ACL_REFUSED(aclrtResetOverflowStatus, (aclrtStream), kOverflow)

aclrtBinary aclrtCreateBinary(const void *, size_t) try {
  fail(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, __func__, kKernels);
  return nullptr;
}
ACL_CATCH_AS(nullptr)

ACL_REFUSED(aclrtDestroyBinary, (aclrtBinary), kKernels)
ACL_REFUSED(aclrtBinaryLoad, (const aclrtBinary, aclrtBinHandle *), kKernels)
ACL_REFUSED(aclrtBinaryUnLoad, (aclrtBinHandle), kKernels)
ACL_REFUSED(aclrtBinaryGetFunction, (const aclrtBinHandle, const char *, aclrtFuncHandle *),
            kKernels)
ACL_REFUSED(aclrtLaunchKernel, (aclrtFuncHandle, uint32_t, const void *, size_t, aclrtStream),
            kKernels)
ACL_REFUSED(aclrtBinaryLoadFromFile, (const char *, aclrtBinaryLoadOptions *, aclrtBinHandle *),
            kKernels)
ACL_REFUSED(aclrtBinaryGetFunctionByEntry, (aclrtBinHandle, uint64_t, aclrtFuncHandle *), kKernels)
ACL_REFUSED(aclrtGetFunctionAddr, (aclrtFuncHandle, void **, void **), kKernels)
ACL_REFUSED(aclrtKernelArgsGetHandleMemSize, (aclrtFuncHandle, size_t *), kKernels)
ACL_REFUSED(aclrtKernelArgsGetMemSize, (aclrtFuncHandle, size_t, size_t *), kKernels)
ACL_REFUSED(aclrtKernelArgsInit, (aclrtFuncHandle, aclrtArgsHandle *), kKernels)
ACL_REFUSED(aclrtKernelArgsInitByUserMem, (aclrtFuncHandle, aclrtArgsHandle, void *, size_t),
            kKernels)
ACL_REFUSED(aclrtKernelArgsAppend, (aclrtArgsHandle, void *, size_t, aclrtParamHandle *), kKernels)
ACL_REFUSED(aclrtKernelArgsAppendPlaceHolder, (aclrtArgsHandle, aclrtParamHandle *), kKernels)
ACL_REFUSED(aclrtKernelArgsGetPlaceHolderBuffer,
            (aclrtArgsHandle, aclrtParamHandle, size_t, void **), kKernels)
ACL_REFUSED(aclrtKernelArgsParaUpdate, (aclrtArgsHandle, aclrtParamHandle, void *, size_t),
            kKernels)
ACL_REFUSED(aclrtKernelArgsFinalize, (aclrtArgsHandle), kKernels)
ACL_REFUSED(aclrtLaunchKernelWithConfig,
            (aclrtFuncHandle, uint32_t, aclrtStream, aclrtLaunchKernelCfg *, aclrtArgsHandle,
             void *),
            kKernels)

ACL_REFUSED(aclrtReserveMemAddress, (void **, size_t, size_t, void *, uint64_t), kPageTables)
ACL_REFUSED(aclrtReleaseMemAddress, (void *), kPageTables)
ACL_REFUSED(aclrtMallocPhysical,
            (aclrtDrvMemHandle *, size_t, const aclrtPhysicalMemProp *, uint64_t), kPageTables)
ACL_REFUSED(aclrtFreePhysical, (aclrtDrvMemHandle), kPageTables)
ACL_REFUSED(aclrtMapMem, (void *, size_t, size_t, aclrtDrvMemHandle, uint64_t), kPageTables)
ACL_REFUSED(aclrtUnmapMem, (void *), kPageTables)
ACL_REFUSED(aclrtMemExportToShareableHandle,
            (aclrtDrvMemHandle, aclrtMemHandleType, uint64_t, uint64_t *), kPageTables)
ACL_REFUSED(aclrtMemImportFromShareableHandle, (uint64_t, int32_t, aclrtDrvMemHandle *),
            kPageTables)
ACL_REFUSED(aclrtMemSetPidToShareableHandle, (uint64_t, int32_t *, size_t), kPageTables)
ACL_REFUSED(aclrtMemGetAllocationGranularity,
            (aclrtPhysicalMemProp *, aclrtMemGranularityOptions, size_t *), kPageTables)
ACL_REFUSED(aclrtHostRegister, (void *, uint64_t, aclrtHostRegisterType, void **), kMapping)
ACL_REFUSED(aclrtHostUnregister, (void *), kMapping)

ACL_REFUSED(aclrtGetMemcpyDescSize, (aclrtMemcpyKind, size_t *), kDescriptors)
ACL_REFUSED(aclrtSetMemcpyDesc, (void *, aclrtMemcpyKind, void *, void *, size_t, void *),
            kDescriptors)
ACL_REFUSED(aclrtMemcpyAsyncWithDesc, (void *, aclrtMemcpyKind, aclrtStream), kDescriptors)

ACL_REFUSED(aclrtCmoAsync, (void *, size_t, aclrtCmoType, aclrtStream), kCaches)
ACL_REFUSED(aclrtGetMemUceInfo, (int32_t, aclrtMemUceInfo *, size_t, size_t *), kFaults)
ACL_REFUSED(aclrtMemUceRepair, (int32_t, aclrtMemUceInfo *, size_t), kFaults)

ACL_REFUSED(aclmdlLoadFromFileWithQ,
            (const char *, uint32_t *, const uint32_t *, size_t, const uint32_t *, size_t), kQueues)
ACL_REFUSED(aclmdlLoadFromMemWithQ,
            (const void *, size_t, uint32_t *, const uint32_t *, size_t, const uint32_t *, size_t),
            kQueues)
ACL_REFUSED(aclmdlQueryExeOMDesc, (const char *, aclmdlExeOMDesc *), kExeOm)
