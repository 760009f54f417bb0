//===- OptionTable.cpp - Looking options up -------------------------------===//
//
// Names, legal and neutral values are those of CANN's atc. An option is refused when
// leaving it out would give a model that does something else than was asked for;
// it is ignored when it can only change speed, logging or the host side.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/OptionTable.h"

#include "Families.h"
#include "NearestNames.h"

#include <algorithm>

namespace openatc::compiler {
namespace {

std::string normalized(std::string_view spelling) {
  std::string name(spelling);
  std::replace(name.begin(), name.end(), '-', '_');
  return name == "h" ? "help" : name;
}

} // namespace

std::span<const OptionInfo> optionTable() {
  static const std::vector<OptionInfo> table = [] {
    std::vector<OptionInfo> rows;
    for (const OptionFamily &family : optionFamilies())
      rows.insert(rows.end(), family.rows.begin(), family.rows.end());
    return rows;
  }();
  return table;
}

const OptionInfo *findOption(std::string_view spelling) {
  std::string wanted = normalized(spelling);
  const OptionInfo *found = nullptr;
  int matches = 0;
  for (const OptionInfo &option : optionTable()) {
    if (option.name == wanted)
      return &option;
    if (!wanted.empty() && option.name.starts_with(wanted)) {
      found = &option;
      ++matches;
    }
  }
  return matches == 1 ? found : nullptr;
}

std::vector<std::string> similarOptions(std::string_view spelling) {
  std::string wanted = normalized(spelling);
  std::vector<std::string> names, all;
  for (const OptionInfo &option : optionTable()) {
    all.emplace_back(option.name);
    if (!wanted.empty() && option.name.starts_with(wanted))
      names.emplace_back(option.name);
  }
  if (!names.empty())
    return names;
  for (const std::string &name : nearestFirst(wanted, all))
    if (editDistance(wanted, name) <= std::max<size_t>(2, name.size() / 4) && names.size() < 3)
      names.push_back(name);
  return names;
}

} // namespace openatc::compiler
