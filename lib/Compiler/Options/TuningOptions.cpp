//===- TuningOptions.cpp - Schedules and passes ---------------------------===//
#include "Families.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Tuning;

constexpr const char *schedule = "the schedule is OpenATC's own";
constexpr const char *deterministic = "results are always deterministic";

constexpr OptionInfo rows[] = {
    {"enable_small_channel", group, Ignored, "<n>",
     "convolutions of images of at most 4 channels always have kernels of their own", "0", "0|1"},
    {"fusion_switch_file", group, Used, "<file>",
     "lines <pass>:off, or JSON with GraphFusion and UBFusion, where ALL is every pass: "
     "FuseBatchNorm, FuseFunctions, FuseAttention, MergeProjections; FuseEpilogue, "
     "FuseElementwise, FusePool, FuseCasts, FusePixels, SliceBatch"},
    {"optimization_switch", group, Used, "<passes>",
     "the same on the command line, \"FusePool:off;FuseCasts:off\""},
    {"buffer_optimize", group, Used, "<mode>",
     "l2_optimize (default): a large batch is computed in slices that fit L2; l1_optimize, "
     "off_optimize: kernel by kernel",
     "", "l1_optimize|l2_optimize|off_optimize"},
    {"tiling_schedule_optimize", group, Ignored, "<n>", schedule, "0", "0|1"},
    {"jit_compile", group, Ignored, "<n>", "kernels are always compiled", "1", "0|1|2"},
    {"shape_generalized_build_mode", group, Ignored, "<mode>", schedule, "shape_precise",
     "shape_precise|shape_generalized"},
    {"oo_level", group, Ignored, "<level>", schedule, "O3", "O1|O3"},
    {"oo_constant_folding", group, Ignored, "<bool>", schedule, "true|1", "bool"},
    {"oo_dead_code_elimination", group, Ignored, "<bool>", schedule, "true|1", "bool"},
    {"topo_sorting_mode", group, Ignored, "<n>", schedule, "1", "0|1|2|3"},
    {"static_model_ops_lower_limit", group, Ignored, "<n>", schedule},
    {"mdl_bank_path", group, Ignored, "<path>", schedule},
    {"op_bank_path", group, Ignored, "<path>", schedule},
    {"auto_tune_mode", group, Ignored, "<mode>", schedule},
    {"deterministic", group, Ignored, "<n>", deterministic, "0|1", "0|1"},
    {"deterministic_level", group, Ignored, "<n>", deterministic, "0|1|2|3", "0|1|2|3"},
    {"atomic_clean_policy", group, Ignored, "<n>", schedule, "0", "0|1"},
    {"enable_attr_compression", group, Ignored, "<bool>",
     "attributes of operators are not stored by name", "true", "bool"},
    {"h2d_overlapped_with_compute", group, Ignored, "<n>", schedule, "0", "0|1"},
    {"quant_dumpable", group, Ignored, "<n>", "tensors are dumped by `om run`", "0", "0|1"},
};

/// "PassA:off;PassB:on".
bool isSwitchList(std::string_view text) {
  while (!text.empty()) {
    size_t end = text.find(';');
    std::string_view entry = text.substr(0, end);
    size_t colon = entry.rfind(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !isAmong(entry.substr(colon + 1), "on|off"))
      return false;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return true;
}

void read(OptionReader &reader, CommandLine &line) {
  const std::string *level = reader.find("deterministic_level");
  if (level && (*level == "0") != !reader.flag("deterministic", false))
    reader.messages.error(invalidValue("deterministic / --deterministic_level",
                                       reader.text("deterministic", "0") + " / " + *level,
                                       "The values must both be 0 or both be non-zero.",
                                       "Give --deterministic=1 with a level from 1 to 3."));
  if (const std::string *switches = reader.find("optimization_switch");
      switches && !isSwitchList(*switches))
    reader.messages.error(invalidValue("optimization_switch", *switches,
                                       "The value must be formatted as \"PassA:off;PassB:on\"."));
  FusionOptions &fusions = line.options.fusionOptions;
  fusions.switchFile = reader.text("fusion_switch_file");
  fusions.switches = reader.text("optimization_switch");
  fusions.batchLoop = reader.text("buffer_optimize", "l2_optimize") == "l2_optimize";
}

} // namespace

OptionFamily tuningOptions() { return {rows, read}; }

} // namespace openatc::compiler
