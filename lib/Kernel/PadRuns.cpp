//===- PadRuns.cpp - Padding that repeats the input -----------------------===//

#include "PadRuns.h"

#include "Ascend/HostBridge.h"

#include <algorithm>

using namespace mlir;

namespace openatc::kernel {

/// The input element at position `p` before or behind `size` of them.
static int64_t sourceOf(int64_t p, int64_t size, StringRef mode) {
  if (mode == "edge")
    return std::clamp<int64_t>(p, 0, size - 1);
  int64_t period = mode == "wrap" ? size : std::max<int64_t>(2 * (size - 1), 1);
  p = (p % period + period) % period;
  return p < size ? p : period - p;
}

SmallVector<SmallVector<PadRun>> padRuns(ascend::PadOp op) {
  ArrayRef<int64_t> in = mlir::cast<RankedTensorType>(op.getInput().getType()).getShape();
  ArrayRef<int64_t> out = mlir::cast<RankedTensorType>(op.getOutput().getType()).getShape();
  auto pads = ascend::getConstantIntegers(op.getPads());
  auto axes = op.getAxes() ? ascend::getConstantIntegers(op.getAxes()) : std::nullopt;
  SmallVector<int64_t> before(in.size(), 0);
  for (size_t i = 0; i < pads->size() / 2; ++i) {
    int64_t axis = axes ? (*axes)[i] : int64_t(i);
    before[size_t(axis < 0 ? axis + int64_t(in.size()) : axis)] = (*pads)[i];
  }
  SmallVector<SmallVector<PadRun>> runs(in.size());
  for (size_t d = 0; d < in.size(); ++d) {
    // The input itself is one run, whatever lies beside it.
    int64_t first = std::max<int64_t>(before[d], 0), behind = before[d] + in[d];
    for (int64_t o = 0; o < out[d];) {
      int64_t end = o < first ? first : o < behind ? std::min(behind, out[d]) : out[d];
      PadRun run{o, 1, sourceOf(o - before[d], in[d], op.getMode()), 1};
      while (o + run.size < end) {
        int64_t next = sourceOf(o + run.size - before[d], in[d], op.getMode());
        int64_t step = next - (run.src + (run.size - 1) * run.step);
        if (run.size == 1 ? step < -1 || step > 1 : step != run.step)
          break;
        run.step = step;
        ++run.size;
      }
      runs[d].push_back(run);
      o += run.size;
    }
  }
  return runs;
}

} // namespace openatc::kernel
