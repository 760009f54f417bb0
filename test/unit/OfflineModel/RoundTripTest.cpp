//===- RoundTripTest.cpp - What is written is what is read ----------------===//

#include "GearModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::om;

namespace {

/// The sample with every optional part used.
Model fullModel() {
  Model model = test::sampleModel();
  AippInfo aipp;
  aipp.mode = "static";
  aipp.sourceFormat = "YUV420SP_U8";
  aipp.sourceWidth = 32;
  aipp.sourceHeight = 16;
  aipp.reportedShape = {1, 16, 32, 3};
  aipp.originDType = DType::F32;
  aipp.originShape = {1, 3, 16, 32};
  aipp.originFormat = "NCHW";
  aipp.settings = {{"crop", std::vector<int64_t>{1, 2, 16, 32}},
                   {"min_chn", std::vector<double>{123.675, 0, 0, 0}},
                   {"rbuv_swap_switch", int64_t(1)}};
  model.inputs.push_back({"image", DType::U8, {1, 24, 32, 1}, 768, "NHWC", "", aipp});
  AippInfo pictures{"dynamic", "", 0, 0, {1, 999}, DType::F16, {2, 3, 8, 8}, "NCHW", 3, {}};
  model.inputs.push_back({"any", DType::U8, {1, 999}, 999, "NHWC", "", pictures});
  AippInfo block{"parameters", "", 0, 0, {256}, DType::U8, {256}, "ND", 2, {}};
  model.inputs.push_back({"ascend_dynamic_aipp_data", DType::U8, {256}, 256, "ND", "", block});
  auto &relu = std::get<HostTask>(model.tasks[1]);
  relu.attributes = {{"axis", int64_t(-3)},
                     {"alpha", 0.1},
                     {"mode", std::string("nearest")},
                     {"pads", std::vector<int64_t>{1, -2, int64_t(1) << 60}},
                     {"scales", std::vector<double>{0.5, -1e300}}};
  HostOperand absent;
  absent.absent = true;
  relu.operands.push_back(absent);
  relu.passes = {"ascend-assign-engine"};
  relu.types = {"Relu"};
  auto &add = std::get<KernelTask>(model.tasks[0]);
  add.passes = {"ascend-fuse-batch-norm", "ascend-form-kernels"};
  add.types = {"Add"};
  add.outputs[0].madeBy = "ascend-fuse-batch-norm";
  add.slices = {{add.outputs[0], 1, 2}};
  model.kernels.push_back({"second", Blob(test::addKernel(false)), {}});
  KernelTask again = std::get<KernelTask>(model.tasks[0]);
  again.kernel = 1;
  again.blockDim = 8;
  model.tasks.push_back(again);
  return model;
}

void expectEqualPlans(const Plan &a, const Plan &b) {
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
  EXPECT_EQ(a.arenaBytes, b.arenaBytes);
  EXPECT_EQ(a.arenaBoundBytes, b.arenaBoundBytes);
  EXPECT_EQ(a.aiCoreNodes, b.aiCoreNodes);
  EXPECT_EQ(a.aiCpuNodes, b.aiCpuNodes);
  ASSERT_EQ(a.tasks.size(), b.tasks.size());
  for (size_t i = 0; i < a.tasks.size(); ++i) {
    ASSERT_EQ(a.tasks[i].index(), b.tasks[i].index());
    if (const auto *x = std::get_if<KernelTask>(&a.tasks[i])) {
      const auto &y = std::get<KernelTask>(b.tasks[i]);
      EXPECT_EQ(x->kernel, y.kernel);
      EXPECT_EQ(x->blockDim, y.blockDim);
      EXPECT_EQ(x->args, y.args);
      EXPECT_EQ(x->nodes, y.nodes);
      EXPECT_EQ(x->outputs, y.outputs);
      EXPECT_EQ(x->estimatedCycles, y.estimatedCycles);
      EXPECT_EQ(x->passes, y.passes);
      EXPECT_EQ(x->types, y.types);
      EXPECT_EQ(x->slices, y.slices);
    } else {
      const auto &h = std::get<HostTask>(a.tasks[i]);
      const auto &g = std::get<HostTask>(b.tasks[i]);
      EXPECT_EQ(h.op, g.op);
      EXPECT_EQ(h.passes, g.passes);
      EXPECT_EQ(h.types, g.types);
      EXPECT_EQ(h.attributes, g.attributes);
      EXPECT_EQ(h.operands, g.operands);
      EXPECT_EQ(h.results, g.results);
      EXPECT_EQ(h.nodes, g.nodes);
      EXPECT_EQ(h.reason, g.reason);
      EXPECT_EQ(h.outputs, g.outputs);
    }
  }
}

void expectEqual(const Model &a, const Model &b) {
  expectEqualPlans(a, b);
  EXPECT_EQ(a.gearKind, b.gearKind);
  ASSERT_EQ(a.gears.size(), b.gears.size());
  for (size_t i = 0; i < a.gears.size(); ++i) {
    EXPECT_EQ(a.gears[i].values, b.gears[i].values);
    expectEqualPlans(a.gears[i], b.gears[i]);
  }
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.socVersion, b.socVersion);
  EXPECT_EQ(a.socText, b.socText);
  EXPECT_EQ(a.commandLine, b.commandLine);
  EXPECT_EQ(a.compilerVersion, b.compilerVersion);
  EXPECT_EQ(a.diagonals, b.diagonals);
  EXPECT_EQ(a.reportJson, b.reportJson);
  EXPECT_TRUE(std::ranges::equal(a.weights.bytes(), b.weights.bytes()));
  ASSERT_EQ(a.kernels.size(), b.kernels.size());
  for (size_t i = 0; i < a.kernels.size(); ++i) {
    EXPECT_EQ(a.kernels[i].name, b.kernels[i].name);
    EXPECT_EQ(a.kernels[i].debug, b.kernels[i].debug);
    EXPECT_TRUE(std::ranges::equal(a.kernels[i].code.bytes(), b.kernels[i].code.bytes()));
  }
}

TEST(RoundTrip, EveryFieldSurvives) {
  Model model = fullModel();
  Expected<std::vector<uint8_t>> bytes = writeBytes(model);
  ASSERT_TRUE(bytes) << bytes.message();
  FileInfo info;
  Expected<Model> back = readBytes(*bytes, &info);
  ASSERT_TRUE(back) << back.message();
  expectEqual(model, *back);
  EXPECT_EQ(info.fileBytes, bytes->size());
  EXPECT_EQ(info.weightBytes, test::kBytes);
  EXPECT_EQ(info.debugBytes, 8u);
}

TEST(RoundTrip, Gears) {
  for (GearKind kind : {GearKind::Batch, GearKind::Image, GearKind::Dims}) {
    Model model = test::gearModel(kind);
    Expected<std::vector<uint8_t>> bytes = writeBytes(model);
    ASSERT_TRUE(bytes) << bytes.message();
    FileInfo info;
    Expected<Model> back = readBytes(*bytes, &info);
    ASSERT_TRUE(back) << back.message();
    expectEqual(model, *back);
    // Readers of version 1 compare these bytes and stop.
    EXPECT_EQ((*bytes)[8], 2);
    EXPECT_EQ(info.formatVersion, 2u);
    EXPECT_EQ(*bytes, *writeBytes(*back));
  }
  EXPECT_EQ((*writeBytes(test::sampleModel()))[8], 1);
}

TEST(RoundTrip, EmptyModel) {
  Model model;
  model.socVersion = "Ascend310P3";
  model.socText = test::sampleModel().socText;
  Expected<std::vector<uint8_t>> bytes = writeBytes(model);
  ASSERT_TRUE(bytes) << bytes.message();
  Expected<Model> back = readBytes(*bytes);
  ASSERT_TRUE(back) << back.message();
  expectEqual(model, *back);
}

TEST(RoundTrip, BytesDependOnContentAlone) {
  Expected<std::vector<uint8_t>> first = writeBytes(fullModel()), second = writeBytes(fullModel());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  // A second trip through the reader gives the same bytes again.
  Expected<Model> back = readBytes(*first);
  ASSERT_TRUE(back);
  Expected<std::vector<uint8_t>> third = writeBytes(*back);
  ASSERT_TRUE(third);
  EXPECT_EQ(*first, *third);
}

TEST(RoundTrip, SegmentsStartOnPages) {
  Model model = fullModel();
  Expected<std::vector<uint8_t>> bytes = writeBytes(model);
  ASSERT_TRUE(bytes);
  std::span<const uint8_t> weights = model.weights.bytes();
  auto at = std::search(bytes->begin(), bytes->end(), weights.begin(), weights.end());
  ASSERT_NE(at, bytes->end());
  EXPECT_EQ((at - bytes->begin()) % 4096, 0);
}

} // namespace
