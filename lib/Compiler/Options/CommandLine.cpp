//===- CommandLine.cpp - Option syntax and modes --------------------------===//
#include "openatc/Compiler/CommandLine.h"

#include "Families.h"

namespace openatc::compiler {
namespace {

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A value without blanks around it and without quotes that the shell did not take away.
std::string cleaned(std::string_view value) {
  value = trimmed(value);
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
      value.back() == value.front())
    value = trimmed(value.substr(1, value.size() - 2));
  return std::string(value);
}

std::string unknownFlag(std::string_view name) {
  std::string text = "ERROR: unknown command line flag '" + std::string(name) + "'";
  std::string names;
  for (const std::string &similar : similarOptions(name))
    names += (names.empty() ? "did you mean --" : ", --") + similar;
  return names.empty() ? text : text + "; " + names + "?";
}

/// Splits the words into options and their values; false on a syntax error.
bool collect(std::span<const std::string> words, OptionValues &values, std::string &error) {
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      error = "ERROR: Non-option parameter: " + words[i];
      return false;
    }
    word.remove_prefix(word[1] == '-' ? 2 : 1);
    size_t equals = word.find('=');
    std::string_view name = word.substr(0, equals);
    const OptionInfo *option = findOption(name);
    if (!option) {
      error = unknownFlag(name);
      return false;
    }
    bool takesValue = !option->value.empty();
    std::string value;
    if (equals != std::string_view::npos) {
      value = cleaned(word.substr(equals + 1));
      // `--output= path`, as scripts have it.
      if (value.empty() && takesValue && i + 1 < words.size() && !words[i + 1].starts_with('-'))
        value = cleaned(words[++i]);
    } else if (takesValue) {
      if (i + 1 == words.size()) {
        error = "ERROR: flag '" + std::string(option->name) +
                "' is missing its argument; flag description: " + std::string(option->text);
        return false;
      }
      value = cleaned(words[++i]);
    }
    values[std::string(option->name)] = std::move(value);
  }
  return true;
}

/// The options that decide the model's bytes, with files by name, not place: equal models
/// come from equal lines wherever they are compiled.
std::string storedCommandLine(const OptionReader &reader) {
  std::string line = "atc";
  for (const OptionInfo &option : optionTable()) {
    const std::string *value = reader.find(option.name);
    bool isPlace = option.name == "output" || option.name == "check_report";
    if (!value || option.status != OptionStatus::Used || option.group == OptionGroup::General ||
        option.group == OptionGroup::Debug || isPlace)
      continue;
    line += " --" + std::string(option.name) + "=";
    line += option.value == "<file>" ? value->substr(value->rfind('/') + 1) : *value;
  }
  return line;
}

/// What the runtime gives the compiler for another shape of a model of open shapes.
void keepRuntimeOptions(const OptionReader &reader, CompileOptions &options) {
  constexpr std::string_view others = "model|framework|singleop|input_shape|input_shape_range|"
                                      "output|check_report|external_weight";
  for (const OptionInfo &option : optionTable()) {
    const std::string *value = reader.find(option.name);
    if (!value || option.status != OptionStatus::Used || option.group == OptionGroup::General ||
        option.group == OptionGroup::Debug || isAmong(option.name, others))
      continue;
    options.runtimeOptions.push_back("--" + std::string(option.name) + "=" + *value);
    if (option.value == "<file>")
      options.fileOptions.push_back(std::string(option.name));
  }
}

void readShowModel(OptionReader &reader, CommandLine &line) {
  line.action = CommandLine::Action::ShowModel;
  line.om = reader.required("om", "Give the path of the offline model to describe.");
  if (reader.has("framework"))
    reader.messages.error({"E10057",
                           "--om and --framework cannot be used together in mode 6.",
                           {},
                           "",
                           "Leave out --framework: an offline model belongs to none."});
}

void readConvert(OptionReader &reader, CommandLine &line) {
  bool isOnnx = reader.has("framework");
  line.action = isOnnx ? CommandLine::Action::ConvertOnnx : CommandLine::Action::ConvertModel;
  line.om = reader.required("om", isOnnx ? "Give the path of the ONNX model."
                                         : "Give the path of the offline model.");
  line.json = reader.required("json", "Give the path of the JSON file to write.");
  line.inferShapes = reader.flag("dump_mode", false);
  line.options.model = line.om;
  if (const std::string *shapes = reader.find("input_shape"))
    line.options.inputShapes = parseInputShapes(*shapes, reader.messages);
}

/// Modes of CANN that have no meaning here.
void refuseMode(const std::string &mode, OptionReader &reader) {
  std::string om = reader.text("om");
  if (mode == "5" && !om.ends_with(".txt"))
    reader.messages.error(invalidValue("om", om,
                                       "Mode 5 reads a text dump, whose name ends in .txt.",
                                       "Use mode 1 for offline models and ONNX models."));
  const char *reason = mode == "5"   ? "mode 5 converts graph dumps of CANN's graph engine, which "
                                       "OpenATC does not write"
                       : mode == "7" ? "mode 7 builds CANN's OM2 container; OpenATC has one format "
                                       "of offline models"
                                     : "mode 30 builds for the small NPUs Ascend035, which are not "
                                       "modelled";
  reader.messages.error(
      {"E10055",
       std::string("The operation is not supported. Reason: ") + reason + ".",
       {},
       "",
       mode == "5" ? "Use --dump_ir to see the program after every phase." : "Use mode 0."});
}

} // namespace

CommandLine parseCommandLine(std::span<const std::string> words) {
  CommandLine result;
  OptionValues values;
  if (!collect(words, values, result.syntaxError))
    return result;
  if (auto help = values.find("help"); help != values.end()) {
    result.action =
        help->second == "markdown" ? CommandLine::Action::OptionPage : CommandLine::Action::Help;
    return result;
  }
  OptionReader reader(values, result.messages);
  std::string mode = reader.text("mode", "0");
  if (reader.has("mode") && !reader.find("mode"))
    return result;
  if (mode == "6" || mode == "1") {
    (mode == "6" ? readShowModel : readConvert)(reader, result);
    return result;
  }
  if (mode != "0" && mode != "3") {
    refuseMode(mode, reader);
    return result;
  }
  result.action = mode == "3" ? CommandLine::Action::Check : CommandLine::Action::Compile;
  reader.judge();
  for (const OptionFamily &family : optionFamilies())
    if (family.read)
      family.read(reader, result);
  result.options.commandLine = storedCommandLine(reader);
  keepRuntimeOptions(reader, result.options);
  return result;
}

} // namespace openatc::compiler
