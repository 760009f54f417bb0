//===- Stamp.h - Time and process as messages carry them ------------------===//
#ifndef OPENATC_SUPPORT_STAMP_H
#define OPENATC_SUPPORT_STAMP_H

#include <string>
#include <string_view>

namespace openatc {

/// The local time with milli- and microseconds, "2026-04-30-03:58:27.508.178".
std::string timeStamp();

/// First line of an error block, without line end: `[PID: 591] <time> Title(E10003): text`. A code
/// without a title stands alone, as in older releases: `[PID: 591] <time> E20001: text`.
std::string errorHeadline(std::string_view title, std::string_view code, std::string_view text);

/// A log line with its end: `[LEVEL] MODULE(pid,process):<time> [file:line]text`.
std::string logLine(std::string_view level, std::string_view module, std::string_view file,
                    int line, std::string_view text);

} // namespace openatc

#endif // OPENATC_SUPPORT_STAMP_H
