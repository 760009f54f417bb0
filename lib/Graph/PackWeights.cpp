//===- PackWeights.cpp - Constants in the layouts of the cube -------------===//
#include "PackWeights.h"

#include "Constants.h"

#include <numeric>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

constexpr int64_t block = 16; // channels of a block, rows and columns of a fractal

int64_t blocksOf(int64_t n) { return (n + block - 1) / block; }

/// Sizes of a filter in which groups are merged until they fill whole blocks.
struct SuperGroups {
  int64_t merged; ///< groups in one super-group
  int64_t count;  ///< super-groups
  int64_t c1, n1; ///< channel blocks of one super-group
};

SuperGroups superGroups(int64_t groups, int64_t cin, int64_t cout) {
  int64_t in = std::lcm(cin, block) / cin, out = std::lcm(cout, block) / cout;
  SuperGroups s;
  s.merged = std::min(std::lcm(in, out), groups);
  s.count = (groups + s.merged - 1) / s.merged;
  s.c1 = blocksOf(s.merged * cin);
  s.n1 = blocksOf(s.merged * cout);
  return s;
}

template <typename T> std::vector<T> imageBlocks(ArrayRef<T> values, ArrayRef<int64_t> shape) {
  int64_t c1 = blocksOf(shape[1]), plane = shape[2] * shape[3];
  std::vector<T> out(size_t(shape[0] * c1 * plane * block), T(0));
  for (int64_t n = 0; n < shape[0]; ++n)
    for (int64_t c = 0; c < shape[1]; ++c)
      for (int64_t p = 0; p < plane; ++p)
        out[size_t(((n * c1 + c / block) * plane + p) * block + c % block)] =
            values[size_t((n * shape[1] + c) * plane + p)];
  return out;
}

template <typename T> std::vector<T> columnBlocks(ArrayRef<T> values, int64_t columns) {
  int64_t rows = int64_t(values.size()) / columns;
  std::vector<T> out(size_t(blocksOf(columns) * rows * block), T(0));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      out[size_t((c / block * rows + r) * block + c % block)] = values[size_t(r * columns + c)];
  return out;
}

} // namespace

RankedTensorType withLayout(RankedTensorType type, Layout layout) {
  Attribute encoding;
  if (layout != Layout::ND)
    encoding = LayoutAttr::get(type.getContext(), layout);
  return RankedTensorType::get(type.getShape(), type.getElementType(), encoding);
}

Layout layoutOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto layout = type ? dyn_cast_if_present<LayoutAttr>(type.getEncoding()) : LayoutAttr();
  return layout ? layout.getValue() : Layout::ND;
}

/// The data of a constant of halves; nothing for other values.
static std::optional<ConstantData> halvesOf(Value value) {
  if (!constantOf(value))
    return std::nullopt;
  std::optional<ConstantData> data = getConstantData(value);
  return data && data->view.dtype == DType::F16 ? std::move(data) : std::nullopt;
}

Value packFilter(OpBuilder &builder, Operation *conv) {
  Value filter = conv->getOperand(1);
  std::optional<ConstantData> data = halvesOf(filter);
  if (!data)
    return {};
  ArrayRef<uint16_t> values = data->values<uint16_t>();
  ArrayRef<int64_t> shape = shapeOf(filter);
  bool transposed = isa<ConvTransposeOp>(conv);
  int64_t groups = conv->getAttrOfType<IntegerAttr>("group").getInt();
  int64_t cin = transposed ? shape[0] / groups : shape[1];
  int64_t cout = transposed ? shape[1] : shape[0] / groups;
  int64_t kh = shape[2], kw = shape[3], window = kh * kw;
  SuperGroups s = superGroups(groups, cin, cout);
  int64_t fractalRow = s.n1 * block * block; // elements of one (c1, kh, kw)
  std::vector<uint16_t> packed(size_t(s.count * s.c1 * window * fractalRow), 0);
  auto packChannel = [&](int64_t g, int64_t o) {
    for (int64_t i = 0; i < cin; ++i) {
      int64_t from = transposed ? (g * cin + i) * cout + o : (g * cout + o) * cin + i;
      int64_t in = g % s.merged * cin + i, out = g % s.merged * cout + o;
      int64_t to =
          (g / s.merged * s.c1 + in / block) * window * fractalRow + out * block + in % block;
      for (int64_t k = 0; k < window; ++k) {
        int64_t tap = transposed ? window - 1 - k : k;
        packed[size_t(to + tap * fractalRow)] = values[size_t(from * window + k)];
      }
    }
  };
  // Every weight has a place of its own, so channels can be packed in any order.
  forRanges(builder.getContext(), groups * cout, cin * window * 4, [&](size_t begin, size_t end) {
    for (size_t channel = begin; channel < end; ++channel)
      packChannel(int64_t(channel) / cout, int64_t(channel) % cout);
  });
  auto type = withLayout(cast<RankedTensorType>(filter.getType()), Layout::FRACTAL_Z);
  return makeHalves(builder, filter.getLoc(), type, std::move(packed));
}

Value packFilterC04(OpBuilder &builder, ConvOp conv) {
  Value filter = conv->getOperand(1);
  std::optional<ConstantData> data = halvesOf(filter);
  if (!data)
    return {};
  ArrayRef<uint16_t> values = data->values<uint16_t>();
  ArrayRef<int64_t> shape = shapeOf(filter);
  int64_t cout = shape[0], cin = shape[1], window = shape[2] * shape[3], n1 = blocksOf(cout);
  std::vector<uint16_t> packed(size_t(blocksOf(window * 4) * n1 * block * block), 0);
  for (int64_t o = 0; o < cout; ++o)
    for (int64_t i = 0; i < cin; ++i)
      for (int64_t tap = 0; tap < window; ++tap) {
        int64_t k = tap * 4 + i;
        packed[size_t((k / block * n1 * block + o) * block + k % block)] =
            values[size_t((o * cin + i) * window + tap)];
      }
  auto type = withLayout(cast<RankedTensorType>(filter.getType()), Layout::FRACTAL_Z_C04);
  return makeHalves(builder, filter.getLoc(), type, std::move(packed));
}

Value packMatrix(OpBuilder &builder, Value matrix) {
  ConstantOp constant = constantOf(matrix);
  std::optional<ConstantData> data = getConstantData(matrix);
  if (!constant || !data || data->view.dtype != DType::F16 || shapeOf(matrix).size() != 2)
    return {};
  ArrayRef<uint16_t> values = data->values<uint16_t>();
  int64_t rows = shapeOf(matrix)[0], columns = shapeOf(matrix)[1], n1 = blocksOf(columns);
  int64_t k1 = blocksOf(rows);
  // One row of fractals, 16 rows of the matrix, with zeroes where the matrix ends.
  auto packRow = [&](uint16_t *to, int64_t k) {
    int64_t height = std::min(block, rows - k * block);
    for (int64_t n = 0; n < n1; ++n, to += block * block) {
      const uint16_t *from = values.data() + k * block * columns + n * block;
      int64_t width = std::min(block, columns - n * block);
      if (height == block && width == block) {
        for (int64_t j = 0; j < block; ++j)
          for (int64_t i = 0; i < block; ++i)
            to[j * block + i] = from[i * columns + j];
        continue;
      }
      std::fill_n(to, block * block, uint16_t(0));
      for (int64_t j = 0; j < width; ++j)
        for (int64_t i = 0; i < height; ++i)
          to[j * block + i] = from[i * columns + j];
    }
  };
  auto type = withLayout(cast<RankedTensorType>(matrix.getType()), Layout::FRACTAL_Z);
  size_t rowElements = size_t(n1 * block * block);
  return makeConstant(
      builder, constant.getLoc(), type, k1 * rowElements * 2, [&](MutableArrayRef<char> bytes) {
        auto *to = reinterpret_cast<uint16_t *>(bytes.data());
        forRanges(builder.getContext(), k1, rowElements * 4, [&](size_t begin, size_t end) {
          for (size_t k = begin; k < end; ++k)
            packRow(to + k * rowElements, int64_t(k));
        });
      });
}

Value packImage(OpBuilder &builder, Value image) {
  ConstantOp constant = constantOf(image);
  std::optional<ConstantData> data = getConstantData(image);
  if (!constant || !data || shapeOf(image).size() != 4)
    return {};
  auto type = withLayout(cast<RankedTensorType>(image.getType()), Layout::NC1HWC0);
  if (data->view.dtype == DType::F16)
    return makeHalves(builder, constant.getLoc(), type,
                      imageBlocks(data->values<uint16_t>(), shapeOf(image)));
  if (data->view.dtype == DType::F32)
    return makeFloats(builder, constant.getLoc(), type,
                      imageBlocks(data->values<float>(), shapeOf(image)));
  return {};
}

Value packRows(OpBuilder &builder, Value value) {
  ConstantOp constant = constantOf(value);
  std::optional<ConstantData> data = getConstantData(value);
  if (!constant || !data || shapeOf(value).empty() || shapeOf(value).back() == 0)
    return {};
  SmallVector<int64_t> shape(shapeOf(value));
  if (shape.size() == 1)
    shape.insert(shape.begin(), 1);
  auto type = withLayout(RankedTensorType::get(shape, elementOf(value)), Layout::FRACTAL_NZ);
  if (data->view.dtype == DType::F16)
    return makeHalves(builder, constant.getLoc(), type,
                      columnBlocks(data->values<uint16_t>(), shape.back()));
  if (data->view.dtype == DType::F32)
    return makeFloats(builder, constant.getLoc(), type,
                      columnBlocks(data->values<float>(), shape.back()));
  return {};
}

} // namespace openatc::graph
