//===- DumpConfig.cpp - The "dump" section of a configuration -------------===//

#include "DumpConfig.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include <unistd.h>

namespace openatc::acl {

using nlohmann::json;

namespace {

using Words = std::vector<std::string_view>;

std::string listed(const Words &words) {
  std::string out;
  for (std::string_view word : words)
    out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

class Parser {
public:
  explicit Parser(const json &section) : section(section) {}

  Expected<DumpConfig> run() {
    if (!section.is_object())
      return Status::error("the section 'dump' is not an object");
    OPENATC_TRY(checkKeys());
    std::string mode, data, level, debug, opSwitch, scene;
    OPENATC_TRY(word("dump_mode", {"output", "input", "all"}, "output", mode));
    OPENATC_TRY(word("dump_data", {"tensor", "stats"}, "tensor", data));
    OPENATC_TRY(word("dump_level", {"op", "kernel", "all"}, "all", level));
    OPENATC_TRY(word("dump_debug", {"on", "off"}, "off", debug));
    OPENATC_TRY(word("dump_op_switch", {"on", "off"}, "off", opSwitch));
    OPENATC_TRY(word("dump_scene",
                     {"aic_err_brief_dump", "aic_err_norm_dump", "aic_err_detail_dump",
                      "lite_exception", "watcher"},
                     "", scene));
    config.inputs = mode != "output";
    config.outputs = mode != "input";
    config.statistics = data == "stats";
    OPENATC_TRY(readSteps());
    OPENATC_TRY(readStatistics());
    OPENATC_TRY(readKernelData());
    OPENATC_TRY(readList(opSwitch == "on", debug == "on" || !scene.empty()));
    if (scene == "watcher")
      return Status::error("'dump_scene' watcher is not supported: a kernel cannot write over a "
                           "tensor of another one unnoticed, the simulator checks all accesses");
    if (debug == "on" || !scene.empty())
      OPENATC_TRY(readOccasion(debug == "on", scene));
    return readPath(scene);
  }

private:
  static const Words &knownKeys() {
    static const Words keys = {"dump_path", "dump_list",  "dump_mode",       "dump_op_switch",
                               "dump_data", "dump_level", "dump_debug",      "dump_scene",
                               "dump_step", "dump_stats", "dump_kernel_data"};
    return keys;
  }

  Status checkKeys() {
    for (const auto &[key, value] : section.items())
      if (std::find(knownKeys().begin(), knownKeys().end(), key) == knownKeys().end())
        return Status::error("the key '" + key + "' of 'dump' is unknown; there are " +
                             listed(knownKeys()));
    return Status::success();
  }

  /// The text of a key, one of `allowed`.
  Status word(const char *key, const Words &allowed, const char *otherwise, std::string &out) {
    out = otherwise;
    auto at = section.find(key);
    if (at == section.end())
      return Status::success();
    out = at->is_string() ? at->get<std::string>() : at->dump();
    if (!at->is_string() || std::find(allowed.begin(), allowed.end(), out) == allowed.end())
      return Status::error("'" + std::string(key) + "' is '" + out + "'; it must be one of " +
                           listed(allowed));
    return Status::success();
  }

  /// "0|3-5|10": iterations and ranges of them.
  Status readSteps() {
    auto at = section.find("dump_step");
    if (at == section.end())
      return Status::success();
    std::string text = at->is_string() ? at->get<std::string>() : at->dump();
    auto fail = [&] {
      return Status::error("'dump_step' is '" + text +
                           "'; it must be iterations and ascending ranges such as 0|3-5|10");
    };
    const char *p = text.data(), *end = p + text.size();
    while (true) {
      std::pair<uint64_t, uint64_t> range;
      auto first = std::from_chars(p, end, range.first);
      if (first.ec != std::errc())
        return fail();
      range.second = range.first;
      p = first.ptr;
      if (p != end && *p == '-') {
        auto second = std::from_chars(p + 1, end, range.second);
        if (second.ec != std::errc() || range.second < range.first)
          return fail();
        p = second.ptr;
      }
      config.steps.push_back(range);
      if (p == end)
        return Status::success();
      if (*p++ != '|' || config.steps.size() > 100)
        return fail();
    }
  }

  Status readStatistics() {
    auto at = section.find("dump_stats");
    if (at == section.end())
      return Status::success();
    static const Words known = {"Max",          "Min",          "Avg",   "Nan",
                                "Negative Inf", "Positive Inf", "L2norm"};
    if (!config.statistics)
      return Status::error("'dump_stats' needs 'dump_data' to be stats");
    if (!at->is_array() || at->empty())
      return Status::error("'dump_stats' must be a list of " + listed(known));
    for (const json &name : *at)
      if (!name.is_string() ||
          std::find(known.begin(), known.end(), name.get<std::string>()) == known.end())
        return Status::error("'dump_stats' has " + name.dump() + "; there are " + listed(known));
    config.withoutEffect.push_back("dump_stats"); // all of them are written
    return Status::success();
  }

  Status readKernelData() {
    auto at = section.find("dump_kernel_data");
    if (at == section.end())
      return Status::success();
    static const Words known = {"all", "printf", "tensor", "assert", "timestamp"};
    std::string text = at->is_string() ? at->get<std::string>() + "," : "";
    for (size_t begin = 0, comma; (comma = text.find(',', begin)) != std::string::npos;
         begin = comma + 1)
      if (std::find(known.begin(), known.end(), text.substr(begin, comma - begin)) == known.end())
        text.clear();
    if (text.empty())
      return Status::error("'dump_kernel_data' is " + at->dump() +
                           "; it must be a list with commas of " + listed(known));
    config.withoutEffect.push_back("dump_kernel_data");
    return Status::success();
  }

  Status readList(bool singleOps, bool other) {
    auto at = section.find("dump_list");
    if (at == section.end()) {
      if (singleOps || other || section.contains("dump_kernel_data"))
        return Status::success();
      return Status::error("'dump_list' is missing; [{}] dumps every layer of every model");
    }
    if (!at->is_array())
      return Status::error("'dump_list' is not a list");
    if (at->empty() && !singleOps && !other)
      return Status::error("'dump_list' is empty and 'dump_op_switch' is off, so that nothing "
                           "would be dumped; [{}] dumps every layer of every model");
    std::set<std::string> names;
    for (const json &entry : *at) {
      OPENATC_TRY(readEntry(entry));
      const std::string &model = config.list.back().model;
      if (!model.empty() && !names.insert(model).second)
        return Status::error("'dump_list' names the model '" + model + "' twice");
    }
    return Status::success();
  }

  Status readEntry(const json &entry) {
    if (!entry.is_object())
      return Status::error("'dump_list' has the entry " + entry.dump() + ", which is no object");
    DumpConfig::Entry out;
    for (const auto &[key, value] : entry.items()) {
      if (key == "model_name" && value.is_string()) {
        out.model = value.get<std::string>();
      } else if (key == "layer" && value.is_array()) {
        for (const json &layer : value) {
          if (!layer.is_string())
            return Status::error("'layer' has " + layer.dump() + ", which is no name");
          out.layers.insert(layer.get<std::string>());
        }
      } else if (key == "model_name" || key == "layer") {
        return Status::error("'" + key + "' in 'dump_list' is " + value.dump() +
                             (key == "layer" ? "; it must be a list" : "; it must be a name"));
      } else {
        return Status::error("the key '" + key +
                             "' in 'dump_list' is not supported; there are model_name and layer");
      }
    }
    config.list.push_back(std::move(out));
    return Status::success();
  }

  Status readOccasion(bool overflow, const std::string &scene) {
    const char *key = overflow ? "dump_debug" : "dump_scene";
    if (overflow && !scene.empty())
      return Status::error("'dump_debug' and 'dump_scene' exclude each other");
    if (section.contains("dump_list") || section.value("dump_op_switch", "off") == "on")
      return Status::error(std::string("'") + key +
                           "' excludes 'dump_list' and 'dump_op_switch': only one kind of dump at "
                           "a time");
    config.when = overflow ? DumpConfig::When::Overflow : DumpConfig::When::Failure;
    config.inputs = config.outputs = true;
    config.list = {{}};
    return Status::success();
  }

  Expected<DumpConfig> readPath(const std::string &scene) {
    auto at = section.find("dump_path");
    if (at == section.end() && !scene.empty()) {
      config.path = ".";
      return config;
    }
    if (at == section.end())
      return Status::error("'dump_path' is missing");
    if (!at->is_string() || at->get<std::string>().empty())
      return Status::error("'dump_path' is " + at->dump() + "; it must be a directory");
    config.path = at->get<std::string>();
    std::error_code code;
    if (!std::filesystem::is_directory(config.path, code))
      return Status::error("'dump_path' is '" + config.path +
                           "', which is no directory; make it before the application starts");
    if (::access(config.path.c_str(), W_OK | X_OK) != 0)
      return Status::error("'dump_path' is '" + config.path + "', which cannot be written to");
    return config;
  }

  const json &section;
  DumpConfig config;
};

} // namespace

const DumpConfig::Entry *DumpConfig::entryFor(const std::string &modelName,
                                              const std::string &fileName) const {
  std::string stem = std::filesystem::path(fileName).stem().string();
  const Entry *general = nullptr;
  for (const Entry &entry : list) {
    if (entry.model.empty())
      general = &entry;
    else if (entry.model == modelName || entry.model == stem)
      return &entry;
  }
  return general;
}

bool DumpConfig::includes(uint64_t iteration) const {
  return steps.empty() || std::any_of(steps.begin(), steps.end(), [&](const auto &range) {
           return iteration >= range.first && iteration <= range.second;
         });
}

Expected<DumpConfig> parseDumpConfig(const json &section) { return Parser(section).run(); }

} // namespace openatc::acl
