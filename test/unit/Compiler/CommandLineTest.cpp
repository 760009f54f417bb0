//===- CommandLineTest.cpp - Option syntax and legal values ---------------===//
#include "openatc/Compiler/CommandLine.h"
#include "openatc/Compiler/OptionTable.h"
#include "openatc/Target/SocDescription.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace openatc::compiler;

namespace {

using Words = std::vector<std::string>;

const Words minimal = {"--model=m.onnx", "--framework=5", "--output=dir/m",
                       "--soc_version=Ascend310P3"};

CommandLine parse(Words extra, Words base = minimal) {
  base.insert(base.end(), extra.begin(), extra.end());
  return parseCommandLine(base);
}

std::vector<std::string> codes(const CommandLine &line) {
  std::vector<std::string> list;
  for (const Message &message : line.messages.errors)
    list.push_back(message.code);
  return list;
}

TEST(CommandLine, MinimalCall) {
  CommandLine line = parse({});
  EXPECT_TRUE(codes(line).empty());
  EXPECT_EQ(line.action, CommandLine::Action::Compile);
  EXPECT_EQ(line.options.output, "dir/m.om");
  EXPECT_EQ(line.options.precision, Precision::ForceFp16);
  EXPECT_FALSE(line.options.compileTo);
}

TEST(CommandLine, AllSpellingsOfAnOption) {
  for (const Words &words : {Words{"--precision_mode=must_keep_origin_dtype"},
                             Words{"--precision_mode", "must_keep_origin_dtype"},
                             Words{"-precision_mode=must_keep_origin_dtype"},
                             Words{"--precision-mode=must_keep_origin_dtype"}}) {
    CommandLine line = parse(words);
    EXPECT_EQ(line.syntaxError, "") << words.front();
    EXPECT_EQ(line.options.precision, Precision::KeepOriginal) << words.front();
  }
  EXPECT_EQ(parse({"--rep=r.json"}).options.reportFile, "r.json");
}

TEST(CommandLine, QuirksOfScriptsAreTolerated) {
  EXPECT_EQ(parse({"--output=", "dir/other"}).options.output, "dir/other.om");
  EXPECT_EQ(codes(parse({"--output=", "--log=null"})), Words{"E10004"});
  EXPECT_EQ(parse({"--output= dir/other "}).options.output, "dir/other.om");
  EXPECT_EQ(parse({"--input_shape='x:1,3; y:2'"}).options.inputShapes,
            (std::vector<InputShape>{{"x", {1, 3}}, {"y", {2}}}));
  for (const char *yes : {"1", "t", "true", "y", "yes", "True"})
    EXPECT_TRUE(codes(parse({"--enable_single_stream", yes})).empty()) << yes;
}

TEST(CommandLine, IntegersAreDecimalDigits) {
  for (const char *value : {"-1", "+5", "5.0", "0x5", " 5 5", "five"})
    EXPECT_EQ(codes(parse({"--op_debug_level", value})), Words{"E10003"}) << value;
  EXPECT_TRUE(codes(parse({"--op_debug_level", "4"})).empty());
  EXPECT_EQ(codes(parse({"--op_debug_level", "5"})), Words{"E10001"});
}

TEST(CommandLine, LastOfRepeatedOptionsWins) {
  EXPECT_EQ(parse({"--output=a", "--output=b"}).options.output, "b.om");
}

TEST(CommandLine, SyntaxErrors) {
  EXPECT_EQ(parse({"--nonsense=1"}).syntaxError, "ERROR: unknown command line flag 'nonsense'");
  EXPECT_EQ(parse({"stray"}).syntaxError, "ERROR: Non-option parameter: stray");
  EXPECT_EQ(parse({"--report"}).syntaxError.substr(0, 44),
            "ERROR: flag 'report' is missing its argument");
  // A prefix of several options names none.
  EXPECT_NE(parse({"--input=1"}).syntaxError, "");
}

TEST(CommandLine, RequiredOptionsAreAllNamed) {
  CommandLine line = parseCommandLine(Words{"--log=error"});
  EXPECT_EQ(codes(line), (std::vector<std::string>{"E10054", "E10007", "E10054", "E10054"}));
}

TEST(CommandLine, WrongValues) {
  EXPECT_EQ(codes(parse({"--soc_version=Ascend999"})), Words{"E10001"});
  EXPECT_NE(parse({"--soc_version=Ascend999"}).messages.errors[0].text.find("Ascend910A"),
            std::string::npos);
  EXPECT_EQ(codes(parse({"--framework=3"})), Words{"E10007"});
  EXPECT_EQ(codes(parse({"--log=loud"})), Words{"E10010"});
  EXPECT_EQ(codes(parse({"--mode=2"})), Words{"E10001"});
  EXPECT_EQ(codes(parse({"--output=dir/"})), Words{"E10022"});
  EXPECT_EQ(codes(parse({"--output="})), Words{"E10004"});
  EXPECT_EQ(codes(parse({"--output=" + std::string(300, 'x')})), Words{"E10021"});
  EXPECT_EQ(codes(parse({"--threads=-1"})), Words{"E10003"});
  EXPECT_EQ(codes(parse({"--threads=0"})), Words{"E10001"});
  EXPECT_EQ(codes(parse({"--precision_mode=bf16"})), Words{"E10001"});
  EXPECT_EQ(codes(parse({"--precision_mode=force_fp16", "--precision_mode_v2=fp16"})),
            Words{"E10056"});
  EXPECT_EQ(codes(parse({"--insert_op_conf=a.cfg", "--input_format=ND"})), Words{"E10001"});
}

TEST(CommandLine, RefusedOptionsAreNamedOnce) {
  CommandLine line = parse({"--core_type=VectorCore", "--cal_conf=c.cfg"});
  EXPECT_EQ(codes(line), (Words{"E10055", "E10055"}));
  EXPECT_NE(line.messages.errors[0].text.find("core_type"), std::string::npos);
  EXPECT_NE(line.messages.errors[1].text.find("cal_conf"), std::string::npos);
}

TEST(CommandLine, IgnoredOptionsWarnUnlessNeutral) {
  CommandLine line = parse({"--tiling_schedule_optimize=1", "--enable_small_channel=0"});
  EXPECT_TRUE(codes(line).empty());
  ASSERT_EQ(line.messages.warnings.size(), 1u);
  EXPECT_NE(line.messages.warnings[0].find("tiling_schedule_optimize"), std::string::npos);
}

TEST(CommandLine, ShowModelTakesOnlyTheModel) {
  CommandLine line = parseCommandLine(Words{"--mode=6", "--om=x.om"});
  EXPECT_TRUE(codes(line).empty());
  EXPECT_EQ(line.action, CommandLine::Action::ShowModel);
  EXPECT_EQ(line.om, "x.om");
  EXPECT_EQ(codes(parseCommandLine(Words{"--mode=6"})), Words{"E10054"});
  EXPECT_EQ(codes(parseCommandLine(Words{"--mode=6", "--om=x", "--framework=5"})), Words{"E10057"});
}

TEST(CommandLine, StoredLineDoesNotDependOnPlaces) {
  Words elsewhere = {"--output=/other/place",     "--model=/some/m.onnx", "--framework", "5",
                     "--soc_version=Ascend310P3", "--threads=1"};
  EXPECT_EQ(parse({}).options.commandLine, parse({}, elsewhere).options.commandLine);
}

TEST(CommandLine, CompileToNeedsNoOutput) {
  CommandLine line = parseCommandLine(
      Words{"--model=m.onnx", "--framework=5", "--soc_version=Ascend310P3", "--compile-to=graph"});
  EXPECT_TRUE(codes(line).empty());
  EXPECT_EQ(line.options.compileTo, Phase::Graph);
}

TEST(OptionTable, EveryChipIsNamed) {
  for (const std::string &soc : openatc::knownSocs())
    EXPECT_NE(std::string(findOption("soc_version")->text).find(soc), std::string::npos) << soc;
}

TEST(OptionTable, NamesAreUniqueAndHelpShowsThem) {
  std::string help = helpText();
  Words names;
  for (const OptionInfo &option : optionTable()) {
    names.emplace_back(option.name);
    EXPECT_NE(help.find("--" + std::string(option.name)), std::string::npos) << option.name;
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

} // namespace
