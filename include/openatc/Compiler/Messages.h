//===- Messages.h - Errors and warnings as the user reads them ------------===//
#ifndef OPENATC_COMPILER_MESSAGES_H
#define OPENATC_COMPILER_MESSAGES_H

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::compiler {

/// One problem: a code of CANN's table, what is wrong, why that happens, what to do.
struct Message {
  std::string code;                 ///< "E10001"; its title follows from ErrorTitles.cpp
  std::string text;                 ///< one sentence that names the option, node or file
  std::vector<std::string> details; ///< further lines, e.g. one per unsupported operator
  std::string cause;                ///< "Possible Cause" line; may be empty
  std::string solution;             ///< "Solution" line; may be empty
};

/// Everything that went wrong in one run, in the order found.
struct Messages {
  std::vector<Message> errors;
  std::vector<std::string> warnings; ///< lines that begin with "WARNING: "

  void error(Message message) { errors.push_back(std::move(message)); }
  /// Each text once: a model with gears passes the same places several times.
  void warn(std::string text) {
    if (std::find(warnings.begin(), warnings.end(), text) == warnings.end())
      warnings.push_back(std::move(text));
  }
  bool failed() const { return !errors.empty(); }
};

/// The block that atc prints after its failure line, in the layout of CANN 8.5. The first
/// error is the headline, the others follow as its trace:
///
///     [PID: 591] 2026-04-30-03:58:27.508.178 Invalid_Argument(E10003): Value 1,a for ...
///             Possible Cause: ...
///             Solution: ...
///             TraceBack (most recent call last):
///             Invalid_Argument(E10004): Value for --x is empty.
///                     Solution: ...
std::string format(std::span<const Message> errors);

/// The title that CANN gives to a code, "Invalid_Argument"; empty for codes without one.
std::string_view titleOf(std::string_view code);

/// `Value v for parameter --p is invalid. Reason: r` as E10001. The value is left out when empty.
Message invalidValue(const std::string &parameter, const std::string &value,
                     const std::string &reason, const std::string &solution = "");

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_MESSAGES_H
