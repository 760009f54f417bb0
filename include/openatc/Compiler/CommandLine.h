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
  enum class Action {
    Help,
    OptionPage,
    Compile,
    Check,
    ShowModel,
    ConvertModel,
    ConvertOnnx,
    SingleOps
  };
  Action action = Action::Compile;
  CompileOptions options;        ///< of Compile, Check, SingleOps and, its model, of ConvertOnnx
  std::string singleOps;         ///< file that SingleOps compiles; `options.output` is a folder
  std::string om;                ///< offline model of ShowModel and ConvertModel
  std::string json;              ///< what ConvertModel and ConvertOnnx write
  bool inferShapes = false;      ///< ConvertOnnx writes the graph with shapes
  std::string checkReport;       ///< JSON file that Check writes; empty: the default
  bool displayModelInfo = false; ///< describe the model after compiling it
  std::string syntaxError;       ///< text for stderr: the words are not options at all
  Messages messages;             ///< wrong values, refused and ignored options
};

/// Reads the words after the program's name. Options are `--name=value`,
/// `--name value` or with one dash; see OptionTable.h for names. All wrong values are
/// reported, not only the first. Files are not touched.
CommandLine parseCommandLine(std::span<const std::string> words);

/// Parses the value of --input_shape, `name:d0,d1;name2:`: the name is everything
/// before the last colon, no dimensions mean a scalar, and a dimension is a number, -1 (any size)
/// or `a~b`. Without a colon but with an open dimension the entries are those of the inputs in
/// order, `1~10,3;2,4`. Problems go to `messages` as E10002 (not of this form), E10011 (zero or
/// negative), E10013 (too large) or E10048 (a range that is none).
/// With `gears` names are needed, -1 is for the gear to decide, and a range is E10040.
std::vector<InputShape> parseInputShapes(const std::string &text, Messages &messages,
                                         bool gears = false);

/// The same for the deprecated --input_shape_range, `name:[1~20,3,-1];name2:[8]`. Problems are
/// E10048.
std::vector<InputShape> parseInputShapeRanges(const std::string &text, Messages &messages);

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_COMMANDLINE_H
