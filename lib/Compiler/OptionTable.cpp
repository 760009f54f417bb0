//===- OptionTable.cpp - The table itself ---------------------------------===//
//
// Names and neutral values are those of CANN's atc. An option is refused when
// leaving it out would give a model that does something else than was asked for;
// it is ignored when it can only change speed, logging or the host side.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/OptionTable.h"

#include <string>

namespace openatc::compiler {
namespace {

using enum OptionStatus;
using Group = OptionGroup;

constexpr const char *gears = "dynamic shapes are not supported; give static dimensions with "
                              "--input_shape and compile one model per shape";
constexpr const char *nodePrecision = "precision is chosen for the whole model, with "
                                      "--precision_mode";
constexpr const char *caffe = "belongs to Caffe and TensorFlow models";
constexpr const char *quantising = "quantisation and compression of weights are not supported";
constexpr const char *devices = "a model is compiled for all cores of one chip";
constexpr const char *schedule = "the schedule is OpenATC's own";
constexpr const char *hostCode = "the offline model holds no code for a host";

constexpr OptionInfo table[] = {
    {"help", Group::General, Used, "", "print this text", ""},
    {"mode", Group::General, Used, "<n>",
     "0 compile (default), 3 check the model and write --check_report, 6 describe the offline "
     "model --om",
     ""},
    {"om", Group::General, Used, "<file>", "offline model of mode 6", ""},

    {"model", Group::Model, Used, "<file>", "ONNX model; external data lies beside it", ""},
    {"framework", Group::Model, Used, "5", "kind of the model: 5 (ONNX) is the only one", ""},
    {"input_shape", Group::Model, Used, "<shapes>",
     "static dimensions of inputs, \"name:1,3,224,224;other:1,16\"; needed where the model leaves "
     "a dimension open",
     ""},
    {"input_format", Group::Model, Used, "<format>",
     "NCHW (default), ND or NCDHW; recorded in the model's description", ""},
    {"weight", Group::Model, Ignored, "<file>", "ONNX models hold their weights", ""},
    {"input_shape_range", Group::Model, Refused, "<ranges>", gears, ""},
    {"dynamic_batch_size", Group::Model, Refused, "<sizes>", gears, ""},
    {"dynamic_image_size", Group::Model, Refused, "<sizes>", gears, ""},
    {"dynamic_dims", Group::Model, Refused, "<dims>", gears, ""},
    {"input_hint_shape", Group::Model, Refused, "<shapes>", gears, ""},
    {"singleop", Group::Model, Refused, "<file>",
     "models of single operators are not supported; wrap the operator in an ONNX model", ""},

    {"output", Group::Output, Used, "<path>",
     "path and name of the result without extension: writes <path>.om; missing folders are made",
     ""},
    {"output_type", Group::Output, Used, "<type>",
     "FP32, FP16 or UINT8: element type of all floating-point outputs (default: the model's)", ""},
    {"check_report", Group::Output, Used, "<file>", "report of mode 3 (check_result.json)", ""},
    {"out_nodes", Group::Output, Refused, "<nodes>",
     "the outputs are those of the model; cut the ONNX file instead", ""},
    {"json", Group::Output, Refused, "<file>", "conversion to JSON is not supported", ""},
    {"save_original_model", Group::Output, Refused, "<bool>", "only the .om file is written",
     "0|false|f|no|n"},
    {"external_weight", Group::Output, Refused, "<n>",
     "weights lie in the .om file, which may exceed 2 GiB", "0"},
    {"host_env_os", Group::Output, Ignored, "<os>", hostCode, "linux"},
    {"host_env_cpu", Group::Output, Ignored, "<cpu>", hostCode, "x86_64|aarch64"},

    {"soc_version", Group::Target, Used, "<name>", "chip: Ascend310P3, Ascend310 or Ascend910A",
     ""},
    {"aicore_num", Group::Target, Refused, "<n>", devices, ""},
    {"core_type", Group::Target, Refused, "<type>", devices, "AiCore"},
    {"virtual_type", Group::Target, Refused, "<n>", devices, "0"},
    {"cluster_config", Group::Target, Refused, "<file>", devices, ""},
    {"hccl_sub_comm_config", Group::Target, Refused, "<file>", devices, ""},
    {"device_id", Group::Target, Ignored, "<n>", "compiling needs no device", "0"},

    {"insert_op_conf", Group::Function, Used, "<file>",
     "static AIPP: the model then takes 8-bit images, converted on the NPU", ""},
    {"precision_mode", Group::Function, Used, "<mode>",
     "force_fp16 (default), must_keep_origin_dtype, allow_fp32_to_fp16, allow_mix_precision, "
     "allow_mix_precision_fp16, force_fp32, cube_fp16in_fp32out; see PRECISION below",
     ""},
    {"precision_mode_v2", Group::Function, Used, "<mode>",
     "fp16 (default), origin, cube_fp16in_fp32out, mixed_float16", ""},
    {"disable_reuse_memory", Group::Function, Used, "<0|1>",
     "1: every intermediate tensor keeps memory of its own, for debugging", ""},
    {"input_fp16_nodes", Group::Function, Refused, "<nodes>",
     "inputs keep the model's element types", ""},
    {"is_input_adjust_hw_layout", Group::Function, Refused, "<bools>",
     "inputs are passed row-major", "false"},
    {"is_output_adjust_hw_layout", Group::Function, Refused, "<bools>",
     "outputs are returned row-major", "false"},
    {"modify_mixlist", Group::Function, Refused, "<file>", nodePrecision, ""},
    {"keep_dtype", Group::Function, Refused, "<file>", nodePrecision, ""},
    {"customize_dtypes", Group::Function, Refused, "<file>", nodePrecision, ""},
    {"op_precision_mode", Group::Function, Refused, "<file>", nodePrecision, ""},
    {"compression_optimize_conf", Group::Function, Refused, "<file>", quantising, ""},
    {"enable_compress_weight", Group::Function, Refused, "<bool>", quantising, "0|false|f|no|n"},
    {"compress_weight_conf", Group::Function, Refused, "<file>", quantising, ""},
    {"cal_conf", Group::Function, Refused, "<file>", quantising, ""},
    {"sparsity", Group::Function, Refused, "<n>", quantising, "0"},
    {"op_name_map", Group::Function, Ignored, "<file>", caffe, ""},
    {"enable_scope_fusion_passes", Group::Function, Ignored, "<passes>", caffe, ""},
    {"is_weight_clip", Group::Function, Refused, "<n>",
     "weights beyond the fp16 range stop the conversion to fp16; use "
     "--precision_mode=must_keep_origin_dtype",
     "1"},
    {"target", Group::Function, Ignored, "<name>", "superseded by --soc_version", ""},

    {"op_select_implmode", Group::Tuning, Ignored, "<mode>",
     "there is one implementation per operator and precision mode", ""},
    {"optypelist_for_implmode", Group::Tuning, Ignored, "<types>",
     "there is one implementation per operator and precision mode", ""},
    {"allow_hf32", Group::Tuning, Ignored, "<bool>", "no supported chip has HF32", "false"},
    {"enable_small_channel", Group::Tuning, Ignored, "<n>", schedule, "0"},
    {"fusion_switch_file", Group::Tuning, Ignored, "<file>", schedule, ""},
    {"optimization_switch", Group::Tuning, Ignored, "<passes>", schedule, ""},
    {"buffer_optimize", Group::Tuning, Ignored, "<mode>", schedule, "l2_optimize"},
    {"enable_single_stream", Group::Tuning, Ignored, "<bool>", "a model runs in one stream",
     "true|1"},
    {"multi_stream_parallel_mode", Group::Tuning, Ignored, "<mode>", "a model runs in one stream",
     ""},
    {"ac_parallel_enable", Group::Tuning, Ignored, "<n>", "a model runs in one stream", "0"},
    {"tiling_schedule_optimize", Group::Tuning, Ignored, "<n>", schedule, "0"},
    {"jit_compile", Group::Tuning, Ignored, "<n>", "kernels are always compiled", "1"},
    {"shape_generalized_build_mode", Group::Tuning, Ignored, "<mode>", schedule, "shape_precise"},
    {"oo_level", Group::Tuning, Ignored, "<level>", schedule, "O3"},
    {"oo_constant_folding", Group::Tuning, Ignored, "<bool>", schedule, "true|1"},
    {"oo_dead_code_elimination", Group::Tuning, Ignored, "<bool>", schedule, "true|1"},
    {"topo_sorting_mode", Group::Tuning, Ignored, "<n>", schedule, "1"},
    {"static_model_ops_lower_limit", Group::Tuning, Ignored, "<n>", schedule, ""},
    {"mdl_bank_path", Group::Tuning, Ignored, "<path>", schedule, ""},
    {"op_bank_path", Group::Tuning, Ignored, "<path>", schedule, ""},
    {"auto_tune_mode", Group::Tuning, Ignored, "<mode>", schedule, ""},
    {"deterministic", Group::Tuning, Ignored, "<n>", "results are always deterministic", "0|1"},
    {"deterministic_level", Group::Tuning, Ignored, "<n>", "results are always deterministic",
     "0|1|2|3"},
    {"atomic_clean_policy", Group::Tuning, Ignored, "<n>", schedule, "0"},
    {"enable_attr_compression", Group::Tuning, Ignored, "<bool>", hostCode, "true"},
    {"h2d_overlapped_with_compute", Group::Tuning, Ignored, "<n>", schedule, "0"},
    {"quant_dumpable", Group::Tuning, Ignored, "<n>", "tensors are dumped by `om run`", "0"},
    {"build_config", Group::Tuning, Refused, "<file>", "give options on the command line", ""},
    {"raw_ge_options", Group::Tuning, Refused, "<file>", "give options on the command line", ""},
    {"raw_ge_options_ignore_unsupported", Group::Tuning, Ignored, "<bool>",
     "give options on the command line", "false"},

    {"log", Group::Debug, Used, "<level>",
     "debug, info (time of every phase), warning, error or null (default)", ""},
    {"display_model_info", Group::Debug, Used, "<0|1>", "1: describe the new model as mode 6 does",
     ""},
    {"report", Group::Debug, Used, "<file>", "write the compile report as JSON (OpenATC)", ""},
    {"compile_to", Group::Debug, Used, "<phase>",
     "stop after import, graph, kernel, core or binary and print the IR (OpenATC)", ""},
    {"dump_ir", Group::Debug, Used, "<folder>", "write the IR after every phase there (OpenATC)",
     ""},
    {"threads", Group::Debug, Used, "<n>", "threads of the compiler; default: all (OpenATC)", ""},
    {"dump_mode", Group::Debug, Ignored, "<n>", "belongs to mode 1", "0"},
    {"op_debug_level", Group::Debug, Ignored, "<n>", "use --dump_ir and `om disasm`", "0"},
    {"op_debug_config", Group::Debug, Ignored, "<file>", "use --dump_ir and `om disasm`", ""},
    {"debug_dir", Group::Debug, Ignored, "<path>", "use --dump_ir and `om disasm`", ""},
    {"op_compiler_cache_mode", Group::Debug, Ignored, "<mode>", "there is no kernel cache",
     "disable"},
    {"op_compiler_cache_dir", Group::Debug, Ignored, "<path>", "there is no kernel cache", ""},
    {"export_compile_stat", Group::Debug, Ignored, "<n>", "use --report", "1"},
    {"status_check", Group::Debug, Ignored, "<n>", "the simulator checks every access", "0"},
};

bool startsWithNormalized(std::string_view name, const std::string &prefix) {
  return name.substr(0, prefix.size()) == prefix;
}

} // namespace

std::span<const OptionInfo> optionTable() { return table; }

const OptionInfo *findOption(std::string_view spelling) {
  std::string wanted(spelling);
  for (char &c : wanted)
    if (c == '-')
      c = '_';
  if (wanted == "h")
    wanted = "help";
  const OptionInfo *found = nullptr;
  int matches = 0;
  for (const OptionInfo &option : table) {
    if (option.name == wanted)
      return &option;
    if (!wanted.empty() && startsWithNormalized(option.name, wanted)) {
      found = &option;
      ++matches;
    }
  }
  return matches == 1 ? found : nullptr;
}

} // namespace openatc::compiler
