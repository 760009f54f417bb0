//===- Command.cpp - Subcommands and their arguments ----------------------===//

#include "Command.h"

#include <algorithm>
#include <charconv>

namespace openatc::tool {

std::string Arguments::value(std::string_view name, std::string otherwise) const {
  auto at = options.find(name);
  return at == options.end() || at->second.empty() ? otherwise : at->second.back();
}

Result parseArguments(const Command &command, const std::vector<std::string> &words,
                      Arguments &out) {
  auto hint = " (see om " + std::string(command.name) + " --help)";
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string &word = words[i];
    if (!word.starts_with("--") || word == "--") {
      out.positional.push_back(word);
      continue;
    }
    size_t equals = word.find('=');
    std::string name = word.substr(0, equals);
    auto spec = std::find_if(command.options.begin(), command.options.end(),
                             [&](const OptionSpec &s) { return s.name == name; });
    if (spec == command.options.end())
      return usageError("unknown option '" + name + "'" + hint);
    std::vector<std::string> &values = out.options[name];
    bool inlineValue = equals != std::string::npos;
    if (inlineValue && spec->arity != OptionSpec::Flag)
      values.push_back(word.substr(equals + 1));
    else if (inlineValue)
      return usageError("option '" + name + "' takes no value" + hint);
    else if (spec->arity == OptionSpec::One && i + 1 < words.size())
      values.push_back(words[++i]);
    if (spec->arity == OptionSpec::Many)
      while (i + 1 < words.size() && !words[i + 1].starts_with("--"))
        values.push_back(words[++i]);
    if (spec->arity == OptionSpec::One && values.empty())
      return usageError("option '" + name + "' needs a value" + hint);
  }
  if (out.positional.size() < command.positionals) {
    std::string_view missing = command.positionals == 1
                                   ? "no offline model given"
                                   : "an ONNX model and an offline model are needed";
    return usageError(std::string(command.missing.empty() ? missing : command.missing) + hint);
  }
  if (out.positional.size() > command.positionals)
    return usageError("unexpected argument '" + out.positional[command.positionals] + "'" + hint);
  return std::nullopt;
}

Result numberOption(const Arguments &arguments, std::string_view name, uint64_t low, uint64_t high,
                    uint64_t otherwise, uint64_t &out) {
  out = otherwise;
  if (!arguments.has(name))
    return std::nullopt;
  std::string text = arguments.value(name);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < low || out > high)
    return usageError("option '" + std::string(name) + "' needs a number from " +
                      std::to_string(low) + " to " + std::to_string(high) + ", not '" + text + "'");
  return std::nullopt;
}

} // namespace openatc::tool
