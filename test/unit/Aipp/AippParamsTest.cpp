//===- AippParamsTest.cpp - AIPP blocks checked against a network ---------===//
#include "openatc/Aipp/AippParams.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::aipp;

static AippOp block(const std::string &format, const std::string &fields) {
  Expected<std::vector<AippOp>> ops = parseAippConfig(
      "aipp_op { aipp_mode: static input_format: " + format + "\n" + fields + " }", "a.cfg");
  EXPECT_TRUE(ops) << ops.message();
  return ops ? (*ops)[0] : AippOp("a.cfg", 1);
}

static NetworkInput picture(int64_t c, int64_t h, int64_t w, int64_t n = 1) {
  return {"data", DType::F32, {n, c, h, w}, false};
}

static std::string errorOf(const AippOp &op, const NetworkInput &input) {
  Expected<AippParams> params = resolveAipp(op, input);
  return params ? "no error" : params.message();
}

TEST(AippParams, TakesTheNetworksSizeWhenNoneIsGiven) {
  Expected<AippParams> p = resolveAipp(block("RGB888_U8", ""), picture(3, 20, 30, 2));
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->srcW, 30);
  EXPECT_EQ(p->srcH, 20);
  EXPECT_EQ(p->varReci[0], 1);
  EXPECT_EQ(bytesPerImage(*p), 1800);
  EXPECT_EQ(inputDims(*p), (std::vector<int64_t>{2, 20, 30, 3}));
  EXPECT_EQ(describeInput(*p, "data"),
            "input 'data' takes 2 RGB888_U8 pictures of 30x20, 3600 bytes");
}

TEST(AippParams, ReadsNhwcNetworks) {
  Expected<AippParams> p =
      resolveAipp(block("RGB888_U8", ""), {"data", DType::F16, {1, 20, 30, 3}, true});
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->outW, 30);
  EXPECT_EQ(p->channels, 3);
}

TEST(AippParams, BufferOfEachFormat) {
  struct {
    const char *format;
    int64_t channels, bytes;
    std::vector<int64_t> dims, buffer;
  } cases[] = {{"YUV420SP_U8", 3, 96, {1, 8, 8, 3}, {1, 12, 8, 1}},
               {"XRGB8888_U8", 3, 256, {1, 8, 8, 4}, {1, 8, 8, 4}},
               {"RGB888_U8", 3, 192, {1, 8, 8, 3}, {1, 8, 8, 3}},
               {"YUV400_U8", 1, 64, {1, 8, 8, 1}, {1, 8, 8, 1}}};
  for (const auto &c : cases) {
    Expected<AippParams> p = resolveAipp(block(c.format, ""), picture(c.channels, 8, 8));
    ASSERT_TRUE(p) << p.message();
    EXPECT_EQ(bytesPerImage(*p), c.bytes) << c.format;
    EXPECT_EQ(inputDims(*p), c.dims) << c.format;
    EXPECT_EQ(bufferDims(*p), c.buffer) << c.format;
  }
}

TEST(AippParams, SizeChainMustEndAtTheNetwork) {
  std::string source = "src_image_size_w: 256\nsrc_image_size_h: 240\n";
  std::string crop = "crop: true\nload_start_pos_w: 16\nload_start_pos_h: 8\n";
  EXPECT_EQ(errorOf(block("RGB888_U8", source), picture(3, 224, 224)),
            "a.cfg:1: AIPP gives pictures of 256x240 but the network input takes 224x224 "
            "(width x height)");
  Expected<AippParams> p = resolveAipp(block("RGB888_U8", source + crop), picture(3, 224, 224));
  ASSERT_TRUE(p) << "a crop without a size is the network's: " << p.message();
  EXPECT_EQ(p->cropW, 224);
  EXPECT_EQ(errorOf(block("RGB888_U8", source + crop + "crop_size_w: 250\n"), picture(3, 224, 250)),
            "a.cfg:4: the crop of 250x224 at 16,8 leaves the source of 256x240");
  std::string padded = source + crop + "crop_size_w: 200\ncrop_size_h: 200\npadding: true\n" +
                       "left_padding_size: 24\ntop_padding_size: 20\nbottom_padding_size: 4\n";
  p = resolveAipp(block("RGB888_U8", padded), picture(3, 224, 224));
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->padTop, 20);
  EXPECT_EQ(errorOf(block("RGB888_U8", "crop: true"), picture(3, 224, 224)),
            "a.cfg:2: crop and padding need 'src_image_size_w' and 'src_image_size_h'");
}

TEST(AippParams, ValuesOfSwitchedOffStagesHaveNoEffect) {
  Expected<AippParams> p = resolveAipp(
      block("RGB888_U8", "crop: false load_start_pos_w: 16 crop_size_w: 224 left_padding_size: 3"),
      picture(3, 8, 8));
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->cropX, 0);
  EXPECT_EQ(p->cropW, 8);
  EXPECT_EQ(p->padLeft, 0);
}

TEST(AippParams, FillsConversionDefaultsElementByElement) {
  Expected<AippParams> p =
      resolveAipp(block("YUV420SP_U8", "csc_switch: true matrix_r0c1: 7"), picture(3, 8, 8));
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->matrix, (std::array<int16_t, 9>{298, 7, 0, 298, -100, -208, 298, 0, 409}));
  EXPECT_EQ(p->inputBias, (std::array<uint8_t, 3>{16, 128, 128}));
  EXPECT_EQ(p->outputBias, (std::array<uint8_t, 3>{0, 0, 0})) << "a YUV source has no output bias";
  p = resolveAipp(block("RGB888_U8", "csc_switch: true output_bias_1: 9"), picture(3, 8, 8));
  ASSERT_TRUE(p) << p.message();
  EXPECT_EQ(p->matrix, (std::array<int16_t, 9>{66, 129, 25, -38, -74, 112, 112, -94, -18}));
  EXPECT_EQ(p->inputBias, (std::array<uint8_t, 3>{0, 0, 0}));
  EXPECT_EQ(p->outputBias, (std::array<uint8_t, 3>{16, 9, 128}));
}

TEST(AippParams, ConversionToGreyGivesOneChannel) {
  std::string grey = "csc_switch: true matrix_r0c0: 76 matrix_r0c1: 150 matrix_r0c2: 30 "
                     "matrix_r1c0: 0 matrix_r1c1: 0 matrix_r1c2: 0 matrix_r2c0: 0 matrix_r2c1: 0 "
                     "matrix_r2c2: 0 output_bias_0: 0 output_bias_1: 0 output_bias_2: 0";
  EXPECT_EQ(errorOf(block("RGB888_U8", grey), picture(1, 8, 8)), "no error");
  EXPECT_EQ(errorOf(block("RGB888_U8", grey), picture(3, 8, 8)),
            "a.cfg:1: AIPP gives 1 channel but input 'data' takes 3");
}

TEST(AippParams, RefusesWhatTheFormatCannotDo) {
  EXPECT_EQ(errorOf(block("YUYV_U8", ""), picture(3, 8, 8)),
            "a.cfg:1: 'input_format' YUYV_U8 is reserved: no current chip reads it; supported are "
            "YUV420SP_U8, XRGB8888_U8, RGB888_U8 and YUV400_U8");
  EXPECT_EQ(errorOf(block("RGB24_IR", ""), picture(3, 8, 8))
                .find("a.cfg:1: 'input_format' RGB24_IR "
                      "is reserved"),
            0u);
  EXPECT_EQ(errorOf(block("BGR888", ""), picture(3, 8, 8)),
            "a.cfg:1: 'input_format' BGR888 is not known; supported are YUV420SP_U8, XRGB8888_U8, "
            "RGB888_U8 and YUV400_U8");
  EXPECT_EQ(errorOf(block("RGB888_U8", "ax_swap_switch: true"), picture(3, 8, 8)),
            "a.cfg:2: 'ax_swap_switch' needs a four-byte format, XRGB8888_U8");
  EXPECT_EQ(errorOf(block("YUV400_U8", "csc_switch: true"), picture(1, 8, 8)),
            "a.cfg:2: YUV400_U8 has no colour to convert; 'csc_switch' must be false");
  EXPECT_EQ(errorOf(block("YUV420SP_U8", ""), picture(3, 7, 8)),
            "a.cfg:1: a YUV420SP_U8 picture needs even sizes, not 8x7");
}

TEST(AippParams, RefusesInputsThatAreNoPictures) {
  AippOp op = block("RGB888_U8", "");
  EXPECT_EQ(errorOf(op, {"data", DType::F32, {1, 3}, false}),
            "a.cfg:1: AIPP feeds pictures but input 'data' has rank 2 instead of 4; it "
            "must be NCHW or NHWC");
  EXPECT_EQ(errorOf(op, {"data", DType::I32, {1, 3, 8, 8}, false}),
            "a.cfg:1: AIPP gives floating-point pictures or bytes but input 'data' is i32");
  EXPECT_NE(errorOf(op, picture(3, 0, 8)), "no error");
  EXPECT_NE(errorOf(op, picture(3, 8, 100000)), "no error");
}

TEST(AippParams, BlocksGoToTheInputsTheyName) {
  std::vector<NetworkInput> inputs = {picture(3, 8, 8), picture(1, 4, 4)};
  std::vector<AippOp> ops = {block("YUV400_U8", "related_input_rank: 1"), block("RGB888_U8", "")};
  Expected<std::vector<AippParams>> all = resolveAippConfig(ops, inputs);
  ASSERT_TRUE(all) << all.message();
  EXPECT_EQ((*all)[0].format, InputFormat::RGB888_U8);
  EXPECT_EQ((*all)[1].inputRank, 1);
  ops[0] = block("RGB888_U8", "");
  EXPECT_EQ(resolveAippConfig(ops, inputs).message(),
            "a.cfg:1: Cannot insert aipp to the same position: an earlier aipp_op block has "
            "related_input_rank 0 too");
  ops[0] = block("RGB888_U8", "related_input_rank: 4294967295");
  EXPECT_EQ(resolveAippConfig(ops, inputs).message(),
            "a.cfg:2: Cannot find the data node by aipp parameter related_input_rank 4294967295; "
            "the model has 2 inputs, counted from 0");
}

TEST(AippParams, PaddedWidthIsLimitedByTheChip) {
  AippOp op = block("RGB888_U8", "src_image_size_w: 1080 src_image_size_h: 8 padding: true "
                                 "left_padding_size: 1");
  EXPECT_EQ(resolveAipp(op, picture(3, 8, 1081)).message(),
            "a.cfg:2: the padded width 1081 is above 1080, the limit of this soc_version");
  EXPECT_TRUE(resolveAipp(op, picture(3, 8, 1081), {4096}));
}

TEST(AippParams, NetworksThatTakeBytesGetThem) {
  NetworkInput bytes{"data", DType::U8, {1, 3, 8, 8}, false};
  Expected<AippParams> p = resolveAipp(block("RGB888_U8", "min_chn_0: 5"), bytes);
  ASSERT_TRUE(p) << p.message();
  EXPECT_TRUE(p->bytes);
  std::string padded = "src_image_size_w: 8 src_image_size_h: 6 padding: true top_padding_size: 2 ";
  EXPECT_EQ(errorOf(block("RGB888_U8", padded + "padding_value: 255"), bytes), "no error");
  EXPECT_EQ(errorOf(block("RGB888_U8", padded + "\npadding_value: -1"), bytes),
            "a.cfg:3: 'padding_value' must be an integer in 0..255, the network's input is u8");
  bytes.dtype = DType::I8;
  EXPECT_EQ(errorOf(block("RGB888_U8", padded + "padding_value: -128"), bytes), "no error");
  EXPECT_EQ(errorOf(block("RGB888_U8", padded + "\npadding_value: 0.5"), bytes),
            "a.cfg:3: 'padding_value' must be an integer in -128..127, the network's input is i8");
}

static AippOp dynamicBlock(const std::string &fields) {
  Expected<std::vector<AippOp>> ops =
      parseAippConfig("aipp_op { aipp_mode: dynamic " + fields + " }", "a.cfg");
  EXPECT_TRUE(ops) << ops.message();
  return ops ? (*ops)[0] : AippOp("a.cfg", 1);
}

TEST(AippParams, DynamicBlocksTakeABufferOfAnyPictures) {
  Expected<AippParams> p = resolveAipp(dynamicBlock("max_src_image_size: 260000"),
                                       {"data", DType::F16, {2, 20, 30, 3}, true});
  ASSERT_TRUE(p) << p.message();
  EXPECT_TRUE(p->isDynamic());
  EXPECT_EQ(p->outW, 30);
  EXPECT_EQ(p->channels, 3);
  EXPECT_EQ(inputDims(*p), (std::vector<int64_t>{1, 260000}));
  EXPECT_EQ(bufferDims(*p), (std::vector<int64_t>{1, 260000}));
  EXPECT_EQ(
      describeInput(*p, "data"),
      "input 'data' takes 2 pictures whose format and size are set at run time "
      "(aclmdlSetInputAIPP), in a buffer of 260000 bytes; for example 2 RGB888_U8 pictures of "
      "30x20, 3600 bytes. The parameters are 256 bytes in an input of their own");
}

TEST(AippParams, DynamicBufferMayBeTooSmallForTheNetworksSize) {
  // The YOLOv3 sample: room for NV12 but not for RGB.
  Expected<AippParams> p =
      resolveAipp(dynamicBlock("max_src_image_size: 260000"), picture(3, 416, 416));
  ASSERT_TRUE(p) << p.message();
  EXPECT_NE(describeInput(*p, "data").find("1 YUV420SP_U8 picture of 416x416, 259584 bytes"),
            std::string::npos);
  p = resolveAipp(dynamicBlock("max_src_image_size: 1000"), picture(3, 416, 416));
  ASSERT_TRUE(p) << p.message();
  EXPECT_NE(describeInput(*p, "data")
                .find("in a buffer of 1000 bytes; too small for pictures of 416x416, the network's "
                      "size. The parameters"),
            std::string::npos);
}

TEST(AippParams, DynamicBlocksNeedANetworkThatTheyCanFeed) {
  AippOp op = dynamicBlock("max_src_image_size: 4294967295");
  EXPECT_EQ(errorOf(op, picture(4, 8, 8)),
            "a.cfg:1: dynamic AIPP gives 1 or 3 channels but input 'data' takes 4");
  EXPECT_EQ(errorOf(op, picture(3, 8, 8, 128)),
            "a.cfg:1: dynamic AIPP has parameters for at most 127 pictures but input 'data' takes "
            "128");
  EXPECT_EQ(errorOf(op, picture(1, 8, 8, 127)), "no error");
}
