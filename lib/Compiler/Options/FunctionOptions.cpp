//===- FunctionOptions.cpp - AIPP, memory, streams, weights ---------------===//
#include "Families.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Function;

constexpr const char *quantising =
    "calibration and quantisation are not supported; quantise the ONNX model instead";
constexpr const char *uncompressed = "weights are stored without loss and as they are used";
constexpr const char *oneStream = "a model runs in one stream";
constexpr const char *commandLine = "give options on the command line";

constexpr OptionInfo rows[] = {
    {"insert_op_conf", group, Used, "<file>",
     "AIPP: the model then takes 8-bit images, converted as the file or, with dynamic AIPP, the "
     "application says"},
    {"disable_reuse_memory", group, Used, "<0|1>",
     "1: every intermediate tensor keeps memory of its own, for debugging", "", "int:0|1"},
    {"external_weight", group, Used, "<0|1|2>",
     "0 (default): weights in the .om file; 1: each constant in weight/weight_<hash> beside it; 2: "
     "all of them in weight/<name>_weight_combined",
     "", "0|1|2"},
    {"enable_single_stream", group, Ignored, "<bool>", oneStream, "true|1", "bool"},
    {"multi_stream_parallel_mode", group, Ignored, "<mode>", oneStream},
    {"ac_parallel_enable", group, Ignored, "<n>", oneStream, "0", "0|1"},
    {"compression_optimize_conf", group, Refused, "<file>", quantising},
    {"enable_compress_weight", group, Ignored, "<bool>", uncompressed, "0|false|f|no|n", "bool"},
    {"compress_weight_conf", group, Ignored, "<file>", uncompressed},
    {"cal_conf", group, Refused, "<file>", quantising},
    {"sparsity", group, Ignored, "<n>", "zeros among weights take the time of others", "0",
     "int:0|1"},
    {"build_config", group, Refused, "<file>", commandLine},
    {"raw_ge_options", group, Refused, "<file>", commandLine},
    {"raw_ge_options_ignore_unsupported", group, Ignored, "<bool>", commandLine, "false", "bool"},
};

void read(OptionReader &reader, CommandLine &line) {
  CompileOptions &options = line.options;
  options.insertOpConf = reader.text("insert_op_conf");
  if (!options.insertOpConf.empty() && options.inputFormat != "NCHW")
    reader.messages.error(invalidValue("input_format", options.inputFormat,
                                       "--insert_op_conf needs inputs of format NCHW."));
  options.externalWeight = reader.choice("external_weight", {"0", "1", "2"}, 0);
  options.reuseMemory = !reader.flag("disable_reuse_memory", false);
  reader.exclude("enable_compress_weight", "compress_weight_conf");
  reader.exclude("enable_single_stream", "multi_stream_parallel_mode");
}

} // namespace

OptionFamily functionOptions() { return {rows, read}; }

} // namespace openatc::compiler
