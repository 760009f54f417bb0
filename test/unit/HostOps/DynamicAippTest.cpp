//===- DynamicAippTest.cpp - Pictures by parameters of the run ----------------===//

#include "OpTester.h"

#include "openatc/Aipp/DynamicParams.h"

namespace openatc::host {
namespace {

/// Parameters of `count` grey pictures of 3 x 2, of which the columns 1 and 2 are used.
Tensor parameters(int64_t count) {
  aipp::DynamicParams params = aipp::plainParams(aipp::InputFormat::YUV400_U8, 3, 2, count);
  for (aipp::DynamicPicture &picture : params.pictures) {
    picture.crop = 1;
    picture.cropX = 1;
    picture.cropW = picture.cropH = 2;
    picture.mean[0] = 10;
    picture.varReci[0] = 0x3800; // one half
  }
  std::vector<uint8_t> block = aipp::encodeBlock(params);
  return tensor<uint8_t>({int64_t(block.size())}, block);
}

const Tensor kPictures =
    tensor<uint8_t>({1, 14}, {0, 10, 20, 0, 30, 40, 0, 50, 60, 0, 70, 80, 99, 99});

Attributes to(DType dtype, const Ints &shape) {
  return {{"to", int64_t(dtype)}, {"output_shape", shape}};
}

TEST(DynamicAipp, ComputesHalves) {
  Call call("dynamic_aipp", to(DType::F16, {2, 1, 2, 2}), {kPictures, parameters(2)});
  ASSERT_TRUE(call.status.ok()) << call.status.message();
  EXPECT_EQ(call.results[0].shape, (Shape{2, 1, 2, 2}));
  // 0 5 10 15, 20 25 30 35
  EXPECT_EQ(call.results[0].values<uint16_t>(),
            (std::vector<uint16_t>{0, 0x4500, 0x4900, 0x4B80, 0x4D00, 0x4E40, 0x4F80, 0x5060}));
}

TEST(DynamicAipp, SmallerGearsUseTheFirstPictures) {
  Call call("dynamic_aipp", to(DType::U8, {1, 1, 2, 2}), {kPictures, parameters(2)});
  ASSERT_TRUE(call.status.ok()) << call.status.message();
  EXPECT_EQ(call.results[0].values<uint8_t>(), (std::vector<uint8_t>{10, 20, 30, 40}));
}

TEST(DynamicAipp, RefusesWhatDoesNotFit) {
  auto run = [](DType dtype, const Ints &shape, int64_t pictures) {
    return Call("dynamic_aipp", to(dtype, shape), {kPictures, parameters(pictures)});
  };
  expectError(run(DType::F16, {3, 1, 2, 2}, 2), "for 2 pictures but the network takes 3");
  expectError(run(DType::F16, {3, 1, 2, 2}, 3), "take 18 bytes, more than max_src_image_size, 14");
  expectError(run(DType::F16, {1, 3, 2, 2}, 1), "gives 1 channels but the network takes 3");
  expectError(run(DType::F16, {1, 1, 2, 3}, 1), "picture of 2x2 but the network takes 3x2");
  expectError(run(DType::F32, {1, 1, 2, 2}, 1), "f16 or u8");
  expectError(run(DType::F16, {1, 2, 2}, 1), "output_shape");
  expectError(run(DType::F16, {1, 1, 1 << 20, 2}, 1), "output_shape");
  expectError(Call("dynamic_aipp", to(DType::F16, {1, 1, 2, 2}),
                   {kPictures, tensor<uint8_t>({160}, std::vector<uint8_t>(160))}),
              "never set");
  expectError(Call("dynamic_aipp", to(DType::F16, {1, 1, 2, 2}),
                   {kPictures, tensor<uint8_t>({5}, std::vector<uint8_t>(5))}),
              "5 bytes");
}

} // namespace
} // namespace openatc::host
