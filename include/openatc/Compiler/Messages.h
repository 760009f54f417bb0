//===- Messages.h - Errors and warnings as the user reads them ------------===//
#ifndef OPENATC_COMPILER_MESSAGES_H
#define OPENATC_COMPILER_MESSAGES_H

#include <string>
#include <vector>

namespace openatc::compiler {

/// One problem: a code of CANN's table, what is wrong, why that happens, what to do.
struct Message {
  std::string code;                 ///< "E10001"; empty for plain warnings
  std::string text;                 ///< one sentence that names the option, node or file
  std::vector<std::string> details; ///< further lines, e.g. one per unsupported operator
  std::string cause;                ///< "Possible Cause" line; may be empty
  std::string solution;             ///< "Solution" line; may be empty
};

/// Everything that went wrong in one run, in the order found.
struct Messages {
  std::vector<Message> errors;
  std::vector<std::string> warnings;

  void error(Message message) { errors.push_back(std::move(message)); }
  void warn(std::string text) { warnings.push_back(std::move(text)); }
  bool failed() const { return !errors.empty(); }
};

/// The block that atc prints after its failure line:
///
///     E10016: Opname [x] ...
///             Possible Cause: ...
///             Solution: ...
std::string format(const Message &message);

/// `Value [v] for parameter [--p] is invalid. Reason: r` as E10001.
Message invalidValue(const std::string &parameter, const std::string &value,
                     const std::string &reason, const std::string &solution = "");

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_MESSAGES_H
