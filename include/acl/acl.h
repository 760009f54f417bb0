/*===- acl.h - AscendCL: start and end of the process's use --------------===*/
#ifndef ACL_ACL_H
#define ACL_ACL_H

#include "acl_base.h"
#include "acl_mdl.h"
#include "acl_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Starts the library. configPath is NULL or names a JSON file. */
ACL_FUNC_VISIBILITY aclError aclInit(const char *configPath);
/* Releases everything that belongs to the process. */
ACL_FUNC_VISIBILITY aclError aclFinalize(void);
ACL_FUNC_VISIBILITY aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion,
                                             int32_t *patchVersion);
/* Text of the last error of this thread, NULL if there is none. Reading forgets it; the
   text stays valid until the thread's next call of this function. */
ACL_FUNC_VISIBILITY const char *aclGetRecentErrMsg(void);

#ifdef __cplusplus
}
#endif

#endif /* ACL_ACL_H */
