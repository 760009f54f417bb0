//===- ConfigSections.h - Sections of aclInit's configuration file --------===//
#ifndef OPENATC_LIB_ASCENDCL_CONFIGSECTIONS_H
#define OPENATC_LIB_ASCENDCL_CONFIGSECTIONS_H

#include "acl/acl_base.h"

#include <nlohmann/json.hpp>

namespace openatc::acl {

/// A top-level key of the configuration file that belongs to one part of the library.
struct ConfigSection {
  const char *key;
  /// Checks `value`, and when it is good remembers it for `start`. Otherwise returns the
  /// code and sets `why` to a sentence that names the key.
  aclError (*read)(const nlohmann::json &value, std::string &why);
  /// Called when the whole file is good, and at aclFinalize for each section that started.
  void (*start)();
  void (*end)();
};

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_CONFIGSECTIONS_H
