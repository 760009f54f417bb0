//===- OptionPage.cpp - The option table as a page of documentation -------===//
#include "openatc/Compiler/OptionTable.h"

namespace openatc::compiler {
namespace {

std::string status(const OptionInfo &option) {
  switch (option.status) {
  case OptionStatus::Used:
    return "works";
  case OptionStatus::Ignored:
    return "no effect";
  case OptionStatus::Refused:
    return "refused";
  }
  return "";
}

/// Text inside a table cell.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? std::string("\\|") : c == '<' ? std::string("&lt;") : std::string(1, c);
  return out;
}

/// "`a`, `b`" of "a|b".
std::string listed(std::string_view words) {
  std::string list;
  while (!words.empty()) {
    size_t end = words.find('|');
    list += (list.empty() ? "`" : ", `") + std::string(words.substr(0, end)) + "`";
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return list;
}

/// The legal values, "`a`, `b`", or the kind of text.
std::string values(const OptionInfo &option) {
  std::string_view words = option.legal;
  if (words.starts_with("int:"))
    words.remove_prefix(4);
  if (words == "bool")
    return "`true`, `false`";
  if (words.empty() || words == "int")
    return option.value.empty() ? "" : "`" + std::string(option.value) + "`";
  return listed(words);
}

/// The values that change nothing.
std::string neutral(const OptionInfo &option) {
  std::string list = listed(option.neutral);
  return list.empty() ? ""
                      : "; " + list + (list.find(',') == std::string::npos ? " asks" : " ask") +
                            " for nothing";
}

} // namespace

std::string optionPage() {
  std::string out = "<!-- Written by scripts/docs.sh from the option table of atc. -->\n\n"
                    "# Options of `atc`\n\n"
                    "All options of CANN's `atc` are known. *Works*: the option has its documented "
                    "meaning. *No effect*: it is accepted,\nand one line after the compilation "
                    "says so. *Refused*: an error (E10055) names the option and the reason, since "
                    "leaving\nit out would give another model; values that ask for nothing are "
                    "accepted silently.\n";
  std::string_view group;
  for (const OptionInfo &option : optionTable()) {
    if (std::string_view title = titleOf(option.group); title != group) {
      group = title;
      out += "\n## " + std::string(title) +
             "\n\n| option | values | status | meaning or reason |\n" + "|---|---|---|---|\n";
    }
    out += "| `--" + std::string(option.name) + "` | " + values(option) + " | " + status(option) +
           " | " + cell(option.text) + neutral(option) + " |\n";
  }
  return out;
}

} // namespace openatc::compiler
