//===- Broadcast.h - NumPy broadcasting as a loop over rows ----------------===//
#ifndef OPENATC_LIB_HOSTOPS_BROADCAST_H
#define OPENATC_LIB_HOSTOPS_BROADCAST_H

#include "Convert.h"

#include <algorithm>
#include <functional>

namespace openatc::host {

/// The broadcast of two shapes; error when a dimension differs and neither is 1.
Expected<Shape> broadcastShapes(const Shape &a, const Shape &b);

/// Iteration space of dense row-major operands broadcast to one result shape. Dimensions that
/// every operand walks together are merged, so equal shapes give one row.
class BroadcastPlan {
public:
  BroadcastPlan(const Shape &result, std::span<const Shape *const> operands);

  /// Stride of operand `k` along a row: 0 (one element for the row) or 1.
  int64_t rowStride(size_t k) const { return strides[k].back(); }

  /// Called with the result offset, operand offsets and length of a row, in result order.
  using RowFn = std::function<void(int64_t out, const int64_t *offsets, int64_t length)>;
  void forEachRow(const RowFn &fn) const;

private:
  std::vector<int64_t> dims;                 ///< merged, innermost last, never empty
  std::vector<std::vector<int64_t>> strides; ///< per operand, in elements, 0 = broadcast
};

/// Widened rows of one broadcast operand.
template <typename W> class BroadcastReader {
public:
  BroadcastReader(DType t, const void *d, int64_t s) : type(t), data(d), stride(s) {}

  /// `n` <= kChunk values of the row that begins at `offset`, from element `start` of the row.
  const W *read(int64_t offset, int64_t start, int64_t n) {
    if (stride)
      return viewWide<W>(type, data, offset + start, n, scratch);
    // One value for the whole row; keep what the scratch already repeats.
    if (offset != filledOffset || n > filledCount) {
      W value;
      loadWide<W>(type, elementAt(type, data, offset), 1, &value);
      for (int64_t i = 0; i < n; ++i)
        scratch[i] = value;
      filledOffset = offset;
      filledCount = n;
    }
    return scratch;
  }

private:
  DType type;
  const void *data;
  int64_t stride;
  int64_t filledOffset = -1, filledCount = 0;
  W scratch[kChunk];
};

/// result = fn(a, b) with broadcasting; a and b are read as W and the result is stored from Out
/// (a wide type, or uint8_t for bool results).
template <typename W, typename Out, typename Fn>
void broadcastBinary(const OpArgs &args, const MutableTensorView &result, Fn fn) {
  const Shape *shapes[] = {&args.shape(0), &args.shape(1)};
  BroadcastPlan plan(result.shape, shapes);
  BroadcastReader<W> a(args.dtype(0), args.data(0), plan.rowStride(0));
  BroadcastReader<W> b(args.dtype(1), args.data(1), plan.rowStride(1));
  Out scratch[kChunk];
  bool direct = std::is_same_v<Out, uint8_t> || result.dtype == nativeType<Out>();
  plan.forEachRow([&](int64_t out, const int64_t *offsets, int64_t length) {
    for (int64_t start = 0; start < length; start += kChunk) {
      int64_t n = std::min(kChunk, length - start);
      const W *x = a.read(offsets[0], start, n);
      const W *y = b.read(offsets[1], start, n);
      void *to = elementAt(result.dtype, result.data, out + start);
      Out *z = direct ? static_cast<Out *>(to) : scratch;
      for (int64_t i = 0; i < n; ++i)
        z[i] = fn(x[i], y[i]);
      if constexpr (!std::is_same_v<Out, uint8_t>)
        if (!direct)
          storeWide<Out>(result.dtype, to, n, z);
    }
  });
}

/// One result of the broadcast shape and the element type of operand 0.
Status inferBroadcast(const OpArgs &args, std::vector<TensorType> &results);
/// The broadcast of the shapes of operands 0 and 1 if both are known.
Status broadcastOperandShapes(const OpArgs &args, size_t a, size_t b, std::optional<Shape> &shape);

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_BROADCAST_H
