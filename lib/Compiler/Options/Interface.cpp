//===- Interface.cpp - Nodes and types at a model's borders -----------------===//
#include "Interface.h"
#include "ValueLists.h"

#include <algorithm>
#include <utility>

namespace openatc::compiler {
namespace {

constexpr std::pair<std::string_view, DType> types[] = {
    {"FP32", DType::F32},   {"FP16", DType::F16},  {"UINT8", DType::U8},   {"INT8", DType::I8},
    {"UINT16", DType::U16}, {"INT16", DType::I16}, {"UINT32", DType::U32}, {"INT32", DType::I32},
    {"UINT64", DType::U64}, {"INT64", DType::I64}, {"DOUBLE", DType::F64},
};

std::string legalTypes() {
  std::string list;
  for (const auto &[name, type] : types)
    list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

/// The type called `word`; E10001 with the option's whole value otherwise.
std::optional<DType> typeOf(std::string_view word, const std::string &value, Messages &messages) {
  for (const auto &[name, type] : types)
    if (name == word)
      return type;
  bool eightBits = word == "HIF8" || word == "FP8E5M2" || word == "FP8E4M3FN";
  messages.error(invalidValue("output_type", value,
                              eightBits ? "No supported chip has the type " + std::string(word) +
                                              "; the type must be one of " + legalTypes() + "."
                                        : "The type must be one of " + legalTypes() + ".",
                              "Write --output_type=FP32 for all outputs, or node:0:FP16;... for "
                              "outputs of --out_nodes."));
  return std::nullopt;
}

void readOutputTypes(const std::string &value, CompileOptions &options, Messages &messages) {
  if (value.find(':') == std::string::npos) {
    options.outputType = typeOf(value, value, messages);
    return;
  }
  if (options.outNodes.empty())
    messages.error(invalidValue("output_type", value,
                                "Types of single outputs need the outputs in --out_nodes.",
                                "Give --out_nodes, or one type for all outputs."));
  for (const std::string &entry : splitList(value, ';')) {
    size_t second = entry.rfind(':');
    size_t first = second == std::string::npos || second == 0 ? std::string::npos
                                                              : entry.rfind(':', second - 1);
    if (first == std::string::npos || first == 0 || first + 1 == second) {
      messages.error(invalidValue("output_type", entry,
                                  "An entry has the form node:index:type, e.g. Conv_0:0:FP16.",
                                  "Separate entries with ';' inside quotes."));
      continue;
    }
    std::string output = entry.substr(0, second);
    auto known = [&](const NodeOutputType &type) { return type.output == output; };
    if (std::any_of(options.outputTypes.begin(), options.outputTypes.end(), known))
      messages.error(invalidValue("output_type", entry, "Output " + output + " is given twice."));
    else if (auto type = typeOf(std::string_view(entry).substr(second + 1), entry, messages))
      options.outputTypes.push_back({output, *type});
  }
}

/// --is_input_adjust_hw_layout and its sister: one truth for each of `names`, all of them
/// false as there are only row-major inputs and outputs.
void checkLayouts(OptionReader &reader, const char *name, const char *namesOption,
                  const std::vector<std::string> &names) {
  const std::string *value = reader.find(name);
  if (!value)
    return;
  std::vector<std::string> words = splitList(*value, ',');
  for (const std::string &word : words)
    if (word != "true" && word != "false") {
      reader.messages.error(invalidValue(name, *value, "'" + word + "' is neither true nor false.",
                                         "Write true or false for each name, separated by ','."));
      return;
    }
  if (words.size() != names.size()) {
    reader.messages.error(invalidValue(
        name, *value,
        "It has " + std::to_string(words.size()) + " entries, --" + namesOption + " has " +
            std::to_string(names.size()) + ".",
        "Write one of true and false for each entry of --" + std::string(namesOption) + "."));
    return;
  }
  if (std::find(words.begin(), words.end(), "true") != words.end())
    reader.messages.error({"E10055",
                           "The parameter --" + std::string(name) + " with value " + *value +
                               " is not supported. Reason: applications pass and get row-major "
                               "tensors, not NC1HWC0.",
                           {},
                           "",
                           "Leave the option out; the compiler changes layouts on the NPU."});
}

} // namespace

void readInterface(OptionReader &reader, CompileOptions &options) {
  for (auto [name, list] : {std::pair("out_nodes", &options.outNodes),
                            std::pair("input_fp16_nodes", &options.inputFp16Nodes)})
    if (const std::string *value = reader.find(name)) {
      *list = splitList(*value, ';');
      if (list->empty())
        reader.messages.error(invalidValue(name, *value, "It names nothing.",
                                           "Separate names with ';' inside quotes."));
    }
  if (const std::string *value = reader.find("output_type"))
    readOutputTypes(*value, options, reader.messages);
  checkLayouts(reader, "is_input_adjust_hw_layout", "input_fp16_nodes", options.inputFp16Nodes);
  checkLayouts(reader, "is_output_adjust_hw_layout", "out_nodes", options.outNodes);
}

} // namespace openatc::compiler
