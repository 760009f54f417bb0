//===- Log.h - Log lines of atc -------------------------------------------===//
#ifndef OPENATC_COMPILER_LOG_H
#define OPENATC_COMPILER_LOG_H

#include "openatc/Compiler/Options.h"

#include <fstream>
#include <source_location>
#include <string>

namespace openatc::compiler {

/// Lines `[INFO] ATC(pid,atc):<time> [file:line]text` of the levels up to --log, in the two places
/// that CANN has for them: the screen when the environment variable ASCEND_SLOG_PRINT_TO_STDOUT
/// is 1, and a file `debug/plog/plog-<pid>_<time>.log` in the folder ASCEND_PROCESS_LOG_PATH when
/// that is set. Without these variables nothing is written.
class Log {
public:
  explicit Log(LogLevel level);

  void write(LogLevel level, const std::string &text,
             const std::source_location &place = std::source_location::current());

private:
  LogLevel level;
  bool onScreen = false;
  std::ofstream file;
};

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_LOG_H
