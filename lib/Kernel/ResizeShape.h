//===- ResizeShape.h - Resampling of images as two maps of positions ------===//
#ifndef OPENATC_LIB_KERNEL_RESIZESHAPE_H
#define OPENATC_LIB_KERNEL_RESIZESHAPE_H

#include "mlir/IR/Operation.h"

#include <optional>
#include <string>
#include <vector>

namespace openatc::kernel {

/// One dimension. Output o shows the input at position `at[o]`, which lies in
/// [0, in - 1]: the input there, or between two inputs the line through them.
struct ResizeAxis {
  int64_t in = 1, out = 1;
  std::vector<double> at;
  /// The same in closed form: (o * step + start) / kOne, clamped. For nearest only
  /// the whole part counts, and it is exact.
  int64_t step = 0, start = 0;

  static constexpr int64_t kFractionBits = 40, kOne = int64_t(1) << kFractionBits;

  /// True when some output lies between inputs.
  bool blends() const;
  /// True when output and input are the same.
  bool isIdentity() const;
};

/// A resize over the last two dimensions of [N, C, H, W].
struct ResizeShape {
  bool linear = false;
  ResizeAxis rows, columns;
};

/// The maps of a resize of rank 4; on failure `why` says what the core cannot do.
std::optional<ResizeShape> resizeShapeOf(mlir::Operation *op, std::string &why);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_RESIZESHAPE_H
