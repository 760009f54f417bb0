//===- RowMath.cpp - Vector instructions over groups of rows --------------===//

#include "RowMath.h"

using namespace mlir;

namespace openatc::kernel {

/// Longest sequence of instructions that is written out.
constexpr int64_t kUnrolled = 16;

void RowMath::forEach(Rows dst, Rows a, Rows b, int64_t lanes, Emit emit) {
  auto isDense = [&](const Rows &r) { return !r.block && r.pitch == lanes; };
  if (isDense(dst) && isDense(a) && isDense(b))
    return emit(dst.ptr, a.ptr, b.ptr, VecShape::flat(groups * lanes));
  int64_t width = 256 / bytes, chunks = (lanes + width - 1) / width;
  auto blockStep = [](const Rows &r) { return r.block ? 0u : 1u; };
  if (groups < chunks || groups == 1) {
    uint64_t strides =
        isa::packStrides(1, blockStep(a), blockStep(b), 8, 8 * blockStep(a), 8 * blockStep(b));
    auto oneRow = [&](Num g) {
      auto row = [&](const Rows &r) {
        return kb.at(r.ptr, kb.mul(g, r.block ? 32 : r.pitch * bytes));
      };
      emit(row(dst), row(a), row(b), {1, lanes, int64_t(strides), true});
    };
    if (groups <= kUnrolled)
      for (int64_t g = 0; g < groups; ++g)
        oneRow(g);
    else
      kb.loop(0, groups, 1, oneRow);
    return;
  }
  auto rowStep = [&](const Rows &r) { return r.block ? 1u : unsigned(r.pitch * bytes / 32); };
  uint64_t strides =
      isa::packStrides(1, blockStep(a), blockStep(b), rowStep(dst), rowStep(a), rowStep(b));
  // An instruction repeats at most 255 times.
  auto slice = [&](Num first, int64_t count, Num chunk, int64_t laneCount) {
    auto part = [&](const Rows &r) {
      Num offset = kb.mul(first, r.block ? 32 : r.pitch * bytes);
      return kb.at(r.ptr, r.block ? offset : kb.add(offset, kb.mul(chunk, 256)));
    };
    emit(part(dst), part(a), part(b), VecShape::rows(count, laneCount, strides));
  };
  auto chunk = [&](Num c, int64_t laneCount) {
    int64_t most = 255, tail = groups % most;
    if (groups - tail <= 4 * most)
      for (int64_t g = 0; g < groups - tail; g += most)
        slice(g, most, c, laneCount);
    else
      kb.loop(0, groups - tail, most, [&](Num g) { slice(g, most, c, laneCount); });
    if (tail)
      slice(groups - tail, tail, c, laneCount);
  };
  int64_t full = lanes / width;
  // Constant addresses show that the chunks are independent of each other.
  if (full <= kUnrolled)
    for (int64_t c = 0; c < full; ++c)
      chunk(c, width);
  else
    kb.loop(0, full, 1, [&](Num c) { chunk(c, width); });
  if (lanes % width)
    chunk(full, lanes % width);
}

} // namespace openatc::kernel
