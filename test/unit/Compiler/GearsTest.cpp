//===- GearsTest.cpp - Options that make a model with gears ---------------===//
#include "openatc/Compiler/Gears.h"
#include "openatc/Compiler/CommandLine.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::compiler;

namespace {

using Values = std::vector<std::vector<int64_t>>;

CommandLine parse(std::vector<std::string> extra) {
  std::vector<std::string> words = {"--model=m.onnx", "--framework=5", "--output=m",
                                    "--soc_version=Ascend310P3"};
  words.insert(words.end(), extra.begin(), extra.end());
  return parseCommandLine(words);
}

std::string codes(const CommandLine &line) {
  std::string list;
  for (const Message &message : line.messages.errors)
    list += (list.empty() ? "" : " ") + message.code;
  return list;
}

TEST(GearOptions, Batch) {
  CommandLine line = parse({"--input_shape=x:-1,3;y:-1;z:4", "--dynamic_batch_size", "1, 2,8,"});
  EXPECT_EQ(codes(line), "");
  EXPECT_EQ(line.options.gears.kind, om::GearKind::Batch);
  EXPECT_EQ(line.options.gears.values, (Values{{1}, {2}, {8}}));
  // All inputs take the batch at once, static ones stay.
  EXPECT_EQ(shapesOfGear(line.options, {8}),
            (std::vector<InputShape>{{"x", {8, 3}}, {"y", {8}}, {"z", {4}}}));
  EXPECT_EQ(dynamicAxes(line.options),
            (std::map<std::string, std::vector<uint32_t>>{{"x", {0}}, {"y", {0}}}));
}

TEST(GearOptions, Image) {
  CommandLine line =
      parse({"--input_shape=x:1,3,-1,-1;y:2,1,-1,-1", "--dynamic_image_size", "416,832;832,416;"});
  EXPECT_EQ(codes(line), "");
  EXPECT_EQ(line.options.gears.values, (Values{{416, 832}, {832, 416}}));
  EXPECT_EQ(shapesOfGear(line.options, {416, 832}),
            (std::vector<InputShape>{{"x", {1, 3, 416, 832}}, {"y", {2, 1, 416, 832}}}));
}

TEST(GearOptions, Dims) {
  CommandLine line = parse({"--input_format=ND", "--input_shape=ids:1,-1;mask:-1,-1,2",
                            "--dynamic_dims=64,1,64;128,1,128"});
  EXPECT_EQ(codes(line), "");
  EXPECT_EQ(line.options.gears.kind, om::GearKind::Dims);
  EXPECT_EQ(shapesOfGear(line.options, {128, 1, 96}),
            (std::vector<InputShape>{{"ids", {1, 128}}, {"mask", {1, 96, 2}}}));
  EXPECT_EQ(dynamicAxes(line.options)["mask"], (std::vector<uint32_t>{0, 1}));
}

TEST(GearOptions, AHundredAreTheMost) {
  std::string list;
  for (int i = 1; i <= 100; ++i)
    list += (list.empty() ? "" : ",") + std::to_string(i);
  EXPECT_EQ(codes(parse({"--input_shape=x:-1,3", "--dynamic_batch_size=" + list})), "");
  EXPECT_EQ(codes(parse({"--input_shape=x:-1,3", "--dynamic_batch_size=" + list + ",101"})),
            "E10036");
}

TEST(GearOptions, WrongNumbers) {
  for (const char *value : {"1,,2", "a", "1;2", "1,2x", "9999999999", "99999999999999999999,1"})
    EXPECT_EQ(codes(parse({"--input_shape=x:-1,3", "--dynamic_batch_size", value})), "E10003")
        << value;
  EXPECT_EQ(codes(parse({"--input_shape=x:-1,3", "--dynamic_batch_size=-1,2"})), "E10038");
  for (const char *value : {"1;x", ";", "1;;2"})
    EXPECT_EQ(codes(parse({"--input_shape=x:-1,3", "--dynamic_dims", value})), "E10001") << value;
  for (const char *value : {"8;8", "8,8;;4,4", "8,8;4"})
    EXPECT_NE(codes(parse({"--input_shape=x:1,3,-1,-1", "--dynamic_image_size", value})), "")
        << value;
}

TEST(GearOptions, ShapesThatDoNotSuit) {
  auto batch = [](std::string shape) {
    return codes(parse({"--input_shape=" + shape, "--dynamic_batch_size=1,2"}));
  };
  EXPECT_EQ(batch("x:1,3;s:"), "E10012");
  EXPECT_EQ(batch("x:-1,3;s:"), ""); // a scalar beside the batch is static
  EXPECT_EQ(batch("x:-1,3;y:3,-1"), "E10018");
  EXPECT_EQ(batch("x:-2,3"), "E10011");
  auto image = [](std::string shape) {
    return codes(parse({"--input_shape=" + shape, "--dynamic_image_size=8,8;4,4"}));
  };
  EXPECT_EQ(image("x:1,3,8,8"), "E10019");
  EXPECT_EQ(image("x:-1,3,-1,-1"), "E10019");
  EXPECT_EQ(image("x:3,-1,-1"), "E10019");
  EXPECT_EQ(image("x:1,3,-1,-1;info:1,4"), "");
}

TEST(GearOptions, WithoutThemUnknownDimensionsStayWhatTheyWere) {
  CommandLine line = parse({"--input_shape=x:4,3"});
  EXPECT_EQ(line.options.gears.kind, om::GearKind::None);
  EXPECT_EQ(shapesOfGear(line.options, {}), (std::vector<InputShape>{{"x", {4, 3}}}));
}

} // namespace
