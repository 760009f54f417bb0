//===- Pooling.cpp - MaxPool, AveragePool and their global forms -------------===//

#include "Convert.h"
#include "Operators.h"
#include "Window.h"

#include <algorithm>
#include <limits>

namespace openatc::host {

namespace {

Expected<Window> poolWindow(const OpArgs &args) {
  std::vector<int64_t> kernel = args.intsAttr("kernel_shape");
  return slidingWindow(args, args.shape(0), kernel);
}

Status inferPool(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0)) {
    OPENATC_TRY(inferUnknownShape(args, results));
  } else {
    auto window = poolWindow(args);
    if (!window)
      return window.status();
    const Shape &x = args.shape(0);
    OPENATC_TRY(inferWithShape(args, results, windowShape(*window, x[0], x[1])));
  }
  if (args.name() == "max_pool" && args.flag("with_indices"))
    results.push_back({DType::I64, results[0].shape});
  return Status::success();
}

/// Calls fn(output index, first taps, last taps, start coordinates) for every output of a plane.
template <typename Fn> void forEachWindow(const Window &w, Fn &&fn) {
  int64_t out = 0;
  Triple start, first, last;
  auto set = [&](size_t d, int64_t o) {
    start[d] = o * w.stride[d] - w.padBegin[d];
    std::tie(first[d], last[d]) = validTaps(start[d], w.kernel[d], w.dilation[d], w.in[d]);
  };
  for (int64_t z = 0; z < w.out[0]; ++z) {
    set(0, z);
    for (int64_t y = 0; y < w.out[1]; ++y) {
      set(1, y);
      for (int64_t x = 0; x < w.out[2]; ++x, ++out) {
        set(2, x);
        fn(out, start, first, last);
      }
    }
  }
}

/// Calls fn(plane offset) for every input element under a window.
template <typename Fn>
void forEachTap(const Window &w, const Triple &start, const Triple &first, const Triple &last,
                Fn &&fn) {
  for (int64_t kz = first[0]; kz < last[0]; ++kz)
    for (int64_t ky = first[1]; ky < last[1]; ++ky) {
      int64_t z = start[0] + kz * w.dilation[0], y = start[1] + ky * w.dilation[1];
      int64_t row = (z * w.in[1] + y) * w.in[2] + start[2];
      for (int64_t kx = first[2]; kx < last[2]; ++kx)
        fn(row + kx * w.dilation[2]);
    }
}

/// Offset in a plane whose first spatial dimension varies fastest (storage_order 1).
int64_t columnMajor(const Window &w, int64_t offset) {
  int64_t x = offset % w.in[2], y = offset / w.in[2] % w.in[1], z = offset / (w.in[2] * w.in[1]);
  return z + w.in[0] * (y + w.in[1] * x);
}

template <typename W>
void maxPool(const OpArgs &args, const Window &w, std::span<const MutableTensorView> results) {
  WideInput<W> in(args, 0);
  WideOutput<W> out(results[0]);
  int64_t planes = args.shape(0)[0] * args.shape(0)[1];
  bool columns = args.flag("storage_order");
  int64_t *indices = results.size() > 1 ? static_cast<int64_t *>(results[1].data) : nullptr;
  using Limits = std::numeric_limits<W>;
  constexpr W lowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  for (int64_t p = 0; p < planes; ++p) {
    const W *x = in.get() + p * w.inSize();
    W *y = out.get() + p * w.outSize();
    forEachWindow(w, [&](int64_t o, const Triple &start, const Triple &first, const Triple &last) {
      W best = lowest;
      int64_t at = -1;
      forEachTap(w, start, first, last, [&](int64_t i) {
        if (at < 0 || x[i] > best || x[i] != x[i]) {
          best = x[i];
          at = i;
        }
      });
      y[o] = best;
      if (indices)
        indices[p * w.outSize() + o] =
            at < 0 ? -1 : p * w.inSize() + (columns ? columnMajor(w, at) : at);
    });
  }
}

Status computeMaxPool(const OpArgs &args, std::span<const MutableTensorView> results) {
  Window w = *poolWindow(args);
  dispatchNumeric(args.dtype(0), [&]<typename W>(W) { maxPool<W>(args, w, results); });
  return Status::success();
}

Status computeAveragePool(const OpArgs &args, std::span<const MutableTensorView> results) {
  Window w = *poolWindow(args);
  bool includePad = args.flag("count_include_pad");
  int64_t planes = args.shape(0)[0] * args.shape(0)[1];
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    for (int64_t p = 0; p < planes; ++p) {
      const W *x = in.get() + p * w.inSize();
      W *y = out.get() + p * w.outSize();
      forEachWindow(w,
                    [&](int64_t o, const Triple &start, const Triple &first, const Triple &last) {
                      W sum = 0;
                      forEachTap(w, start, first, last, [&](int64_t i) { sum += x[i]; });
                      double count = 1;
                      for (size_t d = 0; d < 3; ++d) {
                        int64_t taps = std::max<int64_t>(0, last[d] - first[d]);
                        // Padding counts as far as it was asked for; what ceil_mode adds does not.
                        if (includePad)
                          taps = validTaps(start[d] + w.padBegin[d], w.kernel[d], w.dilation[d],
                                           w.in[d] + w.padBegin[d] + w.padEnd[d])
                                     .second;
                        count *= static_cast<double>(taps);
                      }
                      y[o] = count > 0 ? static_cast<W>(sum / count) : W(0);
                    });
    }
    return Status::success();
  });
}

Status inferGlobalPool(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  Shape shape = args.shape(0);
  if (shape.size() < 2)
    return fail("x has rank ", shape.size(), ", expected batch and channels");
  std::fill(shape.begin() + 2, shape.end(), 1);
  return inferWithShape(args, results, shape);
}

Status computeGlobalPool(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &shape = args.shape(0);
  int64_t planes = shape[0] * shape[1], size = product(shape, 2, shape.size());
  bool average = args.name() == "global_average_pool";
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> in(args, 0);
    WideOutput<W> out(results[0]);
    for (int64_t p = 0; p < planes; ++p) {
      const W *x = in.get() + p * size;
      double sum = 0;
      W best = -std::numeric_limits<W>::infinity();
      for (int64_t i = 0; i < size; ++i) {
        sum += static_cast<double>(x[i]);
        best = x[i] > best || x[i] != x[i] ? x[i] : best;
      }
      out[p] = average ? static_cast<W>(sum / static_cast<double>(size)) : best;
    }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"max_pool", 1, 1, kNumeric, 0, inferPool, computeMaxPool},
    {"average_pool", 1, 1, kFloats, 0, inferPool, computeAveragePool},
    {"global_average_pool", 1, 1, kFloats, 0, inferGlobalPool, computeGlobalPool},
    {"global_max_pool", 1, 1, kFloats, 0, inferGlobalPool, computeGlobalPool},
};

} // namespace

std::span<const OpDef> poolingOps() { return kOps; }

} // namespace openatc::host
