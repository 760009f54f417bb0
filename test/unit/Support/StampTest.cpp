//===- StampTest.cpp - Time and process in messages -----------------------===//
#include "openatc/Support/Stamp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <regex>

#include <unistd.h>

using namespace openatc;

namespace {

const std::string time = R"(\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{3}\.\d{3})";

TEST(Stamp, TimeIsTheLocalOne) {
  std::time_t before = std::time(nullptr);
  std::string stamp = timeStamp();
  ASSERT_TRUE(std::regex_match(stamp, std::regex(time))) << stamp;
  std::tm parsed = {};
  ASSERT_NE(strptime(stamp.c_str(), "%Y-%m-%d-%H:%M:%S", &parsed), nullptr);
  parsed.tm_isdst = -1;
  std::time_t shown = std::mktime(&parsed);
  EXPECT_GE(shown, before);
  EXPECT_LE(shown, before + 60);
}

TEST(Stamp, HeadlinesNameProcessTitleAndCode) {
  std::string process = "\\[PID: " + std::to_string(getpid()) + "\\] " + time;
  std::string line = errorHeadline("Invalid_Argument", "E10003", "text");
  EXPECT_TRUE(std::regex_match(line, std::regex(process + R"( Invalid_Argument\(E10003\): text)")))
      << line;
  line = errorHeadline("", "E20001", "text");
  EXPECT_TRUE(std::regex_match(line, std::regex(process + " E20001: text"))) << line;
}

TEST(Stamp, LogLinesNamePlaceAndModule) {
  std::string line = logLine("INFO", "ATC", "atc.cpp", 12, "text");
  std::regex shape(R"(\[INFO\] ATC\()" + std::to_string(getpid()) + R"(,[^)]+\):)" + time +
                   R"( \[atc\.cpp:12\]text\n)");
  EXPECT_TRUE(std::regex_match(line, shape)) << line;
}

} // namespace
