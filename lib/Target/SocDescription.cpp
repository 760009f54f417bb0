//===- SocDescription.cpp - Reading and writing description files ---------===//

#include "openatc/Target/SocDescription.h"

#include "BuiltinSocs.h"

#include <charconv>
#include <cmath>
#include <set>

namespace openatc {
namespace {

/// One key of the file and where its value goes; exactly one pointer is set.
struct Field {
  const char *section;
  const char *key;
  std::string SocDescription::*text = nullptr;
  int64_t SocDescription::*integer = nullptr;
  double SocDescription::*real = nullptr;
  bool optional = false; ///< absent and not written when it has the default
};

Field textField(const char *section, const char *key, std::string SocDescription::*p) {
  return {section, key, p, nullptr, nullptr, false};
}
Field intField(const char *section, const char *key, int64_t SocDescription::*p) {
  return {section, key, nullptr, p, nullptr, false};
}
Field optionalField(const char *section, const char *key, int64_t SocDescription::*p) {
  return {section, key, nullptr, p, nullptr, true};
}
Field realField(const char *section, const char *key, double SocDescription::*p) {
  return {section, key, nullptr, nullptr, p, false};
}

/// All keys in the order printSoc writes them.
const std::vector<Field> &fields() {
  using S = SocDescription;
  static const std::vector<Field> table = {
      textField("soc", "name", &S::name),
      textField("soc", "arch", &S::arch),
      intField("soc", "ai_cores", &S::aiCores),
      intField("soc", "clock_mhz", &S::clockMHz),
      intField("memory", "l1_size", &S::l1Size),
      intField("memory", "l0a_size", &S::l0aSize),
      intField("memory", "l0b_size", &S::l0bSize),
      intField("memory", "l0c_size", &S::l0cSize),
      intField("memory", "ub_size", &S::ubSize),
      intField("memory", "l2_size", &S::l2Size),
      intField("memory", "l2_line_bytes", &S::l2LineBytes),
      realField("memory", "dram_gb_per_s", &S::dramGBs),
      intField("rates", "ddr_read_rate", &S::ddrReadRate),
      intField("rates", "ddr_write_rate", &S::ddrWriteRate),
      intField("rates", "l2_read_rate", &S::l2ReadRate),
      intField("rates", "l2_write_rate", &S::l2WriteRate),
      intField("rates", "l1_to_l0a_rate", &S::l1ToL0aRate),
      intField("rates", "l1_to_l0b_rate", &S::l1ToL0bRate),
      intField("rates", "l1_to_ub_rate", &S::l1ToUbRate),
      intField("rates", "l0c_to_ub_rate", &S::l0cToUbRate),
      intField("rates", "ub_to_l1_rate", &S::ubToL1Rate),
      intField("rates", "ub_to_l2_rate", &S::ubToL2Rate),
      intField("rates", "ub_to_ddr_rate", &S::ubToDdrRate),
      realField("timing", "kernel_launch_us", &S::kernelLaunchUs),
      intField("timing", "event_ids", &S::eventIds),
      intField("timing", "queue_depth", &S::queueDepth),
      intField("timing", "mmad_head", &S::mmadHead),
      intField("timing", "mmad_latency", &S::mmadLatency),
      intField("timing", "load_head", &S::loadHead),
      intField("timing", "vector_head", &S::vectorHead),
      intField("timing", "vector_latency", &S::vectorLatency),
      intField("timing", "gm_read_latency", &S::gmReadLatency),
      intField("timing", "gm_write_latency", &S::gmWriteLatency),
      intField("timing", "dram_latency", &S::dramLatency),
      intField("timing", "gm_request_bytes", &S::gmRequestBytes),
      optionalField("aipp", "max_padded_width", &S::aippMaxPaddedWidth),
  };
  return table;
}

std::string_view trim(std::string_view s) {
  size_t b = s.find_first_not_of(" \t\r");
  if (b == std::string_view::npos)
    return {};
  return s.substr(b, s.find_last_not_of(" \t\r") - b + 1);
}

Status lineError(size_t line, const std::string &what) {
  return Status::error("SoC description, line " + std::to_string(line) + ": " + what);
}

/// Stores `value` in the field; the largest accepted number keeps all products
/// of the timing model inside 64 bits.
Status store(const Field &field, std::string_view value, size_t line, SocDescription &soc) {
  const std::string named = "'" + std::string(field.key) + "'";
  if (field.text) {
    if (value.empty())
      return lineError(line, named + " is empty");
    soc.*field.text = std::string(value);
    return Status::success();
  }
  const char *end = value.data() + value.size();
  if (field.integer) {
    int64_t v = 0;
    auto [p, ec] = std::from_chars(value.data(), end, v);
    if (ec != std::errc() || p != end || v <= 0 || v > (int64_t(1) << 40))
      return lineError(line,
                       named + " must be a positive integer, not '" + std::string(value) + "'");
    soc.*field.integer = v;
    return Status::success();
  }
  double v = 0;
  auto [p, ec] = std::from_chars(value.data(), end, v);
  if (ec != std::errc() || p != end || !(v > 0) || !(v < 1e9))
    return lineError(line, named + " must be a positive number, not '" + std::string(value) + "'");
  soc.*field.real = v;
  return Status::success();
}

/// Relations between values that the simulator relies on.
Status checkRelations(const SocDescription &soc) {
  auto powerOfTwo = [](int64_t v) { return (v & (v - 1)) == 0; };
  if (!powerOfTwo(soc.gmRequestBytes) || soc.gmRequestBytes < 32 || soc.gmRequestBytes > 4096)
    return Status::error("SoC description: gm_request_bytes must be a power of two, 32 to 4096");
  if (!powerOfTwo(soc.l2LineBytes) || soc.l2LineBytes < soc.gmRequestBytes ||
      soc.l2LineBytes > 64 * soc.gmRequestBytes || soc.l2LineBytes > 16384)
    return Status::error("SoC description: l2_line_bytes must be a power of two between "
                         "gm_request_bytes and 64 of them, at most 16384");
  if (soc.l2Size < soc.l2LineBytes)
    return Status::error("SoC description: l2_size is smaller than a line");
  for (int64_t size : {soc.l1Size, soc.l0aSize, soc.l0bSize, soc.l0cSize, soc.ubSize})
    if (size % 1024 != 0 || size > (int64_t(1) << 30))
      return Status::error(
          "SoC description: on-chip sizes must be multiples of 1024, at most 1 GiB");
  if (soc.aippMaxPaddedWidth > 4096)
    return Status::error("SoC description: max_padded_width must be at most 4096");
  if (soc.eventIds > 16 || soc.aiCores > 1024 || soc.queueDepth > 65536)
    return Status::error("SoC description: event_ids above 16, ai_cores above 1024 or queue_depth "
                         "above 65536");
  return Status::success();
}

} // namespace

Expected<SocDescription> parseSoc(std::string_view iniText) {
  SocDescription soc;
  std::set<std::string> seen;
  std::string section;
  size_t lineNumber = 0;
  while (!iniText.empty()) {
    ++lineNumber;
    size_t eol = iniText.find('\n');
    std::string_view line = trim(iniText.substr(0, eol));
    iniText = eol == std::string_view::npos ? std::string_view() : iniText.substr(eol + 1);
    if (line.empty() || line.front() == ';' || line.front() == '#')
      continue;
    if (line.front() == '[') {
      if (line.back() != ']')
        return lineError(lineNumber, "section name without ']'");
      section = std::string(trim(line.substr(1, line.size() - 2)));
      continue;
    }
    size_t eq = line.find('=');
    if (eq == std::string_view::npos)
      return lineError(lineNumber, "expected key=value");
    std::string key(trim(line.substr(0, eq)));
    const Field *field = nullptr;
    for (const Field &f : fields())
      if (key == f.key && section == f.section)
        field = &f;
    if (!field)
      return lineError(lineNumber, "unknown key '" + key + "' in section [" + section + "]");
    if (!seen.insert(key).second)
      return lineError(lineNumber, "'" + key + "' is given twice");
    OPENATC_TRY(store(*field, trim(line.substr(eq + 1)), lineNumber, soc));
  }
  for (const Field &f : fields())
    if (!f.optional && !seen.count(f.key))
      return lineError(lineNumber,
                       "missing key '" + std::string(f.key) + "' of section [" + f.section + "]");
  OPENATC_TRY(checkRelations(soc));
  return soc;
}

std::string printSoc(const SocDescription &soc) {
  std::string out;
  std::string_view section;
  for (const Field &f : fields()) {
    if (f.optional && soc.*f.integer == SocDescription().*f.integer)
      continue;
    if (section != f.section) {
      section = f.section;
      out += "[" + std::string(section) + "]\n";
    }
    out += f.key;
    out += '=';
    if (f.text) {
      out += soc.*f.text;
    } else if (f.integer) {
      out += std::to_string(soc.*f.integer);
    } else {
      // Shortest text that reads back as the same number.
      char buffer[64];
      auto [end, ec] = std::to_chars(buffer, buffer + sizeof(buffer), soc.*f.real);
      (void)ec;
      out.append(buffer, end);
    }
    out += '\n';
  }
  return out;
}

std::vector<std::string> knownSocs() {
  std::vector<std::string> names;
  for (const BuiltinSoc &soc : builtinSocs())
    names.emplace_back(soc.name);
  return names;
}

Expected<SocDescription> findSoc(std::string_view socVersion) {
  std::string names;
  for (const BuiltinSoc &soc : builtinSocs()) {
    if (socVersion == soc.name)
      return parseSoc(soc.text);
    names += (names.empty() ? "" : ", ") + std::string(soc.name);
  }
  return Status::error("unknown soc_version '" + std::string(socVersion) + "'; known: " + names);
}

} // namespace openatc
