//===- ResizeColumns.cpp - Resampling of the rows of a tile ---------------===//

#include "ResizeColumns.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// Finds the walks of a tile, unless they would leave too many columns over.
void findPhases(ColumnTile &tile, int64_t blocks) {
  int64_t repeats = std::gcd(tile.outCount, tile.inCount);
  int64_t period = tile.outCount / repeats, step = tile.inCount / repeats;
  // Strides of blocks have 8 bits, those of repeats 12.
  if (repeats < 4 || std::max(period, step) * blocks > 255)
    return;
  SmallVector<ColumnTap> phases;
  int64_t middle = repeats / 2;
  for (int64_t j = 0; j < period; ++j) {
    ColumnTap tap = tile.taps[size_t(middle * period + j)];
    phases.push_back({tap.from - middle * step, tap.weight});
  }
  SmallVector<int64_t> singles;
  for (int64_t o = 0; o < tile.outCount; ++o) {
    const ColumnTap &phase = phases[size_t(o % period)], &tap = tile.taps[size_t(o)];
    int64_t from = phase.from + o / period * step;
    bool inside = from >= 0 && from + (phase.weight != 0) < tile.inCount;
    if (!inside || from != tap.from || std::fabs(phase.weight - tap.weight) > 1e-7)
      singles.push_back(o);
  }
  if (int64_t(singles.size()) * 2 > tile.outCount)
    return;
  tile.phases = std::move(phases);
  tile.inStep = step;
  tile.singles = std::move(singles);
}

/// One instruction of a pass: dst = weight * src, or dst += weight * src.
void emitTap(KernelBuilder &kb, Elem elem, Value dst, Value src, double weight, bool isFirst,
             const VecShape &shape) {
  if (isFirst)
    kb.scalar<VMulsOp>(elem, dst, src, weight, shape);
  else
    kb.scalar<VAxpyOp>(elem, dst, src, weight, shape);
}

} // namespace

SmallVector<ColumnTile> columnTiles(const ResizeAxis &axis, int64_t count, int64_t blocks) {
  SmallVector<ColumnTile> tiles;
  int64_t width = (axis.out + count - 1) / count;
  for (int64_t begin = 0; begin < axis.out; begin += width) {
    ColumnTile tile;
    tile.outBegin = begin;
    tile.outCount = std::min(width, axis.out - begin);
    int64_t low = axis.in, high = 0;
    for (int64_t o = begin; o < begin + tile.outCount; ++o) {
      double x = axis.at[size_t(o)], whole = std::floor(x);
      tile.taps.push_back({int64_t(whole), x - whole});
      low = std::min(low, int64_t(whole));
      high = std::max(high, int64_t(whole) + (x != whole));
    }
    // A single tile takes the whole rows, which lie together in GM.
    tile.inBegin = count == 1 ? 0 : low;
    tile.inCount = count == 1 ? axis.in : high + 1 - low;
    for (auto [o, tap] : llvm::enumerate(tile.taps)) {
      tap.from -= tile.inBegin;
      tile.singles.push_back(int64_t(o));
    }
    findPhases(tile, blocks);
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

void emitColumns(KernelBuilder &kb, const ColumnTile &tile, int64_t rows, Elem elem, Value dst,
                 Value src) {
  int64_t pixel = 16 * bytesOf(elem), blocks = pixel / 32;
  auto place = [&](int64_t column) { return kb.at(src, column * pixel); };

  // Walks: block b of every pixel of a phase, eight pixels a repeat. What would lie
  // before the first or behind the last row is left out.
  int64_t period = int64_t(tile.phases.size()), step = tile.inStep;
  int64_t pixels = period ? rows * (tile.outCount / period) : 0, total = rows * tile.inCount;
  for (bool isFirst : {true, false})
    for (auto [j, tap] : llvm::enumerate(tile.phases)) {
      int64_t first = tap.from < 0 ? (-tap.from + step - 1) / step : 0;
      int64_t last = (total - 1 - tap.from - (tap.weight != 0)) / step;
      int64_t count = std::min(pixels - 1, last) - first + 1;
      if (count <= 0 || (!isFirst && tap.weight == 0))
        continue;
      auto to = unsigned(period * blocks), from = unsigned(step * blocks);
      VecShape walk = VecShape::flat(count * 32 / bytesOf(elem));
      walk.strides = int64_t(isa::packStrides(to, from, 1, 8 * to, 8 * from, 8));
      int64_t dstPixel = int64_t(j) + first * period;
      int64_t srcPixel = tap.from + first * step + !isFirst;
      for (int64_t b = 0; b < blocks; ++b)
        emitTap(kb, elem, kb.at(dst, dstPixel * pixel + b * 32),
                kb.at(src, srcPixel * pixel + b * 32), isFirst ? 1 - tap.weight : tap.weight,
                isFirst, walk);
    }

  // Single columns: one repeat for each row.
  VecShape column = VecShape::rows(rows, 16,
                                   isa::packStrides(1, 1, 1, unsigned(tile.outCount * blocks),
                                                    unsigned(tile.inCount * blocks), 8));
  for (bool isFirst : {true, false})
    for (int64_t o : tile.singles) {
      const ColumnTap &tap = tile.taps[size_t(o)];
      if (isFirst || tap.weight != 0)
        emitTap(kb, elem, kb.at(dst, o * pixel), place(tap.from + !isFirst),
                isFirst ? 1 - tap.weight : tap.weight, isFirst, column);
    }
}

} // namespace openatc::kernel
