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
  EXPECT_EQ(codeOf("x:99999999999999999999"), "E10013");
  EXPECT_EQ(codeOf("x:1;x:2"), "E10002");
  EXPECT_EQ(codeOf("x:0"), "E10011");
  EXPECT_EQ(codeOf("x:-3"), "E10011");
  EXPECT_EQ(codeOf("x:1;2,3"), "E10002");
}

TEST(InputShapes, OpenDimensionsHaveRanges) {
  Messages messages;
  auto shapes = parseInputShapes("a:-1,3,8;b:1~4, 2 ~ -1;c:5~5", messages);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(shapes, (std::vector<InputShape>{{"a", {-1, 3, 8}, {{0, -1}, {3, 3}, {8, 8}}},
                                             {"b", {-1, -1}, {{1, 4}, {2, -1}}},
                                             {"c", {5}, {}}}));
  EXPECT_FALSE(shapes[0].isStatic());
  EXPECT_TRUE(shapes[2].isStatic());
}

TEST(InputShapes, OpenEntriesWithoutNamesGoByPosition) {
  Messages messages;
  auto shapes = parseInputShapes("1~10,3;2,4;;-1", messages);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(shapes,
            (std::vector<InputShape>{
                {"", {-1, 3}, {{1, 10}, {3, 3}}}, {"", {2, 4}}, {"", {}}, {"", {-1}, {{0, -1}}}}));
}

TEST(InputShapes, RangesThatAreNone) {
  EXPECT_EQ(codeOf("x:4~1"), "E10048");
  EXPECT_EQ(codeOf("x:-2~1"), "E10048");
  EXPECT_EQ(codeOf("x:1~-2"), "E10048");
  EXPECT_EQ(codeOf("x:0~0"), "E10011");
  EXPECT_EQ(codeOf("x:1~"), "E10002");
  EXPECT_EQ(codeOf("x:1~2~3"), "E10002");
}

TEST(InputShapes, DeprecatedSpellingStandsInBrackets) {
  Messages messages;
  auto shapes = parseInputShapeRanges("texts:[1,1~512];src/masks:0:[4];s:[]", messages);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(shapes, (std::vector<InputShape>{
                        {"texts", {1, -1}, {{1, 1}, {1, 512}}}, {"src/masks:0", {4}}, {"s", {}}}));
  for (const char *text : {"x:1~4", "x:[1~4", "x:1]", "[1~4]", "x:[a]", "x:[4~1]"}) {
    Messages wrong;
    parseInputShapeRanges(text, wrong);
    ASSERT_EQ(wrong.errors.size(), 1u) << text;
    EXPECT_EQ(wrong.errors[0].code, "E10048") << text;
    EXPECT_NE(wrong.errors[0].text.find("input1:[1~16,3,-1]"), std::string::npos);
  }
}

TEST(InputShapes, AllProblemsAreReported) {
  Messages messages;
  parseInputShapes("x:0;y:a;z:1", messages);
  EXPECT_EQ(messages.errors.size(), 2u);
}

} // namespace
