//===- ValidationTest.cpp - Relations between the parts of a model --------===//

#include "SampleModel.h"

#include "openatc/OfflineModel/Reader.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::om;

namespace {

KernelTask &launch(Model &model) { return std::get<KernelTask>(model.tasks[0]); }
HostTask &relu(Model &model) { return std::get<HostTask>(model.tasks[1]); }

/// Applies `edit` to the sample and expects an error that contains `text`.
void expectError(void (*edit)(Model &), const std::string &text) {
  Model model = test::sampleModel();
  edit(model);
  Status status = checkModel(model);
  ASSERT_FALSE(status.ok()) << "accepted: " << text;
  EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
}

TEST(Validation, SampleIsValid) {
  Status status = checkModel(test::sampleModel());
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(Validation, Descriptions) {
  expectError([](Model &m) { m.inputs[0].bytes = 255; }, "input 'x'");
  expectError([](Model &m) { m.outputs[0].shape = {-1, 4}; }, "negative");
  expectError([](Model &m) { m.inputs[0].dtype = DType(77); }, "element type");
  expectError([](Model &m) { m.inputs[0].format = "NCWH"; }, "format");
}

/// The sample with a second input through dynamic AIPP and a third one with its parameters.
Model aippModel() {
  Model model = test::sampleModel();
  AippInfo pictures{"dynamic", "", 0, 0, {1, 999}, DType::F16, {2, 3, 8, 8}, "NCHW", 2, {}};
  model.inputs.push_back({"any", DType::U8, {1, 999}, 999, "NHWC", "", pictures});
  AippInfo block{"parameters", "", 0, 0, {256}, DType::U8, {256}, "ND", 1, {}};
  model.inputs.push_back({"ascend_dynamic_aipp_data", DType::U8, {256}, 256, "ND", "", block});
  return model;
}

TEST(Validation, DynamicAipp) {
  EXPECT_TRUE(checkModel(aippModel()).ok()) << checkModel(aippModel()).message();
  auto expectAippError = [](void (*edit)(std::vector<TensorDesc> &), const std::string &text) {
    Model model = aippModel();
    edit(model.inputs);
    Status status = checkModel(model);
    ASSERT_FALSE(status.ok()) << "accepted: " << text;
    EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
  };
  using Inputs = std::vector<TensorDesc>;
  expectAippError([](Inputs &in) { in[1].aipp->mode = "other"; }, "unknown AIPP mode 'other'");
  expectAippError([](Inputs &in) { in[1].aipp->partner = 3; }, "refers to input 3 of 3");
  expectAippError([](Inputs &in) { in[1].aipp->partner = 0; }, "do not refer to each other");
  expectAippError([](Inputs &in) { in[2].aipp->partner = 2; }, "do not refer to each other");
  expectAippError([](Inputs &in) { in[2].aipp.reset(); }, "do not refer to each other");
  expectAippError([](Inputs &in) { in[1].aipp->originShape = {3, 8, 8}; }, "rank 4");
  expectAippError(
      [](Inputs &in) {
        in[2].shape = {255};
        in[2].bytes = 255;
      },
      "64 bytes and 96 for each");
  expectAippError(
      [](Inputs &in) {
        in[1].dtype = DType::F16;
        in[1].bytes = 1998;
      },
      "AIPP takes bytes");
}

TEST(Validation, Soc) {
  expectError([](Model &m) { m.socText = "name = nonsense"; }, "SoC description");
  expectError([](Model &m) { m.socVersion = "Ascend910A"; }, "Ascend910A");
}

TEST(Validation, KernelTasks) {
  expectError([](Model &m) { launch(m).kernel = 1; }, "task 0: kernel 1");
  expectError([](Model &m) { launch(m).blockDim = 0; }, "block dimension");
  expectError([](Model &m) { launch(m).blockDim = 70000; }, "block dimension");
  expectError([](Model &m) { launch(m).args[0].index = 1; }, "input 1 of 1");
  expectError([](Model &m) { launch(m).args[1].offset = 257; }, "weights");
  expectError([](Model &m) { launch(m).args[2].offset = UINT64_MAX; }, "arena");
  expectError([](Model &m) { launch(m).args[2].kind = BufferKind(9); }, "unknown memory");
  expectError([](Model &m) { launch(m).nodes.clear(); }, "debug map");
}

TEST(Validation, Diagonals) {
  // 256 bytes of weights are 8 diagonals; what they expand to begins on the next page.
  Model model = test::sampleModel();
  model.diagonals = {{0, 4096, 2}, {192, 5120, 2}};
  launch(model).args[1].offset = 6144;
  Status status = checkModel(model);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(model.weightMemoryBytes(), 6144u);
  launch(model).args[1].offset = 6145;
  EXPECT_FALSE(checkModel(model).ok());
  expectError([](Model &m) { m.diagonals = {{0, 512, 1}}; }, "diagonals");
  expectError([](Model &m) { m.diagonals = {{0, 4096, 1}, {0, 4096, 1}}; }, "diagonals");
  expectError([](Model &m) { m.diagonals = {{32, 4096, 8}}; }, "diagonals");
  expectError([](Model &m) { m.diagonals = {{UINT64_MAX - 31, 4096, 1}}; }, "diagonals");
  expectError([](Model &m) { m.diagonals = {{0, 4096, UINT64_MAX / 256}}; }, "diagonals");
  expectError(
      [](Model &m) {
        m.diagonals = {{0, 4096, 2}};
        relu(m).operands[0].buffer = {BufferKind::Weight, 0, 4096};
      },
      "exceed the weights");
}

TEST(Validation, TensorReferences) {
  expectError([](Model &m) { launch(m).outputs[0].buffer.offset = 300; }, "tensor 'sum'");
  expectError([](Model &m) { launch(m).outputs[0].layout = Layout::NC1HWC0; }, "rank 4");
  expectError([](Model &m) { launch(m).outputs[0].logicalShape = {INT64_MAX, 3}; }, "2^62");
}

TEST(Validation, SlicesAndOperators) {
  Model model = test::sampleModel();
  launch(model).slices = {{launch(model).outputs[0], 1, 2}};
  launch(model).types = {"Add"};
  Status status = checkModel(model);
  EXPECT_TRUE(status.ok()) << status.message();
  expectError([](Model &m) { launch(m).slices = {{launch(m).outputs[0], 2, 2}}; },
              "no slice 2 of 2");
  expectError([](Model &m) { relu(m).slices = {{relu(m).outputs[0], 0, 0}}; }, "no slice 0 of 0");
  expectError(
      [](Model &m) {
        launch(m).slices = {{launch(m).outputs[0], 0, 2}};
        launch(m).slices[0].tensor.buffer.offset = 300;
      },
      "tensor 'sum'");
  expectError(
      [](Model &m) {
        launch(m).slices = {{launch(m).outputs[0], 0, 2}};
        launch(m).slices[0].tensor.logicalShape.clear();
      },
      "no slice");
  expectError([](Model &m) { relu(m).types = {"Relu", "Add"}; }, "2 operators for 1 nodes");
}

TEST(Validation, DebugMap) {
  expectError([](Model &m) { m.kernels[0].debug = {{8, 0}, {8, 0}}; }, "out of order");
  expectError([](Model &m) { m.kernels[0].debug = {{1 << 20, 0}}; }, "out of order");
  expectError([](Model &m) { m.kernels[0].debug = {{0, UINT32_MAX}}; }, "debug map");
}

TEST(Validation, HostTasks) {
  expectError([](Model &m) { relu(m).op = "frobnicate"; }, "'frobnicate'");
  expectError([](Model &m) { relu(m).operands[0].buffer.offset = 260; }, "exceed the arena");
  expectError([](Model &m) { relu(m).operands[0].buffer.offset = 130; }, "aligned");
  expectError([](Model &m) { relu(m).results[0].absent = true; }, "absent");
  expectError([](Model &m) { relu(m).results[0].buffer.kind = BufferKind::Weight; }, "overwrite");
  expectError([](Model &m) { relu(m).operands[0].shape = {int64_t(1) << 61, 8}; }, "2^62");
}

TEST(Validation, OffsetsBeyondFourGiB) {
  Model model = test::sampleModel();
  model.arenaBytes = (uint64_t(6) << 30);
  BufferRef last{BufferKind::Arena, 0, model.arenaBytes - test::kBytes};
  launch(model).args[2] = last;
  launch(model).outputs[0].buffer = last;
  relu(model).operands[0].buffer = last;
  EXPECT_TRUE(checkModel(model).ok()) << checkModel(model).message();
  relu(model).operands[0].buffer.offset += 4;
  EXPECT_FALSE(checkModel(model).ok());
  // A 32-bit sum would wrap around to a small number here.
  relu(model).operands[0].buffer.offset = UINT64_MAX - 3;
  EXPECT_FALSE(checkModel(model).ok());
  model.arenaBytes = UINT64_MAX;
  EXPECT_FALSE(checkModel(model).ok());
}

} // namespace
