/*===- acl_dump.h - AscendCL: receiving dumped tensors --------------------===*/
#ifndef ACL_ACL_DUMP_H
#define ACL_ACL_DUMP_H

#include "acl_base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ACL_DUMP_MAX_FILE_PATH_LENGTH 4096

/* A piece of a dump file. */
typedef struct acldumpChunk {
  char fileName[ACL_DUMP_MAX_FILE_PATH_LENGTH]; /* that it would have below dump_path */
  uint32_t bufLen;                              /* bytes of dataBuf */
  uint32_t isLastChunk;                         /* 1 for the last piece of the file */
  int64_t offset;                               /* in the file; -1 appends */
  int32_t flag;                                 /* reserved */
  uint8_t dataBuf[0];
} acldumpChunk;

/* From now on dumps go to the function instead of files. `len` is the size of the chunk with its
   data. flag must be 0. Called from the thread that runs the model. */
ACL_FUNC_VISIBILITY aclError
acldumpRegCallback(int32_t (*const messageCallback)(const acldumpChunk *, int32_t), int32_t flag);
/* Dumps go to files again. */
ACL_FUNC_VISIBILITY void acldumpUnregCallback(void);

#ifdef __cplusplus
}
#endif

#endif /* ACL_ACL_DUMP_H */
