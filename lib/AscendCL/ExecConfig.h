//===- ExecConfig.h - Options of one execution ----------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_EXECCONFIG_H
#define OPENATC_LIB_ASCENDCL_EXECCONFIG_H

#include "State.h"

namespace openatc::acl {

struct ExecConfig {
  int32_t streamTimeout = -1, eventTimeout = -1; ///< milliseconds, -1 for none
  void *workAddress = nullptr;                   ///< of the caller; the model has its own
  size_t workSize = 0;
};

/// The options of `handle`, defaults for null; an error, recorded for `function`, when it
/// does not exist.
aclError findExecConfig(const char *function, const aclmdlExecConfigHandle *handle,
                        ExecConfig &config);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_EXECCONFIG_H
