//===- TensorDesc.h - Descriptions of tensors -----------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_TENSORDESC_H
#define OPENATC_LIB_ASCENDCL_TENSORDESC_H

#include "State.h"

namespace openatc::acl {

/// The description of a handle; null, with a recorded error, when there is none.
std::shared_ptr<TensorDescription> findTensorDesc(const aclTensorDesc *desc, const char *function);

/// True for dimensions that say that not even their number is known.
bool isUnknownRank(const std::vector<int64_t> &dims);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_TENSORDESC_H
