//===- Config.h - The configuration file of aclInit -----------------------===//
#ifndef OPENATC_LIB_ASCENDCL_CONFIG_H
#define OPENATC_LIB_ASCENDCL_CONFIG_H

#include "acl/acl_base.h"

#include <string>

namespace openatc::acl {

/// What aclInit's file sets, besides sections that are somebody else's.
struct Config {
  bool sharedErrorTexts = false; ///< err_msg_mode
  int32_t defaultDevice = -1;    ///< defaultDevice.default_device
  uint64_t maxOpQueue = 20000;   ///< max_opqueue_num
};

/// Reads the file at `path` for `function`: the keys of Config into `config`, and every
/// section of kConfigSections (Config.cpp) by its own reader. Nothing has effect before the
/// whole file is good. Returns a recorded error: ACL_ERROR_INVALID_FILE for a file that
/// cannot be read, ACL_ERROR_PARSE_FILE for text that is no JSON object or nested deeper
/// than 10, and the codes of keys and sections.
aclError readConfig(const char *function, const char *path, Config &config);

/// Ends what the sections of the last readConfig started.
void endConfig();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_CONFIG_H
