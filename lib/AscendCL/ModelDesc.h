//===- ModelDesc.h - Descriptions of models -------------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_MODELDESC_H
#define OPENATC_LIB_ASCENDCL_MODELDESC_H

#include "State.h"

namespace openatc::acl {

/// The description of a handle once aclmdlGetDesc filled it; records an error otherwise.
std::shared_ptr<ModelDescription> findModelDesc(const aclmdlDesc *desc, const char *function);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_MODELDESC_H
