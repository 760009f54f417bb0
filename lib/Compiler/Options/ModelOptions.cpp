//===- ModelOptions.cpp - The source model and its inputs -----------------===//
#include "Families.h"
#include "openatc/Compiler/Gears.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Model;

constexpr OptionInfo rows[] = {
    {"model", group, Used, "<file>", "ONNX model; external data lies beside it"},
    {"framework", group, Used, "5", "kind of the model: 5 (ONNX) is the only one", "", "int:5"},
    {"input_shape", group, Used, "<shapes>",
     "static dimensions of inputs, \"name:1,3,224,224;other:1,16\"; needed where the model leaves "
     "a dimension open"},
    {"input_format", group, Used, "<format>",
     "NCHW (default), ND or NCDHW; recorded in the model's description", "", "NCHW|ND|NCDHW"},
    {"weight", group, Ignored, "<file>", "ONNX models hold their weights"},
    {"input_shape_range", group, Used, "<ranges>",
     "deprecated spelling of ranges in --input_shape: \"name:[1~16,3,-1]\""},
    {"dynamic_batch_size", group, Used, "<sizes>",
     "compile one model for several batch sizes, \"1,2,4,8\"; --input_shape has -1 in place of "
     "the batch. The application chooses one of these gears with aclmdlSetDynamicBatchSize"},
    {"dynamic_image_size", group, Used, "<sizes>",
     "the same for heights and widths, \"416,416;608,608\"; --input_shape has -1 in place of both"},
    {"dynamic_dims", group, Used, "<dims>",
     "the same for any dimensions, \"64,64;128,128\": a number for each -1 in --input_shape"},
    {"input_hint_shape", group, Ignored, "<shapes>",
     "it is a hint for CANN's symbolic compilation"},
    {"singleop", group, Used, "<file>",
     "JSON list of single operators to compile instead of a model; --output is the folder of "
     "their .om files"},
    {"op_name_map", group, Ignored, "<file>", "belongs to Caffe models"},
    {"enable_scope_fusion_passes", group, Ignored, "<passes>", "belongs to TensorFlow models"},
};

void readShapes(OptionReader &reader, CompileOptions &options) {
  Messages &messages = reader.messages;
  GearOptions gears{reader.find("dynamic_batch_size"), reader.find("dynamic_image_size"),
                    reader.find("dynamic_dims"), reader.find("input_shape_range"),
                    reader.find("insert_op_conf")};
  const std::string *shapes = reader.find("input_shape");
  size_t errors = messages.errors.size();
  bool isRange = gears.range && !gears.any();
  if (gears.range)
    messages.warn("WARNING: Option input_shape_range is deprecated: give the ranges in "
                  "--input_shape.");
  if (isRange && shapes)
    messages.warn("WARNING: Option input_shape has no effect: --input_shape_range is given.");
  if (isRange)
    options.inputShapes = parseInputShapeRanges(*gears.range, messages);
  else if (shapes)
    options.inputShapes = parseInputShapes(*shapes, messages, gears.any());
  // What is wrong with the shapes would be said twice.
  if (messages.errors.size() != errors)
    return;
  if (gears.any())
    readGears(gears, options, messages);
  if (gears.any() && reader.has("input_hint_shape"))
    messages.error(invalidValue("input_hint_shape", reader.text("input_hint_shape"),
                                "It cannot be used with --dynamic_batch_size, "
                                "--dynamic_image_size or --dynamic_dims."));
}

/// Options that would ask for something else than single operators.
void readSingleOps(OptionReader &reader, CommandLine &line) {
  line.action = CommandLine::Action::SingleOps;
  line.singleOps = reader.text("singleop");
  auto refuse = [&](const char *name) {
    reader.messages.error(
        invalidValue(name, reader.text(name),
                     std::string("--") + name + " cannot be used together with --singleop.",
                     "Leave out one of them."));
  };
  for (const char *name : {"model", "framework", "insert_op_conf", "input_shape", "compile_to"})
    if (reader.has(name))
      refuse(name);
  if (reader.text("mode", "0") != "0")
    refuse("mode");
  if (reader.flag("display_model_info", false))
    refuse("display_model_info");
}

void read(OptionReader &reader, CommandLine &line) {
  if (reader.has("singleop"))
    return readSingleOps(reader, line);
  CompileOptions &options = line.options;
  options.model = reader.required("model", "Give the path of the ONNX file.");
  if (!reader.has("framework"))
    reader.messages.error({"E10007",
                           "--framework is required. The value must be 5(ONNX).",
                           {},
                           "",
                           "Add --framework=5."});
  options.inputFormat = reader.text("input_format", "NCHW");
  readShapes(reader, options);
}

} // namespace

OptionFamily modelOptions() { return {rows, read}; }

} // namespace openatc::compiler
