//===- GeneralOptions.cpp - Modes and their files -------------------------===//
#include "Families.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::General;

constexpr OptionInfo rows[] = {
    {"help", group, Used, "", "print this text"},
    {"mode", group, Used, "<n>",
     "0 compile (default), 3 check the model and write --check_report, 6 describe the offline "
     "model --om",
     "", "int:0|1|3|5|6|7|30"},
    {"om", group, Used, "<file>", "offline model of mode 6"},
    {"json", group, Refused, "<file>", "conversion to JSON is not supported"},
};

} // namespace

OptionFamily generalOptions() { return {rows}; }

} // namespace openatc::compiler
