//===- PrecisionOptions.cpp - Element types and accuracy ------------------===//
#include "Families.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Precision;

constexpr const char *nodePrecision = "precision is chosen for the whole model, with "
                                      "--precision_mode";
constexpr const char *oneForm = "there is one implementation per operator and precision mode";

constexpr OptionInfo rows[] = {
    {"precision_mode", group, Used, "<mode>",
     "force_fp16 (default), must_keep_origin_dtype, allow_fp32_to_fp16, allow_mix_precision, "
     "allow_mix_precision_fp16, force_fp32, cube_fp16in_fp32out; see PRECISION below",
     "",
     "force_fp16|allow_mix_precision|allow_mix_precision_fp16|must_keep_origin_dtype|"
     "allow_fp32_to_fp16|force_fp32|cube_fp16in_fp32out"},
    {"precision_mode_v2", group, Used, "<mode>",
     "fp16 (default), origin, cube_fp16in_fp32out, mixed_float16", "",
     "fp16|origin|cube_fp16in_fp32out|mixed_float16"},
    {"input_fp16_nodes", group, Refused, "<nodes>", "inputs keep the model's element types"},
    {"is_input_adjust_hw_layout", group, Refused, "<bools>", "inputs are passed row-major",
     "false"},
    {"is_output_adjust_hw_layout", group, Refused, "<bools>", "outputs are returned row-major",
     "false"},
    {"modify_mixlist", group, Refused, "<file>", nodePrecision},
    {"keep_dtype", group, Refused, "<file>", nodePrecision},
    {"customize_dtypes", group, Refused, "<file>", nodePrecision},
    {"op_precision_mode", group, Refused, "<file>", nodePrecision},
    {"op_select_implmode", group, Ignored, "<mode>", oneForm, "",
     "high_precision|high_performance|high_precision_for_all|high_performance_for_all"},
    {"optypelist_for_implmode", group, Ignored, "<types>", oneForm},
    {"is_weight_clip", group, Refused, "<n>",
     "weights beyond the fp16 range stop the conversion to fp16; use "
     "--precision_mode=must_keep_origin_dtype",
     "1", "0|1"},
    {"allow_hf32", group, Ignored, "<bool>", "no supported chip has HF32", "false", "bool"},
};

void read(OptionReader &reader, CommandLine &line) {
  if (reader.has("precision_mode") && reader.has("precision_mode_v2"))
    reader.messages.error({"E10056",
                           "Cannot configure both parameters --precision_mode and "
                           "--precision_mode_v2 simultaneously.",
                           {},
                           "",
                           "Give one of them."});
  // Other modes of both lists compute in fp16.
  if (reader.choice(
          "precision_mode",
          {"must_keep_origin_dtype", "allow_fp32_to_fp16", "force_fp32", "cube_fp16in_fp32out"},
          -1) >= 0 ||
      reader.choice("precision_mode_v2", {"origin", "cube_fp16in_fp32out"}, -1) >= 0)
    line.options.precision = Precision::KeepOriginal;
}

} // namespace

OptionFamily precisionOptions() { return {rows, read}; }

} // namespace openatc::compiler
