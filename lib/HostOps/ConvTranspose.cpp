//===- ConvTranspose.cpp - Transposed convolution ----------------------------===//
//
// The product filter^T * x gives, for every input position, the kernel-sized patch
// that it adds to the output; the patches are then scattered with overlap.
//
//===----------------------------------------------------------------------===//

#include "Convert.h"
#include "Gemm.h"
#include "Operators.h"
#include "Window.h"

#include <algorithm>

namespace openatc::host {

namespace {

struct TransposeDims {
  Window window;
  int64_t batch, group, channels, filters; ///< channels and filters of one group
};

/// Output sizes and pads as the ConvTranspose page of ONNX defines them: pads give the output
/// size, or output_shape (or SAME) gives the total padding.
Status resolveOutput(const OpArgs &args, Window &w) {
  std::vector<int64_t> extra = args.intsAttr("output_padding");
  std::vector<int64_t> wanted = args.intsAttr("output_shape");
  if ((!extra.empty() && extra.size() != w.rank) || (!wanted.empty() && wanted.size() != w.rank))
    return fail("output_padding and output_shape need ", w.rank, " values");
  std::string_view mode = args.stringAttr("auto_pad", "NOTSET");
  bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  for (size_t i = 0; i < w.rank; ++i) {
    size_t d = 3 - w.rank + i;
    int64_t add = extra.empty() ? 0 : extra[i];
    if (add < 0 || add > kMaxWindowValue)
      return fail("output_padding ", add, " is out of range");
    int64_t full;
    if (__builtin_mul_overflow(w.stride[d], w.in[d] - 1, &full) ||
        __builtin_add_overflow(full, w.extent(d) + add, &full))
      return fail("the result is too large");
    if (wanted.empty() && !same) {
      w.out[d] = full - w.padBegin[d] - w.padEnd[d];
      if (w.out[d] < 0)
        return fail("pads leave no output in dimension ", i + 2);
      continue;
    }
    if (wanted.empty() && __builtin_mul_overflow(w.in[d], w.stride[d], &w.out[d]))
      return fail("the result is too large");
    if (!wanted.empty())
      w.out[d] = wanted[i];
    if (w.out[d] < 0 || w.out[d] > kMaxWindowValue)
      return fail("output_shape ", w.out[d], " is out of range");
    int64_t total = std::max<int64_t>(0, full - w.out[d]);
    w.padBegin[d] = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
    w.padEnd[d] = total - w.padBegin[d];
  }
  return Status::success();
}

Expected<TransposeDims> transposeDims(const OpArgs &args) {
  const Shape &x = args.shape(0), &filter = args.shape(1);
  if (filter.size() != x.size() || filter.size() < 3)
    return fail("filter ", filter, " does not have the rank of x ", x);
  int64_t group = args.intAttr("group", 1);
  if (group < 1 || x[1] % group)
    return fail("group ", group, " does not divide ", x[1], " channels");
  if (x[1] != filter[0])
    return fail("x has ", x[1], " channels, filter ", filter, " expects ", filter[0]);
  int64_t filters;
  if (__builtin_mul_overflow(filter[1], group, &filters))
    return fail("group ", group, " is out of range");
  if (args.hasShape(2) && args.shape(2) != Shape{filters})
    return fail("bias has shape ", args.shape(2), ", expected [", filters, "]");
  auto window = readWindow(args, x, std::span(filter).subspan(2));
  if (!window)
    return window.status();
  OPENATC_TRY(resolveOutput(args, *window));
  return TransposeDims{*window, x[0], group, x[1] / group, filter[1]};
}

Status inferConvTranspose(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0) || !args.hasShape(1))
    return inferUnknownShape(args, results);
  auto dims = transposeDims(args);
  if (!dims)
    return dims.status();
  return inferWithShape(args, results,
                        windowShape(dims->window, dims->batch, dims->group * dims->filters));
}

/// Adds the patches of one filter (rows = taps, columns = input positions) to its plane.
template <typename W> void scatterPatches(const Window &w, const W *patches, W *y) {
  for (int64_t kz = 0; kz < w.kernel[0]; ++kz)
    for (int64_t ky = 0; ky < w.kernel[1]; ++ky)
      for (int64_t kx = 0; kx < w.kernel[2]; ++kx)
        for (int64_t iz = 0; iz < w.in[0]; ++iz)
          for (int64_t iy = 0; iy < w.in[1]; ++iy, patches += w.in[2]) {
            int64_t oz = iz * w.stride[0] + kz * w.dilation[0] - w.padBegin[0];
            int64_t oy = iy * w.stride[1] + ky * w.dilation[1] - w.padBegin[1];
            if (oz < 0 || oz >= w.out[0] || oy < 0 || oy >= w.out[1])
              continue;
            W *row = y + (oz * w.out[1] + oy) * w.out[2];
            for (int64_t ix = 0; ix < w.in[2]; ++ix) {
              int64_t ox = ix * w.stride[2] + kx * w.dilation[2] - w.padBegin[2];
              if (ox >= 0 && ox < w.out[2])
                row[ox] += patches[ix];
            }
          }
}

Status computeConvTranspose(const OpArgs &args, std::span<const MutableTensorView> results) {
  TransposeDims d = *transposeDims(args);
  const Window &w = d.window;
  int64_t taps = w.kernelSize(), in = w.inSize(), out = w.outSize();
  // Filters whose patches are computed together: bounded memory, shared packing of x.
  constexpr int64_t patchBudget = int64_t(1) << 22;
  int64_t together = std::clamp<int64_t>(patchBudget / std::max<int64_t>(1, taps * in), 1,
                                         std::max<int64_t>(1, d.filters));
  return dispatchFloat(args.dtype(0), [&]<typename W>(W) {
    WideInput<W> x(args, 0), filter(args, 1);
    WideOutput<W> y(results[0]);
    std::optional<WideInput<W>> bias;
    if (args.has(2))
      bias.emplace(args, 2);
    int64_t planes = d.group * d.filters;
    for (int64_t p = 0; p < d.batch * planes; ++p)
      std::fill_n(y.get() + p * out, out, bias ? (*bias)[p % planes] : W(0));
    std::vector<W> patches(static_cast<size_t>(together * taps * in));
    for (int64_t n = 0; n < d.batch; ++n)
      for (int64_t g = 0; g < d.group; ++g) {
        const W *image = x.get() + (n * d.group + g) * d.channels * in;
        const W *weights = filter.get() + g * d.channels * d.filters * taps;
        for (int64_t f = 0; f < d.filters; f += together) {
          int64_t count = std::min(together, d.filters - f);
          std::fill(patches.begin(), patches.end(), W(0));
          gemm<W>(count * taps, in, d.channels,
                  packStrided<W>(weights + f * taps, d.filters * taps, 1),
                  packStrided<W>(image, in, 1), patches.data(), in);
          for (int64_t i = 0; i < count; ++i)
            scatterPatches(w, patches.data() + i * taps * in,
                           y.get() + (n * planes + g * d.filters + f + i) * out);
        }
      }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"conv_transpose", 2, 3, kFloats, 6, inferConvTranspose, computeConvTranspose},
};

} // namespace

std::span<const OpDef> convTransposeOps() { return kOps; }

} // namespace openatc::host
