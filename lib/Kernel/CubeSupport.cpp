//===- CubeSupport.cpp - What the cube, pool and move kernels accept ------===//

#include "PadRuns.h"
#include "SupportChecks.h"

#include "Ascend/AscendOps.h"
#include "Ascend/HostBridge.h"

#include <algorithm>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::kernel {

namespace {

/// On-chip memories of the smallest coupled core; a check must hold on all of them.
constexpr int64_t kL1Bytes = 1 << 20, kUbBytes = 240 << 10;

struct Axis {
  int64_t kernel, stride, dilation, padBegin, padEnd;
  int64_t extent() const { return (kernel - 1) * dilation + 1; }
};

int64_t at(ArrayRef<int64_t> list, size_t i, int64_t fallback) {
  return i < list.size() ? list[i] : fallback;
}

template <typename Op> Axis axisOf(Op op, int64_t kernel, size_t i) {
  return {kernel, at(op.getStrides(), i, 1), at(op.getDilations(), i, 1), at(op.getPads(), i, 0),
          at(op.getPads(), i + 2, 0)};
}

bool isImage(Value v) {
  auto type = mlir::dyn_cast<RankedTensorType>(v.getType());
  return type && type.getRank() == 4;
}

bool isConstant(Value v) { return !v || v.getDefiningOp<ConstantOp>(); }

/// Fields of load3d and strides of vector instructions.
std::optional<std::string> checkAxis(const Axis &a) {
  if (a.kernel > 255 || a.stride > 63 || a.dilation > 255)
    return "a kernel above 255, a stride above 63 or a dilation above 255 has no instruction";
  if (a.padBegin < 0 || a.padEnd < 0 || a.padBegin >= a.extent() || a.padEnd >= a.extent() ||
      a.padBegin > 255 || a.padEnd > 255)
    return "padding as large as the kernel has no instruction";
  return std::nullopt;
}

/// Each combination of runs is a copy of its own, each reversed row of elements many.
std::optional<std::string> repeatingPadCheck(PadOp pad) {
  int64_t copies = 1;
  auto runs = padRuns(pad);
  for (const auto &dim : runs)
    copies *= std::min<int64_t>(int64_t(dim.size()), 1000);
  if (copies > 81)
    return "pad repeats its input too often for an AI core kernel";
  for (const PadRun &run : runs.empty() ? SmallVector<PadRun>() : runs.back())
    if (run.step != 1 && run.size > 2048)
      return "pad repeats too many single elements for an AI core kernel";
  return std::nullopt;
}

} // namespace

std::optional<std::string> convCheck(Operation *op) {
  if (!isImage(op->getOperand(0)) || !isImage(op->getResult(0)))
    return "convolutions over other than two dimensions have no AI core kernel";
  if (!isConstant(op->getOperand(1)))
    return "convolution filters that are no constants have no AI core kernel";
  auto filter = mlir::cast<RankedTensorType>(op->getOperand(1).getType());
  auto x = mlir::cast<RankedTensorType>(op->getOperand(0).getType());
  auto y = mlir::cast<RankedTensorType>(op->getResult(0).getType());
  Axis axes[2];
  for (size_t i = 0; i < 2; ++i) {
    int64_t kernel = filter.getDimSize(i + 2);
    if (auto conv = mlir::dyn_cast<ConvOp>(op)) {
      axes[i] = axisOf(conv, kernel, i);
    } else {
      auto transpose = mlir::cast<ConvTransposeOp>(op);
      // In terms of the equivalent convolution with stride 1 over the stuffed input.
      axes[i] = axisOf(transpose, kernel, i);
      int64_t stuffed = (x.getDimSize(i + 2) - 1) * axes[i].stride + 1;
      axes[i].padBegin = axes[i].extent() - 1 - axes[i].padBegin;
      axes[i].padEnd = y.getDimSize(i + 2) - 1 + axes[i].extent() - axes[i].padBegin - stuffed;
      // What padding cannot reach is zeros behind the input.
      axes[i].padEnd = std::clamp<int64_t>(axes[i].padEnd, 0, axes[i].extent() - 1);
      axes[i].stride = 1;
    }
    if (auto why = checkAxis(axes[i]))
      return why;
  }
  // The smallest tile: one output position, one block of channels on each side.
  int64_t columns = y.getDimSize(3) == 1 ? x.getDimSize(3) : axes[1].extent();
  int64_t window = axes[0].extent() * columns * 32;
  if (2 * (window + axes[0].kernel * axes[1].kernel * 512) > kL1Bytes)
    return "the kernel window is too large for the on-chip memory";
  return std::nullopt;
}

std::optional<std::string> matmulCheck(Operation *op) {
  for (Value v : op->getOperands())
    if (mlir::cast<RankedTensorType>(v.getType()).getRank() < 2)
      return "products with vectors have no AI core kernel";
  return std::nullopt;
}

std::optional<std::string> attentionCheck(Operation *op) {
  auto attention = mlir::cast<AttentionOp>(op);
  auto heads = int64_t(attention.getHeads());
  bool sideBySide = !attention.getColumns().empty();
  auto columnsOf = [](Value v) { return mlir::cast<RankedTensorType>(v.getType()).getDimSize(2); };
  int64_t width =
              sideBySide ? int64_t(attention.getWidth()) : columnsOf(attention.getQuery()) / heads,
          valueWidth = sideBySide ? int64_t(attention.getValueWidth())
                                  : columnsOf(attention.getValue()) / heads;
  for (int64_t first : attention.getColumns())
    if (first % 16 != 0)
      return "attention operands that begin inside 16 columns have no AI core kernel";
  for (int64_t w : {width, valueWidth}) {
    if (w % 16 != 0 || w > 256)
      return "attention heads that are no multiple of 16 columns, or above 256, have no AI core "
             "kernel";
  }
  if (Value mask = attention.getMask();
      mask && mlir::cast<ShapedType>(mask.getType()).getNumElements() == 1)
    return "an attention mask of one element has no AI core kernel";
  return std::nullopt;
}

std::optional<std::string> poolCheck(Operation *op) {
  if (!isImage(op->getOperand(0)))
    return "pools over other than two dimensions have no AI core kernel";
  if (op->getNumResults() != 1)
    return "pools with indices have no AI core kernel";
  Axis axes[2];
  bool isMax = mlir::isa<MaxPoolOp>(op);
  for (size_t i = 0; i < 2; ++i) {
    if (auto max = mlir::dyn_cast<MaxPoolOp>(op))
      axes[i] = axisOf(max, max.getKernelShape()[i], i);
    else
      axes[i] = axisOf(mlir::cast<AveragePoolOp>(op),
                       mlir::cast<AveragePoolOp>(op).getKernelShape()[i], i);
    if (auto why = checkAxis(axes[i]))
      return why;
  }
  // One output position: its window with padding, twice, and the sums over it.
  int64_t pixels = (axes[0].extent() + 1) * (axes[1].extent() + axes[1].stride);
  if (pixels * (isMax ? 128 : 320) > kUbBytes)
    return "the pooling window is too large for the on-chip memory";
  return std::nullopt;
}

std::optional<std::string> moveCheck(Operation *op) {
  // Everything but the data is known at compile time.
  size_t data = mlir::isa<ConcatOp>(op) ? op->getNumOperands() : 1;
  for (Value parameter : op->getOperands().drop_front(data))
    if (!isConstant(parameter))
      return "parameters that are no constants have no AI core kernel";
  auto type = mlir::cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  if (auto pad = mlir::dyn_cast<PadOp>(op)) {
    if (pad.getMode() != "constant")
      return repeatingPadCheck(pad);
    if (pad.getValue() && type.getIntOrFloatBitWidth() == 64)
      return "pad of 64-bit elements with a value has no AI core kernel";
  }
  if (mlir::isa<DepthToSpaceOp, SpaceToDepthOp>(op) && !isImage(op->getOperand(0)))
    return "only images have blocks of space";
  return std::nullopt;
}

std::optional<std::string> gatherCheck(Operation *op) {
  if (!mlir::isa<GatherOp>(op))
    return "only gather has an AI core kernel";
  auto indices = mlir::cast<RankedTensorType>(op->getOperand(1).getType());
  if (!indices.getElementType().isSignlessInteger(32) &&
      !indices.getElementType().isSignlessInteger(64))
    return "indices of this type have no AI core kernel";
  return std::nullopt;
}

} // namespace openatc::kernel
