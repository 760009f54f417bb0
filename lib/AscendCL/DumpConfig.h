//===- DumpConfig.h - The "dump" section of a configuration ---------------===//
#ifndef OPENATC_LIB_ASCENDCL_DUMPCONFIG_H
#define OPENATC_LIB_ASCENDCL_DUMPCONFIG_H

#include "openatc/Support/Status.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace openatc::acl {

/// What to dump of which model.
struct DumpConfig {
  /// What makes a task's tensors worth writing.
  enum class When : uint8_t {
    Listed,   ///< dump_list names its model and layer
    Overflow, ///< dump_debug: it makes infinities or NaNs
    Failure,  ///< dump_scene: it traps
  };
  struct Entry {
    std::string model;            ///< empty: every model
    std::set<std::string> layers; ///< empty: every layer
  };

  std::string path;
  When when = When::Listed;
  bool inputs = false, outputs = true;
  bool statistics = false; ///< CSV files with statistics instead of the values
  std::vector<Entry> list;
  std::vector<std::pair<uint64_t, uint64_t>> steps; ///< ranges of iterations; empty: all
  std::vector<std::string> withoutEffect;           ///< accepted keys that change nothing here

  /// The entry for a model of one of the names; null when it is not to be dumped.
  const Entry *entryFor(const std::string &modelName, const std::string &fileName) const;
  bool includes(uint64_t iteration) const;
};

/// Reads the section. Errors are one sentence that names the key, the value and what is allowed.
Expected<DumpConfig> parseDumpConfig(const nlohmann::json &section);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_DUMPCONFIG_H
