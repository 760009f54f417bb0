//===- BuiltinSocs.h - The description files, embedded --------------------===//
#ifndef OPENATC_LIB_TARGET_BUILTINSOCS_H
#define OPENATC_LIB_TARGET_BUILTINSOCS_H

#include <span>

namespace openatc {

struct BuiltinSoc {
  const char *name; ///< the file's stem, which is the soc_version
  const char *text;
};

/// All built-in description files, sorted by name.
std::span<const BuiltinSoc> builtinSocs();

} // namespace openatc

#endif // OPENATC_LIB_TARGET_BUILTINSOCS_H
