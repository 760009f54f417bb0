//===- OptionTable.h - Every option of atc, in one table ------------------===//
#ifndef OPENATC_COMPILER_OPTIONTABLE_H
#define OPENATC_COMPILER_OPTIONTABLE_H

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::compiler {

/// What atc does with an option.
enum class OptionStatus {
  Used,    ///< it has its meaning
  Ignored, ///< accepted; a warning says that it has no effect
  Refused, ///< an error that names it, since leaving it out would change the result
};

/// Section of the help text.
enum class OptionGroup { General, Model, Output, Target, Precision, Function, Tuning, Debug };

/// One option. `neutral` lists, separated by '|', the values of an ignored or refused
/// option that ask for nothing: they are accepted silently. `legal` says which values
/// there are at all:
///
///     ""        any text
///     "bool"    1, t, true, y, yes or 0, f, false, n, no
///     "int"     decimal digits
///     "a|b"     one of these
///     "int:0|1" decimal digits that give one of these
struct OptionInfo {
  std::string_view name;
  OptionGroup group;
  OptionStatus status;
  std::string_view value; ///< how help shows the argument; empty: a flag without one
  std::string_view text;  ///< used: meaning; ignored or refused: why
  std::string_view neutral = "";
  std::string_view legal = "";
};

/// All options in the order of the help text.
std::span<const OptionInfo> optionTable();

/// The option that `spelling` names: exactly, with '-' for '_', or as an unambiguous
/// prefix. Null if there is none or there are several.
const OptionInfo *findOption(std::string_view spelling);

/// What findOption could have been asked for: the options that begin with `spelling`, or else those
/// whose names differ in few letters, nearest first.
std::vector<std::string> similarOptions(std::string_view spelling);

/// Heading of a group in the help text.
std::string_view titleOf(OptionGroup group);

/// The text of `atc --help`.
std::string helpText();

/// The text of `atc --help=markdown`: a table of all options with their status, for
/// docs/generated/atc-options.md.
std::string optionPage();

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_OPTIONTABLE_H
