//===- Command.h - Subcommands and their arguments ------------------------===//
#ifndef OPENATC_TOOLS_OM_COMMAND_H
#define OPENATC_TOOLS_OM_COMMAND_H

#include "openatc/Support/Status.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::tool {

/// An option of a subcommand and how many values follow it.
struct OptionSpec {
  enum Arity : uint8_t { Flag, One, Many };
  std::string_view name; ///< with its dashes
  Arity arity;
};

/// Parsed command line of a subcommand.
struct Arguments {
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>, std::less<>> options;

  bool has(std::string_view name) const { return options.count(name) != 0; }
  /// Value of a One option, or `otherwise`.
  std::string value(std::string_view name, std::string otherwise = "") const;
};

/// A failed command: exit status 2 for a wrong command line, 1 for everything else.
struct Failed {
  int exitStatus;
  std::string message;
};
using Result = std::optional<Failed>;
inline Failed usageError(std::string message) { return {2, std::move(message)}; }
inline Failed failure(std::string message) { return {1, std::move(message)}; }

/// One row of the command table.
struct Command {
  std::string_view name, summary;
  std::string_view help; ///< whole text of `om NAME --help`
  std::vector<OptionSpec> options;
  size_t positionals; ///< how many it takes, exactly
  Result (*run)(const Arguments &);
  std::string_view missing = {}; ///< message when positionals are missing; empty: the usual one
};

/// Splits `words` (without program and subcommand). `--name value` and `--name=value`
/// are the same; a Many option takes all words up to the next option.
Result parseArguments(const Command &command, const std::vector<std::string> &words,
                      Arguments &out);

/// Value of a numeric option in [low, high]; `otherwise` when it is not given.
Result numberOption(const Arguments &arguments, std::string_view name, uint64_t low, uint64_t high,
                    uint64_t otherwise, uint64_t &out);

extern const Command runCommand, infoCommand, benchCommand, disasmCommand, compareCommand,
    profCommand;

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_COMMAND_H
