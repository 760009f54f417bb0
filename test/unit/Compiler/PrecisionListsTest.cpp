//===- PrecisionListsTest.cpp - Files that make exceptions from a mode ------===//
#include "PrecisionLists.h"
#include "openatc/Compiler/CommandLine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace openatc::compiler;
using openatc::graph::OpPrecision;
using openatc::graph::PrecisionRule;

namespace {

using Words = std::vector<std::string>;

/// A network with the usual nodes, and one file.
struct PrecisionLists : testing::Test {
  PrecisionLists() {
    std::string pattern = std::filesystem::temp_directory_path() / "openatc-lists-XXXXXX";
    folder = ::mkdtemp(pattern.data());
  }
  ~PrecisionLists() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string &text) {
    std::string path = folder + "/list";
    std::ofstream(path) << text;
    return path;
  }
  openatc::graph::PrecisionPolicy read(const PrecisionOptions &options) {
    messages = {};
    return readPrecisionPolicy(options, nodes, messages);
  }
  std::string onlyError() {
    EXPECT_EQ(messages.errors.size(), 1u);
    return messages.failed() ? messages.errors[0].code + " " + messages.errors[0].text : "";
  }

  std::string folder;
  std::map<std::string, std::string> nodes = {
      {"c0", "Conv"}, {"m0", "MatMul"}, {"g0", "Gemm"}, {"a0", "Add"}, {"s0", "Softmax"}};
  Messages messages;
};

OpPrecision with(PrecisionRule rule) { return {rule, std::nullopt}; }
OpPrecision with(bool precise) { return {std::nullopt, precise}; }

TEST_F(PrecisionLists, MixlistMovesTypes) {
  PrecisionOptions options;
  options.modifyMixlist =
      write(R"({"black-list": {"to-add": ["MatMulV2"], "to-remove": ["SoftmaxV2"]},
                                    "white-list": {"to-add": ["Gelu"], "to-remove": ["Conv2D"]}})");
  auto policy = read(options);
  EXPECT_FALSE(messages.failed());
  EXPECT_TRUE(messages.warnings.empty());
  EXPECT_EQ(policy.nodes,
            (std::map<std::string, OpPrecision>{{"m0", with(PrecisionRule::PreferSingle)},
                                                {"g0", with(PrecisionRule::PreferSingle)},
                                                {"s0", with(PrecisionRule::Follow)},
                                                {"c0", with(PrecisionRule::Follow)}}));
  EXPECT_EQ(policy.ops, (std::map<std::string, OpPrecision>{{"gelu", with(PrecisionRule::Half)}}));
}

TEST_F(PrecisionLists, MixlistErrors) {
  PrecisionOptions options;
  options.modifyMixlist = write("{\"black-list\": [}");
  read(options);
  EXPECT_EQ(onlyError().substr(0, 6), "E10032");
  options.modifyMixlist = write("{\"red-list\": {}}");
  read(options);
  EXPECT_NE(onlyError().find("'red-list' is no list"), std::string::npos);
  options.modifyMixlist =
      write(R"({"black-list": {"to-add": ["Add"]}, "white-list": {"to-add": ["Add"]}})");
  read(options);
  EXPECT_NE(onlyError().find("'Add' is added to both lists"), std::string::npos);
  options.modifyMixlist = folder + "/none";
  read(options);
  EXPECT_EQ(messages.errors.size(), 1u);
  // A type that a list made for many models names, and one that nobody knows.
  options.modifyMixlist = write(R"({"black-list": {"to-add": ["ReduceMeanD", "Frobnicate"]}})");
  read(options);
  ASSERT_EQ(messages.warnings.size(), 1u);
  EXPECT_NE(messages.warnings[0].find("Frobnicate"), std::string::npos);
}

TEST_F(PrecisionLists, NodesGoBeforeTypes) {
  PrecisionOptions options;
  options.opPrecisionMode = write("[ByNodeName]\nm0=high_performance\n\n[ByOpType]\n# all\n"
                                  "MatMul = high_precision\nSoftmaxV2=enable_float_32_execution\r\n"
                                  "Add=keep_fp16\n");
  auto policy = read(options);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(policy.nodes,
            (std::map<std::string, OpPrecision>{{"m0", with(false)},
                                                {"g0", with(true)},
                                                {"s0", with(PrecisionRule::KeepSingle)},
                                                {"a0", with(PrecisionRule::Half)}}));
  // Without a section entries are types.
  options.opPrecisionMode = write("Gemm=super_performance\n");
  EXPECT_EQ(read(options).nodes, (std::map<std::string, OpPrecision>{{"g0", with(false)}}));
  options.opPrecisionMode = write("Gemm=high_precision\nAdd=exact\n[ByName]\n");
  read(options);
  ASSERT_EQ(messages.errors.size(), 2u);
  EXPECT_NE(messages.errors[0].text.find("Line 2: 'Add=exact' is not"), std::string::npos);
  EXPECT_NE(messages.errors[1].text.find("Line 3: a section is [ByOpType] or [ByNodeName]."),
            std::string::npos);
}

TEST_F(PrecisionLists, LaterOptionsWin) {
  PrecisionOptions options;
  options.highPrecision = true;
  options.implTypes = {"Add", "SoftmaxV2"};
  options.opPrecisionMode = write("[ByNodeName]\ns0=high_performance\n");
  auto policy = read(options);
  EXPECT_EQ(policy.nodes["s0"], with(false));
  EXPECT_EQ(policy.nodes["a0"], with(true));
  EXPECT_FALSE(policy.precise);
  options = {};
  options.highPrecision = true;
  EXPECT_TRUE(read(options).precise);

  options = {};
  options.keepDtype = write("OpType::MatMulV2\na0\nnode_a0\n");
  policy = read(options);
  EXPECT_EQ(policy.nodes,
            (std::map<std::string, OpPrecision>{{"m0", with(PrecisionRule::KeepSingle)},
                                                {"g0", with(PrecisionRule::KeepSingle)},
                                                {"a0", with(PrecisionRule::KeepSingle)}}));
  ASSERT_EQ(messages.warnings.size(), 1u);
  EXPECT_NE(messages.warnings[0].find("node_a0, which the model does not have; the nearest one is "
                                      "a0."),
            std::string::npos);
}

TEST_F(PrecisionLists, CustomTypes) {
  PrecisionOptions options;
  options.customizeDtypes = write("m0::InputDtype:float16,float16,OutputDtype:float32\n"
                                  "OpType::MatMul:InputDtype:float32,float32,OutputDtype:float32\n"
                                  "a0::InputDtype:float16,float16,OutputDtype:float16\n"
                                  "s0::InputDtype:float32,int64\n");
  auto policy = read(options);
  EXPECT_FALSE(messages.failed());
  EXPECT_EQ(policy.nodes,
            (std::map<std::string, OpPrecision>{{"m0", with(PrecisionRule::CubeSingle)},
                                                {"g0", with(PrecisionRule::KeepSingle)},
                                                {"a0", with(PrecisionRule::Half)},
                                                {"s0", with(PrecisionRule::KeepSingle)}}));
  options.customizeDtypes = write("a0::InputDtype:float16,OutputDtype:float32\n"
                                  "a0::InputDtype:float16,float32\n"
                                  "a0::InputDtype:bfloat16\na0:float16\na0::InputDtype:int8\n");
  read(options);
  ASSERT_EQ(messages.errors.size(), 5u);
  const char *reasons[] = {"Line 1: only convolutions and matrix products",
                           "Line 2: all floating-point inputs", "Line 3: no supported chip",
                           "Line 4: the form is", "Line 5: neither float16 nor float32"};
  for (size_t i = 0; i < 5; ++i)
    EXPECT_NE(messages.errors[i].text.find(reasons[i]), std::string::npos)
        << messages.errors[i].text;
}

//===----------------------------------------------------------------------===//
// On the command line
//===----------------------------------------------------------------------===//

CommandLine parse(Words extra) {
  Words words = {"--model=m.onnx", "--framework=5", "--output=m", "--soc_version=Ascend310P3"};
  words.insert(words.end(), extra.begin(), extra.end());
  return parseCommandLine(words);
}

TEST(PrecisionModes, AllOfTheseChips) {
  const std::pair<const char *, Precision> modes[] = {
      {"--precision_mode=force_fp16", Precision::ForceFp16},
      {"--precision_mode=allow_mix_precision", Precision::MixedFp16},
      {"--precision_mode=allow_mix_precision_fp16", Precision::MixedFp16},
      {"--precision_mode=allow_fp32_to_fp16", Precision::AllowFp32ToFp16},
      {"--precision_mode=must_keep_origin_dtype", Precision::KeepOriginal},
      {"--precision_mode=force_fp32", Precision::CubeFp32Out},
      {"--precision_mode=cube_fp16in_fp32out", Precision::CubeFp32Out},
      {"--precision_mode_v2=fp16", Precision::ForceFp16},
      {"--precision_mode_v2=mixed_float16", Precision::MixedFp16},
      {"--precision_mode_v2=origin", Precision::KeepOriginal},
      {"--precision_mode_v2=cube_fp16in_fp32out", Precision::CubeFp32Out}};
  for (auto [option, mode] : modes) {
    CommandLine line = parse({option});
    EXPECT_FALSE(line.messages.failed()) << option;
    EXPECT_EQ(line.options.precision, mode) << option;
  }
}

TEST(PrecisionModes, OtherTypesAreRefusedByName) {
  for (const char *option :
       {"--precision_mode=allow_mix_precision_bf16", "--precision_mode=allow_fp32_to_bf16",
        "--precision_mode_v2=mixed_bfloat16"}) {
    CommandLine line = parse({option});
    ASSERT_EQ(line.messages.errors.size(), 1u) << option;
    EXPECT_EQ(line.messages.errors[0].code, "E10001");
    EXPECT_NE(line.messages.errors[0].text.find("No supported chip computes in bfloat16"),
              std::string::npos);
  }
  EXPECT_NE(parse({"--precision_mode_v2=cube_hif8"}).messages.errors[0].text.find("HiF8"),
            std::string::npos);
  EXPECT_EQ(parse({"--precision_mode=fp16"}).messages.errors[0].code, "E10001");
}

TEST(PrecisionModes, CompanionsAreChecked) {
  EXPECT_EQ(parse({"--modify_mixlist=a.json"}).messages.errors[0].code, "E10001");
  EXPECT_FALSE(
      parse({"--modify_mixlist=a.json", "--precision_mode=allow_mix_precision"}).messages.failed());
  EXPECT_EQ(parse({"--optypelist_for_implmode=Gelu"}).messages.errors[0].code, "E10057");
  CommandLine line =
      parse({"--optypelist_for_implmode=Gelu,Sigmoid", "--op_select_implmode=high_precision"});
  EXPECT_TRUE(line.options.precisionOptions.highPrecision);
  EXPECT_EQ(line.options.precisionOptions.implTypes, (Words{"Gelu", "Sigmoid"}));
  EXPECT_EQ(parse({"--op_select_implmode=fast"}).messages.errors[0].code, "E10001");
  EXPECT_EQ(parse({"--keep_dtype=a", "--precision_mode_v2=origin"}).messages.warnings.size(), 1u);
  EXPECT_FALSE(parse({"--is_weight_clip=0"}).options.precisionOptions.clipWeights);
}

} // namespace
