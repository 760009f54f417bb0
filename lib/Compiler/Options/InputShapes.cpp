//===- InputShapes.cpp - --input_shape and --input_shape_range ------------===//
#include "openatc/Compiler/CommandLine.h"

#include <charconv>
#include <set>

namespace openatc::compiler {
namespace {

constexpr const char *sample = "\"input1:1,3,224,224;input2:1~16,128\"";
constexpr const char *rangeSample = "\"input1:[1~16,3,-1];input2:[1,128]\"";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// The part of `rest` before the next `separator`, which is taken off with it.
std::string_view next(std::string_view &rest, char separator) {
  size_t end = rest.find(separator);
  std::string_view part = trim(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// Reads the entries of one option value.
class ShapeParser {
public:
  ShapeParser(bool inBrackets, bool gears, Messages &messages)
      : inBrackets(inBrackets), gears(gears), messages(messages) {}

  /// `dims` of the entry, "1,3~5,-1"; false with a message.
  bool parseDims(std::string_view entry, std::string_view dims, InputShape &shape) {
    bool isOpen = false;
    for (bool last = dims.empty(); !last;) {
      last = dims.find(',') == std::string_view::npos;
      om::DimRange range;
      if (!parseDim(entry, next(dims, ','), range))
        return false;
      shape.dims.push_back(range.least == range.most ? range.least : -1);
      isOpen |= range.least != range.most;
      shape.ranges.push_back(range);
    }
    if (!isOpen || gears)
      shape.ranges.clear();
    return true;
  }

  /// A value that is not of the documented form; ranges have a code of their own.
  bool malformed(std::string_view entry, const std::string &reason, bool isRange = false) {
    std::string option = inBrackets ? "input_shape_range" : "input_shape";
    return fail({inBrackets || isRange ? "E10048" : "E10002",
                 "Value " + std::string(entry) + " for parameter --" + option +
                     " is invalid. Reason: " + reason + ". The value must be formatted as " +
                     (inBrackets ? rangeSample : sample) + ".",
                 {},
                 "",
                 "Give every input as name:d0,d1,... and separate inputs with ';' inside quotes."});
  }

private:
  bool fail(Message message) {
    messages.error(std::move(message));
    return false;
  }

  bool parseNumber(std::string_view entry, std::string_view word, int64_t &number) {
    auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    bool whole = end == word.data() + word.size();
    if (failure == std::errc() && whole)
      return true;
    if (failure == std::errc::result_out_of_range && whole && !inBrackets)
      return fail({"E10013",
                   "Value " + std::string(word) + " for --input_shape is out of range.",
                   {},
                   "",
                   "Sizes are at most 9223372036854775807."});
    if (word.empty())
      return malformed(entry, "a number is missing before or after a ','");
    return malformed(entry, "\"" + std::string(word) + "\" is not an integer");
  }

  /// One dimension: a number, -1 or a range.
  bool parseDim(std::string_view entry, std::string_view word, om::DimRange &range) {
    size_t tilde = word.find('~');
    if (tilde != std::string_view::npos && gears)
      return fail({"E10040",
                   "Value " + std::string(entry) +
                       " for parameter --input_shape is invalid. Dimension " + std::string(word) +
                       " is a range, which cannot be used with gears.",
                   {},
                   "--dynamic_batch_size, --dynamic_image_size or --dynamic_dims is given, too.",
                   "Write -1 where the gear decides, or leave out the option of gears."});
    if (tilde != std::string_view::npos) {
      std::string_view least = trim(word.substr(0, tilde)), most = trim(word.substr(tilde + 1));
      if (!parseNumber(entry, least, range.least) || !parseNumber(entry, most, range.most))
        return false;
      if (range.least < 0 || range.most < -1)
        return malformed(entry, "the range " + std::string(word) + " has a negative bound", true);
      if (range.most != -1 && range.least > range.most)
        return malformed(entry, "the range " + std::string(word) + " ends before it begins", true);
      return range.most != 0 || nonPositive(entry, word);
    }
    int64_t size = 0;
    if (!parseNumber(entry, word, size))
      return false;
    if (size == -1)
      return true;
    range = {size, size};
    return size > 0 || nonPositive(entry, word);
  }

  bool nonPositive(std::string_view entry, std::string_view word) {
    return fail({"E10011",
                 "Value " + std::string(entry) +
                     " for parameter --input_shape is invalid. Shape values must be positive "
                     "integers. The error value in the shape is " +
                     std::string(word) + ".",
                 {},
                 "",
                 "Use positive dimensions."});
  }

  bool inBrackets, gears;
  Messages &messages;
};

/// `name:dims` entries, where `dims` stand in brackets when the parser wants them.
std::vector<InputShape> parseEntries(std::string_view rest, bool inBrackets, bool byName,
                                     bool gears, Messages &messages) {
  std::vector<InputShape> shapes;
  std::set<std::string> names;
  ShapeParser parser(inBrackets, gears, messages);
  while (!rest.empty()) {
    std::string_view entry = next(rest, ';'), dims = entry;
    if (entry.empty() && (byName || rest.empty()))
      continue;
    InputShape shape;
    if (byName) {
      size_t colon = entry.rfind(':');
      if (colon == std::string_view::npos || trim(entry.substr(0, colon)).empty()) {
        parser.malformed(entry, "there is no input name before a ':'");
        continue;
      }
      shape.name = trim(entry.substr(0, colon));
      dims = trim(entry.substr(colon + 1));
    }
    if (inBrackets) {
      if (dims.size() < 2 || dims.front() != '[' || dims.back() != ']') {
        parser.malformed(entry, "the dimensions do not stand in one pair of brackets");
        continue;
      }
      dims = trim(dims.substr(1, dims.size() - 2));
    }
    if (!parser.parseDims(entry, dims, shape))
      continue;
    if (byName && !names.insert(shape.name).second) {
      parser.malformed(entry, "input " + shape.name + " is given twice");
      continue;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

} // namespace

std::vector<InputShape> parseInputShapes(const std::string &text, Messages &messages, bool gears) {
  bool isOpen = text.find('~') != std::string::npos || text.find("-1") != std::string::npos;
  bool byName = gears || !isOpen || text.find(':') != std::string::npos;
  return parseEntries(text, /*inBrackets=*/false, byName, gears, messages);
}

std::vector<InputShape> parseInputShapeRanges(const std::string &text, Messages &messages) {
  return parseEntries(text, /*inBrackets=*/true, /*byName=*/true, /*gears=*/false, messages);
}

} // namespace openatc::compiler
