//===- FusionSwitchesTest.cpp - Switching fusions off -----------------------===//
#include "FusionSwitches.h"
#include "openatc/Compiler/CommandLine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace openatc::compiler;
using openatc::graph::Fusion;
using openatc::graph::FusionSet;

namespace {

struct FusionSwitches : testing::Test {
  FusionSwitches() {
    std::string pattern = std::filesystem::temp_directory_path() / "openatc-switches-XXXXXX";
    folder = ::mkdtemp(pattern.data());
  }
  ~FusionSwitches() override { std::filesystem::remove_all(folder); }

  FusionSet read(const std::string &text, const std::string &list = "") {
    FusionOptions options;
    options.switchFile = folder + "/switches";
    options.switches = list;
    std::ofstream(options.switchFile) << text;
    messages = {};
    return readFusionSwitches(options, messages);
  }
  /// The names of what is off.
  static std::vector<std::string> off(const FusionSet &fusions) {
    std::vector<std::string> names;
    for (unsigned i = 0; i < openatc::graph::kFusions; ++i)
      if (!fusions.has(Fusion(i)))
        names.push_back(nameOf(Fusion(i)).str());
    return names;
  }

  std::string folder;
  Messages messages;
};

using Names = std::vector<std::string>;

TEST_F(FusionSwitches, Lines) {
  EXPECT_EQ(off(read("FuseBatchNorm:off\n# why\nFusePool : OFF\r\nFuseCasts:on\n")),
            (Names{"FuseBatchNorm", "FusePool"}));
  EXPECT_TRUE(messages.warnings.empty());
  EXPECT_EQ(off(read("ALL:off\n")).size(), openatc::graph::kFusions);
  EXPECT_EQ(off(read("")), Names{});
}

TEST_F(FusionSwitches, Json) {
  EXPECT_EQ(off(read(R"({"Switch": {"GraphFusion": {"ALL": "off"}, "UBFusion": {"ALL": "off"}}})"))
                .size(),
            openatc::graph::kFusions);
  EXPECT_EQ(off(read(R"({"Switch": {"GraphFusion": {"FuseAttention": "on", "ALL": "off"}}})")),
            (Names{"FuseBatchNorm", "FuseFunctions", "MergeProjections"}));
  EXPECT_EQ(off(read(R"({"Switch": {"UBFusion": {"TbeEltwiseFusionPass": "off"}}})")),
            Names{"FuseElementwise"});
}

TEST_F(FusionSwitches, UnknownPassesAreNamedOnce) {
  EXPECT_EQ(off(read("SomeFusionPass:off\nOtherPass:on\nFusePool:off")), Names{"FusePool"});
  ASSERT_EQ(messages.warnings.size(), 1u);
  EXPECT_NE(messages.warnings[0].find("SomeFusionPass, OtherPass have no effect"),
            std::string::npos);
}

TEST_F(FusionSwitches, ListOnTheCommandLineComesLater) {
  EXPECT_EQ(off(read("FusePool:off\nFuseCasts:off", "FusePool:on; FusePixels:off")),
            (Names{"FuseCasts", "FusePixels"}));
  read("", "FusePool");
  ASSERT_EQ(messages.errors.size(), 1u);
  EXPECT_EQ(messages.errors[0].code, "E10001");
}

TEST_F(FusionSwitches, Errors) {
  for (const char *text :
       {"FusePool=off", "{\"Switch\": ", "{\"Swich\": {}}", "{\"Switch\": {\"Fusion\": {}}}",
        "{\"Switch\": {\"UBFusion\": []}}", "{\"Switch\": {\"UBFusion\": {\"ALL\": false}}}"}) {
    read(text);
    ASSERT_EQ(messages.errors.size(), 1u) << text;
    EXPECT_EQ(messages.errors[0].code, "E10032") << text;
  }
  FusionOptions options;
  options.switchFile = folder + "/none";
  messages = {};
  readFusionSwitches(options, messages);
  EXPECT_EQ(messages.errors.size(), 1u);
}

TEST(BufferOptimize, SwitchesTheBatchLoop) {
  auto loop = [](const std::string &mode) {
    std::vector<std::string> words = {"--model=m", "--framework=5", "--output=m",
                                      "--soc_version=Ascend310P3", "--buffer_optimize=" + mode};
    CommandLine line = parseCommandLine(words);
    EXPECT_EQ(line.messages.failed(), mode == "l3_optimize");
    return readFusionSwitches(line.options.fusionOptions, line.messages).has(Fusion::BatchLoop);
  };
  EXPECT_TRUE(loop("l2_optimize"));
  EXPECT_FALSE(loop("off_optimize"));
  EXPECT_FALSE(loop("l1_optimize"));
  loop("l3_optimize");
}

} // namespace
