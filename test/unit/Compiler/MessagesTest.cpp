//===- MessagesTest.cpp - Error blocks and titles -------------------------===//
#include "openatc/Compiler/Messages.h"

#include <gtest/gtest.h>

#include <regex>

#include <unistd.h>

using namespace openatc::compiler;

namespace {

/// The block with process and time, which change from run to run, checked and cut off.
std::string block(const std::vector<Message> &errors) {
  std::string text = format(errors);
  std::regex stamp("^\\[PID: " + std::to_string(getpid()) +
                   "\\] \\d{4}-\\d\\d-\\d\\d-\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\.\\d{3} ");
  EXPECT_TRUE(std::regex_search(text, stamp)) << text;
  return std::regex_replace(text, stamp, "", std::regex_constants::format_first_only);
}

TEST(Messages, BlockLeavesEmptyPartsOut) {
  EXPECT_EQ(block({{"E10001", "text", {}, "", ""}}), "Invalid_Argument(E10001): text\n");
  EXPECT_EQ(block({{"E10055", "text", {"a"}, "why", "do"}}),
            "Not_Supported(E10055): text\n        a\n        Possible Cause: why\n"
            "        Solution: do\n");
}

TEST(Messages, LaterErrorsFollowTheHeadline) {
  EXPECT_EQ(block({{"E10041", "one", {}, "", "do"}, {"E20001", "two", {"a"}, "why", ""}}),
            "Invalid_Argument_Model(E10041): one\n        Solution: do\n"
            "        TraceBack (most recent call last):\n        E20001: two\n"
            "                a\n                Possible Cause: why\n");
  EXPECT_EQ(format({}), "");
}

TEST(Messages, TitlesAreThoseOfTheVendorsTable) {
  EXPECT_EQ(titleOf("E10003"), "Invalid_Argument");
  EXPECT_EQ(titleOf("E10016"), "Invalid_Argument_Operator_Name");
  EXPECT_EQ(titleOf("E11017"), "Invalid_Argument");
  EXPECT_EQ(titleOf("E16005"), "Invalid_Argument_ONNX_Model_Data");
  EXPECT_EQ(titleOf("E19999"), "Inner_Error");
  EXPECT_EQ(titleOf("EZ3003"), "");
}

TEST(Messages, WarningsAreSaidOnce) {
  Messages messages;
  messages.warn("a");
  messages.warn("b");
  messages.warn("a");
  EXPECT_EQ(messages.warnings, (std::vector<std::string>{"a", "b"}));
}

TEST(Messages, EmptyValuesAreNotShown) {
  EXPECT_EQ(invalidValue("x", "1", "r.").text, "Value 1 for parameter --x is invalid. Reason: r.");
  EXPECT_EQ(invalidValue("x", "", "r.").text, "The value for parameter --x is invalid. Reason: r.");
}

} // namespace
