//===- ValueLists.h - Values that are lists ---------------------------------===//
#ifndef OPENATC_LIB_COMPILER_OPTIONS_VALUELISTS_H
#define OPENATC_LIB_COMPILER_OPTIONS_VALUELISTS_H

#include <string>
#include <string_view>
#include <vector>

namespace openatc::compiler {

/// The parts of `text` between `separator`s without surrounding blanks; empty ones are
/// left out.
inline std::vector<std::string> splitList(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    size_t end = text.find(separator);
    std::string_view part = text.substr(0, end);
    size_t first = part.find_first_not_of(" \t\r");
    if (first != std::string_view::npos)
      parts.emplace_back(part.substr(first, part.find_last_not_of(" \t\r") - first + 1));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPTIONS_VALUELISTS_H
