//===- InputShapes.cpp - The value of --input_shape -----------------------===//
#include "openatc/Compiler/CommandLine.h"

#include <charconv>
#include <set>

namespace openatc::compiler {
namespace {

constexpr const char *sample = "\"input1:1,3,224,224;input2:1,16\"";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

Message malformed(std::string_view entry, const std::string &reason) {
  return {"E10002",
          "Value " + std::string(entry) + " for parameter --input_shape is invalid. Reason: " +
              reason + ". The value must be formatted as " + sample + ".",
          {},
          "",
          "Give every input as name:d0,d1,... and separate inputs with ';' inside quotes."};
}

/// One dimension; a message when it is not a positive number.
bool parseDim(std::string_view entry, std::string_view word, bool gears, int64_t &dim,
              Messages &messages) {
  if (gears && word == "-1") {
    dim = -1;
    return true;
  }
  if (gears && word.find('~') != std::string_view::npos) {
    messages.error({"E10040",
                    "Value " + std::string(entry) +
                        " for parameter --input_shape is invalid. Dimension " + std::string(word) +
                        " is a range, which cannot be used with gears.",
                    {},
                    "--dynamic_batch_size, --dynamic_image_size or --dynamic_dims is given, too.",
                    "Write -1 where the gear decides, or leave out the option of gears."});
    return false;
  }
  if (word.find('~') != std::string_view::npos || word == "-1") {
    messages.error(invalidValue("input_shape", std::string(entry),
                                "dimension " + std::string(word) +
                                    " is dynamic; only static shapes are supported.",
                                "Replace it by the number of elements to compile for."));
    return false;
  }
  auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), dim);
  if (failure != std::errc() || end != word.data() + word.size()) {
    messages.error(malformed(entry, "\"" + std::string(word) + "\" is not an integer"));
    return false;
  }
  if (dim <= 0) {
    messages.error({"E10011",
                    "Value " + std::string(entry) +
                        " for parameter --input_shape is invalid. Shape values must be positive "
                        "integers. The error value in the shape is " +
                        std::string(word) + ".",
                    {},
                    "",
                    "Use positive dimensions."});
    return false;
  }
  return true;
}

} // namespace

std::vector<InputShape> parseInputShapes(const std::string &text, Messages &messages, bool gears) {
  std::vector<InputShape> shapes;
  std::set<std::string> names;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t end = rest.find(';');
    std::string_view entry = trim(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (entry.empty())
      continue;
    size_t colon = entry.rfind(':');
    if (colon == std::string_view::npos || trim(entry.substr(0, colon)).empty()) {
      messages.error(malformed(entry, "there is no input name before a ':'"));
      continue;
    }
    InputShape shape;
    shape.name = trim(entry.substr(0, colon));
    std::string_view dims = trim(entry.substr(colon + 1));
    bool good = true;
    while (good && !dims.empty()) {
      size_t comma = dims.find(',');
      int64_t dim = 0;
      good = parseDim(entry, trim(dims.substr(0, comma)), gears, dim, messages);
      shape.dims.push_back(dim);
      if (comma == dims.size() - 1) {
        messages.error(malformed(entry, "a number is missing after the last ','"));
        good = false;
      }
      dims.remove_prefix(comma == std::string_view::npos ? dims.size() : comma + 1);
    }
    if (!good)
      continue;
    if (!names.insert(shape.name).second) {
      messages.error(malformed(entry, "input " + shape.name + " is given twice"));
      continue;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

} // namespace openatc::compiler
