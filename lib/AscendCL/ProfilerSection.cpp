//===- ProfilerSection.cpp - The "profiler" section of a configuration ----===//

#include "Profiler.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace openatc::acl {

using nlohmann::json;

namespace {

constexpr std::string_view kMetrics[] = {"",
                                         "ArithmeticUtilization",
                                         "PipeUtilization",
                                         "Memory",
                                         "MemoryL0",
                                         "MemoryUB",
                                         "ResourceConflictRatio",
                                         "L2Cache",
                                         "PipelineExecuteUtilization",
                                         "MemoryAccess"};

/// Keys that turn a source of data on or off.
constexpr std::string_view kSwitches[] = {
    "switch",      "ascendcl", "acl_api", "runtime_api", "task_trace", "training_trace",
    "task_memory", "aicpu",    "l2",      "hccl",        "msproftx",   "op_attr"};

template <size_t N> bool isOneOf(const std::string &word, const std::string_view (&words)[N]) {
  return std::find(words, words + N, word) != words + N;
}

} // namespace

Expected<ProfilerSection> parseProfilerSection(const json &section) {
  if (!section.is_object())
    return Status::error("the section 'profiler' is not an object");
  ProfilerSection out;
  for (const auto &[key, value] : section.items()) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    auto fail = [&, key = key](const std::string &wanted) {
      return Status::error("'" + key + "' of 'profiler' is '" + text + "'; it must be " + wanted);
    };
    if (isOneOf(key, kSwitches)) {
      if (text != "on" && text != "off")
        return fail("on or off");
      if (key == "switch")
        out.on = text == "on";
    } else if (key == "output") {
      if (!value.is_string() || text.empty())
        return fail("a directory");
      out.output = text;
    } else if (key == "aic_metrics") {
      if (!value.is_string() || !isOneOf(text, kMetrics)) {
        std::string names;
        for (std::string_view name : kMetrics)
          if (!name.empty())
            names += (names.empty() ? "" : ", ") + std::string(name);
        return fail("one of " + names);
      }
      out.pipes = !text.empty();
    } else if (key == "task_time") {
      if (text != "on" && text != "off" && text != "l0" && text != "l1")
        return fail("on, off, l0 or l1");
    } else {
      out.withoutEffect.push_back(key);
    }
  }
  return out;
}

} // namespace openatc::acl
