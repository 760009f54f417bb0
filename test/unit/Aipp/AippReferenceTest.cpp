//===- AippReferenceTest.cpp - AIPP arithmetic on hand-made pictures ------===//
#include "openatc/Aipp/AippReference.h"
#include "openatc/Support/Half.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::aipp;

/// Runs one picture through the stage and returns the network's input as floats.
static std::vector<float> apply(const std::string &fields, int64_t c, int64_t h, int64_t w,
                                const std::vector<uint8_t> &picture) {
  Expected<std::vector<AippOp>> ops =
      parseAippConfig("aipp_op { aipp_mode: static " + fields + " }", "a.cfg");
  EXPECT_TRUE(ops) << ops.message();
  if (!ops)
    return {};
  Expected<AippParams> p = resolveAipp((*ops)[0], {"data", DType::F32, {1, c, h, w}, false});
  EXPECT_TRUE(p) << p.message();
  if (!p)
    return {};
  EXPECT_EQ(static_cast<size_t>(bytesPerImage(*p)), picture.size());
  std::vector<uint16_t> half(c * h * w);
  applyAipp(*p, picture.data(), 1, half.data());
  std::vector<float> result;
  for (uint16_t bits : half)
    result.push_back(halfToFloat(bits));
  return result;
}

using Floats = std::vector<float>;

TEST(AippReference, RgbIsPlanarisedAndSwapped) {
  std::vector<uint8_t> picture = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(apply("input_format: RGB888_U8", 3, 1, 2, picture), (Floats{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(apply("input_format: RGB888_U8 rbuv_swap_switch: true", 3, 1, 2, picture),
            (Floats{3, 6, 2, 5, 1, 4}));
}

TEST(AippReference, FourBytePixels) {
  std::vector<uint8_t> picture = {1, 2, 3, 4, 5, 6, 7, 8};
  std::string format = "input_format: XRGB8888_U8 ";
  EXPECT_EQ(apply(format, 3, 1, 2, picture), (Floats{1, 5, 2, 6, 3, 7}));
  EXPECT_EQ(apply(format + "ax_swap_switch: true", 3, 1, 2, picture), (Floats{2, 6, 3, 7, 4, 8}));
  EXPECT_EQ(apply(format + "ax_swap_switch: true rbuv_swap_switch: true", 3, 1, 2, picture),
            (Floats{4, 8, 3, 7, 2, 6}));
}

TEST(AippReference, ChromaIsSharedByTwoByTwoPixels) {
  // Four by two pixels of Y, then two U,V pairs; the crop keeps the right half.
  std::vector<uint8_t> picture = {1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 30, 40};
  std::string crop = "input_format: YUV420SP_U8 src_image_size_w: 4 src_image_size_h: 2 crop: true "
                     "load_start_pos_w: 2 crop_size_w: 2 crop_size_h: 2 ";
  EXPECT_EQ(apply(crop, 3, 2, 2, picture), (Floats{3, 4, 7, 8, 30, 30, 30, 30, 40, 40, 40, 40}));
  EXPECT_EQ(apply(crop + "rbuv_swap_switch: true", 3, 2, 2, picture),
            (Floats{3, 4, 7, 8, 40, 40, 40, 40, 30, 30, 30, 30}));
}

TEST(AippReference, ConversionShiftsTowardsMinusInfinityAndClamps) {
  // Defaults of YUV420SP are BT.601 narrow to BGR. Y = 81, U = 90, V = 240 is pure red:
  // B = (298 * 65 + 516 * -38) >> 8 = -238 >> 8 = -1, clamped to 0
  // G = (298 * 65 - 100 * -38 - 208 * 112) >> 8 = -126 >> 8 = -1, clamped to 0
  // R = (298 * 65 + 409 * 112) >> 8 = 65178 >> 8 = 254
  std::vector<uint8_t> picture = {81, 235, 81, 16, 90, 240};
  Floats bgr = apply("input_format: YUV420SP_U8 csc_switch: true", 3, 2, 2, picture);
  EXPECT_EQ(bgr[0], 0);
  EXPECT_EQ(bgr[4], 0);
  EXPECT_EQ(bgr[8], 254);
  EXPECT_EQ(bgr[9], 255) << "an overflow is clamped";
  // Defaults of RGB are BT.601 narrow to YUV. U of pure red is (-38 * 255 >> 8) + 128 = -38 + 128.
  EXPECT_EQ(apply("input_format: RGB888_U8 csc_switch: true", 3, 1, 2, {255, 0, 0, 0, 0, 0}),
            (Floats{65 + 16, 16, -38 + 128, 128, 111 + 128, 128}));
}

TEST(AippReference, EveryStepOfTheNormalisationIsRoundedToHalf) {
  // half(123.675) = 123.6875; 200 - 10 - 123.6875 = 66.3125; half(0.017) = 0.0169982910; the
  // product 1.12719917 lies between 1.126953125 and 1.1279296875, nearer to the former.
  Floats out = apply("input_format: YUV400_U8 mean_chn_0: 10 min_chn_0: 123.675 "
                     "var_reci_chn_0: 0.017",
                     1, 1, 2, {200, 0});
  EXPECT_EQ(out[0], 1.126953125f);
  EXPECT_LT(out[1], 0);
}

TEST(AippReference, PaddingIsWrittenAfterNormalisation) {
  EXPECT_EQ(apply("input_format: YUV400_U8 src_image_size_w: 2 src_image_size_h: 1 padding: true "
                  "left_padding_size: 1 bottom_padding_size: 1 padding_value: -1.5 "
                  "var_reci_chn_0: 0.5",
                  1, 2, 3, {4, 6}),
            (Floats{-1.5, 2, 3, -1.5, -1.5, -1.5}));
}

TEST(AippReference, BytesGoThroughWithoutNormalisation) {
  Expected<std::vector<AippOp>> ops = parseAippConfig(
      "aipp_op { aipp_mode: static input_format: RGB888_U8 src_image_size_w: 2 src_image_size_h: 1 "
      "min_chn_0: 9 var_reci_chn_1: 0.5 padding: true left_padding_size: 1 padding_value: -3 }",
      "a.cfg");
  ASSERT_TRUE(ops) << ops.message();
  Expected<AippParams> p = resolveAipp((*ops)[0], {"data", DType::I8, {1, 3, 1, 3}, false});
  ASSERT_TRUE(p) << p.message();
  std::vector<uint8_t> picture = {1, 2, 3, 4, 5, 255}, out(9);
  applyAipp(*p, picture.data(), 1, out.data());
  EXPECT_EQ(out, (std::vector<uint8_t>{253, 1, 4, 253, 2, 5, 253, 3, 255}));
}
