//===- AippConfigTest.cpp - Reading AIPP configurations -------------------===//
#include "openatc/Aipp/AippConfig.h"

#include <gtest/gtest.h>

#include <random>

using namespace openatc;
using namespace openatc::aipp;

static std::string errorOf(std::string_view text) {
  Expected<std::vector<AippOp>> ops = parseAippConfig(text, "a.cfg");
  return ops ? "no error" : ops.message();
}

/// The error of a block that is legal but for `line`, which stands in line 4.
static std::string errorOfField(const std::string &line) {
  return errorOf("aipp_op {\naipp_mode: static\ninput_format: RGB888_U8\n" + line + "\n}\n");
}

TEST(AippConfig, ReadsAFileAsFoundInTheWild) {
  Expected<std::vector<AippOp>> ops = parseAippConfig(R"(
# ImageNet
aipp_op{
    aipp_mode: static
    related_input_rank : 0
    input_format : RGB888_U8   # packed
    src_image_size_w :256
    src_image_size_h:256
    crop: false
    load_start_pos_w : 16
    crop_size_w : 224
    min_chn_0 : 123.675
    min_chn_1 : 116
    var_reci_chn_0: 0.0171247538316637
    var_reci_chn_1: 1.75e-2
    matrix_r1c1: -88
}
aipp_op { aipp_mode: static, related_input_rank: 1; input_format: YUV400_U8 }
)",
                                                      "a.cfg");
  ASSERT_TRUE(ops) << ops.message();
  ASSERT_EQ(ops->size(), 2u);
  const AippOp &op = (*ops)[0];
  EXPECT_EQ(op.word("input_format"), "RGB888_U8");
  EXPECT_EQ(op.integer("src_image_size_w"), 256);
  EXPECT_TRUE(op.has("crop"));
  EXPECT_FALSE(op.flag("crop"));
  EXPECT_EQ(op.number("min_chn_0"), 123.675f);
  EXPECT_EQ(op.number("min_chn_1"), 116);
  EXPECT_EQ(op.number("var_reci_chn_1"), 1.75e-2f);
  EXPECT_EQ(op.integer("matrix_r1c1"), -88);
  EXPECT_EQ(op.number("var_reci_chn_2", 1), 1) << "the default stands for a field not given";
  EXPECT_EQ((*ops)[1].integer("related_input_rank"), 1);
}

TEST(AippConfig, NamesFileAndLineOfAMistake) {
  EXPECT_EQ(errorOfField("crop_size: 4"),
            "a.cfg:4: unknown field 'crop_size', did you mean 'crop_size_w'?");
  EXPECT_EQ(errorOfField("something_else: 4"), "a.cfg:4: unknown field 'something_else'");
  EXPECT_EQ(errorOfField("crop: true\ncrop: true"), "a.cfg:5: field 'crop' is given twice");
  EXPECT_EQ(errorOfField("matrix_r0c0: 1\nmatrix_r0c0: 2"),
            "a.cfg:5: field 'matrix_r0c0' is given twice");
  EXPECT_EQ(errorOfField("crop: 1"), "a.cfg:4: field 'crop' must be true or false, not '1'");
  EXPECT_EQ(errorOfField("mean_chn_0: 1.5"),
            "a.cfg:4: field 'mean_chn_0' needs an integer, not '1.5'");
  EXPECT_EQ(errorOfField("min_chn_0: many"),
            "a.cfg:4: field 'min_chn_0' needs a number, not 'many'");
  EXPECT_EQ(errorOfField("crop"), "a.cfg:5: expected ':', found '}'");
  EXPECT_EQ(errorOfField("crop:"), "a.cfg:5: field 'crop' has no value");
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode:\nrelated_input_rank: 0\n}"),
            "a.cfg:2: field 'aipp_mode' has no value");
  EXPECT_EQ(errorOfField("crop = true"), "a.cfg:4: unexpected character '='");
  EXPECT_EQ(errorOfField("crop\xEF\xBC\x9A true"),
            "a.cfg:4: a full-width colon stands where ':' is needed; replace it");
  EXPECT_EQ(errorOfField("# \xEF\xBC\x9A in a comment is fine"), "no error");
}

TEST(AippConfig, ChecksRanges) {
  EXPECT_EQ(errorOfField("mean_chn_0: 256"),
            "a.cfg:4: field 'mean_chn_0' must lie in 0..255, not 256");
  EXPECT_EQ(errorOfField("left_padding_size: -1"),
            "a.cfg:4: field 'left_padding_size' must lie in 0..32, not -1");
  EXPECT_EQ(errorOfField("src_image_size_w: 99999999999999999999"),
            "a.cfg:4: field 'src_image_size_w' must lie in 0..4096, not 99999999999999999999");
  EXPECT_EQ(errorOfField("matrix_r2c2: -32769"),
            "a.cfg:4: field 'matrix_r2c2' must lie in -32768..32767, not -32769");
  EXPECT_NE(errorOfField("var_reci_chn_0: nan"), "no error");
  EXPECT_NE(errorOfField("var_reci_chn_0: inf"), "no error");
  EXPECT_EQ(errorOfField("padding_value: -65504"), "no error");
}

TEST(AippConfig, RefusesByNameWhatIsNotSupported) {
  EXPECT_EQ(errorOfField("resize: true"),
            "a.cfg:4: 'resize' is reserved: current chips do not resize in AIPP; pass pictures of "
            "the right size, or crop and pad");
  EXPECT_EQ(errorOfField("rotation_angle: 90"),
            "a.cfg:4: 'rotation_angle' is reserved and not supported");
  EXPECT_EQ(errorOfField("single_line_mode: true"),
            "a.cfg:4: 'single_line_mode' is reserved and not supported");
  EXPECT_EQ(errorOfField("input_edge_idx: 1"),
            "a.cfg:4: 'input_edge_idx' other than 0 is not supported: an input feeds all of its "
            "nodes through the one AIPP");
  EXPECT_EQ(errorOfField("resize: false"), "no error");
  EXPECT_EQ(errorOfField("resize: false resize_output_w: 224"), "no error");
  EXPECT_EQ(errorOfField("related_input_name: \"data\""),
            "a.cfg:4: 'related_input_name' is for Caffe models; use 'related_input_rank'");
}

TEST(AippConfig, FieldsWithoutEffectAreAccepted) {
  EXPECT_EQ(errorOfField("support_rotation: true"), "no error");
  EXPECT_EQ(errorOfField("cpadding_value: 1.5"), "no error");
  EXPECT_EQ(errorOfField("raw_rgbir_to_f16_n: 8"), "no error");
  EXPECT_EQ(errorOfField("max_src_image_size: 752640"), "no error");
}

TEST(AippConfig, DynamicBlocksNeedASizeAndIgnoreStaticFields) {
  Expected<std::vector<AippOp>> ops = parseAippConfig(R"(aipp_op {
    aipp_mode : dynamic
    related_input_rank : 0
    max_src_image_size : 752640
    support_rotation: false
    input_format : RGB888_U8
    resize: true
    csc_switch : false
    var_reci_chn_0 : 0.003921568627451
})",
                                                      "a.cfg");
  ASSERT_TRUE(ops) << ops.message();
  EXPECT_TRUE((*ops)[0].isDynamic());
  EXPECT_EQ((*ops)[0].number("max_src_image_size"), 752640);
  const char *needed = "dynamic AIPP needs 'max_src_image_size', the bytes of the largest pictures "
                       "of a run, greater than 0";
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode: dynamic\n}"), std::string("a.cfg:1: ") + needed);
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode: dynamic\nmax_src_image_size: 0\n}"),
            std::string("a.cfg:3: ") + needed);
}

TEST(AippConfig, RefusesBrokenBlocks) {
  EXPECT_EQ(errorOf(""), "a.cfg:1: there is no aipp_op block");
  EXPECT_EQ(errorOf("# only a comment\n"), "a.cfg:2: there is no aipp_op block");
  EXPECT_EQ(errorOf("aipp {"), "a.cfg:1: expected 'aipp_op', found 'aipp'");
  EXPECT_EQ(errorOf("aipp_op\n"), "a.cfg:2: expected '{', found the end of the file");
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode: static\n"),
            "a.cfg:3: the block is not closed: '}' is missing");
  EXPECT_EQ(errorOf("aipp_op {\ninput_format: RGB888_U8\n}"),
            "a.cfg:1: the block has no 'aipp_mode'; it must be static or dynamic");
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode: static\n}"),
            "a.cfg:1: the block has no 'input_format', which static AIPP needs");
  EXPECT_EQ(errorOf("aipp_op {\naipp_mode: 1\n}"),
            "a.cfg:2: 'aipp_mode' must be static or dynamic, not '1'");
  EXPECT_EQ(errorOf(std::string("\0\0", 2)), "a.cfg:1: unexpected byte 0");
  EXPECT_EQ(errorOf("aipp_op { related_input_name: \"x\n\" }"),
            "a.cfg:1: the string is not closed");
}

TEST(AippConfig, EveryPrefixIsAnErrorAndNeverACrash) {
  std::string text = "aipp_op {\n aipp_mode: static\n input_format: RGB888_U8\n min_chn_0: 1.5f\n}";
  for (size_t size = 0; size < text.size(); ++size)
    EXPECT_NE(errorOf(text.substr(0, size)), "no error") << size;
  EXPECT_EQ(errorOf(text), "no error");
}

TEST(AippConfig, MutatedTextNeverCrashes) {
  const std::string text =
      "# comment\naipp_op {\n aipp_mode: static, related_input_rank: 0; input_format: RGB888_U8\n"
      " crop: true matrix_r0c0: -256 min_chn_0: 123.675 related_input_name: \"a\" }\n"
      "aipp_op: { aipp_mode: dynamic max_src_image_size: 4294967295 }";
  std::mt19937 random(5);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string mutated = text;
    for (unsigned edits = 1 + random() % 4; edits-- > 0;) {
      size_t at = random() % mutated.size();
      switch (random() % 3) {
      case 0:
        mutated[at] = static_cast<char>(random());
        break;
      case 1:
        mutated.erase(at, 1 + random() % 20);
        break;
      default:
        mutated.insert(at, text.substr(random() % text.size(), random() % 12));
      }
      if (mutated.empty())
        break;
    }
    Expected<std::vector<AippOp>> ops = parseAippConfig(mutated, "a.cfg");
    // Every error is placed.
    if (!ops) {
      EXPECT_EQ(ops.message().find("a.cfg:"), 0u) << ops.message();
    }
    accepted += bool(ops);
  }
  EXPECT_GT(accepted, 0u);
}
