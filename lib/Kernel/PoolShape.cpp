//===- PoolShape.cpp - Geometry and tiles of pooling kernels --------------===//

#include "PoolShape.h"

#include "openatc/Target/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

int64_t at(ArrayRef<int64_t> list, size_t i, int64_t fallback) {
  return i < list.size() ? list[i] : fallback;
}

template <typename Op> PoolAxis axisOf(Op op, size_t i, RankedTensorType x, RankedTensorType y) {
  return {x.getDimSize(i + 2),       y.getDimSize(i + 2),         op.getKernelShape()[i],
          at(op.getStrides(), i, 1), at(op.getDilations(), i, 1), at(op.getPads(), i, 0),
          at(op.getPads(), i + 2, 0)};
}

} // namespace

int64_t PoolAxis::counted(int64_t o, bool countPad) const {
  int64_t lo = countPad ? -padBegin : 0, hi = in + (countPad ? padEnd : 0), count = 0;
  for (int64_t k = 0; k < kernel; ++k) {
    int64_t position = o * stride - padBegin + k * dilation;
    count += position >= lo && position < hi;
  }
  return std::max<int64_t>(count, 1);
}

SmallVector<int64_t> PoolAxis::borders(bool countPad) const {
  SmallVector<int64_t> result;
  for (int64_t o = 0; o < out; ++o)
    if (counted(o, countPad) < kernel)
      result.push_back(o);
  return result;
}

PoolShape PoolShape::of(ascend::KernelOp op) {
  Operation &pool = op.getBody().front().front();
  auto x = mlir::cast<RankedTensorType>(pool.getOperand(0).getType());
  auto y = mlir::cast<RankedTensorType>(pool.getResult(0).getType());
  PoolShape s;
  s.planes = x.getDimSize(0) * ((x.getDimSize(1) + 15) / 16);
  s.elem = *elemOf(x.getElementType());
  if (auto max = mlir::dyn_cast<ascend::MaxPoolOp>(pool)) {
    s.h = axisOf(max, 0, x, y);
    s.w = axisOf(max, 1, x, y);
    s.isMax = s.countPad = true;
    s.work = s.elem;
  } else {
    auto average = mlir::cast<ascend::AveragePoolOp>(pool);
    s.h = axisOf(average, 0, x, y);
    s.w = axisOf(average, 1, x, y);
    s.isMax = false;
    s.countPad = average.getCountIncludePad();
    s.work = Elem::F32;
  }
  // Where windows and planes end together, planes are one tall image.
  if (s.h.padBegin == 0 && s.h.extent() <= s.h.stride && s.h.in == s.h.out * s.h.stride) {
    s.h.in *= s.planes;
    s.h.out *= s.planes;
    s.planes = 1;
  }
  return s;
}

PoolTile::PoolTile(const PoolShape &s, int64_t th, int64_t tw) : th(th), tw(tw) {
  row = llvm::alignTo((tw - 1) * s.w.stride + s.w.extent(), s.w.stride);
  pitch = row / s.w.stride;
  SmallVector<int64_t> uses(s.h.stride, 0), last(s.h.stride, 0);
  for (int64_t k = 0; k < s.h.kernel; ++k) {
    int64_t position = k * s.h.dilation;
    ++uses[position % s.h.stride];
    last[position % s.h.stride] = position / s.h.stride;
  }
  int64_t used = 0;
  for (int64_t p = 0; p < s.h.stride; ++p) {
    if (!uses[p])
      continue;
    // Neighbouring phases begin in different halves of 512 bytes: other bank groups.
    int64_t half = phases.size() % 2 * 256;
    used = llvm::alignTo(used + 512 - half, 512) - 512 + half;
    phases.push_back({p, last[p], used});
    // The fill of the right edge runs on into the next row's left edge.
    used += ((th + last[p]) * row + s.w.padBegin) * s.pixel();
    if (s.work == s.elem && s.h.kernel > 1 && uses[p] == 1 && last[p] == 0)
      inPlace = int(phases.size()) - 1;
  }
  windowBytes = llvm::alignTo(used, 512);
}

std::pair<int, int64_t> PoolTile::place(const PoolShape &s, int64_t k) const {
  int64_t position = k * s.h.dilation;
  for (auto [i, phase] : llvm::enumerate(phases))
    if (phase.number == position % s.h.stride)
      return {int(i), position / s.h.stride};
  return {0, 0};
}

int64_t PoolTile::ubBytes(const PoolShape &s) const {
  int64_t bytes = 2 * (windowBytes + th * pitch * s.pixel());
  bytes += needsRows(s) ? th * row * s.workPixel() : 0;
  bytes += needsColumns(s) ? th * pitch * s.workPixel() : 0;
  return bytes + 4 * 512;
}

int64_t PoolTile::cycles(const PoolShape &s, const SocDescription &soc, bool l2Hit) const {
  int64_t width = std::min(row, s.w.in), read = 0;
  for (const PoolPhase &phase : phases) {
    int64_t bytes = (th + phase.extra) * width * s.pixel();
    read += cost::gmRead(soc, bytes, s.h.stride == 1 ? bytes : width * s.pixel(), l2Hit);
  }
  int64_t results = th * std::min(tw, s.w.out) * s.pixel();
  int64_t write = cost::gmWrite(soc, results, tw >= s.w.out ? results : tw * s.pixel());
  // Instructions by which rows and columns are gathered, at 3 cycles for two repeats, and
  // what a dependent one waits for.
  auto gather = [&](int64_t kernel, int64_t pixels) {
    int64_t repeats = llvm::divideCeil(pixels * s.workPixel(), 256);
    return std::max<int64_t>(kernel - s.isMax, 1) *
           (soc.vectorHead + soc.vectorLatency + repeats * 3 / 2);
  };
  int64_t compute = gather(s.h.kernel, th * row) + gather(s.w.kernel, th * pitch);
  compute += s.isMax ? 0 : 2 * gather(1, th * pitch);
  int64_t turns = llvm::divideCeil(items(s), soc.aiCores);
  return read + compute + write + (turns - 1) * std::max({read, compute, write});
}

std::optional<PoolTile> PoolTile::best(const PoolShape &s, const SocDescription &soc) {
  // Full rows where they fit.
  int64_t tw = s.w.out;
  while (tw > 1 && PoolTile(s, 1, tw).ubBytes(s) > soc.ubSize)
    tw = (tw + 1) / 2;
  std::optional<PoolTile> best;
  int64_t fewest = 0;
  for (int64_t th = 1; th <= s.h.out; ++th) {
    PoolTile tile(s, th, tw);
    if (tile.ubBytes(s) > soc.ubSize)
      break;
    int64_t cycles = tile.cycles(s, soc, /*l2Hit=*/true);
    if (!best || cycles < fewest) {
      best = tile;
      fewest = cycles;
    }
  }
  return best;
}

} // namespace openatc::kernel
