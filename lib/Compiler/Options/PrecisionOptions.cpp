//===- PrecisionOptions.cpp - Element types and accuracy ------------------===//
#include "Families.h"
#include "ValueLists.h"

#include <map>

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Precision;

constexpr OptionInfo rows[] = {
    {"precision_mode", group, Used, "<mode>",
     "force_fp16 (default), allow_mix_precision, allow_mix_precision_fp16, allow_fp32_to_fp16, "
     "must_keep_origin_dtype, force_fp32, cube_fp16in_fp32out; see PRECISION below"},
    {"precision_mode_v2", group, Used, "<mode>",
     "fp16 (default), mixed_float16, origin, cube_fp16in_fp32out; not with --precision_mode"},
    {"input_fp16_nodes", group, Used, "<inputs>",
     "inputs that are passed as fp16, \"input1;input2\""},
    {"is_input_adjust_hw_layout", group, Used, "<bools>",
     "false for each of --input_fp16_nodes: inputs are passed row-major"},
    {"is_output_adjust_hw_layout", group, Used, "<bools>",
     "false for each of --out_nodes: outputs are returned row-major"},
    {"modify_mixlist", group, Used, "<file>",
     "JSON with black-list and white-list of operator types for mixed precision"},
    {"keep_dtype", group, Used, "<file>",
     "nodes that keep the model's type, one a line: a node or OpType::<type>"},
    {"customize_dtypes", group, Used, "<file>",
     "float16 or float32 for single nodes, one a line: "
     "<node>::InputDtype:float32,OutputDtype:float32 or OpType::<type>:InputDtype:..."},
    {"op_precision_mode", group, Used, "<file>",
     "sections [ByOpType] and [ByNodeName] with lines <name>=high_precision, high_performance, "
     "keep_fp16 or enable_float_32_execution"},
    {"op_select_implmode", group, Used, "<mode>",
     "high_performance (default): sigmoid, GELU and attention in fp16; high_precision: in fp32 "
     "between two conversions; the suffix _for_all is accepted",
     "", "high_precision|high_performance|high_precision_for_all|high_performance_for_all"},
    {"optypelist_for_implmode", group, Used, "<types>",
     "operator types that --op_select_implmode is for, \"Gelu,Sigmoid\"; default: all"},
    {"is_weight_clip", group, Used, "<0|1>",
     "1 (default): weights too large for fp16 become its largest values; 0: infinite", "", "0|1"},
    {"allow_hf32", group, Ignored, "<bool>", "no supported chip has HF32", "false", "bool"},
};

const std::map<std::string, Precision> modes = {
    {"force_fp16", Precision::ForceFp16},
    {"allow_fp32_to_fp16", Precision::AllowFp32ToFp16},
    {"allow_mix_precision", Precision::MixedFp16},
    {"allow_mix_precision_fp16", Precision::MixedFp16},
    {"must_keep_origin_dtype", Precision::KeepOriginal},
    {"force_fp32", Precision::CubeFp32Out},
    {"cube_fp16in_fp32out", Precision::CubeFp32Out},
};
const std::map<std::string, Precision> modesV2 = {
    {"fp16", Precision::ForceFp16},
    {"origin", Precision::KeepOriginal},
    {"cube_fp16in_fp32out", Precision::CubeFp32Out},
    {"mixed_float16", Precision::MixedFp16},
};
/// Modes that need types which no supported chip computes in.
const std::map<std::string, std::string> missingTypes = {
    {"allow_mix_precision_bf16", "bfloat16"},
    {"allow_fp32_to_bf16", "bfloat16"},
    {"mixed_bfloat16", "bfloat16"},
    {"mixed_hif8", "HiF8"},
    {"cube_hif8", "HiF8"},
};

void readMode(const OptionReader &reader, const char *name,
              const std::map<std::string, Precision> &legal, Precision &precision) {
  const std::string *value = reader.find(name);
  if (!value)
    return;
  if (auto found = legal.find(*value); found != legal.end()) {
    precision = found->second;
    return;
  }
  std::string list;
  for (const auto &[word, mode] : legal)
    list += (list.empty() ? "" : ", ") + word;
  auto missing = missingTypes.find(*value);
  reader.messages.error(invalidValue(name, *value,
                                     missing == missingTypes.end()
                                         ? "The value must be one of " + list + "."
                                         : "No supported chip computes in " + missing->second +
                                               "; the modes of these chips are " + list + ".",
                                     "Choose one of these modes."));
}

void readImplementation(OptionReader &reader, PrecisionOptions &options) {
  if (reader.has("optypelist_for_implmode") && !reader.has("op_select_implmode"))
    reader.messages.error(
        {"E10057",
         "--optypelist_for_implmode can only be used together with --op_select_implmode.",
         {},
         "",
         "Add --op_select_implmode=high_performance or high_precision."});
  options.implTypes = splitList(reader.text("optypelist_for_implmode"), ',');
  options.highPrecision = reader.text("op_select_implmode").starts_with("high_precision");
}

void read(OptionReader &reader, CommandLine &line) {
  CompileOptions &options = line.options;
  PrecisionOptions &more = options.precisionOptions;
  if (reader.has("precision_mode") && reader.has("precision_mode_v2"))
    reader.messages.error({"E10056",
                           "Cannot configure both parameters --precision_mode and "
                           "--precision_mode_v2 simultaneously.",
                           {},
                           "",
                           "Give one of them."});
  // An operator is described with the element types that it shall have.
  if (line.action == CommandLine::Action::SingleOps && !reader.has("precision_mode") &&
      !reader.has("precision_mode_v2"))
    options.precision = Precision::KeepOriginal;
  readMode(reader, "precision_mode", modes, options.precision);
  readMode(reader, "precision_mode_v2", modesV2, options.precision);
  more.modifyMixlist = reader.text("modify_mixlist");
  more.keepDtype = reader.text("keep_dtype");
  more.customizeDtypes = reader.text("customize_dtypes");
  more.opPrecisionMode = reader.text("op_precision_mode");
  if (!more.modifyMixlist.empty() && options.precision != Precision::MixedFp16)
    reader.messages.error(invalidValue("modify_mixlist", more.modifyMixlist,
                                       "The lists belong to mixed precision.",
                                       "Add --precision_mode=allow_mix_precision or "
                                       "--precision_mode_v2=mixed_float16."));
  if (!more.keepDtype.empty() && options.precision == Precision::KeepOriginal)
    reader.messages.warn(
        "WARNING: Option keep_dtype has no effect: the precision mode keeps all types.");
  readImplementation(reader, more);
  more.clipWeights = reader.flag("is_weight_clip", true);
}

} // namespace

OptionFamily precisionOptions() { return {rows, read}; }

} // namespace openatc::compiler
