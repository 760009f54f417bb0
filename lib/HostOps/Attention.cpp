//===- Attention.cpp - Attention of several heads ---------------------------===//

#include "Broadcast.h"
#include "Gemm.h"
#include "Operators.h"

#include <cmath>

namespace openatc::host {

namespace {

/// Rows of the score matrix that exist at a time.
constexpr int64_t kRowBlock = 128;

struct AttentionDims {
  int64_t batch, heads, rows, keys; ///< query rows and keys of each batch
  int64_t width, valueWidth;        ///< columns of one head
  int64_t first[3] = {};            ///< first columns of query, key and value
  Shape result, scores;
};

Expected<AttentionDims> attentionDims(const OpArgs &args) {
  const Shape &q = args.shape(0), &k = args.shape(1), &v = args.shape(2);
  if (q.size() != 3 || k.size() != 3 || v.size() != 3)
    return fail("attention takes a query, key and value of rank 3");
  AttentionDims d;
  d.heads = args.intAttr("heads", 0);
  if (d.heads < 1)
    return fail("attention needs at least one head");
  std::vector<int64_t> columns = args.intsAttr("columns");
  if (columns.empty()) {
    if (q[2] % d.heads || v[2] % d.heads)
      return fail("the columns of attention, ", q[2], " and ", v[2], ", are no multiples of ",
                  d.heads, " heads");
    d.width = q[2] / d.heads;
    d.valueWidth = v[2] / d.heads;
  } else {
    d.width = args.intAttr("width", 0);
    d.valueWidth = args.intAttr("value_width", 0);
    if (columns.size() != 3 || d.width < 1 || d.valueWidth < 1)
      return fail("columns of attention need three numbers and the widths of a head");
    for (size_t i = 0; i < 3; ++i) {
      int64_t width = i < 2 ? d.width : d.valueWidth, have = args.shape(i)[2];
      if (columns[i] < 0 || columns[i] > have || width > (have - columns[i]) / d.heads)
        return fail("operand ", i, " of attention has ", have, " columns, which ", d.heads,
                    " heads of ", width, " from column ", columns[i], " on exceed");
      d.first[i] = columns[i];
    }
  }
  if ((columns.empty() && k[2] != q[2]) || k[0] != q[0] || v[0] != q[0] || v[1] != k[1])
    return fail("query ", q, ", key ", k, " and value ", v, " of attention do not match");
  d.batch = q[0];
  d.rows = q[1];
  d.keys = k[1];
  d.result = {d.batch, d.rows, d.heads * d.valueWidth};
  d.scores = {d.batch, d.heads, d.rows, d.keys};
  if (args.hasShape(3)) {
    auto sum = broadcastShapes(args.shape(3), d.scores);
    if (!sum || *sum != d.scores)
      return fail("the mask ", args.shape(3), " of attention does not broadcast to ", d.scores);
  }
  return d;
}

Status inferAttention(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0) || !args.hasShape(1) || !args.hasShape(2))
    return inferUnknownShape(args, results);
  auto dims = attentionDims(args);
  if (!dims)
    return dims.status();
  return inferWithShape(args, results, dims->result);
}

/// In place: scores become probabilities along each row.
template <typename W> void softmaxRows(W *scores, int64_t rows, int64_t keys) {
  for (int64_t r = 0; r < rows; ++r) {
    W *row = scores + r * keys;
    W largest = *std::max_element(row, row + keys);
    double sum = 0;
    for (int64_t t = 0; t < keys; ++t) {
      row[t] = std::exp(row[t] - largest);
      sum += static_cast<double>(row[t]);
    }
    for (int64_t t = 0; t < keys; ++t)
      row[t] = static_cast<W>(row[t] / sum);
  }
}

Status computeAttention(const OpArgs &args, std::span<const MutableTensorView> results) {
  AttentionDims d = *attentionDims(args);
  double scale = args.floatAttr("scale", 1);
  auto pitch = [&](size_t operand) { return args.shape(operand)[2]; };
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> q(args, 0), k(args, 1), v(args, 2);
    std::optional<WideInput<W>> mask;
    std::vector<int64_t> maskStrides(4, 0);
    if (args.has(3)) {
      mask.emplace(args, 3);
      const Shape &shape = args.shape(3);
      int64_t stride = 1;
      for (size_t i = shape.size(); i-- > 0; stride *= shape[i])
        if (shape[i] != 1)
          maskStrides[4 - shape.size() + i] = stride;
    }
    WideOutput<W> y(results[0]);
    std::fill_n(y.get(), product(d.result), W(0));
    // Few rows at a time: the memory in use does not grow with their square.
    std::vector<W> scores(static_cast<size_t>(std::min(d.rows, kRowBlock) * d.keys));
    for (int64_t b = 0; b < d.batch; ++b)
      for (int64_t h = 0; h < d.heads; ++h)
        for (int64_t s0 = 0; s0 < d.rows; s0 += kRowBlock) {
          int64_t count = std::min(kRowBlock, d.rows - s0);
          std::fill(scores.begin(), scores.end(), W(0));
          const W *left = q.get() + (b * d.rows + s0) * pitch(0) + d.first[0] + h * d.width;
          const W *right = k.get() + b * d.keys * pitch(1) + d.first[1] + h * d.width;
          gemm<W>(count, d.keys, d.width, packStrided<W>(left, 1, pitch(0)),
                  packStrided<W>(right, 1, pitch(1)), scores.data(), d.keys);
          const W *added = mask ? mask->get() + b * maskStrides[0] + h * maskStrides[1] : nullptr;
          for (int64_t s = 0; s < count; ++s)
            for (int64_t t = 0; t < d.keys; ++t) {
              W &score = scores[static_cast<size_t>(s * d.keys + t)];
              score *= static_cast<W>(scale);
              if (added)
                score += added[(s0 + s) * maskStrides[2] + t * maskStrides[3]];
            }
          if (d.keys)
            softmaxRows(scores.data(), count, d.keys);
          const W *values = v.get() + b * d.keys * pitch(2) + d.first[2] + h * d.valueWidth;
          int64_t out = d.heads * d.valueWidth;
          gemm<W>(count, d.valueWidth, d.keys, packStrided<W>(scores.data(), 1, d.keys),
                  packStrided<W>(values, pitch(2), 1),
                  y.get() + (b * d.rows + s0) * out + h * d.valueWidth, out);
        }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"attention", 3, 4, kFloats, 14, inferAttention, computeAttention},
};

} // namespace

std::span<const OpDef> attentionOps() { return kOps; }

} // namespace openatc::host
