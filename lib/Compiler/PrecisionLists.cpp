//===- PrecisionLists.cpp - Exceptions from the precision mode --------------===//
#include "PrecisionLists.h"
#include "ImportMessages.h"
#include "NearestNames.h"
#include "OpTypes.h"
#include "Options/ValueLists.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <functional>
#include <set>

using llvm::StringRef;

namespace openatc::compiler {
namespace {

using graph::OpPrecision;
using graph::PrecisionRule;
using Change = std::function<void(OpPrecision &)>;

/// Applies lists to a policy in the order of their precedence.
class Lists {
public:
  Lists(const std::map<std::string, std::string> &operators, Messages &messages)
      : operators(operators), messages(messages) {}

  void readMixlist(const std::string &path);
  void chooseImplementation(const PrecisionOptions &options);
  void readOpPrecisionMode(const std::string &path);
  void readKeepDtype(const std::string &path);
  void readCustomizeDtypes(const std::string &path);

  graph::PrecisionPolicy policy;

private:
  /// The text of a file; nothing after an error.
  std::optional<std::string> contents(const std::string &path, const char *option);
  /// Calls `visit` with each line that is not empty or a comment.
  void eachLine(const std::string &path, const char *option,
                const std::function<void(StringRef)> &visit);
  /// An error about the current line.
  void lineError(const std::string &reason);
  void changeType(StringRef type, const Change &change);
  void changeNode(StringRef name, const Change &change);
  std::optional<PrecisionRule> ruleOfTypes(StringRef inputs, StringRef outputs, StringRef who,
                                           bool isType);
  bool isProduct(StringRef who, bool isType) const;

  const std::map<std::string, std::string> &operators;
  Messages &messages;
  std::string file;
  const char *option = "";
  unsigned line = 0;
  std::set<std::string> unknown; ///< names warned about
};

std::optional<std::string> Lists::contents(const std::string &path, const char *parameter) {
  file = path;
  option = parameter;
  line = 0;
  if (path.empty() || !checkReadable(path, parameter, messages))
    return std::nullopt;
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (buffer)
    return (*buffer)->getBuffer().str();
  messages.error(invalidValue(parameter, path, buffer.getError().message() + "."));
  return std::nullopt;
}

void Lists::eachLine(const std::string &path, const char *parameter,
                     const std::function<void(StringRef)> &visit) {
  std::optional<std::string> text = contents(path, parameter);
  if (!text)
    return;
  llvm::SmallVector<StringRef> lines;
  StringRef(*text).split(lines, '\n');
  for (StringRef each : lines) {
    ++line;
    each = each.trim();
    if (!each.empty() && !each.starts_with("#"))
      visit(each);
  }
}

void Lists::lineError(const std::string &reason) {
  messages.error(invalidValue(option, file, "Line " + std::to_string(line) + ": " + reason,
                              "Correct the line or take it out."));
}

void Lists::changeType(StringRef name, const Change &change) {
  OpType type = findOpType(name);
  bool any = type.known;
  for (const auto &[node, onnx] : operators)
    if (llvm::is_contained(type.onnx, onnx)) {
      change(policy.nodes[node]);
      any = true;
    }
  if (!type.fused.empty())
    change(policy.ops[type.fused]);
  if (!any && unknown.insert(name.str()).second)
    messages.warn("WARNING: Option " + std::string(option) + " names the operator type " +
                  name.str() + ", which is neither known nor in the model.");
}

void Lists::changeNode(StringRef name, const Change &change) {
  if (operators.count(name.str()))
    return change(policy.nodes[name.str()]);
  if (!unknown.insert(name.str()).second)
    return;
  std::vector<std::string> names;
  for (const auto &[node, onnx] : operators)
    names.push_back(node);
  std::vector<std::string> sorted = nearestFirst(name, names);
  messages.warn("WARNING: Option " + std::string(option) + " names the node " + name.str() +
                ", which the model does not have" +
                (sorted.empty() ? "." : "; the nearest one is " + sorted.front() + "."));
}

//===----------------------------------------------------------------------===//
// --modify_mixlist, --op_select_implmode
//===----------------------------------------------------------------------===//

/// The strings of `list` in `object`; false when it is something else.
bool readNames(const llvm::json::Object &object, StringRef list, std::vector<std::string> &names) {
  const llvm::json::Value *value = object.get(list);
  if (!value)
    return true;
  const llvm::json::Array *array = value->getAsArray();
  for (size_t i = 0; array && i < array->size(); ++i) {
    std::optional<StringRef> name = (*array)[i].getAsString();
    if (!name)
      return false;
    names.push_back(name->str());
  }
  return array;
}

void Lists::readMixlist(const std::string &path) {
  std::optional<std::string> text = contents(path, "modify_mixlist");
  if (!text)
    return;
  auto fail = [&](const std::string &reason) {
    messages.error(
        {"E10032",
         "Failed to parse file " + path + " of --modify_mixlist. Reason: " + reason + ".",
         {},
         "",
         "Write {\"black-list\": {\"to-add\": [\"Add\"], \"to-remove\": []}, "
         "\"white-list\": {...}}."});
  };
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(*text);
  if (!json)
    return fail(llvm::toString(json.takeError()));
  const llvm::json::Object *root = json->getAsObject();
  if (!root)
    return fail("the file holds no object");
  std::vector<std::string> black, white, removed;
  for (const auto &[key, value] : *root) {
    StringRef list = key;
    const llvm::json::Object *lists = value.getAsObject();
    if (list != "black-list" && list != "white-list" && list != "gray-list")
      return fail("'" + list.str() + "' is no list");
    std::vector<std::string> &added = list == "black-list"   ? black
                                      : list == "white-list" ? white
                                                             : removed;
    if (!lists || !readNames(*lists, "to-add", added) || !readNames(*lists, "to-remove", removed))
      return fail("'" + list.str() + "' is not made of the lists 'to-add' and 'to-remove'");
  }
  for (const std::string &type : black)
    if (llvm::is_contained(white, type))
      return fail("'" + type + "' is added to both lists");
  auto apply = [&](const std::vector<std::string> &types, PrecisionRule rule) {
    for (const std::string &type : types)
      changeType(type, [&](OpPrecision &precision) { precision.rule = rule; });
  };
  apply(removed, PrecisionRule::Follow);
  apply(white, PrecisionRule::Half);
  apply(black, PrecisionRule::PreferSingle);
}

void Lists::chooseImplementation(const PrecisionOptions &options) {
  option = "optypelist_for_implmode";
  policy.precise = options.highPrecision && options.implTypes.empty();
  for (const std::string &type : options.implTypes)
    changeType(type, [&](OpPrecision &precision) { precision.precise = options.highPrecision; });
}

//===----------------------------------------------------------------------===//
// Files of lines
//===----------------------------------------------------------------------===//

void Lists::readOpPrecisionMode(const std::string &path) {
  bool byNode = false;
  std::vector<std::pair<std::string, Change>> nodes;
  eachLine(path, "op_precision_mode", [&](StringRef text) {
    if (text.starts_with(";"))
      return;
    if (text.starts_with("[")) {
      byNode = text.equals_insensitive("[ByNodeName]");
      if (!byNode && !text.equals_insensitive("[ByOpType]"))
        lineError("a section is [ByOpType] or [ByNodeName].");
      return;
    }
    auto [name, mode] = text.rsplit('=');
    name = name.trim();
    mode = mode.trim();
    Change change;
    if (mode == "high_precision" || mode == "high_performance" || mode == "super_performance")
      change = [precise = mode == "high_precision"](OpPrecision &p) { p.precise = precise; };
    else if (mode == "keep_fp16")
      change = [](OpPrecision &p) { p.rule = PrecisionRule::Half; };
    else if (mode == "enable_float_32_execution")
      change = [](OpPrecision &p) { p.rule = PrecisionRule::KeepSingle; };
    else if (mode == "enable_hi_float_32_execution" || mode == "support_out_of_bound_index")
      return messages.warn("WARNING: Mode " + mode.str() + " of " + name.str() +
                           " in --op_precision_mode has no effect: no kernel has such a form.");
    else
      return lineError("'" + text.str() +
                       "' is not <name>=high_precision, high_performance, super_performance, "
                       "keep_fp16 or enable_float_32_execution.");
    if (byNode)
      nodes.emplace_back(name.str(), change);
    else
      changeType(name, change);
  });
  for (const auto &[name, change] : nodes)
    changeNode(name, change);
}

void Lists::readKeepDtype(const std::string &path) {
  auto keep = [](OpPrecision &precision) { precision.rule = PrecisionRule::KeepSingle; };
  eachLine(path, "keep_dtype", [&](StringRef text) {
    if (text.consume_front("OpType::"))
      changeType(text.trim(), keep);
    else
      changeNode(text, keep);
  });
}

bool Lists::isProduct(StringRef who, bool isType) const {
  auto known = [](StringRef onnx) {
    return onnx == "Conv" || onnx == "ConvTranspose" || onnx == "MatMul" || onnx == "Gemm";
  };
  if (isType)
    return llvm::all_of(findOpType(who).onnx, known);
  auto found = operators.find(who.str());
  return found != operators.end() && known(found->second);
}

std::optional<PrecisionRule> Lists::ruleOfTypes(StringRef inputs, StringRef outputs, StringRef who,
                                                bool isType) {
  std::optional<bool> half[2];
  for (auto [list, result] : {std::pair(inputs, &half[0]), std::pair(outputs, &half[1])})
    for (const std::string &type : splitList(list, ',')) {
      if (type == "bfloat16" || type == "bf16" || StringRef(type).starts_with("hif")) {
        lineError("no supported chip computes in " + type + ".");
        return std::nullopt;
      }
      bool isHalf = type == "float16" || type == "fp16";
      if (!isHalf && type != "float32" && type != "float" && type != "fp32")
        continue; // whole numbers stay what they are
      if (result->value_or(isHalf) != isHalf) {
        lineError("all floating-point inputs, and all outputs, have one type.");
        return std::nullopt;
      }
      *result = isHalf;
    }
  if (!half[0] && !half[1]) {
    lineError("neither float16 nor float32 is named.");
    return std::nullopt;
  }
  bool in = half[0] ? *half[0] : *half[1], out = half[1] ? *half[1] : *half[0];
  if (!in)
    return PrecisionRule::KeepSingle; // f32 results are rounded where f16 is taken
  if (out)
    return PrecisionRule::Half;
  if (isProduct(who, isType))
    return PrecisionRule::CubeSingle;
  lineError("only convolutions and matrix products take float16 and give float32.");
  return std::nullopt;
}

void Lists::readCustomizeDtypes(const std::string &path) {
  std::vector<std::pair<std::string, Change>> nodes;
  eachLine(path, "customize_dtypes", [&](StringRef text) {
    bool isType = text.consume_front("OpType::");
    size_t input = text.rfind(":InputDtype:"), output = text.rfind("OutputDtype:");
    if (input == StringRef::npos || (output != StringRef::npos && output < input))
      return lineError("the form is <node>::InputDtype:float16,...,OutputDtype:float32,... or "
                       "OpType::<type>:InputDtype:...");
    StringRef who = text.take_front(input).rtrim(':').trim();
    StringRef inputs = text.slice(input, output).drop_front(StringRef(":InputDtype:").size());
    StringRef outputs =
        output == StringRef::npos ? "" : text.drop_front(output + StringRef("OutputDtype:").size());
    std::optional<PrecisionRule> rule = ruleOfTypes(inputs, outputs, who, isType);
    if (!rule)
      return;
    Change change = [rule](OpPrecision &precision) { precision.rule = *rule; };
    if (isType)
      changeType(who, change);
    else
      nodes.emplace_back(who.str(), change);
  });
  for (const auto &[name, change] : nodes)
    changeNode(name, change);
}

} // namespace

graph::PrecisionPolicy readPrecisionPolicy(const PrecisionOptions &options,
                                           const std::map<std::string, std::string> &operators,
                                           Messages &messages) {
  Lists lists(operators, messages);
  lists.readMixlist(options.modifyMixlist);
  lists.chooseImplementation(options);
  lists.readOpPrecisionMode(options.opPrecisionMode);
  lists.readKeepDtype(options.keepDtype);
  lists.readCustomizeDtypes(options.customizeDtypes);
  return std::move(lists.policy);
}

} // namespace openatc::compiler
