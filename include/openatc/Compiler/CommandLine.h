//===- CommandLine.h - From argv to compile options -----------------------===//
#ifndef OPENATC_COMPILER_COMMANDLINE_H
#define OPENATC_COMPILER_COMMANDLINE_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"

#include <span>
#include <string>
#include <vector>

namespace openatc::compiler {

/// What one call of atc asks for.
struct CommandLine {
  enum class Action { Help, Compile, Check, ShowModel };
  Action action = Action::Compile;
  CompileOptions options;        ///< of Compile and Check
  std::string om;                ///< offline model that ShowModel describes
  std::string checkReport;       ///< JSON file that Check writes
  bool displayModelInfo = false; ///< describe the model after compiling it
  std::string syntaxError;       ///< text for stderr: the words are not options at all
  Messages messages;             ///< wrong values, refused and ignored options
};

/// Reads the words after the program's name. Options are `--name=value`,
/// `--name value` or with one dash; see OptionTable.h for names. All wrong values are
/// reported, not only the first. Files are not touched.
CommandLine parseCommandLine(std::span<const std::string> words);

/// Parses the value of --input_shape, `name:d0,d1;name2:`: the name is everything
/// before the last colon, no dimensions mean a scalar. Problems go to `messages` as
/// E10002 (not of this form), E10011 (zero or negative) or E10001 (an unknown or
/// ranged dimension, which needs the static shape). With `gears` an unknown dimension is -1,
/// for the gear to decide, and a range is E10040.
std::vector<InputShape> parseInputShapes(const std::string &text, Messages &messages,
                                         bool gears = false);

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_COMMANDLINE_H
