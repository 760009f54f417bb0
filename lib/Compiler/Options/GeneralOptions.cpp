//===- GeneralOptions.cpp - Modes and their files -------------------------===//
#include "Families.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::General;

constexpr OptionInfo rows[] = {
    {"help", group, Used, "", "print this text"},
    {"mode", group, Used, "<n>",
     "0 compile (default), 1 write the offline model --om (or, with --framework=5, the ONNX model "
     "--om) as JSON to --json, 3 check the model and write --check_report, 6 describe the offline "
     "model --om; CANN's modes 5, 7 and 30 are refused",
     "", "int:0|1|3|5|6|7|30"},
    {"om", group, Used, "<file>", "model that modes 1 and 6 read"},
    {"json", group, Used, "<file>", "JSON file that mode 1 writes"},
    {"dump_mode", group, Used, "<0|1>",
     "1: mode 1 on an ONNX model writes its graph with the shapes of all tensors", "", "0|1"},
};

} // namespace

OptionFamily generalOptions() { return {rows}; }

} // namespace openatc::compiler
