//===- OpFileTest.cpp - Single operators as JSON --------------------------===//

#include "openatc/SingleOp/OpFile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace openatc;
using namespace openatc::singleop;

namespace {

om::OpDescription sample() {
  om::OpDescription op;
  op.type = "Pad";
  om::OpTensor absent;
  absent.format = "RESERVED";
  om::OpTensor pads{DType::I32, "ND", {2}, std::vector<uint8_t>{1, 0, 0, 0, 255, 255, 255, 255}};
  op.inputs = {{DType::F16, "NCHW", {1, 2, 3, 4}, std::nullopt}, absent, pads};
  op.outputs = {{DType::F16, "NCHW", {-1, 2, 3, 4}, std::nullopt}};
  op.attributes = {boolAttribute("b", true),
                   dataTypeAttribute("d", 1),
                   floatAttribute("f", 0.1f),
                   intAttribute("i", -7),
                   boolsAttribute("lb", {true, false}),
                   floatsAttribute("lf", {0.1f, 1e30f}),
                   intsAttribute("li", {1, -2}),
                   intListsAttribute("lli", {{1}, {}}),
                   stringsAttribute("ls", {"x", "\"quoted\""}),
                   stringAttribute("s", "text")};
  return op;
}

TEST(OpFile, PrintedOperatorsReadBack) {
  std::vector<OpError> errors;
  std::vector<OpEntry> entries = parseOps(printOp(sample()), "ops.json", errors);
  ASSERT_TRUE(errors.empty()) << errors[0].text;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].op, sample());
}

TEST(OpFile, ConstantsKeepEveryValue) {
  om::OpDescription op = sample();
  float values[] = {0.1f,     -0.0f,     std::numeric_limits<float>::denorm_min(),
                    INFINITY, -INFINITY, 16777217.0f};
  std::vector<uint8_t> bytes(sizeof values);
  std::memcpy(bytes.data(), values, sizeof values);
  op.inputs[2] = {DType::F32, "ND", {6}, bytes};
  std::vector<OpError> errors;
  std::vector<OpEntry> entries = parseOps(printOp(op), "", errors);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].op.inputs[2].value, bytes);
  int64_t wide[] = {INT64_MAX, INT64_MIN};
  bytes.resize(sizeof wide);
  std::memcpy(bytes.data(), wide, sizeof wide);
  op.inputs[2] = {DType::I64, "ND", {2}, bytes};
  entries = parseOps(printOp(op), "", errors);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].op.inputs[2].value, bytes);
}

TEST(OpFile, IntegersMustFitTheirType) {
  auto read = [](const char *type, const char *value) {
    std::vector<OpError> errors;
    std::string json = std::string(R"({"op": "A", "input_desc": [{"format": "ND", "type": ")") +
                       type + R"(", "shape": [1], "is_const": true, "const_value": [)" + value +
                       R"(]}], "output_desc": [{"format": "ND", "type": "int8", "shape": []}]})";
    parseOps(json, "", errors);
    return errors.empty();
  };
  EXPECT_TRUE(read("int8", "-128"));
  EXPECT_FALSE(read("int8", "128"));
  EXPECT_FALSE(read("uint8", "-1"));
  EXPECT_FALSE(read("int32", "1.5"));
  EXPECT_TRUE(read("uint64", "18446744073709551615"));
  EXPECT_FALSE(read("int64", "18446744073709551615"));
  EXPECT_TRUE(read("bool", "true"));
  EXPECT_FALSE(read("float", "\"one\""));
  EXPECT_TRUE(read("float", "\"nan\""));
}

TEST(OpFile, AllOperatorsWithProblemsAreReported) {
  std::vector<OpError> errors;
  std::vector<OpEntry> entries =
      parseOps("[{\"op\": \"\"}, " + printOp(sample()) + ", {\"op\": \"A\"}]", "f", errors);
  EXPECT_EQ(entries.size(), 1u);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].code, "E10026");
  EXPECT_EQ(errors[1].code, "E10027");
}

TEST(OpFile, FileNames) {
  OpEntry entry{sample(), ""};
  EXPECT_EQ(fileName(entry, 3), "3_Pad_1_0_1_2_3_4_28_40_3_2_2_1_0_-1_2_3_4.om");
  entry.name = "pad-1.x";
  EXPECT_EQ(fileName(entry, 3), "pad-1.x.om");
  for (const char *bad : {"..", "a/b", "a b"}) {
    entry.name = bad;
    EXPECT_EQ(fileName(entry, 0).substr(0, 6), "0_Pad_") << bad;
  }
  entry.name.clear();
  entry.op.type = "../" + std::string(200, 'x');
  EXPECT_EQ(fileName(entry, 0).size(), 128u + 3u);
  EXPECT_EQ(fileName(entry, 0).find('/'), std::string::npos);
}

TEST(OpFile, Description) {
  om::OpDescription op = sample();
  op.attributes.resize(1);
  EXPECT_EQ(describe(op), "Pad(float16 NCHW [1, 2, 3, 4], none, int32 ND [2] constant) -> "
                          "float16 NCHW [-1, 2, 3, 4] with b = true");
}

} // namespace
