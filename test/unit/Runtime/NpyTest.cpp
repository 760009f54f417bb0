//===- NpyTest.cpp - NumPy files, good and bad ----------------------------===//

#include "openatc/Runtime/Npy.h"

#include <gtest/gtest.h>

#include <cstring>

using namespace openatc;
using namespace openatc::rt;

namespace {

/// A file with this header text and data, as numpy.lib.format lays it out.
std::vector<uint8_t> file(const std::string &header, size_t dataBytes, uint8_t major = 1) {
  std::vector<uint8_t> out = {0x93, 'N', 'U', 'M', 'P', 'Y', major, 0};
  size_t lengthBytes = major == 1 ? 2 : 4;
  for (size_t i = 0; i < lengthBytes; ++i)
    out.push_back(uint8_t(header.size() >> (8 * i)));
  out.insert(out.end(), header.begin(), header.end());
  for (size_t i = 0; i < dataBytes; ++i)
    out.push_back(uint8_t(i));
  return out;
}

void expectError(const std::vector<uint8_t> &bytes, const std::string &text) {
  Expected<NpyArray> array = parseNpy(bytes);
  ASSERT_FALSE(array) << "accepted: " << text;
  EXPECT_NE(array.message().find(text), std::string::npos) << array.message();
}

TEST(Npy, ReadsWhatNumPyWrites) {
  // The bytes of numpy.save(f, numpy.zeros((2, 3), 'f4')) up to the padding.
  Expected<NpyArray> array = parseNpy(
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }           \n", 24));
  ASSERT_TRUE(array) << array.message();
  EXPECT_EQ(array->dtype, DType::F32);
  EXPECT_EQ(array->shape, (host::Shape{2, 3}));
  EXPECT_EQ(array->bytes[23], 23);
}

TEST(Npy, Version2ScalarsAndVectors) {
  Expected<NpyArray> scalar =
      parseNpy(file("{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n", 8, 2));
  ASSERT_TRUE(scalar) << scalar.message();
  EXPECT_TRUE(scalar->shape.empty());
  Expected<NpyArray> vector =
      parseNpy(file("{'shape': (5,), 'fortran_order': False, 'descr': '|b1'}", 5));
  ASSERT_TRUE(vector) << vector.message();
  EXPECT_EQ(vector->dtype, DType::Bool);
  EXPECT_EQ(vector->shape, host::Shape{5});
}

TEST(Npy, RoundTripOfEveryType) {
  for (DType type : {DType::F32, DType::U8, DType::I8, DType::U16, DType::I16, DType::I32,
                     DType::I64, DType::Bool, DType::F16, DType::F64, DType::U32, DType::U64}) {
    for (const host::Shape &shape : {host::Shape{}, {7}, {2, 0, 3}, {1, 2, 3, 4}}) {
      size_t count = 1;
      for (int64_t dim : shape)
        count *= size_t(dim);
      std::vector<uint8_t> data(count * sizeOf(type), 0x5a);
      Expected<std::vector<uint8_t>> bytes = formatNpy(type, shape, data);
      ASSERT_TRUE(bytes) << bytes.message();
      EXPECT_EQ((bytes->size() - data.size()) % 64, 0u); // NumPy aligns the data
      Expected<NpyArray> back = parseNpy(*bytes);
      ASSERT_TRUE(back) << back.message();
      EXPECT_EQ(back->dtype, type);
      EXPECT_EQ(back->shape, shape);
      EXPECT_EQ(back->bytes, data);
    }
  }
}

TEST(Npy, Refusals) {
  expectError(file("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24), "Fortran");
  expectError(file("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", 24),
              "big-endian");
  expectError(file("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3), }", 48), "'<c8'");
  expectError(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4),
              "structured");
  expectError(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23), "23 bytes");
  expectError(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25), "25 bytes");
  expectError(
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 4),
      "too large");
  expectError(
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 4),
      "2^62");
  expectError(file("", 0, 3), "version 3.0");
}

TEST(Npy, MalformedHeaders) {
  for (const char *header :
       {"", "{", "}", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} junk"})
    EXPECT_FALSE(parseNpy(file(header, 4))) << header;
}

TEST(Npy, EveryTruncation) {
  std::vector<uint8_t> good =
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", 24);
  ASSERT_TRUE(parseNpy(good));
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parseNpy(std::span(good).first(size))) << size;
}

TEST(Npy, FilesAreNamedInErrors) {
  EXPECT_NE(readNpy("/nonexistent/a.npy").message().find("a.npy"), std::string::npos);
  EXPECT_NE(readNpy("/").message().find("directory"), std::string::npos);
}

} // namespace
