//===- OptionReader.cpp - Option values, checked --------------------------===//
#include "OptionReader.h"

#include "openatc/Compiler/OptionTable.h"

#include <algorithm>
#include <cctype>

namespace openatc::compiler {
namespace {

constexpr std::string_view truths = "1|t|true|y|yes", untruths = "0|f|false|n|no";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool isNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "a|b|c" as "a, b or c".
std::string listed(std::string_view words) {
  std::string list(words);
  size_t last = list.rfind('|');
  if (last != std::string::npos)
    list.replace(last, 1, " or ");
  for (size_t at; (at = list.find('|')) != std::string::npos;)
    list.replace(at, 1, ", ");
  return list;
}

} // namespace

bool isAmong(std::string_view value, std::string_view words) {
  while (!words.empty()) {
    size_t end = words.find('|');
    if (words.substr(0, end) == value)
      return true;
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return false;
}

OptionReader::OptionReader(const OptionValues &given, Messages &messages)
    : messages(messages), given(given) {
  for (const OptionInfo &option : optionTable())
    if (auto it = given.find(option.name); it != given.end() && check(option, it->second))
      legal.insert(*it);
}

bool OptionReader::check(const OptionInfo &option, const std::string &value) {
  std::string name(option.name), parameter = "Value " + value + " for parameter --" + name;
  auto fail = [&](const char *code, const std::string &text, const std::string &solution) {
    messages.error({code, text, {}, "", solution});
    return false;
  };
  if (option.value.empty())
    return true;
  if (value.empty())
    return fail("E10004", "Value for --" + name + " is empty.",
                "Give a value or leave the option out.");
  std::string_view words = option.legal;
  if (words == "bool") {
    std::string small = lower(value);
    return isAmong(small, truths) || isAmong(small, untruths) ||
           fail("E10005", parameter + " is invalid. The value must be either true or false.", "");
  }
  if (words.starts_with("int")) {
    words.remove_prefix(words.starts_with("int:") ? 4 : 3);
    if (!isNumber(value))
      return fail("E10003",
                  parameter +
                      " is invalid. Reason: The value must be an integer of decimal digits.",
                  words.empty() ? "" : "Use " + listed(words) + ".");
  }
  if (words.empty() || isAmong(value, words))
    return true;
  std::string reason = " is invalid. Reason: The value must be " + listed(words) + ".";
  if (words == "0|1")
    return fail("E10006", parameter + " is invalid. The value must be either 1 or 0.", "");
  if (name == "log")
    return fail("E10010", parameter + reason, "");
  if (name == "framework")
    return fail("E10007", parameter + " is invalid. The value must be 5(ONNX).",
                "Convert Caffe (0), MindSpore (1) and TensorFlow (3) models to ONNX first.");
  return fail("E10001", parameter + reason, "");
}

const std::string *OptionReader::find(std::string_view name) const {
  auto it = legal.find(name);
  return it == legal.end() ? nullptr : &it->second;
}

std::string OptionReader::text(std::string_view name, std::string otherwise) const {
  const std::string *value = find(name);
  return value ? *value : otherwise;
}

std::string OptionReader::required(const std::string &name, const std::string &why) {
  if (!has(name))
    messages.error({"E10054",
                    "The required parameter --" + name + " for ATC is empty.",
                    {},
                    "The option is missing, or the value of another one is not enclosed in "
                    "quotation marks, so that the shell took a part of it away.",
                    why});
  return text(name);
}

int OptionReader::choice(std::string_view name, std::initializer_list<std::string_view> words,
                         int otherwise) const {
  const std::string *value = find(name);
  auto at = value ? std::find(words.begin(), words.end(), *value) : words.end();
  return at == words.end() ? otherwise : int(at - words.begin());
}

bool OptionReader::flag(std::string_view name, bool otherwise) const {
  const std::string *value = find(name);
  return value ? isAmong(lower(*value), truths) : otherwise;
}

void OptionReader::exclude(const std::string &first, const std::string &second) {
  if (has(first) && has(second))
    messages.error({"E10047",
                    "--" + first + " and --" + second + " are mutually exclusive.",
                    {},
                    "",
                    "Leave one of them out."});
}

void OptionReader::judge() {
  for (const OptionInfo &option : optionTable()) {
    const std::string *value = find(option.name);
    if (!value || option.status == OptionStatus::Used || isAmong(*value, option.neutral))
      continue;
    std::string name(option.name), why(option.text);
    if (option.status == OptionStatus::Ignored)
      messages.warn("WARNING: Option " + name + " has no effect: " + why + ".");
    else
      messages.error({"E10055",
                      "The parameter --" + name + " with value " + *value +
                          " is not supported. Reason: " + why + ".",
                      {},
                      "",
                      "Leave the option out; 'atc --help' lists all supported options."});
  }
}

} // namespace openatc::compiler
