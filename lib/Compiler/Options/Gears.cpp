//===- Gears.cpp - Options that make a model with gears -------------------===//
#include "openatc/Compiler/Gears.h"

#include "openatc/OfflineModel/Gears.h"

#include <algorithm>
#include <charconv>

namespace openatc::compiler {
namespace {

using om::GearKind;

constexpr size_t minGears = 2, maxGears = 100;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

size_t unknowns(const InputShape &shape) {
  return size_t(std::count(shape.dims.begin(), shape.dims.end(), -1));
}

std::string shapeText(const InputShape &shape) {
  return shape.name + ":" + om::gearText(shape.dims);
}

/// Reads one of the options; stops at the first problem, since the next would follow from it.
class GearReader {
public:
  GearReader(GearKind kind, const std::string &value, bool aipp, CompileOptions &options,
             Messages &messages)
      : kind(kind), value(value), aipp(aipp), option(std::string("--") + om::optionOf(kind)),
        options(options), messages(messages) {}

  void run() {
    options.gears.kind = kind;
    bool shapes = kind == GearKind::Batch   ? checkBatchShapes()
                  : kind == GearKind::Image ? checkImageShapes()
                                            : checkDimsShapes();
    if (!shapes || !parse() || !checkCount() || (kind == GearKind::Dims && !checkLengths()))
      return;
    for (size_t i = 0; i < gears().size(); ++i)
      if (std::find(gears().begin(), gears().begin() + i, gears()[i]) != gears().begin() + i) {
        fail("E10039", "Gear " + om::gearText(gears()[i]) + " is given twice in " + value + ".",
             "List every gear once.");
        return;
      }
  }

private:
  std::vector<std::vector<int64_t>> &gears() { return options.gears.values; }

  bool fail(std::string code, const std::string &text, std::string solution) {
    messages.error({std::move(code),
                    "The value of " + option + " is invalid. " + text,
                    {},
                    "",
                    std::move(solution)});
    return false;
  }
  bool failValue(std::string code, const std::string &reason, std::string solution) {
    Message message = invalidValue(om::optionOf(kind), value, reason, solution);
    message.code = std::move(code);
    messages.error(std::move(message));
    return false;
  }

  bool checkBatchShapes() {
    size_t found = 0;
    for (const InputShape &shape : options.inputShapes) {
      for (size_t axis = 1; axis < shape.dims.size(); ++axis)
        if (shape.dims[axis] == -1)
          return fail("E10018",
                      "Input " + shapeText(shape) + " in --input_shape has -1 on axis " +
                          std::to_string(axis) + ", but only the batch size, axis 0, can be -1.",
                      "Fix the other axes, or use --dynamic_dims.");
      found += unknowns(shape);
    }
    if (found)
      return true;
    auto isScalar = [](const InputShape &shape) { return shape.dims.empty(); };
    if (std::any_of(options.inputShapes.begin(), options.inputShapes.end(), isScalar))
      return fail("E10012", "An input in --input_shape has no dimension that could be -1.",
                  "Set the batch size of an input to -1, or leave the parameter out.");
    return fail("E10031", "No input in --input_shape has a batch size of -1.",
                "Set axis 0 of at least one input to -1, or leave the parameter out.");
  }

  bool checkImageShapes() {
    if (options.inputFormat != "NCHW") {
      messages.error({"E10003",
                      "Value " + options.inputFormat +
                          " for parameter --input_format is invalid. Reason: --dynamic_image_size "
                          "needs inputs of format NCHW.",
                      {},
                      "",
                      "Use --dynamic_dims for inputs of other formats."});
      return false;
    }
    size_t found = 0;
    for (const InputShape &shape : options.inputShapes) {
      size_t count = unknowns(shape);
      bool image = shape.dims.size() == 4 && shape.dims[2] == -1 && shape.dims[3] == -1;
      if (count && !(image && count == 2))
        return fail("E10019",
                    "Input " + shapeText(shape) +
                        " in --input_shape: only height and width, both, of an input of 4 "
                        "dimensions can be -1.",
                    "Write n,c,-1,-1, or use --dynamic_dims.");
      found += count;
    }
    return found ? true
                 : fail("E10019", "No input in --input_shape has height and width of -1.",
                        "Write n,c,-1,-1 for an image, or leave the parameter out.");
  }

  bool checkDimsShapes() {
    if (aipp)
      return failValue("E10001", "it cannot be used with --insert_op_conf",
                       "Use --dynamic_batch_size or --dynamic_image_size with AIPP.");
    for (const InputShape &shape : options.inputShapes)
      if (unknowns(shape))
        return true;
    return failValue("E10001", "no dimension in --input_shape is -1",
                     "Write -1 for the dimensions that gears decide.");
  }

  /// Splits the value into gears of positive numbers.
  bool parse() {
    std::string_view text = trim(value);
    char separator = kind == GearKind::Batch ? ',' : ';';
    if (text.ends_with(separator))
      text.remove_suffix(1);
    for (std::string_view part : split(text, separator)) {
      std::vector<int64_t> &gear = gears().emplace_back();
      for (std::string_view word : split(part, ','))
        if (!parseNumber(trim(word), gear.emplace_back()))
          return false;
      if (kind == GearKind::Image && gear.size() != 2)
        return failValue("E10020",
                         std::string(part) + " has " + std::to_string(gear.size()) +
                             " numbers; every gear is a height and a width",
                         "Write \"height,width;height,width\".");
    }
    return true;
  }

  bool parseNumber(std::string_view word, int64_t &number) {
    auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure != std::errc() || end != word.data() + word.size() || number > INT32_MAX)
      return failValue(kind == GearKind::Dims ? "E10001" : "E10003",
                       "\"" + std::string(word) + "\" is no integer from 1 to 2147483647",
                       kind == GearKind::Batch ? "Write numbers with ',' between them."
                                               : "Write numbers with ',' between them and ';' "
                                                 "between gears, all in quotes.");
    if (number <= 0)
      return fail("E10038",
                  "Dimension " + std::string(word) + " of a gear in " + value +
                      " must be greater than 0.",
                  "Use positive numbers.");
    return true;
  }

  bool checkCount() {
    std::string count = std::to_string(gears().size());
    if (gears().size() < minGears)
      return fail("E10035",
                  "It has " + count + " gears, fewer than the minimum of " +
                      std::to_string(minGears) + ".",
                  "List at least 2 gears; for one shape write it into --input_shape instead.");
    if (gears().size() > maxGears)
      return fail("E10036",
                  "It has " + count + " gears, more than the maximum of " +
                      std::to_string(maxGears) + ".",
                  "List at most 100 gears, or compile several models.");
    return true;
  }

  /// Every gear of --dynamic_dims has a number for each -1.
  bool checkLengths() {
    size_t length = gears().front().size(), all = 0;
    for (const std::vector<int64_t> &gear : gears())
      if (gear.size() != length)
        return fail("E10037",
                    "Gear " + om::gearText(gears().front()) + " has " + std::to_string(length) +
                        " numbers, gear " + om::gearText(gear) + " has " +
                        std::to_string(gear.size()) + ".",
                    "Give every gear one number for each -1 in --input_shape.");
    for (const InputShape &shape : options.inputShapes) {
      all += unknowns(shape);
      if (unknowns(shape) > length)
        return fail("E10046",
                    "Input " + shapeText(shape) + " in --input_shape has more -1 than the " +
                        std::to_string(length) + " numbers of a gear.",
                    "Give every gear one number for each -1 in --input_shape.");
    }
    if (all > length)
      return fail("E10045",
                  "--input_shape has " + std::to_string(all) + " times -1, a gear has only " +
                      std::to_string(length) + " numbers.",
                  "Give every gear one number for each -1 in --input_shape.");
    if (all < length)
      return failValue("E10003",
                       "its gears have " + std::to_string(length) + " numbers, --input_shape has " +
                           std::to_string(all) + " times -1",
                       "Give every gear one number for each -1 in --input_shape.");
    return true;
  }

  GearKind kind;
  const std::string &value;
  bool aipp;
  std::string option;
  CompileOptions &options;
  Messages &messages;
};

} // namespace

void readGears(const GearOptions &given, CompileOptions &options, Messages &messages) {
  if (!!given.batch + !!given.image + !!given.dims + !!given.range > 1) {
    messages.error(
        {"E10009",
         "--dynamic_batch_size, --dynamic_image_size, --input_shape_range and --dynamic_dims are "
         "mutually exclusive.",
         {},
         "",
         "Give one of them for gears, none for fixed shapes."});
    return;
  }
  GearKind kind = given.batch ? GearKind::Batch : given.image ? GearKind::Image : GearKind::Dims;
  if (options.inputShapes.empty()) {
    messages.error({"E10004",
                    std::string("Value for --input_shape is empty, but --") + om::optionOf(kind) +
                        " needs it.",
                    {},
                    "",
                    "Give the shapes of the inputs, with -1 where the gear decides."});
    return;
  }
  const std::string *value = given.batch ? given.batch : given.image ? given.image : given.dims;
  GearReader(kind, *value, given.aipp != nullptr, options, messages).run();
}

std::vector<InputShape> shapesOfGear(const CompileOptions &options,
                                     const std::vector<int64_t> &gear) {
  std::vector<InputShape> shapes = options.inputShapes;
  size_t next = 0;
  for (InputShape &shape : shapes) {
    // Batches and images: all inputs take the same values. Dims: each -1 has its own.
    if (options.gears.kind != GearKind::Dims)
      next = 0;
    for (int64_t &dim : shape.dims)
      if (dim == -1)
        dim = gear[next++];
  }
  return shapes;
}

std::map<std::string, std::vector<uint32_t>> dynamicAxes(const CompileOptions &options) {
  std::map<std::string, std::vector<uint32_t>> axes;
  for (const InputShape &shape : options.inputShapes)
    for (uint32_t axis = 0; axis < shape.dims.size(); ++axis)
      if (shape.dims[axis] == -1)
        axes[shape.name].push_back(axis);
  return axes;
}

} // namespace openatc::compiler
