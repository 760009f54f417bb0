//===- Log.cpp - Log lines of atc -----------------------------------------===//
#include "openatc/Compiler/Log.h"

#include "openatc/Support/Stamp.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace openatc::compiler {
namespace {

const char *nameOf(LogLevel level) {
  switch (level) {
  case LogLevel::Null:
    break;
  case LogLevel::Error:
    return "ERROR";
  case LogLevel::Warning:
    return "WARNING";
  case LogLevel::Info:
    return "INFO";
  case LogLevel::Debug:
    return "DEBUG";
  }
  return "";
}

/// The digits of the time, as in names of log files.
std::string digitsOfTime() {
  std::string time = timeStamp();
  std::erase_if(time, [](unsigned char c) { return !std::isdigit(c); });
  return time.substr(0, 17);
}

} // namespace

Log::Log(LogLevel level) : level(level) {
  if (level == LogLevel::Null)
    return;
  const char *screen = std::getenv("ASCEND_SLOG_PRINT_TO_STDOUT");
  onScreen = screen && std::string_view(screen) == "1";
  if (const char *root = std::getenv("ASCEND_PROCESS_LOG_PATH"); root && *root) {
    std::filesystem::path folder = std::filesystem::path(root) / "debug" / "plog";
    std::error_code failure; // a log that cannot be written stops no compilation
    std::filesystem::create_directories(folder, failure);
    file.open(folder / ("plog-" + std::to_string(::getpid()) + "_" + digitsOfTime() + ".log"));
  }
}

void Log::write(LogLevel of, const std::string &text, const std::source_location &place) {
  if (of > level || (!onScreen && !file.is_open()))
    return;
  std::string name = std::filesystem::path(place.file_name()).filename().string();
  std::string line = logLine(nameOf(of), "ATC", name, int(place.line()), text);
  if (onScreen)
    std::fputs(line.c_str(), stdout);
  file << line;
}

} // namespace openatc::compiler
