//===- Window.h - Geometry of sliding windows ------------------------------===//
#ifndef OPENATC_LIB_HOSTOPS_WINDOW_H
#define OPENATC_LIB_HOSTOPS_WINDOW_H

#include "OpArgs.h"

#include <array>

namespace openatc::host {

/// Largest value of a stride, dilation, pad or kernel size.
inline constexpr int64_t kMaxWindowValue = INT32_MAX;

using Triple = std::array<int64_t, 3>;

/// A convolution or pooling window over 1 to 3 spatial dimensions, always written as three:
/// fewer dimensions are preceded by ones of size 1.
struct Window {
  size_t rank = 0; ///< spatial dimensions of the operator
  Triple in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  Triple padBegin{0, 0, 0}, padEnd{0, 0, 0};

  int64_t inSize() const { return in[0] * in[1] * in[2]; }
  int64_t outSize() const { return out[0] * out[1] * out[2]; }
  int64_t kernelSize() const { return kernel[0] * kernel[1] * kernel[2]; }
  /// Distance from the first to one past the last element that the kernel covers.
  int64_t extent(size_t d) const { return (kernel[d] - 1) * dilation[d] + 1; }
};

/// Reads strides, dilations and pads and checks them against the spatial rank; `out` and
/// automatic pads are left open.
Expected<Window> readWindow(const OpArgs &args, const Shape &x, std::span<const int64_t> kernel);

/// The window of Conv, MaxPool and AveragePool with pads and output sizes resolved by
/// auto_pad and ceil_mode (a last window that starts in the end padding is dropped).
Expected<Window> slidingWindow(const OpArgs &args, const Shape &x, std::span<const int64_t> kernel);

/// Batch and channels followed by the spatial output sizes.
Shape windowShape(const Window &window, int64_t batch, int64_t channels);

/// Kernel positions [first, last) whose input index `start + k * dilation` is in [0, size).
inline std::pair<int64_t, int64_t> validTaps(int64_t start, int64_t kernel, int64_t dilation,
                                             int64_t size) {
  int64_t first = start < 0 ? (-start + dilation - 1) / dilation : 0;
  int64_t last = start >= size ? 0 : (size - 1 - start) / dilation + 1;
  return {first, std::min(kernel, last)};
}

} // namespace openatc::host

#endif // OPENATC_LIB_HOSTOPS_WINDOW_H
