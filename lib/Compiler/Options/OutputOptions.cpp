//===- OutputOptions.cpp - What is written, and outputs of the model ------===//
#include "Families.h"
#include "Interface.h"

#include <climits>

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Output;

constexpr OptionInfo rows[] = {
    {"output", group, Used, "<path>",
     "path and name of the result without extension: writes <path>.om; missing folders are made"},
    {"output_type", group, Used, "<type>",
     "FP32, FP16, UINT8, INT8, ... of all outputs (default: the model's), or of single ones of "
     "--out_nodes: \"node:0:FP16;other:0:FP32\""},
    {"out_nodes", group, Used, "<outputs>",
     "outputs in place of the model's, \"node:0;other:1\" or names of tensors; nodes that they "
     "do not need are left out"},
    {"check_report", group, Used, "<file>",
     "report of mode 3, and of mode 0 when nodes cannot be compiled; default: check_result.json "
     "in the folder of the environment variable ASCEND_WORK_PATH, or here"},
    {"save_original_model", group, Ignored, "<bool>",
     "the ONNX model itself is the original; only the .om file is written", "0|false|f|no|n",
     "bool"},
};

/// Checks the path of --output without touching the disk; its extension is appended.
void readPath(OptionReader &reader, CompileOptions &options) {
  std::string path =
      reader.required("output", "Give the path and name of the result, without .om.");
  if (path.empty())
    return;
  size_t slash = path.rfind('/');
  std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  if (name.empty() || name == "." || name == "..") {
    reader.messages.error({"E10022",
                           "Path " + path +
                               " for parameter --output does not include the file "
                               "name.",
                           {},
                           "",
                           "Append the name of the result, e.g. " + path + "/net."});
    return;
  }
  constexpr size_t extension = 3;
  if (path.size() + extension >= PATH_MAX || name.size() + extension > NAME_MAX) {
    reader.messages.error(
        {"E10021",
         "Path for parameter --output is too long. Keep the length within " +
             std::to_string(PATH_MAX - extension - 1) + ", that of the file name within " +
             std::to_string(NAME_MAX - extension) + ".",
         {},
         "",
         "It has " + std::to_string(path.size()) + " bytes, " + std::to_string(name.size()) +
             " of them in the file name; choose a shorter one."});
    return;
  }
  options.output = path + ".om";
}

void read(OptionReader &reader, CommandLine &line) {
  if (line.action == CommandLine::Action::SingleOps) {
    line.options.output = reader.required("output", "Give the folder of the results.");
    return;
  }
  if (line.action == CommandLine::Action::Compile && !reader.has("compile_to"))
    readPath(reader, line.options);
  line.checkReport = reader.text("check_report");
  readInterface(reader, line.options);
}

} // namespace

OptionFamily outputOptions() { return {rows, read}; }

} // namespace openatc::compiler
