//===- OpenShapes.cpp - Models whose shapes are known when they run -------===//
#include "OpenShapes.h"

#include "openatc/Importer/Importer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace openatc::compiler {
namespace {

/// Extents for dimensions without a bound: of the first axis, mostly a batch, and of others.
struct Sample {
  int64_t first, other;
};
/// Tried one after the other until a network takes one: many need a least size, or one that
/// strides divide.
constexpr Sample samples[] = {{1, 64}, {1, 224}, {1, 128}, {1, 16}, {1, 256}, {1, 640}, {1, 1}};

bool isOpen(const InputShape &shape) {
  return std::find(shape.dims.begin(), shape.dims.end(), -1) != shape.dims.end();
}

om::DimRange rangeOf(const InputShape &shape, size_t axis) {
  return shape.ranges.empty() ? om::DimRange{0, -1} : shape.ranges[axis];
}

/// Fixed shapes in the ranges of the open ones: the largest of bounded ranges, or the
/// smallest when `least` is set.
std::vector<InputShape> sampleShapes(const std::vector<InputShape> &open, Sample sample,
                                     bool least) {
  std::vector<InputShape> shapes = open;
  for (InputShape &shape : shapes) {
    for (size_t i = 0; i < shape.dims.size(); ++i) {
      if (shape.dims[i] != -1)
        continue;
      om::DimRange range = rangeOf(shape, i);
      int64_t smallest = std::max<int64_t>(range.least, 1);
      int64_t free = std::max(smallest, (i == 0 ? sample.first : sample.other) * (least ? 2 : 1));
      shape.dims[i] = range.most == -1 ? free : least ? smallest : range.most;
    }
    shape.ranges.clear();
  }
  return shapes;
}

std::string textOf(const std::vector<InputShape> &shapes) {
  std::string text;
  for (const InputShape &shape : shapes) {
    text += (text.empty() ? "" : ";") + shape.name + ":";
    for (size_t i = 0; i < shape.dims.size(); ++i)
      text += (i ? "," : "") + std::to_string(shape.dims[i]);
  }
  return text;
}

/// Whether another sample of the shapes may fare better.
bool isAboutShapes(const Messages &messages) {
  return std::all_of(messages.errors.begin(), messages.errors.end(), [](const Message &message) {
    return message.code == "E13014" || message.code == "E14001" || message.code == "E20001";
  });
}

bool bounded(const std::vector<InputShape> &shapes) {
  for (const InputShape &shape : shapes)
    for (size_t i = 0; i < shape.dims.size(); ++i)
      if (shape.dims[i] == -1 && rangeOf(shape, i).most == -1)
        return false;
  return true;
}

/// Bytes of a file, or a message.
om::Blob readFile(const std::filesystem::path &path, Messages &messages) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<uint8_t> bytes;
  if (file) {
    bytes.resize(size_t(file.tellg()));
    file.seekg(0);
    file.read(reinterpret_cast<char *>(bytes.data()), std::streamsize(bytes.size()));
  }
  if (!file)
    messages.error(
        {"E13001",
         "Failed to open file " + path.string() + ". Reason: " + std::strerror(errno) + ".",
         {},
         "",
         "Check the file."});
  return om::Blob(std::move(bytes));
}

om::Blob copyOf(std::span<const uint8_t> bytes) {
  return om::Blob(std::vector<uint8_t>(bytes.begin(), bytes.end()));
}

/// The network and its external data, as they are.
om::Source sourceOf(const CompileOptions &options, const std::vector<std::string> &external,
                    Messages &messages) {
  om::Source source;
  source.options = options.runtimeOptions;
  std::filesystem::path path = options.model;
  bool inMemory = !options.modelBytes.empty();
  source.files.push_back(
      {path.filename().string(), inMemory ? copyOf(options.modelBytes) : readFile(path, messages)});
  for (const std::string &location : external) {
    auto given = options.files.find(location);
    source.files.push_back({location, given != options.files.end()
                                          ? copyOf(given->second)
                                          : readFile(path.parent_path() / location, messages)});
  }
  return source;
}

/// Opens the dimensions of a tensor that differ between two samples.
void open(om::TensorDesc &desc, const host::Shape &other, bool isBounded) {
  bool known = other.size() == desc.shape.size();
  for (size_t i = 0; i < desc.shape.size(); ++i) {
    int64_t extent = desc.shape[i];
    if (known && other[i] == extent) {
      desc.ranges.push_back({extent, extent});
      continue;
    }
    desc.ranges.push_back(isBounded && known
                              ? om::DimRange{std::min(other[i], extent), std::max(other[i], extent)}
                              : om::DimRange{0, -1});
    desc.shape[i] = -1;
  }
}

/// The model of open shapes, from one for a sample of them.
void makeOpen(om::Model &model, const CompileOptions &options,
              const std::vector<host::Shape> &otherOutputs) {
  for (om::TensorDesc &desc : model.inputs)
    for (const InputShape &shape : options.inputShapes)
      if (shape.name == desc.name && shape.dims.size() == desc.shape.size() && isOpen(shape))
        for (size_t i = 0; i < shape.dims.size(); ++i) {
          desc.shape[i] = shape.dims[i];
          desc.ranges.push_back(shape.dims[i] == -1 ? rangeOf(shape, i)
                                                    : om::DimRange{shape.dims[i], shape.dims[i]});
        }
  for (size_t i = 0; i < model.outputs.size(); ++i)
    open(model.outputs[i], i < otherOutputs.size() ? otherOutputs[i] : host::Shape(),
         bounded(options.inputShapes));
  for (auto *side : {&model.inputs, &model.outputs})
    for (om::TensorDesc &desc : *side)
      if (Expected<uint64_t> bytes = om::openBytes(desc))
        desc.bytes = *bytes;
  model.arenaBytes = model.arenaBoundBytes = 0;
  model.tasks.clear();
  model.kernels.clear();
  model.weights = {};
  model.weightFiles.clear();
  model.diagonals.clear();
}

} // namespace

bool hasOpenShapes(const CompileOptions &options) {
  return options.gears.kind == om::GearKind::None &&
         std::any_of(options.inputShapes.begin(), options.inputShapes.end(), isOpen);
}

namespace {

/// Gives shapes without a name that of the input at their place.
void nameShapes(CompileOptions &options) {
  auto isNamed = [](const InputShape &shape) { return !shape.name.empty(); };
  if (std::all_of(options.inputShapes.begin(), options.inputShapes.end(), isNamed))
    return;
  mlir::MLIRContext context;
  importer::ImportOptions importOptions;
  importOptions.bytes = options.modelBytes;
  importOptions.files = options.files;
  importer::ImportReport report; // its errors come again with the sample
  importer::importOnnx(context, options.model, importOptions, report);
  for (size_t i = 0; i < options.inputShapes.size() && i < report.inputs.size(); ++i)
    options.inputShapes[i].name = report.inputs[i].name;
}

} // namespace

CompileResult compileOpen(const CompileOptions &given, Messages &messages) {
  CompileOptions options = given;
  nameShapes(options);
  if (!options.fileOptions.empty()) {
    messages.error({"E10055",
                    "The operation is not supported. Reason: --" + options.fileOptions.front() +
                        " reads a file, which a model of dynamic shapes cannot take along.",
                    {},
                    "",
                    "Leave the option out, or give gears or static shapes."});
    return {};
  }
  CompileOptions fixed = options;
  CompileResult result;
  Messages first;
  for (const Sample &sample : samples) {
    Messages own;
    fixed.inputShapes = sampleShapes(options.inputShapes, sample, false);
    result = compileFixed(fixed, own);
    if (!own.failed()) {
      messages.warnings.insert(messages.warnings.end(), own.warnings.begin(), own.warnings.end());
      if (!result.model)
        return result; // the IR of the sample was asked for
      std::string compiled = textOf(fixed.inputShapes);
      fixed.inputShapes = sampleShapes(options.inputShapes, sample, true);
      Messages other;
      std::vector<host::Shape> outputs = inferOutputs(fixed, other);
      if (other.failed())
        messages.warn("WARNING: The model compiles for " + compiled + ", but not for " +
                      textOf(fixed.inputShapes) + ": " + other.errors[0].text);
      om::Source source = sourceOf(options, result.externalFiles, messages);
      makeOpen(*result.model, options, outputs);
      if (options.externalWeight)
        messages.warn("WARNING: Option external_weight has no effect: a model of dynamic shapes "
                      "holds the ONNX model with its weights.");
      result.model->source = std::move(source);
      result.notes.push_back("The shapes are open: the runtime compiles the model for each at its "
                             "first use, through libopenatc_compiler.so.");
      if (messages.failed())
        result.model.reset();
      return result;
    }
    if (!first.failed()) {
      first = std::move(own);
      for (Message &message : first.errors)
        if (isAboutShapes(first))
          message.details.push_back("This is about " + textOf(fixed.inputShapes) +
                                    ", which was compiled as a sample of the shapes.");
    }
    if (!isAboutShapes(first) || bounded(options.inputShapes))
      break;
  }
  for (Message &message : first.errors)
    messages.error(std::move(message));
  return {};
}

} // namespace openatc::compiler
