//===- InterfaceOptionsTest.cpp - Options on inputs and outputs -------------===//
#include "openatc/Compiler/CommandLine.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::compiler;

namespace {

using Words = std::vector<std::string>;

CommandLine parse(Words extra) {
  Words words = {"--model=m.onnx", "--framework=5", "--output=m", "--soc_version=Ascend310P3"};
  words.insert(words.end(), extra.begin(), extra.end());
  return parseCommandLine(words);
}

/// Code and text of the only error.
std::pair<std::string, std::string> errorOf(Words extra) {
  CommandLine line = parse(std::move(extra));
  EXPECT_EQ(line.messages.errors.size(), 1u);
  return line.messages.failed()
             ? std::pair(line.messages.errors[0].code, line.messages.errors[0].text)
             : std::pair<std::string, std::string>();
}

TEST(InterfaceOptions, ListsOfNames) {
  CommandLine line = parse({"--out_nodes=Conv_404:0; a/b:1;", "--input_fp16_nodes=x;y.1"});
  EXPECT_FALSE(line.messages.failed());
  EXPECT_EQ(line.options.outNodes, (Words{"Conv_404:0", "a/b:1"}));
  EXPECT_EQ(line.options.inputFp16Nodes, (Words{"x", "y.1"}));
  EXPECT_EQ(errorOf({"--out_nodes="}).first, "E10004");
  EXPECT_EQ(errorOf({"--out_nodes= ;"}).first, "E10001");
}

TEST(InterfaceOptions, OneTypeForAllOutputs) {
  const std::pair<const char *, DType> types[] = {
      {"FP32", DType::F32},   {"FP16", DType::F16},  {"UINT8", DType::U8},   {"INT8", DType::I8},
      {"UINT16", DType::U16}, {"INT16", DType::I16}, {"UINT32", DType::U32}, {"INT32", DType::I32},
      {"UINT64", DType::U64}, {"INT64", DType::I64}, {"DOUBLE", DType::F64}};
  for (auto [name, type] : types)
    EXPECT_EQ(parse({"--output_type=" + std::string(name)}).options.outputType, type) << name;
  EXPECT_NE(errorOf({"--output_type=HIF8"}).second.find("No supported chip has the type HIF8"),
            std::string::npos);
  EXPECT_EQ(errorOf({"--output_type=fp16"}).first, "E10001");
}

TEST(InterfaceOptions, TypesOfSingleOutputs) {
  CommandLine line = parse({"--out_nodes=a:0;b:c:1", "--output_type=a:0:FP16; b:c:1:INT8"});
  EXPECT_FALSE(line.messages.failed());
  EXPECT_FALSE(line.options.outputType);
  EXPECT_EQ(line.options.outputTypes,
            (std::vector<NodeOutputType>{{"a:0", DType::F16}, {"b:c:1", DType::I8}}));
  EXPECT_NE(errorOf({"--output_type=a:0:FP16"}).second.find("--out_nodes"), std::string::npos);
  EXPECT_NE(errorOf({"--out_nodes=a:0", "--output_type=a:FP16"}).second.find("node:index:type"),
            std::string::npos);
  EXPECT_NE(errorOf({"--out_nodes=a:0", "--output_type=a:0:FP16;a:0:FP32"}).second.find("twice"),
            std::string::npos);
  EXPECT_EQ(errorOf({"--out_nodes=a:0", "--output_type=a:0:HALF"}).first, "E10001");
}

TEST(InterfaceOptions, LayoutsAreCounted) {
  EXPECT_FALSE(parse({"--input_fp16_nodes=a;b", "--is_input_adjust_hw_layout=false,false"})
                   .messages.failed());
  EXPECT_NE(errorOf({"--input_fp16_nodes=a", "--is_input_adjust_hw_layout=false,false"})
                .second.find("It has 2 entries, --input_fp16_nodes has 1."),
            std::string::npos);
  EXPECT_EQ(errorOf({"--is_output_adjust_hw_layout=false"}).first, "E10001");
  EXPECT_EQ(errorOf({"--out_nodes=a:0", "--is_output_adjust_hw_layout=yes"}).first, "E10001");
  EXPECT_EQ(errorOf({"--out_nodes=a:0", "--is_output_adjust_hw_layout=true"}).first, "E10055");
}

} // namespace
