//===- CompilerAbiTest.cpp - The compiler as a shared library -------------===//
//
// This program knows the compiler only through its C interface.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/CompilerAbi.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc_onnx.pb.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

using namespace openatc;

namespace {

struct Free {
  void operator()(openatcCompileResult *result) const { openatcFreeResult(result); }
};
using Result = std::unique_ptr<openatcCompileResult, Free>;

void describe(onnx::ValueInfoProto &info, const char *name, int64_t n) {
  info.set_name(name);
  auto &type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(1);
  type.mutable_shape()->add_dim()->set_dim_value(n);
}

/// y = relu(x + w) for n elements; w is inline or external data called "w.bin".
std::string model(int64_t n, bool external = false) {
  onnx::ModelProto proto;
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(17);
  onnx::GraphProto &graph = *proto.mutable_graph();
  graph.set_name("g");
  describe(*graph.add_input(), "x", n);
  describe(*graph.add_output(), "y", n);
  onnx::TensorProto &w = *graph.add_initializer();
  w.set_name("w");
  w.set_data_type(1);
  w.add_dims(n);
  std::vector<float> values(size_t(n), 1.5f);
  if (external) {
    w.set_data_location(onnx::TensorProto::EXTERNAL);
    auto &entry = *w.add_external_data();
    entry.set_key("location");
    entry.set_value("w.bin");
  } else {
    w.set_raw_data(values.data(), values.size() * 4);
  }
  auto node = [&](const char *type, std::vector<const char *> inputs, const char *output) {
    onnx::NodeProto &node = *graph.add_node();
    node.set_op_type(type);
    node.set_name(type);
    for (const char *input : inputs)
      node.add_input(input);
    node.add_output(output);
  };
  node("Add", {"x", "w"}, "s");
  node("Relu", {"s"}, "y");
  return proto.SerializeAsString();
}

openatcCompileRequest requestOf(const std::string &bytes,
                                const std::vector<const char *> &options) {
  openatcCompileRequest request;
  std::memset(&request, 0, sizeof request);
  request.structSize = sizeof request;
  request.modelData = bytes.data();
  request.modelSize = bytes.size();
  request.modelName = "net";
  request.options = options.data();
  request.optionCount = options.size();
  return request;
}

std::vector<uint8_t> bytesOf(const openatcCompileResult *result) {
  size_t size = 0;
  const auto *data = static_cast<const uint8_t *>(openatcResultModel(result, &size));
  return {data, data + size};
}

const std::vector<const char *> soc = {"--soc_version=Ascend310P3"};

TEST(CompilerAbi, CompilesBytes) {
  std::string bytes = model(64);
  openatcCompileRequest request = requestOf(bytes, soc);
  openatcCompileResult *raw = nullptr;
  ASSERT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_OK);
  Result result(raw);
  EXPECT_EQ(openatcResultErrorCount(raw), 0u);
  std::vector<uint8_t> om = bytesOf(raw);
  Expected<om::Model> read = om::readBytes(om);
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->name, "net");
  EXPECT_EQ(read->compilerVersion, openatcCompilerVersion());
  EXPECT_EQ(read->inputs.at(0).shape, (host::Shape{64}));
}

TEST(CompilerAbi, PathAndBytesGiveTheSameModel) {
  std::string folder = std::filesystem::temp_directory_path() / "openatc-abi-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  // Long enough that the raw data stays in the file, or in the caller's memory.
  std::string bytes = model(5000), path = folder + "/net.onnx";
  std::ofstream(path, std::ios::binary) << bytes;
  openatcCompileRequest fromBytes = requestOf(bytes, soc), fromPath = fromBytes;
  fromPath.modelData = nullptr;
  fromPath.modelSize = 0;
  fromPath.modelPath = path.c_str();
  openatcCompileResult *first = nullptr, *second = nullptr;
  EXPECT_EQ(openatcCompile(&fromBytes, &first), OPENATC_COMPILE_OK);
  EXPECT_EQ(openatcCompile(&fromPath, &second), OPENATC_COMPILE_OK);
  Result a(first), b(second);
  std::vector<uint8_t> one = bytesOf(first), other = bytesOf(second);
  // The stored command line alone differs: by the name of the model.
  EXPECT_EQ(one.size(), other.size());
  Expected<om::Model> m1 = om::readBytes(one), m2 = om::readBytes(other);
  ASSERT_TRUE(m1 && m2);
  EXPECT_EQ(m1->weights.size(), m2->weights.size());
  EXPECT_TRUE(std::equal(m1->weights.bytes().begin(), m1->weights.bytes().end(),
                         m2->weights.bytes().begin()));
  std::filesystem::remove_all(folder);
}

TEST(CompilerAbi, ExternalDataComesFromTheRequest) {
  std::string bytes = model(64, true);
  std::vector<float> w(64, 2.5f);
  openatcFile file = {"w.bin", w.data(), w.size() * 4};
  openatcCompileRequest request = requestOf(bytes, soc);
  openatcCompileResult *raw = nullptr;
  EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_FAILED);
  Result failed(raw);
  EXPECT_NE(std::strstr(openatcResultErrorText(raw, 0), "'w.bin', which is not given"), nullptr)
      << openatcResultErrorText(raw, 0);
  request.files = &file;
  request.fileCount = 1;
  ASSERT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_OK);
  Result result(raw);
  file.size = 8;
  ASSERT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_FAILED);
  Result shorter(raw);
  EXPECT_NE(std::strstr(openatcResultErrorText(raw, 0), "past the end"), nullptr)
      << openatcResultErrorText(raw, 0);
}

TEST(CompilerAbi, ErrorsHaveCodesAndTexts) {
  std::string bytes = model(64);
  std::vector<const char *> options = {"--soc_version=Ascend310P3", "--input_shape=z:1"};
  openatcCompileRequest request = requestOf(bytes, options);
  openatcCompileResult *raw = nullptr;
  ASSERT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_FAILED);
  Result result(raw);
  ASSERT_EQ(openatcResultErrorCount(raw), 1u);
  EXPECT_STREQ(openatcResultErrorCode(raw, 0), "E10016");
  EXPECT_NE(std::strstr(openatcResultErrorText(raw, 0), " z "), nullptr)
      << openatcResultErrorText(raw, 0);
  EXPECT_STRNE(openatcResultErrorSolution(raw, 0), "");
  EXPECT_NE(std::strstr(openatcResultErrors(raw), "(E10016): "), nullptr)
      << openatcResultErrors(raw);
  EXPECT_STREQ(openatcResultErrorCode(raw, 1), "");
  size_t size = 7;
  EXPECT_EQ(openatcResultModel(raw, &size), nullptr);
  EXPECT_EQ(size, 0u);

  std::string damaged = bytes.substr(0, bytes.size() / 2);
  request = requestOf(damaged, soc);
  ASSERT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_FAILED);
  Result cut(raw);
  EXPECT_NE(std::strstr(openatcResultErrorText(raw, 0), "'net'"), nullptr)
      << openatcResultErrorText(raw, 0);
}

TEST(CompilerAbi, OptionsAreChecked) {
  std::string bytes = model(64);
  openatcCompileResult *raw = nullptr;
  for (const char *option : {"--no_such_option=1", "--mode=6", "--compile_to=graph", "word"}) {
    std::vector<const char *> options = {"--soc_version=Ascend310P3", option};
    openatcCompileRequest request = requestOf(bytes, options);
    EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_FAILED) << option;
    EXPECT_GE(openatcResultErrorCount(raw), 1u) << option;
    openatcFreeResult(raw);
  }
}

TEST(CompilerAbi, MalformedRequests) {
  std::string bytes = model(64);
  openatcCompileResult *raw = nullptr;
  openatcCompileRequest good = requestOf(bytes, soc), request = good;
  EXPECT_EQ(openatcCompile(nullptr, &raw), OPENATC_COMPILE_BAD_REQUEST);
  EXPECT_EQ(openatcCompile(&request, nullptr), OPENATC_COMPILE_BAD_REQUEST);
  request.structSize = 8;
  EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_BAD_REQUEST);
  request = good;
  request.modelPath = "also.onnx";
  EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_BAD_REQUEST);
  request = good;
  request.fileCount = 1;
  EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_BAD_REQUEST);
  request = good;
  std::vector<const char *> options = {nullptr};
  request.options = options.data();
  EXPECT_EQ(openatcCompile(&request, &raw), OPENATC_COMPILE_BAD_REQUEST);
  EXPECT_EQ(raw, nullptr);
  // What a newer caller appends is not read.
  struct {
    openatcCompileRequest known;
    const void *unknown;
  } newer = {good, &good};
  newer.known.structSize = sizeof newer;
  EXPECT_EQ(openatcCompile(&newer.known, &raw), OPENATC_COMPILE_OK);
  openatcFreeResult(raw);
  openatcFreeResult(nullptr);
  EXPECT_EQ(openatcResultErrorCount(nullptr), 0u);
  EXPECT_STREQ(openatcResultWarning(nullptr, 0), "");
}

TEST(CompilerAbi, ThreadsCompileAtOnce) {
  std::vector<std::vector<uint8_t>> out(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < out.size(); ++i)
    threads.emplace_back([&, i] {
      std::string bytes = model(64 + int64_t(i % 2) * 64);
      openatcCompileRequest request = requestOf(bytes, soc);
      openatcCompileResult *raw = nullptr;
      if (openatcCompile(&request, &raw) == OPENATC_COMPILE_OK)
        out[i] = bytesOf(raw);
      openatcFreeResult(raw);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_FALSE(out[0].empty());
  EXPECT_EQ(out[0], out[2]);
  EXPECT_EQ(out[1], out[3]);
  EXPECT_NE(out[0], out[1]);
}

} // namespace
