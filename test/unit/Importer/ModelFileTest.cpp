//===- ModelFileTest.cpp - Files that are no models -----------------------===//
#include "TestModel.h"

#include <random>

using namespace openatc;
using namespace openatc::importer;

namespace {

/// The message of the only error of an import of `bytes` as a file.
std::string errorOf(const std::string &bytes, ImportError::Kind kind = ImportError::Kind::File) {
  TestModel model;
  model.write(bytes);
  EXPECT_FALSE(importOnnx(model.context, model.path(), model.options, model.report));
  EXPECT_EQ(model.report.errors.size(), 1u);
  if (model.report.errors.empty())
    return "";
  EXPECT_EQ(model.report.errors[0].kind, kind);
  return model.report.errors[0].message;
}

std::string reluModel() {
  TestModel model;
  model.input("x", {4});
  model.node("Relu", {"x"}, {"y"});
  model.floats("unused", {64}, std::vector<float>(64, 1.5f));
  model.output("y");
  return model.proto.SerializeAsString();
}

TEST(ModelFile, MissingOrNoFile) {
  TestModel model;
  EXPECT_FALSE(importOnnx(model.context, model.path(), model.options, model.report));
  EXPECT_NE(model.report.errors.at(0).message.find("No such file"), std::string::npos);
  EXPECT_FALSE(importOnnx(model.context, model.folder, model.options, model.report));
  EXPECT_NE(model.report.errors.at(0).message.find("not a regular file"), std::string::npos);
}

TEST(ModelFile, EmptyAndForeign) {
  EXPECT_NE(errorOf("", ImportError::Kind::FileSize).find("is empty"), std::string::npos);
  EXPECT_NE(errorOf("#!/bin/sh\necho hello\n").find("ONNX model"), std::string::npos);
}

TEST(ModelFile, ModelWithoutGraph) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  EXPECT_NE(errorOf(model.SerializeAsString(), ImportError::Kind::NoGraph).find("without a graph"),
            std::string::npos);
}

TEST(ModelFile, EveryTruncationIsAnError) {
  std::string bytes = reluModel();
  for (size_t size = 1; size < bytes.size(); size += 7) {
    TestModel model;
    model.write(bytes.substr(0, size));
    // A cut between two fields leaves a valid message with less in it; then
    // something that the graph needs is missing.
    EXPECT_FALSE(importOnnx(model.context, model.path(), model.options, model.report)) << size;
    EXPECT_FALSE(model.report.ok()) << size;
  }
}

TEST(ModelFile, TruncatedInLargeRawData) {
  TestModel model;
  model.input("x", {2000});
  model.node("Add", {"x", "w"}, {"y"});
  model.output("y");
  onnx::TensorProto &tensor = *model.graph().add_initializer();
  tensor.set_name("w");
  tensor.add_dims(2000);
  tensor.set_data_type(1);
  tensor.set_raw_data(std::string(8000, '\0'));
  std::string bytes = model.proto.SerializeAsString();
  model.write(bytes);
  EXPECT_TRUE(importOnnx(model.context, model.path(), model.options, model.report));
  for (size_t size : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 1})
    EXPECT_NE(errorOf(bytes.substr(0, size)).find("truncated or damaged"), std::string::npos);
}

TEST(ModelFile, RandomAndFlippedBytesNeverCrash) {
  std::mt19937 random(1);
  std::string noise(4096, '\0');
  for (int round = 0; round < 20; ++round) {
    for (char &c : noise)
      c = char(random());
    EXPECT_FALSE(errorOf(noise).empty());
  }
  std::string bytes = reluModel();
  for (size_t i = 0; i < bytes.size(); i += 3) {
    std::string flipped = bytes;
    flipped[i] ^= char(1 << (i % 8));
    TestModel model;
    model.write(flipped);
    bool made = bool(importOnnx(model.context, model.path(), model.options, model.report));
    EXPECT_EQ(made, model.report.ok());
  }
}

TEST(ModelFile, VersionOfTheFormat) {
  for (int64_t version : {2, 14}) {
    TestModel model;
    model.proto.set_ir_version(version);
    EXPECT_FALSE(model.import());
    EXPECT_NE(model.report.errors.at(0).message.find("IR version " + std::to_string(version)),
              std::string::npos);
  }
}

TEST(ModelFile, VersionOfTheOperators) {
  TestModel model(26);
  model.input("x", {4});
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
  EXPECT_FALSE(model.import());
  EXPECT_NE(model.report.errors.at(0).message.find("operator set 26"), std::string::npos);
}

} // namespace
