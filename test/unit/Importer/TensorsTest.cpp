//===- TensorsTest.cpp - Every form that constants are stored in ----------===//
#include "TestModel.h"

using namespace openatc;
using namespace openatc::importer;

namespace {

/// A model whose output is the constant "w".
void addUse(TestModel &model) { model.output("w"); }

std::vector<char> bytesOf(TestModel &model, DType dtype) {
  model.importOps();
  auto constant = model.module ? model.first<ascend::ConstantOp>() : ascend::ConstantOp();
  if (!constant)
    return {};
  auto data = ascend::getConstantData(constant.getOutput());
  EXPECT_TRUE(data);
  EXPECT_EQ(data->view.dtype, dtype);
  size_t bytes = constant.getValue().getNumElements() * sizeOf(dtype);
  const char *start = static_cast<const char *>(data->view.data);
  return {start, start + bytes};
}

template <typename T> std::vector<char> bytes(std::vector<T> values) {
  const char *start = reinterpret_cast<const char *>(values.data());
  return {start, start + values.size() * sizeof(T)};
}

std::string errorOf(TestModel &model) {
  EXPECT_FALSE(model.import());
  return model.report.errors.empty() ? "" : model.report.errors[0].message;
}

TEST(Tensors, TypedFields) {
  auto check = [](int32_t type, DType dtype, auto fill, std::vector<char> want) {
    TestModel model;
    fill(model.initializer("w", {2}, type));
    addUse(model);
    EXPECT_EQ(bytesOf(model, dtype), want);
  };
  auto ints = [](std::vector<int32_t> values) {
    return [values](onnx::TensorProto &t) {
      for (int32_t v : values)
        t.add_int32_data(v);
    };
  };
  check(
      1, DType::F32, [](auto &t) { t.add_float_data(1), t.add_float_data(-2); },
      bytes<float>({1, -2}));
  check(
      11, DType::F64, [](auto &t) { t.add_double_data(1), t.add_double_data(-2); },
      bytes<double>({1, -2}));
  check(
      7, DType::I64, [](auto &t) { t.add_int64_data(1ll << 40), t.add_int64_data(-2); },
      bytes<int64_t>({1ll << 40, -2}));
  check(
      13, DType::U64, [](auto &t) { t.add_uint64_data(1), t.add_uint64_data(~0ull); },
      bytes<uint64_t>({1, ~0ull}));
  check(
      12, DType::U32, [](auto &t) { t.add_uint64_data(1), t.add_uint64_data(1u << 31); },
      bytes<uint32_t>({1, 1u << 31}));
  check(6, DType::I32, ints({1, -2}), bytes<int32_t>({1, -2}));
  check(5, DType::I16, ints({1, -2}), bytes<int16_t>({1, -2}));
  check(3, DType::I8, ints({1, -2}), bytes<int8_t>({1, -2}));
  check(2, DType::U8, ints({1, 200}), bytes<uint8_t>({1, 200}));
  check(9, DType::Bool, ints({1, 0}), bytes<uint8_t>({1, 0}));
  // The bits of 1.0 and -2.0.
  check(10, DType::F16, ints({0x3c00, 0xc000}), bytes<uint16_t>({0x3c00, 0xc000}));
  check(16, DType::BF16, ints({0x3f80, 0xc000}), bytes<uint16_t>({0x3f80, 0xc000}));
}

TEST(Tensors, RawSmallAndLarge) {
  for (size_t count : {3, 1000, 5000}) {
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i)
      values[i] = float(i) - 7;
    std::vector<char> raw = bytes(values);
    TestModel model;
    model.initializer("w", {int64_t(count)}, 1).set_raw_data(raw.data(), raw.size());
    addUse(model);
    EXPECT_EQ(bytesOf(model, DType::F32), raw);
    // Weights must not become uniqued attributes of the context.
    bool isResource =
        mlir::isa<mlir::DenseResourceElementsAttr>(model.first<ascend::ConstantOp>().getValue());
    EXPECT_EQ(isResource, count >= 1000);
  }
}

TEST(Tensors, BoolsBecomeZeroOrOne) {
  TestModel model;
  model.initializer("w", {4}, 9).set_raw_data(std::string("\x00\x01\x02\xff", 4));
  addUse(model);
  EXPECT_EQ(bytesOf(model, DType::Bool), (std::vector<char>{0, 1, 1, 1}));
}

TEST(Tensors, LargeBoolsBecomeZeroOrOne) {
  TestModel model;
  std::string raw(8192, '\x02');
  raw[8191] = 0;
  model.initializer("w", {8192}, 9).set_raw_data(raw);
  addUse(model);
  std::vector<char> want(8192, 1);
  want[8191] = 0;
  EXPECT_EQ(bytesOf(model, DType::Bool), want);
}

/// A field of bytes in protobuf's encoding.
std::string field(int number, const std::string &text) {
  std::string out(1, char(number << 3 | 2));
  for (size_t n = text.size(); n || out.size() == 1; n >>= 7)
    out += char((n & 127) | (n >= 128 ? 128 : 0));
  return out + text;
}

TEST(Tensors, OfSeveralRawDataTheLastCounts) {
  for (size_t count : {2, 2000}) {
    std::vector<char> last = bytes(std::vector<float>(count, 3));
    onnx::TensorProto tensor;
    tensor.set_name("w");
    tensor.add_dims(count);
    tensor.set_data_type(1);
    tensor.set_raw_data(last.data(), last.size());
    std::string both = field(9, std::string(8002 - last.size(), 'x')) + tensor.SerializeAsString();
    TestModel model;
    addUse(model);
    std::string graph = model.graph().SerializeAsString() + field(5, both);
    model.proto.clear_graph();
    model.write(model.proto.SerializeAsString() + field(7, graph));
    model.module = importOnnx(model.context, model.path(), model.options, model.report);
    ASSERT_TRUE(model.module);
    auto data = ascend::getConstantData(model.first<ascend::ConstantOp>().getOutput());
    ASSERT_TRUE(data);
    EXPECT_EQ(std::memcmp(data->view.data, last.data(), last.size()), 0);
  }
}

TEST(Tensors, EmptyAndScalar) {
  TestModel model;
  model.initializer("w", {0, 4}, 1);
  addUse(model);
  EXPECT_EQ(bytesOf(model, DType::F32).size(), 0u);
  TestModel scalar;
  scalar.floats("w", {}, {3});
  addUse(scalar);
  EXPECT_EQ(bytesOf(scalar, DType::F32), bytes<float>({3}));
}

TEST(Tensors, WrongSizesAndTypes) {
  TestModel model;
  model.initializer("w", {4}, 1).set_raw_data("12345678");
  addUse(model);
  EXPECT_EQ(errorOf(model), "constant 'w' has 8 bytes of data, but its shape needs 16");
  TestModel large;
  large.initializer("w", {4}, 1).set_raw_data(std::string(10000, 'x'));
  addUse(large);
  EXPECT_EQ(errorOf(large), "constant 'w' has 10000 bytes of data, but its shape needs 16");
  TestModel negative;
  negative.initializer("w", {-1}, 1);
  addUse(negative);
  EXPECT_NE(errorOf(negative).find("constant 'w' has a wrong shape"), std::string::npos);
  TestModel huge;
  huge.initializer("w", {1ll << 40, 1ll << 40}, 1);
  addUse(huge);
  EXPECT_NE(errorOf(huge).find("constant 'w' has a wrong shape"), std::string::npos);
  TestModel text;
  text.initializer("w", {1}, 8);
  addUse(text);
  EXPECT_EQ(errorOf(text), "constant 'w' has the unsupported element type STRING");
}

/// A model whose constant of 8 floats lies at `offset` of the file "data".
void addExternal(TestModel &model, const std::string &location, const std::string &offset,
                 const std::string &length = "32") {
  onnx::TensorProto &tensor = model.initializer("w", {8}, 1);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (auto &[key, value] : {std::pair("location", location), std::pair("offset", offset),
                             std::pair("length", length)}) {
    onnx::StringStringEntryProto *entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  addUse(model);
  std::vector<char> data(100, 'x');
  std::vector<char> values = bytes<float>({0, 1, 2, 3, 4, 5, 6, 7});
  std::copy(values.begin(), values.end(), data.begin() + (offset == "5" ? 5 : 64));
  std::ofstream(model.folder + "/data", std::ios::binary).write(data.data(), data.size());
}

TEST(Tensors, External) {
  // The second offset is no multiple of the element size.
  for (const char *offset : {"64", "5"}) {
    TestModel model;
    addExternal(model, "data", offset);
    EXPECT_EQ(bytesOf(model, DType::F32), bytes<float>({0, 1, 2, 3, 4, 5, 6, 7}));
  }
}

TEST(Tensors, ExternalErrors) {
  auto check = [](const std::string &location, const std::string &offset, const std::string &length,
                  const std::string &message) {
    TestModel model;
    addExternal(model, location, offset, length);
    EXPECT_NE(errorOf(model).find(message), std::string::npos) << errorOf(model);
  };
  check("data", "72", "32", "past the end");
  check("data", "18446744073709551615", "32", "past the end");
  check("data", "64", "16", "of 16 bytes, but its shape needs 32");
  check("data", "-4", "32", "wrong offset '-4'");
  check("none", "64", "32", "which is not a file");
  check("../data", "64", "32", "outside of the model's folder");
  check("/etc/passwd", "0", "32", "outside of the model's folder");
  check("", "0", "32", "outside of the model's folder");
}

TEST(Tensors, ExternalLinkOutOfTheFolder) {
  TestModel model;
  addExternal(model, "link", "0");
  std::filesystem::create_symlink("/etc/passwd", model.folder + "/link");
  EXPECT_NE(errorOf(model).find("outside of the model's folder"), std::string::npos);
}

} // namespace
