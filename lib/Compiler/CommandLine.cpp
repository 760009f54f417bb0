//===- CommandLine.cpp - Option syntax and values -------------------------===//
#include "openatc/Compiler/CommandLine.h"

#include "openatc/Compiler/OptionTable.h"
#include "openatc/Target/SocDescription.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace openatc::compiler {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

/// Splits the words into options and their values; false on a syntax error.
bool collect(std::span<const std::string> words, Values &values, std::string &error) {
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
      error = "ERROR: unknown command line flag '" + std::string(name) + "'";
      return false;
    }
    std::string value;
    if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (!option->value.empty()) {
      if (i + 1 == words.size()) {
        error = "ERROR: flag '" + std::string(option->name) +
                "' is missing its argument; flag description: " + std::string(option->text);
        return false;
      }
      value = words[++i];
    }
    values[std::string(option->name)] = std::move(value);
  }
  return true;
}

bool isNeutral(const OptionInfo &option, std::string_view value) {
  std::string_view rest = option.neutral;
  while (!rest.empty()) {
    size_t end = rest.find('|');
    if (rest.substr(0, end) == value)
      return true;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return false;
}

/// Reads option values and reports those that are not legal.
class Reader {
public:
  Reader(const Values &given, Messages &messages) : given(given), messages(messages) {}

  /// Null if the option is not given. An empty value is an error of its own.
  const std::string *find(std::string_view name) {
    auto it = given.find(name);
    if (it == given.end())
      return nullptr;
    if (it->second.empty()) {
      messages.error({"E10004",
                      "Value for parameter [--" + it->first + "] is empty.",
                      {},
                      "",
                      "Give a value or leave the option out."});
      return nullptr;
    }
    return &it->second;
  }

  std::string text(std::string_view name, std::string otherwise = "") {
    const std::string *value = find(name);
    return value ? *value : otherwise;
  }

  std::string required(const std::string &name, const std::string &why) {
    if (!given.count(name))
      messages.error(
          {"E10054", "The required parameter [--" + name + "] is missing.", {}, "", why});
    return text(name);
  }

  /// The index of the value in `legal`, or `otherwise`.
  int choice(const std::string &name, const std::vector<std::string> &legal, int otherwise,
             const std::string &code = "E10001") {
    const std::string *value = find(name);
    if (!value)
      return otherwise;
    auto it = std::find(legal.begin(), legal.end(), *value);
    if (it != legal.end())
      return int(it - legal.begin());
    std::string list;
    for (const std::string &word : legal)
      list += (list.empty() ? "" : ", ") + word;
    Message message = invalidValue(name, *value, "The value must be one of " + list + ".");
    message.code = code;
    messages.error(std::move(message));
    return otherwise;
  }

private:
  const Values &given;
  Messages &messages;
};

/// Complains about refused options, warns about those without effect.
void judge(const Values &values, Messages &messages) {
  for (const OptionInfo &option : optionTable()) {
    auto it = values.find(option.name);
    if (it == values.end() || option.status == OptionStatus::Used || isNeutral(option, it->second))
      continue;
    std::string name(option.name), why(option.text);
    if (option.status == OptionStatus::Ignored)
      messages.warn("WARNING: Option " + name + " has no effect: " + why + ".");
    else
      messages.error({"E10003",
                      "Value [" + it->second + "] for parameter [--" + name +
                          "] is invalid. Reason: the option is not supported: " + why + ".",
                      {},
                      "",
                      "Leave the option out; 'atc --help' lists all supported options."});
  }
}

void readPrecision(Reader &reader, const Values &values, CompileOptions &options,
                   Messages &messages) {
  if (values.count("precision_mode") && values.count("precision_mode_v2"))
    messages.error({"E10056",
                    "Parameters [--precision_mode] and [--precision_mode_v2] are both set.",
                    {},
                    "",
                    "Give one of them."});
  // Modes before `original` in both lists compute in fp16.
  int v1 = reader.choice("precision_mode",
                         {"force_fp16", "allow_mix_precision", "allow_mix_precision_fp16",
                          "must_keep_origin_dtype", "allow_fp32_to_fp16", "force_fp32",
                          "cube_fp16in_fp32out"},
                         0);
  int v2 = reader.choice("precision_mode_v2",
                         {"fp16", "mixed_float16", "origin", "cube_fp16in_fp32out"}, 0);
  if (v1 >= 3 || v2 >= 2)
    options.precision = Precision::KeepOriginal;
}

void readOutputPath(Reader &reader, CompileOptions &options, Messages &messages) {
  std::string path =
      reader.required("output", "Give the path and name of the result, without .om.");
  if (path.empty())
    return;
  size_t slash = path.rfind('/');
  std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  if (name.empty() || name == "." || name == "..") {
    messages.error({"E10022",
                    "Path [" + path +
                        "] for parameter [--output] is invalid. It must include a "
                        "file name.",
                    {},
                    "",
                    "Append the name of the result, e.g. " + path + "/net."});
    return;
  }
  if (path.size() + 3 >= 4096 || name.size() + 3 > 255) {
    messages.error({"E10021",
                    "The path of parameter [--output] is too long: " + std::to_string(path.size()) +
                        " bytes, of which the file name has " + std::to_string(name.size()) + ".",
                    {},
                    "",
                    "Use at most 4092 bytes, 252 of them for the file name."});
    return;
  }
  options.output = path + ".om";
}

void readModelOptions(Reader &reader, const Values &values, CompileOptions &options,
                      Messages &messages) {
  options.model = reader.required("model", "Give the path of the ONNX file.");
  if (!values.count("framework"))
    messages.error({"E10007",
                    "[--framework] is required. The value must be 5(ONNX).",
                    {},
                    "",
                    "Add --framework=5."});
  else
    reader.choice("framework", {"5"}, 0, "E10007");
  options.soc = reader.required("soc_version", "Name the chip, e.g. --soc_version=Ascend310P3.");
  std::vector<std::string> socs = knownSocs();
  if (!options.soc.empty())
    reader.choice("soc_version", socs, 0);
  const char *formats[] = {"NCHW", "ND", "NCDHW"};
  options.inputFormat = formats[reader.choice("input_format", {"NCHW", "ND", "NCDHW"}, 0)];
  if (const std::string *shapes = reader.find("input_shape"))
    options.inputShapes = parseInputShapes(*shapes, messages);
  options.insertOpConf = reader.text("insert_op_conf");
  if (!options.insertOpConf.empty() && options.inputFormat != "NCHW")
    messages.error(invalidValue("input_format", options.inputFormat,
                                "--insert_op_conf needs inputs of format NCHW."));
  reader.choice("output_type", {"FP32", "FP16", "UINT8"}, 0);
  options.outputType = reader.text("output_type");
  readPrecision(reader, values, options, messages);
  options.reuseMemory = reader.choice("disable_reuse_memory", {"0", "1"}, 0) == 0;
  options.reportFile = reader.text("report");
  options.dumpIrDir = reader.text("dump_ir");
  int phase = reader.choice("compile_to", {"import", "graph", "kernel", "core", "binary"}, 4);
  if (phase < 4)
    options.compileTo = Phase(phase);
  if (const std::string *threads = reader.find("threads")) {
    auto [end, failure] =
        std::from_chars(threads->data(), threads->data() + threads->size(), options.threads);
    if (failure != std::errc() || *end != '\0' || options.threads == 0 || options.threads > 256)
      messages.error(invalidValue("threads", *threads, "It must be an integer from 1 to 256."));
  }
}

/// The options that decide the model's bytes, with files by name, not place: equal models
/// come from equal lines wherever they are compiled.
std::string storedCommandLine(const Values &values) {
  std::string line = "atc";
  for (const auto &[name, value] : values) {
    bool isFile = name == "model" || name == "insert_op_conf";
    bool matters = isFile || name == "framework" || name == "input_shape" ||
                   name == "input_format" || name == "output_type" || name == "soc_version" ||
                   name == "precision_mode" || name == "precision_mode_v2" ||
                   name == "disable_reuse_memory";
    if (matters)
      line += " --" + name + "=" + (isFile ? value.substr(value.rfind('/') + 1) : value);
  }
  return line;
}

} // namespace

CommandLine parseCommandLine(std::span<const std::string> words) {
  CommandLine result;
  Values values;
  if (!collect(words, values, result.syntaxError))
    return result;
  if (values.count("help")) {
    result.action = CommandLine::Action::Help;
    return result;
  }
  Messages &messages = result.messages;
  judge(values, messages);
  Reader reader(values, messages);
  const char *modes[] = {"0", "3", "6"};
  std::string mode = modes[reader.choice("mode", {"0", "3", "6"}, 0)];
  if (messages.failed())
    return result;

  result.options.log =
      LogLevel(reader.choice("log", {"null", "error", "warning", "info", "debug"}, 0, "E10010"));
  if (mode == "6") {
    result.action = CommandLine::Action::ShowModel;
    result.om = reader.required("om", "Give the path of the offline model to describe.");
    if (values.count("framework"))
      messages.error({"E10057",
                      "Parameter [--framework] cannot be set together with [--mode=6].",
                      {},
                      "",
                      "Leave out --framework."});
    return result;
  }
  readModelOptions(reader, values, result.options, messages);
  result.options.commandLine = storedCommandLine(values);
  result.displayModelInfo = reader.choice("display_model_info", {"0", "1"}, 0) == 1;
  if (mode == "3") {
    result.action = CommandLine::Action::Check;
    result.checkReport = reader.text("check_report", "check_result.json");
    return result;
  }
  if (!result.options.compileTo)
    readOutputPath(reader, result.options, messages);
  return result;
}

} // namespace openatc::compiler
