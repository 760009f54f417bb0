//===- PackWeightsTest.cpp - Packed constants against the published maps --===//
//
// The expected places of elements come from the index maps of NC1HWC0 and FRACTAL_Z as
// the vendor's format transfer code has them, written out element by element.
//
//===----------------------------------------------------------------------===//
#include "PackWeights.h"

#include "Constants.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

using namespace mlir;
using namespace openatc;

namespace {

class PackWeights : public ::testing::Test {
protected:
  PackWeights() : builder(&context), module(ModuleOp::create(UnknownLoc::get(&context))) {
    context.loadDialect<ascend::AscendDialect>();
    builder.setInsertionPointToStart(module->getBody());
  }

  /// A constant whose element i has the bits i + 1, so that each is told from the others
  /// and from padding.
  Value numbered(ArrayRef<int64_t> shape) {
    auto type = RankedTensorType::get(shape, builder.getF16Type());
    std::vector<uint16_t> bits(size_t(type.getNumElements()));
    std::iota(bits.begin(), bits.end(), uint16_t(1));
    return graph::makeHalves(builder, builder.getUnknownLoc(), type, std::move(bits));
  }

  static std::vector<uint16_t> bitsOf(Value value) {
    auto attr = cast<DenseResourceElementsAttr>(graph::constantOf(value).getValue());
    ArrayRef<char> bytes = attr.getRawHandle().getBlob()->getData();
    const auto *bits = reinterpret_cast<const uint16_t *>(bytes.data());
    return std::vector<uint16_t>(bits, bits + bytes.size() / 2);
  }

  Operation *conv(Value filter, int64_t cin, int64_t cout, int64_t groups) {
    auto image = [&](int64_t c) {
      return RankedTensorType::get({1, c, 8, 8}, builder.getF16Type());
    };
    Value x = numbered({1, cin, 8, 8});
    return ascend::ConvOp::create(builder, builder.getUnknownLoc(), image(cout), x, filter, Value(),
                                  {}, {}, {}, "NOTSET", uint64_t(groups));
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
};

/// Checks that `packed` holds exactly the elements that `places` maps (offset -> bits).
void expectPlaces(const std::vector<uint16_t> &packed, const std::map<int64_t, uint16_t> &places) {
  for (size_t i = 0; i < packed.size(); ++i) {
    auto it = places.find(int64_t(i));
    EXPECT_EQ(packed[i], it == places.end() ? 0 : it->second) << "at offset " << i;
  }
}

TEST_F(PackWeights, FilterOfOneGroup) {
  const int64_t co = 20, ci = 18, kh = 2, kw = 3, n1 = 2;
  Value packed = graph::packFilter(builder, conv(numbered({co, ci, kh, kw}), ci, co, 1));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t o = 0; o < co; ++o)
    for (int64_t i = 0; i < ci; ++i)
      for (int64_t h = 0; h < kh; ++h)
        for (int64_t w = 0; w < kw; ++w)
          places[((i / 16 * kh + h) * kw + w) * n1 * 256 + o / 16 * 256 + o % 16 * 16 + i % 16] =
              ++bits;
  std::vector<uint16_t> got = bitsOf(packed);
  EXPECT_EQ(got.size(), size_t(2 * kh * kw * n1 * 256));
  expectPlaces(got, places);
}

TEST_F(PackWeights, FilterOfFewChannelsHasNoGapsInK) {
  const int64_t co = 20, ci = 3, kh = 3, kw = 5, n1 = 2;
  auto op = cast<ascend::ConvOp>(conv(numbered({co, ci, kh, kw}), ci, co, 1));
  Value packed = graph::packFilterC04(builder, op);
  ASSERT_TRUE(packed);
  // The vendor's map: k = (h*KW + w)*4 + c, ((k/16)*N1 + co/16)*256 + (co%16)*16 + k%16.
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t o = 0; o < co; ++o)
    for (int64_t i = 0; i < ci; ++i)
      for (int64_t h = 0; h < kh; ++h)
        for (int64_t w = 0; w < kw; ++w) {
          int64_t k = (h * kw + w) * 4 + i;
          places[(k / 16 * n1 + o / 16) * 256 + o % 16 * 16 + k % 16] = ++bits;
        }
  std::vector<uint16_t> got = bitsOf(packed);
  EXPECT_EQ(got.size(), size_t(4 * n1 * 256));
  expectPlaces(got, places);
}

TEST_F(PackWeights, DepthwiseFilterFillsBlocksWithGroups) {
  const int64_t groups = 20, kh = 3, kw = 3, e = 16;
  Value packed =
      graph::packFilter(builder, conv(numbered({groups, 1, kh, kw}), groups, groups, groups));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t g = 0; g < groups; ++g)
    for (int64_t k = 0; k < kh * kw; ++k)
      places[(g / e * kh * kw + k) * 256 + g % e * 16 + g % e] = ++bits;
  std::vector<uint16_t> got = bitsOf(packed);
  EXPECT_EQ(got.size(), size_t(2 * kh * kw * 256));
  expectPlaces(got, places);
}

TEST_F(PackWeights, GroupsOfEightShareBlocksByTwo) {
  const int64_t groups = 4, c = 8;
  Value packed = graph::packFilter(
      builder, conv(numbered({groups * c, c, 1, 1}), groups * c, groups * c, groups));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t g = 0; g < groups; ++g)
    for (int64_t o = 0; o < c; ++o)
      for (int64_t i = 0; i < c; ++i)
        places[g / 2 * 256 + (g % 2 * c + o) * 16 + g % 2 * c + i] = ++bits;
  std::vector<uint16_t> got = bitsOf(packed);
  EXPECT_EQ(got.size(), size_t(2 * 256));
  expectPlaces(got, places);
}

TEST_F(PackWeights, TransposedFilterIsTurned) {
  const int64_t ci = 3, co = 2, kh = 2, kw = 2;
  Value filter = numbered({ci, co, kh, kw});
  auto result = RankedTensorType::get({1, co, 9, 9}, builder.getF16Type());
  Operation *op = ascend::ConvTransposeOp::create(builder, builder.getUnknownLoc(), result,
                                                  numbered({1, ci, 8, 8}), filter, Value(), {}, {},
                                                  {}, {}, {}, "NOTSET", 1);
  Value packed = graph::packFilter(builder, op);
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t i = 0; i < ci; ++i)
    for (int64_t o = 0; o < co; ++o)
      for (int64_t h = 0; h < kh; ++h)
        for (int64_t w = 0; w < kw; ++w)
          places[((kh - 1 - h) * kw + kw - 1 - w) * 256 + o * 16 + i] = ++bits;
  expectPlaces(bitsOf(packed), places);
}

TEST_F(PackWeights, Matrix) {
  const int64_t rows = 18, columns = 20, n1 = 2;
  Value packed = graph::packMatrix(builder, numbered({rows, columns}));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t k = 0; k < rows; ++k)
    for (int64_t n = 0; n < columns; ++n)
      places[(k / 16 * n1 + n / 16) * 256 + n % 16 * 16 + k % 16] = ++bits;
  std::vector<uint16_t> got = bitsOf(packed);
  EXPECT_EQ(got.size(), size_t(2 * n1 * 256));
  expectPlaces(got, places);
}

TEST_F(PackWeights, Image) {
  const int64_t n = 2, c = 18, h = 2, w = 3;
  Value packed = graph::packImage(builder, numbered({n, c, h, w}));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  uint16_t bits = 0;
  for (int64_t b = 0; b < n; ++b)
    for (int64_t ch = 0; ch < c; ++ch)
      for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x)
          places[(((b * 2 + ch / 16) * h + y) * w + x) * 16 + ch % 16] = ++bits;
  expectPlaces(bitsOf(packed), places);
}

TEST_F(PackWeights, OtherValuesAreRefused) {
  auto type = RankedTensorType::get({4, 4}, builder.getF32Type());
  Value single =
      graph::makeFloats(builder, builder.getUnknownLoc(), type, std::vector<float>(16, 1.f));
  EXPECT_FALSE(graph::packMatrix(builder, single)); // the cube takes halves
  EXPECT_FALSE(graph::packMatrix(builder, numbered({2, 4, 4})));
  EXPECT_FALSE(graph::packImage(builder, numbered({4, 4})));
}

TEST_F(PackWeights, Rows) {
  const int64_t rows = 3, columns = 20;
  Value packed = graph::packRows(builder, numbered({1, rows, columns}));
  ASSERT_TRUE(packed);
  std::map<int64_t, uint16_t> places;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      places[(c / 16 * rows + r) * 16 + c % 16] = uint16_t(r * columns + c + 1);
  expectPlaces(bitsOf(packed), places);
}

TEST_F(PackWeights, VectorBecomesRow) {
  Value packed = graph::packRows(builder, numbered({18}));
  ASSERT_TRUE(packed);
  EXPECT_EQ(cast<RankedTensorType>(packed.getType()).getShape(), ArrayRef<int64_t>({1, 18}));
  std::map<int64_t, uint16_t> places;
  for (int64_t c = 0; c < 18; ++c)
    places[c] = uint16_t(c + 1);
  expectPlaces(bitsOf(packed), places);
}

} // namespace
