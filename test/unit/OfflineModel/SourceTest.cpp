//===- SourceTest.cpp - Models of open shapes and of single operators -----===//

#include "SampleModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace openatc;
using namespace openatc::om;

namespace {

std::vector<uint8_t> text(const std::string &s) { return {s.begin(), s.end()}; }

/// x [-1, 8] with at most 32 rows, y [-1, 8] without a bound.
Model openModel() {
  Model sample = test::sampleModel(), model;
  model.name = sample.name;
  model.socVersion = sample.socVersion;
  model.socText = sample.socText;
  model.commandLine = sample.commandLine;
  model.compilerVersion = sample.compilerVersion;
  model.inputs = {{"x", DType::F32, {-1, 8}, 32 * 8 * 4, "ND", "", std::nullopt}};
  model.inputs[0].ranges = {{1, 32}, {8, 8}};
  model.outputs = {{"y", DType::F32, {-1, 8}, 0, "ND", "Relu_1", std::nullopt}};
  model.outputs[0].ranges = {{0, -1}, {8, 8}};
  model.source = Source{{"--soc_version=Ascend310P3", "--precision_mode=force_fp16"},
                        {{"net.onnx", Blob(text("the model"))}, {"w.bin", Blob(text("weights"))}}};
  return model;
}

/// The sample as an operator: y = relu(x + w).
Model opModel() {
  Model model = test::sampleModel();
  OpDescription op;
  op.type = "AddRelu";
  OpTensor x{DType::F32, "ND", model.inputs[0].shape, std::nullopt};
  OpTensor constant{DType::I32, "ND", {2}, std::vector<uint8_t>{1, 0, 0, 0, 2, 0, 0, 0}};
  OpTensor absent;
  absent.format = "RESERVED";
  op.inputs = {x, absent, constant};
  op.outputs = {{DType::F32, "ND", model.outputs[0].shape, std::nullopt}};
  op.attributes = {{"alpha", "float", "0.5"}, {"axes", "list_int", "[1,2]"}};
  model.singleOp = op;
  return model;
}

void expectError(Model model, void (*edit)(Model &), const std::string &text) {
  edit(model);
  Status status = checkModel(model);
  ASSERT_FALSE(status.ok()) << "accepted: " << text;
  EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
}

TEST(Source, IsReadAsWritten) {
  Model model = openModel();
  Expected<std::vector<uint8_t>> bytes = writeBytes(model);
  ASSERT_TRUE(bytes) << bytes.message();
  EXPECT_EQ((*bytes)[8], 3); // the format version
  FileInfo info;
  Expected<Model> read = readBytes(*bytes, &info);
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->inputs, model.inputs);
  EXPECT_EQ(read->outputs, model.outputs);
  ASSERT_TRUE(read->source);
  EXPECT_EQ(read->source->options, model.source->options);
  ASSERT_EQ(read->source->files.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->source->files[i].name, model.source->files[i].name);
    EXPECT_TRUE(std::ranges::equal(read->source->files[i].bytes.bytes(),
                                   model.source->files[i].bytes.bytes()));
  }
  EXPECT_EQ(reinterpret_cast<uintptr_t>(read->source->files[1].bytes.data()) % 16, 0u);
  EXPECT_EQ(info.sourceBytes, 64u + 7u);
  EXPECT_EQ(*writeBytes(*read), *bytes);
}

TEST(Source, EveryByteCounts) {
  std::vector<uint8_t> good = *writeBytes(openModel());
  for (size_t at = 0; at < good.size(); at += 3) {
    std::vector<uint8_t> bad = good;
    bad[at] ^= 0x40;
    EXPECT_FALSE(readBytes(bad)) << "byte " << at;
  }
  for (size_t size = 0; size < good.size(); size += 41)
    EXPECT_FALSE(readBytes(std::span(good).first(size)));
}

TEST(Source, OpenBytesAreThoseOfTheLargest) {
  Model model = openModel();
  EXPECT_EQ(*openBytes(model.inputs[0]), 1024u);
  EXPECT_EQ(*openBytes(model.outputs[0]), 0u);
  model.inputs[0].ranges[0] = {1, int64_t(1) << 60};
  EXPECT_FALSE(openBytes(model.inputs[0])); // more than 2^62 bytes
}

TEST(Source, ContradictionsAreErrors) {
  expectError(openModel(), [](Model &m) { m.source->files.clear(); }, "no source");
  expectError(openModel(), [](Model &m) { m.arenaBytes = 1; }, "work of its own");
  expectError(openModel(), [](Model &m) { m.weights = Blob({1}); }, "work of its own");
  expectError(openModel(), [](Model &m) { m.inputs[0].ranges.clear(); }, "has no range");
  expectError(openModel(), [](Model &m) { m.inputs[0].ranges.pop_back(); }, "one range for each");
  expectError(openModel(), [](Model &m) { m.inputs[0].ranges[0] = {5, 4}; }, "is empty");
  expectError(openModel(), [](Model &m) { m.inputs[0].ranges[0] = {-1, 4}; }, "is empty");
  expectError(openModel(), [](Model &m) { m.inputs[0].ranges[1] = {1, 8}; }, "another range");
  expectError(openModel(), [](Model &m) { m.inputs[0].shape[1] = -3; }, "negative");
  expectError(openModel(), [](Model &m) { m.inputs[0].bytes = 4; }, "do not fit");
  expectError(openModel(), [](Model &m) { m.outputs[0].bytes = 4; }, "do not fit");
  // Without a source nothing is open.
  expectError(openModel(), [](Model &m) { m.source.reset(); }, "negative");
  expectError(
      test::sampleModel(), [](Model &m) { m.inputs[0].ranges = {{1, 1}, {1, 1}}; },
      "ranges of dimensions");
}

TEST(SingleOp, IsReadAsWritten) {
  Model model = opModel();
  Expected<std::vector<uint8_t>> bytes = writeBytes(model);
  ASSERT_TRUE(bytes) << bytes.message();
  EXPECT_EQ((*bytes)[8], 1); // older readers may ignore the description
  Expected<Model> read = readBytes(*bytes);
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->singleOp, model.singleOp);
}

TEST(SingleOp, ContradictionsAreErrors) {
  expectError(opModel(), [](Model &m) { m.singleOp->type.clear(); }, "inputs and outputs");
  expectError(
      opModel(),
      [](Model &m) {
        m.singleOp->inputs.pop_back();
        m.singleOp->inputs.pop_back();
        m.singleOp->inputs.pop_back();
      },
      "inputs and outputs");
  expectError(opModel(), [](Model &m) { m.singleOp->outputs.clear(); }, "inputs and outputs");
  expectError(opModel(), [](Model &m) { m.singleOp->inputs[0].dtype = DType::F16; }, "other types");
  expectError(opModel(), [](Model &m) { m.singleOp->outputs[0].shape = {1}; }, "other outputs");
  expectError(
      opModel(), [](Model &m) { std::swap(m.singleOp->attributes[0], m.singleOp->attributes[1]); },
      "out of order");
}

} // namespace
