//===- Config.cpp - The configuration file of aclInit ---------------------===//

#include "Config.h"
#include "ConfigSections.h"
#include "Error.h"
#include "ObservedRun.h"
#include "State.h"

#include "openatc/Runtime/Npy.h"

#include <charconv>
#include <cstdio>
#include <span>

namespace openatc::acl {

namespace {

using nlohmann::json;

constexpr int kMaxDepth = 10;

/// Sections that started; ended in reverse.
std::vector<const ConfigSection *> &started() {
  static auto *instance = new std::vector<const ConfigSection *>;
  return *instance;
}

/// The number that a string (as documented) or a JSON number holds; nothing otherwise.
std::optional<uint64_t> numberOf(const json &value) {
  if (value.is_number_unsigned())
    return value.get<uint64_t>();
  if (!value.is_string())
    return std::nullopt;
  const auto &text = value.get_ref<const std::string &>();
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return number;
}

aclError readErrorMode(const json &value, Config &config, std::string &why) {
  std::optional<uint64_t> mode = numberOf(value);
  if (!mode || *mode > 1) {
    why = "err_msg_mode is " + value.dump() +
          R"(; it is "0" (texts per thread) or "1" (one text )"
          "for the process)";
    return ACL_ERROR_INVALID_PARAM;
  }
  config.sharedErrorTexts = *mode == 1;
  return ACL_SUCCESS;
}

aclError readMaxQueue(const json &value, Config &config, std::string &why) {
  std::optional<uint64_t> number = numberOf(value);
  if (!number || *number == 0) {
    why = "max_opqueue_num is " + value.dump() + "; it is a positive number in quotes";
    return ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG;
  }
  config.maxOpQueue = *number;
  return ACL_SUCCESS;
}

aclError readDefaultDevice(const json &value, Config &config, std::string &why) {
  if (!value.is_object() || !value.contains("default_device")) {
    why = R"(defaultDevice has no key "default_device")";
    return ACL_ERROR_INVALID_PARAM;
  }
  Expected<int32_t> count = deviceCount();
  std::optional<uint64_t> id = numberOf(value["default_device"]);
  if (!count || !id || *id >= uint64_t(*count)) {
    why = "defaultDevice.default_device is " + value["default_device"].dump() +
          "; it is the number of a device in quotes" +
          (count ? ", 0 to " + std::to_string(*count - 1) : "");
    return ACL_ERROR_RT_INVALID_DEVICEID;
  }
  config.defaultDevice = int32_t(*id);
  return ACL_SUCCESS;
}

/// Keys that are read here.
struct Key {
  const char *name;
  aclError (*read)(const json &value, Config &config, std::string &why);
};
constexpr Key kKeys[] = {{"err_msg_mode", readErrorMode},
                         {"max_opqueue_num", readMaxQueue},
                         {"defaultDevice", readDefaultDevice}};

/// Deepest nesting of brackets in JSON text, which need not be correct otherwise.
int depthOf(std::span<const uint8_t> text) {
  int depth = 0, deepest = 0;
  bool quoted = false, escaped = false;
  for (uint8_t c : text) {
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

aclError readEntry(const std::string &key, const json &value, Config &config,
                   std::vector<const ConfigSection *> &read, std::string &why) {
  for (const Key &known : kKeys)
    if (key == known.name)
      return known.read(value, config, why);
  for (const ConfigSection &section : observerSections())
    if (key == section.key) {
      read.push_back(&section);
      return section.read(value, why);
    }
  // CANN ignores keys that it does not know, too, but silently.
  std::fprintf(stderr, "[WARNING] aclInit: the key '%s' of the configuration has no effect\n",
               key.c_str());
  return ACL_SUCCESS;
}

} // namespace

aclError readConfig(const char *function, const char *path, Config &config) {
  Expected<std::vector<uint8_t>> text = rt::readBinary(path);
  if (!text)
    return fail(ACL_ERROR_INVALID_FILE, function, text.message());
  if (text->empty())
    return ACL_SUCCESS;
  std::string named = std::string("the configuration '") + path + "' ";
  if (int depth = depthOf(*text); depth > kMaxDepth)
    return fail(ACL_ERROR_PARSE_FILE, function,
                named + "is nested " + std::to_string(depth) + " deep; " +
                    std::to_string(kMaxDepth) + " is the limit");
  json parsed = json::parse(text->begin(), text->end(), nullptr, false);
  if (!parsed.is_object())
    return fail(ACL_ERROR_PARSE_FILE, function, named + "is not a JSON object");
  std::vector<const ConfigSection *> read;
  for (const auto &[key, value] : parsed.items()) {
    std::string why;
    if (aclError code = readEntry(key, value, config, read, why); code != ACL_SUCCESS) {
      for (const ConfigSection *section : read)
        section->end();
      return fail(code, function, named + "cannot be used: " + why);
    }
  }
  for (const ConfigSection *section : read) {
    section->start();
    started().push_back(section);
  }
  return ACL_SUCCESS;
}

void endConfig() {
  while (!started().empty()) {
    started().back()->end();
    started().pop_back();
  }
}

} // namespace openatc::acl
