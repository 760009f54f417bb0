//===- ModelOptions.cpp - The source model and its inputs -----------------===//
#include "Families.h"
#include "openatc/Compiler/Gears.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Model;

constexpr const char *gears = "dynamic shapes are not supported; give static dimensions with "
                              "--input_shape and compile one model per shape";

constexpr OptionInfo rows[] = {
    {"model", group, Used, "<file>", "ONNX model; external data lies beside it"},
    {"framework", group, Used, "5", "kind of the model: 5 (ONNX) is the only one", "", "int:5"},
    {"input_shape", group, Used, "<shapes>",
     "static dimensions of inputs, \"name:1,3,224,224;other:1,16\"; needed where the model leaves "
     "a dimension open"},
    {"input_format", group, Used, "<format>",
     "NCHW (default), ND or NCDHW; recorded in the model's description", "", "NCHW|ND|NCDHW"},
    {"weight", group, Ignored, "<file>", "ONNX models hold their weights"},
    {"input_shape_range", group, Refused, "<ranges>", gears},
    {"dynamic_batch_size", group, Used, "<sizes>",
     "compile one model for several batch sizes, \"1,2,4,8\"; --input_shape has -1 in place of "
     "the batch. The application chooses one of these gears with aclmdlSetDynamicBatchSize"},
    {"dynamic_image_size", group, Used, "<sizes>",
     "the same for heights and widths, \"416,416;608,608\"; --input_shape has -1 in place of both"},
    {"dynamic_dims", group, Used, "<dims>",
     "the same for any dimensions, \"64,64;128,128\": a number for each -1 in --input_shape"},
    {"input_hint_shape", group, Refused, "<shapes>", gears},
    {"singleop", group, Refused, "<file>",
     "models of single operators are not supported; wrap the operator in an ONNX model"},
    {"op_name_map", group, Ignored, "<file>", "belongs to Caffe models"},
    {"enable_scope_fusion_passes", group, Ignored, "<passes>", "belongs to TensorFlow models"},
};

void read(OptionReader &reader, CommandLine &line) {
  CompileOptions &options = line.options;
  options.model = reader.required("model", "Give the path of the ONNX file.");
  if (!reader.has("framework"))
    reader.messages.error({"E10007",
                           "--framework is required. The value must be 5(ONNX).",
                           {},
                           "",
                           "Add --framework=5."});
  options.inputFormat = reader.text("input_format", "NCHW");
  GearOptions gearOptions{reader.find("dynamic_batch_size"), reader.find("dynamic_image_size"),
                          reader.find("dynamic_dims"), reader.find("input_shape_range"),
                          reader.find("insert_op_conf")};
  bool hasGears = reader.has("dynamic_batch_size") || reader.has("dynamic_image_size") ||
                  reader.has("dynamic_dims");
  size_t errors = reader.messages.errors.size();
  if (const std::string *shapes = reader.find("input_shape"))
    options.inputShapes = parseInputShapes(*shapes, reader.messages, hasGears);
  // What is wrong with the shapes would be said twice.
  if (gearOptions.any() && reader.messages.errors.size() == errors)
    readGears(gearOptions, options, reader.messages);
}

} // namespace

OptionFamily modelOptions() { return {rows, read}; }

} // namespace openatc::compiler
