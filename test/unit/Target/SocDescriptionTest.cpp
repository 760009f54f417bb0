//===- SocDescriptionTest.cpp - Built-in descriptions and their parser ----===//

#include "openatc/Target/SocDescription.h"
#include "openatc/Target/VendorChips.h"

#include <gtest/gtest.h>

using namespace openatc;

namespace {

TEST(SocDescription, BuiltinsHoldThePublishedValues) {
  EXPECT_EQ(knownSocs(),
            (std::vector<std::string>{"Ascend310", "Ascend310P1", "Ascend310P3", "Ascend310P5",
                                      "Ascend310P7", "Ascend910A", "Ascend910B",
                                      "Ascend910PremiumA", "Ascend910ProA", "Ascend910ProB"}));
  Expected<SocDescription> p3 = findSoc("Ascend310P3");
  ASSERT_TRUE(p3) << p3.message();
  EXPECT_EQ(p3->arch, "dav-m200");
  EXPECT_EQ(p3->aiCores, 8);
  EXPECT_EQ(p3->clockMHz, 1060);
  EXPECT_EQ(p3->l2Size, 16 << 20);
  EXPECT_EQ(p3->ddrReadRate, 17);
  EXPECT_EQ(p3->l0cToUbRate, 512);
  EXPECT_EQ(p3->dramGBs, 204.8);
  EXPECT_EQ(p3->eventIds, 8);
  Expected<SocDescription> a = findSoc("Ascend910A");
  ASSERT_TRUE(a) << a.message();
  EXPECT_EQ(a->aiCores, 32);
  EXPECT_EQ(a->l2WriteRate, 86);
  EXPECT_EQ(a->eventIds, 4);
  Expected<SocDescription> small = findSoc("Ascend310");
  ASSERT_TRUE(small) << small.message();
  EXPECT_EQ(small->ubSize, 248 * 1024);
  EXPECT_EQ(small->ddrReadRate, 67);
}

TEST(SocDescription, VariantsDifferInCoresAndClock) {
  struct {
    const char *name, *like;
    int64_t cores, clock;
  } variants[] = {
      {"Ascend310P1", "Ascend310P3", 10, 1060},     {"Ascend310P5", "Ascend310P3", 8, 800},
      {"Ascend310P7", "Ascend310P3", 8, 550},       {"Ascend910B", "Ascend910A", 30, 900},
      {"Ascend910ProA", "Ascend910A", 32, 1100},    {"Ascend910ProB", "Ascend910A", 30, 1150},
      {"Ascend910PremiumA", "Ascend910A", 32, 1220}};
  for (auto &variant : variants) {
    Expected<SocDescription> soc = findSoc(variant.name), like = findSoc(variant.like);
    ASSERT_TRUE(soc) << soc.message();
    EXPECT_EQ(soc->aiCores, variant.cores) << variant.name;
    EXPECT_EQ(soc->clockMHz, variant.clock) << variant.name;
    like->name = soc->name;
    like->aiCores = soc->aiCores;
    like->clockMHz = soc->clockMHz;
    EXPECT_EQ(*soc, *like) << variant.name;
  }
}

TEST(SocDescription, ExistingChipsWithoutDescriptionAreRecognised) {
  EXPECT_NE(vendorChip("Ascend910B1").find("Atlas A2"), std::string::npos);
  EXPECT_NE(vendorChip("Ascend310B4"), "");
  EXPECT_NE(vendorChip("Ascend950PR_9599"), "");
  EXPECT_EQ(vendorChip("Ascend999"), "");
  for (const std::string &name : knownSocs())
    EXPECT_EQ(vendorChip(name), "") << name;
}

TEST(SocDescription, UnknownNameListsTheKnownOnes) {
  Expected<SocDescription> none = findSoc("Ascend999");
  ASSERT_FALSE(none);
  EXPECT_NE(none.message().find("Ascend999"), std::string::npos);
  EXPECT_NE(none.message().find("Ascend310P3"), std::string::npos);
}

TEST(SocDescription, TextFormRoundTrips) {
  for (const std::string &name : knownSocs()) {
    Expected<SocDescription> soc = findSoc(name);
    ASSERT_TRUE(soc);
    Expected<SocDescription> again = parseSoc(printSoc(*soc));
    ASSERT_TRUE(again) << again.message();
    EXPECT_EQ(*again, *soc);
  }
}

TEST(SocDescription, TheWidthOfPaddedPicturesMayBeLeftOut) {
  Expected<SocDescription> soc = findSoc("Ascend310P3");
  ASSERT_TRUE(soc);
  EXPECT_EQ(soc->aippMaxPaddedWidth, 1080);
  // Models that were compiled before the key existed embed the same text.
  EXPECT_EQ(printSoc(*soc).find("max_padded_width"), std::string::npos);
  soc->aippMaxPaddedWidth = 4096;
  Expected<SocDescription> again = parseSoc(printSoc(*soc));
  ASSERT_TRUE(again) << again.message();
  EXPECT_EQ(*again, *soc);
  soc->aippMaxPaddedWidth = 4097;
  EXPECT_FALSE(parseSoc(printSoc(*soc)));
}

std::string errorAfter(std::string_view from, std::string_view to) {
  std::string text = printSoc(*findSoc("Ascend310P3"));
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  Expected<SocDescription> soc = parseSoc(text);
  return soc ? "" : soc.message();
}

TEST(SocDescription, ErrorsNameLineAndKey) {
  EXPECT_NE(errorAfter("ai_cores=8", "ai_cores=0").find("line 4: 'ai_cores'"), std::string::npos);
  EXPECT_NE(errorAfter("ai_cores=8", "ai_cores=8x").find("'8x'"), std::string::npos);
  EXPECT_NE(errorAfter("ai_cores=8", "ai_kores=8").find("unknown key 'ai_kores'"),
            std::string::npos);
  EXPECT_NE(errorAfter("ai_cores=8\n", "").find("missing key 'ai_cores'"), std::string::npos);
  EXPECT_NE(errorAfter("ai_cores=8", "ai_cores=8\nai_cores=8").find("given twice"),
            std::string::npos);
  EXPECT_NE(errorAfter("dram_gb_per_s=204.8", "dram_gb_per_s=nan"), "");
  EXPECT_NE(errorAfter("l2_line_bytes=4096", "l2_line_bytes=3000"), "");
  EXPECT_NE(errorAfter("l1_size=1048576", "l1_size=1000000000000000"), "");
  EXPECT_FALSE(parseSoc("[soc"));
  EXPECT_FALSE(parseSoc(""));
}

} // namespace
