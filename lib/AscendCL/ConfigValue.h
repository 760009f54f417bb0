//===- ConfigValue.h - Values of configuration handles --------------------===//
#ifndef OPENATC_LIB_ASCENDCL_CONFIGVALUE_H
#define OPENATC_LIB_ASCENDCL_CONFIGVALUE_H

#include "Error.h"

#include <cstring>

namespace openatc::acl {

/// Copies the value of an attribute that an application gave by address and size.
template <typename T>
aclError readValue(const char *function, const void *attrValue, size_t valueSize, T &out) {
  if (!attrValue)
    return failNull(function, "attrValue");
  if (valueSize != sizeof(T))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'valueSize' is " + std::to_string(valueSize) +
                    "; the attribute takes " + std::to_string(sizeof(T)) + " bytes");
  std::memcpy(&out, attrValue, sizeof(T));
  return ACL_SUCCESS;
}

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_CONFIGVALUE_H
