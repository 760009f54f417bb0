/*===- HeaderTest.c - The headers are plain C ----------------------------===*/

#include "acl/acl.h"
#include "acl/acl_base.h"
#include "acl/acl_dump.h"
#include "acl/acl_mdl.h"
#include "acl/acl_prof.h"
#include "acl/acl_rt.h"

/* Sizes that binaries compiled against CANN's headers rely on. */
_Static_assert(sizeof(aclmdlIODims) == 128 + sizeof(size_t) + 128 * sizeof(int64_t), "dims");
_Static_assert(sizeof(aclmdlBatch) == sizeof(size_t) + 128 * sizeof(uint64_t), "batch");
_Static_assert(sizeof(aclmdlHW) == sizeof(size_t) + 256 * sizeof(uint64_t), "hw");
_Static_assert(sizeof(aclDataType) == sizeof(int), "enums are int");

int useFromC(void);
int useFromC(void) { return (int)aclDataTypeSize(ACL_FLOAT); }
