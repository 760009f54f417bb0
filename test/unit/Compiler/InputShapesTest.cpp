//===- InputShapesTest.cpp - Values of --input_shape ----------------------===//
#include "openatc/Compiler/CommandLine.h"

#include <gtest/gtest.h>

using namespace openatc::compiler;

namespace {

std::string codeOf(const std::string &text) {
  Messages messages;
  parseInputShapes(text, messages);
  return messages.failed() ? messages.errors.front().code : "";
}

TEST(InputShapes, NameIsEverythingBeforeTheLastColon) {
  Messages messages;
  auto shapes = parseInputShapes("a/b:0:1,3,224,224;0:1,16", messages);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(shapes, (std::vector<InputShape>{{"a/b:0", {1, 3, 224, 224}}, {"0", {1, 16}}}));
}

TEST(InputShapes, BlanksAndLastSeparatorAreTolerated) {
  Messages messages;
  auto shapes = parseInputShapes(" x : 1, 2 ; y:4;", messages);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(shapes, (std::vector<InputShape>{{"x", {1, 2}}, {"y", {4}}}));
}

TEST(InputShapes, NoDimensionsAreAScalar) {
  Messages messages;
  auto shapes = parseInputShapes("s:", messages);
  EXPECT_EQ(shapes, (std::vector<InputShape>{{"s", {}}}));
}

TEST(InputShapes, MalformedValuesHaveCannsCodes) {
  EXPECT_EQ(codeOf("1,3,224,224"), "E10002");
  EXPECT_EQ(codeOf(":1,2"), "E10002");
  EXPECT_EQ(codeOf("x:1,a"), "E10002");
  EXPECT_EQ(codeOf("x:1.5"), "E10002");
  EXPECT_EQ(codeOf("x:1,,2"), "E10002");
  EXPECT_EQ(codeOf("x:1,"), "E10002");
  EXPECT_EQ(codeOf("x:99999999999999999999"), "E10002");
  EXPECT_EQ(codeOf("x:1;x:2"), "E10002");
  EXPECT_EQ(codeOf("x:0"), "E10011");
  EXPECT_EQ(codeOf("x:-3"), "E10011");
  EXPECT_EQ(codeOf("x:-1,3"), "E10001");
  EXPECT_EQ(codeOf("x:1~4"), "E10001");
}

TEST(InputShapes, AllProblemsAreReported) {
  Messages messages;
  parseInputShapes("x:0;y:a;z:1", messages);
  EXPECT_EQ(messages.errors.size(), 2u);
}

} // namespace
