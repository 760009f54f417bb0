//===- GroupText.cpp - Text of one kernel group, and data for it ----------===//

#include "GroupText.h"

#include <functional>
#include <numeric>

namespace openatc::test {

int64_t sizeOf(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
}

std::string tensor(const Shape &shape, const std::string &element, const std::string &layout) {
  std::string text = "tensor<";
  for (int64_t d : shape)
    text += std::to_string(d) + "x";
  return text + element + (layout.empty() ? ">" : ", #ascend.layout<" + layout + ">>");
}

std::string array(const Shape &values) {
  std::string text = "array<i64";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : ": ") + std::to_string(values[i]);
  return text + ">";
}

/// Items with their numbers, separated by commas.
static std::string list(const std::vector<std::string> &items,
                        const std::function<std::string(const std::string &, size_t)> &print) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i)
    text += (i ? ", " : "") + print(items[i], i);
  return text;
}

std::string groupModule(const std::string &kind, const std::vector<std::string> &operands,
                        const std::vector<std::string> &results, const std::string &body) {
  auto type = [](const std::string &t, size_t) { return t; };
  auto named = [](const char *prefix, bool typed) {
    return [prefix, typed](const std::string &t, size_t i) {
      return prefix + std::to_string(i) + (typed ? ": " + t : "");
    };
  };
  std::string types = "(" + list(operands, type) + ") -> (" + list(results, type) + ")";
  return "func.func @main(" + list(operands, named("%x", true)) + ") -> (" + list(results, type) +
         ") {\n  %r:" + std::to_string(results.size()) + " = ascend.kernel \"k\" <" + kind + "> (" +
         list(operands, named("%x", false)) + ") : " + types + " {\n  ^bb0(" +
         list(operands, named("%a", true)) + "):\n" + body + "  }\n  return " +
         list(results, named("%r#", false)) + " : " + list(results, type) + "\n}\n";
}

Floats pattern(int64_t n, int seed, int limit) {
  Floats values(static_cast<size_t>(n));
  int64_t span = 8 * limit + 1;
  for (int64_t i = 0; i < n; ++i)
    values[size_t(i)] = float((i * 37 + i / 7 * 5 + seed * 11) % span - 4 * limit) / 4;
  return values;
}

float roundToHalf(float value) { return fromHalfBytes(toHalfBytes({value}))[0]; }

} // namespace openatc::test
