//===- Convolution.cpp - Conv -------------------------------------------------===//
//
// Few filters per group (depthwise) run a direct loop over shifted rows; all
// others are a matrix product whose right factor is gathered from the input
// block by block (im2col without the full column matrix).
//
//===----------------------------------------------------------------------===//

#include "Convert.h"
#include "Gemm.h"
#include "Operators.h"
#include "Window.h"

#include <algorithm>

namespace openatc::host {

namespace {

/// Below this number of filters per group the matrix product wastes its rows.
constexpr int64_t kDirectFilters = 3;

struct ConvDims {
  Window window;
  int64_t batch, group, channels, filters; ///< channels and filters of one group
};

Expected<ConvDims> convDims(const OpArgs &args) {
  const Shape &x = args.shape(0), &filter = args.shape(1);
  if (filter.size() != x.size() || filter.size() < 3)
    return fail("filter ", filter, " does not have the rank of x ", x);
  int64_t group = args.intAttr("group", 1);
  if (group < 1 || filter[0] % group)
    return fail("group ", group, " does not divide ", filter[0], " filters");
  if (x[1] % group || x[1] / group != filter[1])
    return fail("x has ", x[1], " channels, filter ", filter, " with group ", group,
                " does not fit");
  if (args.hasShape(2) && args.shape(2) != Shape{filter[0]})
    return fail("bias has shape ", args.shape(2), ", expected [", filter[0], "]");
  auto window = slidingWindow(args, x, std::span(filter).subspan(2));
  if (!window)
    return window.status();
  return ConvDims{*window, x[0], group, filter[1], filter[0] / group};
}

Status inferConv(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0) || !args.hasShape(1))
    return inferUnknownShape(args, results);
  auto dims = convDims(args);
  if (!dims)
    return dims.status();
  return inferWithShape(args, results,
                        windowShape(dims->window, dims->batch, dims->group * dims->filters));
}

/// Output positions [first, last) of one row whose input index is inside the row.
std::pair<int64_t, int64_t> validOutputs(const Window &w, int64_t tap) {
  int64_t shift = tap * w.dilation[2] - w.padBegin[2], stride = w.stride[2];
  int64_t first = shift < 0 ? (-shift + stride - 1) / stride : 0;
  int64_t last = shift >= w.in[2] ? 0 : (w.in[2] - 1 - shift) / stride + 1;
  return {first, std::min(w.out[2], last)};
}

/// y += one channel of the input convolved with one channel of a filter.
template <typename W> void convolvePlane(const Window &w, const W *x, const W *filter, W *y) {
  for (int64_t kz = 0; kz < w.kernel[0]; ++kz)
    for (int64_t ky = 0; ky < w.kernel[1]; ++ky)
      for (int64_t kx = 0; kx < w.kernel[2]; ++kx) {
        W weight = filter[(kz * w.kernel[1] + ky) * w.kernel[2] + kx];
        auto [first, last] = validOutputs(w, kx);
        int64_t shift = kx * w.dilation[2] - w.padBegin[2], stride = w.stride[2];
        for (int64_t oz = 0; oz < w.out[0]; ++oz)
          for (int64_t oy = 0; oy < w.out[1]; ++oy) {
            int64_t iz = oz * w.stride[0] + kz * w.dilation[0] - w.padBegin[0];
            int64_t iy = oy * w.stride[1] + ky * w.dilation[1] - w.padBegin[1];
            if (iz < 0 || iz >= w.in[0] || iy < 0 || iy >= w.in[1])
              continue;
            const W *from = x + (iz * w.in[1] + iy) * w.in[2];
            W *to = y + (oz * w.out[1] + oy) * w.out[2];
            if (stride == 1)
              for (int64_t ox = first; ox < last; ++ox)
                to[ox] += weight * from[ox + shift];
            else
              for (int64_t ox = first; ox < last; ++ox)
                to[ox] += weight * from[ox * stride + shift];
          }
      }
}

/// Panels of the column matrix: row = (channel, tap), column = output position.
template <typename W> PackFn<W> packColumns(const Window &w, const W *x) {
  return [&w, x](int64_t k0, int64_t kc, int64_t j0, int64_t count, int64_t width, W *panel) {
    // Input coordinates of tap 0 for every column of the panel.
    int64_t z[kGemmCols<W>], y[kGemmCols<W>], c[kGemmCols<W>];
    for (int64_t j = 0; j < count; ++j) {
      int64_t position = j0 + j, row = position / w.out[2];
      c[j] = position % w.out[2] * w.stride[2] - w.padBegin[2];
      y[j] = row % w.out[1] * w.stride[1] - w.padBegin[1];
      z[j] = row / w.out[1] * w.stride[0] - w.padBegin[0];
    }
    bool oneRow = w.stride[2] == 1 && c[count - 1] - c[0] == count - 1;
    for (int64_t k = 0; k < kc; ++k, panel += width) {
      int64_t tap = (k0 + k) % w.kernelSize(), channel = (k0 + k) / w.kernelSize();
      int64_t dx = tap % w.kernel[2] * w.dilation[2];
      int64_t dy = tap / w.kernel[2] % w.kernel[1] * w.dilation[1];
      int64_t dz = tap / (w.kernel[2] * w.kernel[1]) * w.dilation[0];
      const W *plane = x + channel * w.inSize();
      if (oneRow && z[0] == z[count - 1] && y[0] == y[count - 1]) {
        int64_t iz = z[0] + dz, iy = y[0] + dy, ix = c[0] + dx;
        bool inside = iz >= 0 && iz < w.in[0] && iy >= 0 && iy < w.in[1];
        int64_t first = inside ? std::clamp<int64_t>(-ix, 0, count) : count;
        int64_t last = inside ? std::clamp<int64_t>(w.in[2] - ix, first, count) : count;
        std::fill(panel, panel + first, W(0));
        if (first < last) {
          const W *from = plane + (iz * w.in[1] + iy) * w.in[2] + ix;
          std::copy(from + first, from + last, panel + first);
        }
        std::fill(panel + last, panel + count, W(0));
        continue;
      }
      for (int64_t j = 0; j < count; ++j) {
        int64_t iz = z[j] + dz, iy = y[j] + dy, ix = c[j] + dx;
        bool inside = iz >= 0 && iz < w.in[0] && iy >= 0 && iy < w.in[1] && ix >= 0 && ix < w.in[2];
        panel[j] = inside ? plane[(iz * w.in[1] + iy) * w.in[2] + ix] : W(0);
      }
    }
  };
}

template <typename W> void convolve(const ConvDims &d, const W *x, const W *filter, W *y) {
  const Window &w = d.window;
  int64_t inner = d.channels * w.kernelSize();
  for (int64_t n = 0; n < d.batch; ++n)
    for (int64_t g = 0; g < d.group; ++g) {
      const W *in = x + (n * d.group + g) * d.channels * w.inSize();
      const W *weights = filter + g * d.filters * inner;
      W *out = y + (n * d.group + g) * d.filters * w.outSize();
      if (d.filters > kDirectFilters) {
        gemm<W>(d.filters, w.outSize(), inner, packStrided<W>(weights, 1, inner),
                packColumns<W>(w, in), out, w.outSize());
        continue;
      }
      for (int64_t f = 0; f < d.filters; ++f)
        for (int64_t c = 0; c < d.channels; ++c)
          convolvePlane(w, in + c * w.inSize(), weights + f * inner + c * w.kernelSize(),
                        out + f * w.outSize());
    }
}

Status computeConv(const OpArgs &args, std::span<const MutableTensorView> results) {
  ConvDims dims = *convDims(args);
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0), filter(args, 1);
    WideOutput<W> y(results[0]);
    int64_t planes = dims.group * dims.filters, size = dims.window.outSize();
    std::fill_n(y.get(), dims.batch * planes * size, W(0));
    convolve(dims, x.get(), filter.get(), y.get());
    if (args.has(2)) {
      WideInput<W> bias(args, 2);
      for (int64_t p = 0; p < dims.batch * planes; ++p)
        for (int64_t i = 0; i < size; ++i)
          y.get()[p * size + i] += bias[p % planes];
    }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"conv", 2, 3, kFloats, 6, inferConv, computeConv},
};

} // namespace

std::span<const OpDef> convolutionOps() { return kOps; }

} // namespace openatc::host
