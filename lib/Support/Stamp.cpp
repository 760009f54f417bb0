//===- Stamp.cpp - Time and process as messages carry them ----------------===//
#include "openatc/Support/Stamp.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>

#include <unistd.h>

namespace openatc {

std::string timeStamp() {
  using namespace std::chrono;
  auto now = system_clock::now();
  std::time_t seconds = system_clock::to_time_t(now);
  int64_t micros = duration_cast<microseconds>(now.time_since_epoch()).count() % 1000000;
  std::tm local = {};
  localtime_r(&seconds, &local);
  char day[32], text[64];
  std::strftime(day, sizeof(day), "%Y-%m-%d-%H:%M:%S", &local);
  std::snprintf(text, sizeof(text), "%s.%03d.%03d", day, int(micros / 1000), int(micros % 1000));
  return text;
}

std::string errorHeadline(std::string_view title, std::string_view code, std::string_view text) {
  std::string line = "[PID: " + std::to_string(::getpid()) + "] " + timeStamp() + " ";
  line += title;
  line += title.empty() ? "" : "(";
  line += code;
  line += title.empty() ? ": " : "): ";
  return line.append(text);
}

std::string logLine(std::string_view level, std::string_view module, std::string_view file,
                    int line, std::string_view text) {
  std::string out = "[" + std::string(level) + "] " + std::string(module) + "(";
  out += std::to_string(::getpid()) + "," + std::string(program_invocation_short_name) + "):";
  out += timeStamp() + " [" + std::string(file) + ":" + std::to_string(line) + "]";
  return out.append(text) + "\n";
}

} // namespace openatc
