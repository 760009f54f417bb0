//===- CubeExpand.cpp - Halves of L1 to the single tiles of L0A and L0B ---===//
//
// The cube multiplies in f32, so its operands are kept as f32: every half is expanded
// once, when it is loaded.
//
//===----------------------------------------------------------------------===//

#include "CubeKernel.h"
#include "CubeWindow.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "CubeExpand.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "openatc/Support/NativeHalf-inl.h"

HWY_BEFORE_NAMESPACE();
namespace openatc::sim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Up to 16 lanes, so that a fractal row is a whole number of vectors.
using FloatTag = hn::CappedTag<float, 16>;

/// to[i] = half value of from[i]; kCount is 4 or 16 and `to` is aligned to its bytes.
template <size_t kCount> HWY_INLINE void expand(const uint8_t *from, float *to) {
#if OPENATC_NATIVE_HALF
  const hn::CappedTag<float, kCount> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> dh;
  for (size_t i = 0; i < kCount; i += hn::Lanes(d))
    hn::Store(hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t *>(from) + i)),
              d, to + i);
#else
  for (size_t i = 0; i < kCount; ++i) {
    uint16_t half;
    std::memcpy(&half, from + 2 * i, 2);
    to[i] = halfToFloat(half);
  }
#endif
}

/// What a fractal [n][k] of halves leaves out of its turned tile.
HWY_INLINE TileRows rowsOf(const uint8_t *fractal) {
  const hn::CappedTag<uint16_t, 16> d;
  constexpr uint16_t kSign = 0x8000;
  TileRows rows{0, true};
  for (size_t k = 0; k < 16; k += hn::Lanes(d)) {
    auto row = [&](size_t n) HWY_ATTR {
      return hn::LoadU(d, reinterpret_cast<const uint16_t *>(fractal + 32 * n) + k);
    };
    auto any = row(0);
    for (size_t n = 1; n < 16; ++n)
      any = hn::Or(any, row(n));
    uint8_t packed[8] = {};
    hn::StoreMaskBits(d, hn::Ne(hn::AndNot(hn::Set(d, kSign), any), hn::Zero(d)), packed);
    rows.nonzero |= uint16_t((packed[0] | packed[1] << 8) << k);
    if (rows.nonzero == 0) // nothing at all, so far
      continue;
    auto beside = hn::Zero(d);
    const auto first = hn::Iota(d, uint16_t(k));
    for (size_t n = 0; n < 16; ++n)
      beside = hn::Or(beside, hn::IfThenZeroElse(hn::Eq(first, hn::Set(d, uint16_t(n))), row(n)));
    rows.diagonal &= hn::AllTrue(d, hn::Eq(hn::AndNot(hn::Set(d, kSign), beside), hn::Zero(d)));
  }
  return rows;
}

#if OPENATC_NATIVE_HALF && HWY_MAX_BYTES >= 32
/// tile[c * 16 + r] = half value of fractal[r * 16 + c]. Both 128-bit halves of the
/// vectors are transposed at once, 8 rows at a time.
HWY_INLINE void expandTransposed(const uint8_t *fractal, float *tile) {
  const hn::CappedTag<uint16_t, 16> d16;
  const hn::RepartitionToWide<decltype(d16)> d32;
  const hn::RepartitionToWide<decltype(d32)> d64;
  const FloatTag df;
  using V64 = hn::Vec<decltype(d64)>;
  V64 part[2][8]; // [row half]: columns c and c + 8 of its rows
  for (size_t half = 0; half < 2; ++half) {
    auto load = [&](size_t r) HWY_ATTR {
      return hn::LoadU(d16, reinterpret_cast<const uint16_t *>(fractal + 256 * half + 32 * r));
    };
    const auto r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
    const auto r4 = load(4), r5 = load(5), r6 = load(6), r7 = load(7);
    auto finish = [&](auto x0, auto x1, auto x2, auto x3, V64 *out) HWY_ATTR {
      const auto y0 = hn::BitCast(d32, x0), y1 = hn::BitCast(d32, x1);
      const auto y2 = hn::BitCast(d32, x2), y3 = hn::BitCast(d32, x3);
      const auto low0 = hn::BitCast(d64, hn::InterleaveLower(d32, y0, y1));
      const auto low1 = hn::BitCast(d64, hn::InterleaveLower(d32, y2, y3));
      const auto high0 = hn::BitCast(d64, hn::InterleaveUpper(d32, y0, y1));
      const auto high1 = hn::BitCast(d64, hn::InterleaveUpper(d32, y2, y3));
      out[0] = hn::InterleaveLower(d64, low0, low1);
      out[1] = hn::InterleaveUpper(d64, low0, low1);
      out[2] = hn::InterleaveLower(d64, high0, high1);
      out[3] = hn::InterleaveUpper(d64, high0, high1);
    };
    finish(hn::InterleaveLower(d16, r0, r1), hn::InterleaveLower(d16, r2, r3),
           hn::InterleaveLower(d16, r4, r5), hn::InterleaveLower(d16, r6, r7), part[half]);
    finish(hn::InterleaveUpper(d16, r0, r1), hn::InterleaveUpper(d16, r2, r3),
           hn::InterleaveUpper(d16, r4, r5), hn::InterleaveUpper(d16, r6, r7), part[half] + 4);
  }
  auto store = [&](V64 column, float *to) HWY_ATTR {
    const auto halves = hn::BitCast(hn::CappedTag<hwy::float16_t, 16>(), column);
#if HWY_MAX_BYTES >= 64
    hn::Store(hn::PromoteTo(df, halves), df, to);
#else
    const hn::Rebind<hwy::float16_t, FloatTag> dh;
    hn::Store(hn::PromoteTo(df, hn::LowerHalf(dh, halves)), df, to);
    hn::Store(hn::PromoteTo(df, hn::UpperHalf(dh, halves)), df, to + 8);
#endif
  };
  for (size_t c = 0; c < 8; ++c) {
    store(hn::ConcatLowerLower(d64, part[1][c], part[0][c]), tile + c * 16);
    store(hn::ConcatUpperUpper(d64, part[1][c], part[0][c]), tile + (c + 8) * 16);
  }
}
#else
HWY_INLINE void expandTransposed(const uint8_t *fractal, float *tile) {
  alignas(64) uint8_t turned[512];
  transpose16x16(fractal, 32, turned, 32);
  for (size_t r = 0; r < 16; ++r)
    expand<16>(turned + r * 32, tile + r * 16);
}
#endif

void fractals(const FractalCopy &copy) {
  for (size_t i = 0; i < copy.count; ++i) {
    const uint8_t *from = copy.src + i * copy.srcStride;
    float *to = copy.tiles + i * copy.tileStride * kTileElements;
    if (copy.transpose)
      expandTransposed(from, to);
    else
      for (size_t r = 0; r < 16; ++r)
        expand<16>(from + r * 32, to + r * 16);
    // Activations come the other way round and are taken as they are.
    if (copy.rows)
      copy.rows[i * copy.tileStride] = copy.transpose ? rowsOf(from) : TileRows();
  }
}

/// Writes `count` rows of kCount floats from row m of the tile on; `next` gives the source
/// of each, or null for zeros.
template <size_t kCount, typename Next>
HWY_INLINE void rows(float *to, int64_t fractalStep, int64_t m, int64_t count, Next next) {
  while (count > 0) {
    const int64_t n = std::min<int64_t>(count, 16 - (m & 15));
    float *row = to + (m >> 4) * fractalStep + (m & 15) * 16;
    for (int64_t i = 0; i < n; ++i, row += 16) {
      if (const uint8_t *from = next())
        expand<kCount>(from, row);
      else
        std::memset(row, 0, kCount * sizeof(float));
    }
    m += n;
    count -= n;
  }
}

template <size_t kCount>
HWY_INLINE void position(const WindowTile &tile, int64_t c1, int64_t kh, int64_t kw,
                         int64_t column) {
  const Window &win = tile.win;
  constexpr int64_t kPixel = 2 * kCount;
  const int64_t fractalStep = tile.tilesK * int64_t(kTileElements);
  float *to = tile.tiles + column / 16 * int64_t(kTileElements) + column % 16;
  const int64_t step = win.strideW * kPixel;
  const auto zero = []() HWY_ATTR -> const uint8_t * { return nullptr; };
  int64_t m = 0;
  forEachRun(win, tile.mStart, tile.mExt, kh, kw, [&](const WindowRun &run) HWY_ATTR {
    rows<kCount>(to, fractalStep, m, run.lead, zero);
    if (run.lead < run.end) {
      const uint8_t *from =
          tile.pixels + ((c1 * win.h + run.hi) * win.w + run.wi) * kPixel + run.lead * step - step;
      rows<kCount>(to, fractalStep, m + run.lead, run.end - run.lead,
                   [&]() HWY_ATTR { return from += step; });
    }
    rows<kCount>(to, fractalStep, m + run.end, run.count - run.end, zero);
    m += run.count;
    return true;
  });
}

void position16(const WindowTile &tile, int64_t c1, int64_t kh, int64_t kw, int64_t column) {
  position<16>(tile, c1, kh, kw, column);
}

void position4(const WindowTile &tile, int64_t kh, int64_t kw, int64_t column) {
  position<4>(tile, 0, kh, kw, column);
}

} // namespace openatc::sim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace openatc::sim {
HWY_EXPORT(fractals);
HWY_EXPORT(position16);
HWY_EXPORT(position4);

void expandFractals(const FractalCopy &copy) { HWY_DYNAMIC_DISPATCH(fractals)(copy); }

void expandPosition(const WindowTile &tile, int64_t c1, int64_t kh, int64_t kw, int64_t column) {
  HWY_DYNAMIC_DISPATCH(position16)(tile, c1, kh, kw, column);
}

void expandPositionC04(const WindowTile &tile, int64_t kh, int64_t kw, int64_t column) {
  HWY_DYNAMIC_DISPATCH(position4)(tile, kh, kw, column);
}

} // namespace openatc::sim
#endif // HWY_ONCE
