//===- Private.h - What the project's other libraries use -----------------===//
//
// libascendcl exports these functions besides the acl* interface, for libacl_dvpp and
// other libraries of the same version. They are no interface for applications.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_PRIVATE_H
#define OPENATC_LIB_ASCENDCL_PRIVATE_H

#include "acl/acl_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Work of a stream. It runs in the stream's thread, in order with everything else there,
/// while no other work touches the device and no memory of it is freed; it must not call
/// acl* functions that use the device, which would wait for it. On failure it
/// returns an error code and writes a sentence of at most `textBytes` bytes, the terminating
/// 0 included. `*microseconds` is 0 and may be set to the simulated time the work takes.
typedef aclError (*openatcWork)(void *argument, double *microseconds, char *text, size_t textBytes);

/// Queues `work(argument)` on `stream`, NULL for the default stream of the current context.
/// `release(argument)`, if not NULL, is called exactly once whatever happens, also when
/// queuing fails: after the work, or when it is dropped. Errors are recorded for `function`.
ACL_FUNC_VISIBILITY aclError openatcEnqueue(const char *function, aclrtStream stream,
                                            openatcWork work, void *argument,
                                            void (*release)(void *argument));

/// Host view of `bytes` bytes of device memory at `pointer`; NULL, with the reason recorded
/// for `function`, when they are not allocated. Inside of work it may be used until the work
/// ends; elsewhere only for as long as nothing else uses or frees the memory.
ACL_FUNC_VISIBILITY void *openatcDeviceView(const char *function, const void *pointer,
                                            size_t bytes);

/// Bytes of the device allocation around `pointer` that follow it; 0 when there is none.
ACL_FUNC_VISIBILITY size_t openatcDeviceBytes(const void *pointer);

/// Checks that aclInit was called and that the thread has a context; tells its device.
/// Errors are recorded for `function`.
ACL_FUNC_VISIBILITY aclError openatcRequireContext(const char *function, int32_t *deviceId);

/// Records an error of `function` for this thread and returns `code`.
ACL_FUNC_VISIBILITY aclError openatcFail(aclError code, const char *function, const char *message);

#ifdef __cplusplus
}
#endif

#endif // OPENATC_LIB_ASCENDCL_PRIVATE_H
