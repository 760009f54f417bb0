//===- DynamicParamsTest.cpp - AIPP parameters of the run -----------------===//
#include "openatc/Aipp/DynamicParams.h"

#include "openatc/Aipp/AippReference.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

using namespace openatc;
using namespace openatc::aipp;

namespace {

/// Writes a number where the documented table has it; the test machine is little endian.
template <typename T> void put(std::vector<uint8_t> &block, size_t offset, T value) {
  std::memcpy(&block.at(offset + sizeof(T) - 1) - (sizeof(T) - 1), &value, sizeof(T));
}

/// The stage of a network that takes `batch` pictures of 3 x 8 x 6.
AippParams network(int64_t batch = 1) {
  AippParams stage;
  stage.maxSourceBytes = 4096;
  stage.batch = batch;
  stage.channels = 3;
  stage.outH = 8;
  stage.outW = 6;
  return stage;
}

std::string errorOf(const DynamicParams &params, const AippParams &stage = network()) {
  Expected<std::vector<AippParams>> pictures = resolveDynamic(params, stage);
  return pictures ? "no error" : pictures.message();
}

/// The error after `edit` of parameters that are right for network().
template <typename Edit> std::string errorAfter(Edit edit) {
  DynamicParams params = plainParams(InputFormat::RGB888_U8, 6, 8, 1);
  edit(params, params.pictures[0]);
  return errorOf(params);
}

} // namespace

TEST(DynamicParams, BlockHasTheDocumentedLayout) {
  DynamicParams p;
  p.inputFormat = blockNumberOf(InputFormat::RGB888_U8);
  p.csc = 1;
  p.rbuvSwap = 1;
  p.axSwap = 1;
  p.srcW = 640;
  p.srcH = 480;
  p.matrix = {1, -2, 3, -4, 5, -6, 7, -8, 32767};
  p.outputBias = {10, 11, 12};
  p.inputBias = {13, 14, 15};
  p.pictures.resize(2);
  DynamicPicture &last = p.pictures[1];
  last.crop = last.padding = 1;
  last.cropX = 2;
  last.cropY = 4;
  last.cropW = 100;
  last.cropH = 200;
  last.padTop = 1;
  last.padBottom = 2;
  last.padLeft = 3;
  last.padRight = 4;
  last.mean = {104, 117, -123, 1};
  last.min = {0x1234, 2, 3, 4};
  last.varReci = {5, 6, 7, 0x4321};

  std::vector<uint8_t> want(64 + 96 * 2);
  put<uint8_t>(want, 0, 5);
  put<int8_t>(want, 1, 1);
  put<int8_t>(want, 2, 1);
  put<int8_t>(want, 3, 1);
  put<int8_t>(want, 4, 2);
  put<int32_t>(want, 8, 640);
  put<int32_t>(want, 12, 480);
  for (size_t i = 0; i < 9; ++i)
    put<int16_t>(want, 16 + 2 * i, p.matrix[i]);
  for (size_t i = 0; i < 3; ++i) {
    put<uint8_t>(want, 40 + i, static_cast<uint8_t>(10 + i));
    put<uint8_t>(want, 43 + i, static_cast<uint8_t>(13 + i));
  }
  for (size_t i = 0; i < 4; ++i)
    put<uint16_t>(want, 64 + 72 + 2 * i, 0x3C00);
  size_t at = 64 + 96;
  put<int8_t>(want, at, 1);
  put<int8_t>(want, at + 2, 1);
  int32_t crop[] = {2, 4, 100, 200}, padding[] = {1, 2, 3, 4};
  int16_t mean[] = {104, 117, -123, 1};
  uint16_t min[] = {0x1234, 2, 3, 4}, scale[] = {5, 6, 7, 0x4321};
  for (size_t i = 0; i < 4; ++i) {
    put<int32_t>(want, at + 8 + 4 * i, crop[i]);
    put<int32_t>(want, at + 40 + 4 * i, padding[i]);
    put<int16_t>(want, at + 56 + 2 * i, mean[i]);
    put<uint16_t>(want, at + 64 + 2 * i, min[i]);
    put<uint16_t>(want, at + 72 + 2 * i, scale[i]);
  }
  EXPECT_EQ(encodeBlock(p), want);
  Expected<DynamicParams> back = decodeBlock(want);
  ASSERT_TRUE(back) << back.message();
  EXPECT_EQ(encodeBlock(*back), want);
  EXPECT_EQ(back->pictures[1].mean[2], -123);
}

TEST(DynamicParams, BlockMustBeSetAndForAsManyPictures) {
  std::vector<uint8_t> block(64 + 96 * 2);
  EXPECT_EQ(decodeBlock(block).message(),
            "the AIPP parameters were never set: the input format is 0; call aclmdlSetInputAIPP or "
            "aclmdlSetAIPPByInputIndex before executing");
  block[0] = 5;
  block[4] = 1;
  EXPECT_EQ(decodeBlock(block).message(),
            "the AIPP parameters are for 1 pictures but the model takes 2; give that number to "
            "aclmdlCreateAIPP");
  for (size_t bytes : {0, 63, 64, 159, 161, 64 + 96 * 128})
    EXPECT_EQ(decodeBlock(std::vector<uint8_t>(bytes)).message(),
              "the AIPP parameter block has " + std::to_string(bytes) +
                  " bytes, which is not 64 + 96 for each picture");
}

TEST(DynamicParams, EveryMistakeNamesItsFunction) {
  using P = DynamicParams;
  using I = DynamicPicture;
  EXPECT_EQ(errorAfter([](P &, I &) {}), "no error");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.inputFormat = 7; }),
            "AIPP: input format 7 is not supported; supported are YUV420SP_U8, XRGB8888_U8, "
            "RGB888_U8 and YUV400_U8 (aclmdlSetAIPPInputFormat)");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.srcW = 1; }),
            "AIPP: the source picture of 1x8 is outside 2..4096 by 1..4096 "
            "(aclmdlSetAIPPSrcImageSize)");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.srcH = 1000; }),
            "AIPP: 1 RGB888_U8 pictures of 6x1000 take 18000 bytes, more than max_src_image_size, "
            "4096 (pass smaller pictures, or compile with a larger max_src_image_size)");
  EXPECT_EQ(errorAfter([](P &p, I &) {
              p.inputFormat = 1;
              p.srcH = 7;
            }),
            "AIPP: a YUV420SP_U8 picture needs even sizes, not 6x7 (aclmdlSetAIPPSrcImageSize)");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.csc = 2; }),
            "AIPP: cscSwitch must be 0 or 1, not 2 (aclmdlSetAIPPCscParams)");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.axSwap = 1; }),
            "AIPP: axSwapSwitch needs the format XRGB8888_U8 (aclmdlSetAIPPAxSwapSwitch)");
  EXPECT_EQ(errorAfter([](P &p, I &) { p.inputFormat = 10; }),
            "AIPP: YUV400_U8 without conversion gives 1 channels but the network takes 3 "
            "(aclmdlSetAIPPInputFormat, aclmdlSetAIPPCscParams)");
  EXPECT_EQ(
      errorAfter([](P &, I &i) { i.scf = 1; }),
      "picture 0: AIPP: resizing (scf) is reserved and not supported by current chips (do not "
      "switch it on with aclmdlSetAIPPScfParams; resize the pictures before)");
  EXPECT_EQ(errorAfter([](P &, I &i) {
              i.crop = 1;
              i.cropX = 2;
              i.cropW = i.cropH = 5;
            }),
            "picture 0: AIPP: the crop of 5x5 at 2,0 leaves the source of 6x8 "
            "(aclmdlSetAIPPCropParams)");
  EXPECT_EQ(errorAfter([](P &, I &i) {
              i.padding = 1;
              i.padTop = 33;
            }),
            "picture 0: AIPP: a padding of 33 is outside 0..32 (aclmdlSetAIPPPaddingParams)");
  EXPECT_EQ(errorAfter([](P &, I &i) {
              i.padding = 1;
              i.padTop = 1;
            }),
            "picture 0: AIPP: the result is a picture of 6x9 but the network takes 6x8 (width x "
            "height) (aclmdlSetAIPPSrcImageSize, aclmdlSetAIPPCropParams, "
            "aclmdlSetAIPPPaddingParams)");
  EXPECT_EQ(errorOf(plainParams(InputFormat::RGB888_U8, 6, 8, 1), network(2)),
            "the AIPP parameters are for 1 pictures but the network takes 2; give aclmdlCreateAIPP "
            "the largest batch");
}

TEST(DynamicParams, PicturesHaveParametersOfTheirOwn) {
  DynamicParams p = plainParams(InputFormat::RGB888_U8, 10, 12, 2);
  p.pictures[0].crop = p.pictures[1].crop = 1;
  p.pictures[0].cropW = p.pictures[1].cropW = 6;
  p.pictures[0].cropH = p.pictures[1].cropH = 8;
  p.pictures[1].cropX = 4;
  p.pictures[1].mean = {1, 2, 3, 4};
  Expected<std::vector<AippParams>> pictures = resolveDynamic(p, network(2));
  ASSERT_TRUE(pictures) << pictures.message();
  EXPECT_EQ((*pictures)[0].cropX, 0);
  EXPECT_EQ((*pictures)[1].cropX, 4);
  EXPECT_EQ((*pictures)[1].mean[1], 2);
  // A smaller gear uses the parameters of the first pictures.
  EXPECT_EQ(resolveDynamic(p, network(1))->size(), 1u);
}

TEST(DynamicParams, PlainPicturesFitTheBuffer) {
  AippParams stage = network();
  EXPECT_EQ(plainFormat(stage, 1), InputFormat::RGB888_U8);
  stage.maxSourceBytes = 6 * 8 * 3 - 1;
  EXPECT_EQ(plainFormat(stage, 1), InputFormat::YUV420SP_U8);
  EXPECT_EQ(plainFormat(stage, 2), std::nullopt);
  stage.outW = 7;
  EXPECT_EQ(plainFormat(stage, 1), std::nullopt) << "YUV420SP has even sizes only";
  stage.channels = 1;
  EXPECT_EQ(plainFormat(stage, 1), InputFormat::YUV400_U8);
}

TEST(DynamicParams, BiasFollowsTheSourceFormat) {
  DynamicParams p = plainParams(InputFormat::RGB888_U8, 6, 8, 1);
  p.csc = 1;
  p.matrix = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  p.inputBias = {1, 2, 3};
  p.outputBias = {4, 5, 6};
  std::array<uint8_t, 3> none{};
  EXPECT_EQ((*resolveDynamic(p, network()))[0].inputBias, none);
  EXPECT_EQ((*resolveDynamic(p, network()))[0].outputBias, p.outputBias);
  p.inputFormat = blockNumberOf(InputFormat::YUV420SP_U8);
  EXPECT_EQ((*resolveDynamic(p, network()))[0].inputBias, p.inputBias);
  EXPECT_EQ((*resolveDynamic(p, network()))[0].outputBias, none);
}

TEST(DynamicParams, RandomBlocksNeverCrashOrLeaveTheBuffers) {
  std::mt19937 random(11);
  std::vector<uint8_t> source(network().maxSourceBytes, 7);
  std::vector<uint16_t> result(3 * 8 * 6);
  size_t computed = 0;
  for (int round = 0; round < 10000; ++round) {
    std::vector<uint8_t> block = encodeBlock(plainParams(InputFormat::RGB888_U8, 6, 8, 1));
    unsigned bytes = random() % 8;
    for (unsigned i = 0; i < bytes; ++i)
      block[random() % block.size()] =
          static_cast<uint8_t>(random() % 3 ? random() % 12 : random());
    Expected<DynamicParams> params = decodeBlock(block);
    if (!params)
      continue;
    Expected<std::vector<AippParams>> pictures = resolveDynamic(*params, network());
    if (!pictures)
      continue;
    const AippParams &p = (*pictures)[0];
    // What applyAipp reads and writes, so that it can run on buffers of these sizes.
    ASSERT_LE(static_cast<size_t>(bytesPerImage(p)), source.size());
    ASSERT_EQ(static_cast<size_t>(p.channels * p.outH * p.outW), result.size());
    ASSERT_TRUE(p.cropX >= 0 && p.cropY >= 0 && p.cropX + p.cropW <= p.srcW &&
                p.cropY + p.cropH <= p.srcH);
    applyAipp(p, source.data(), 1, result.data());
    ++computed;
  }
  EXPECT_GT(computed, 200u);
}
