//===- NearestNames.h - Names that were probably meant --------------------===//
#ifndef OPENATC_LIB_COMPILER_NEARESTNAMES_H
#define OPENATC_LIB_COMPILER_NEARESTNAMES_H

#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::compiler {

/// Letters to insert, remove or replace, whatever their case.
inline size_t editDistance(std::string_view a, std::string_view b) {
  return llvm::StringRef(a).edit_distance_insensitive(b);
}

/// `names` by their distance from `wanted`; equally near ones keep their order.
inline std::vector<std::string> nearestFirst(std::string_view wanted,
                                             const std::vector<std::string> &names) {
  std::multimap<size_t, std::string> byDistance;
  for (const std::string &name : names)
    byDistance.emplace(editDistance(wanted, name), name);
  std::vector<std::string> sorted;
  for (auto &[distance, name] : byDistance)
    sorted.push_back(std::move(name));
  return sorted;
}

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_NEARESTNAMES_H
