//===- CubeKernel.cpp - SIMD inner loops of the cube and its loads --------===//

#include "CubeKernel.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "CubeKernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace openatc::sim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Up to 16 lanes, so that a fractal row is a whole number of vectors.
using FloatTag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<FloatTag>;

/// kRows rows of one M fractal against kTiles N fractals. A product of two halves is
/// exact in f32, so fused and separate multiply-add give the same bits.
template <size_t kRows, size_t kTiles>
HWY_INLINE void block(const TileProduct &p, size_t m, size_t n1) {
  const FloatTag d;
  constexpr size_t kLanes = hn::MaxLanes(FloatTag());
  constexpr size_t kVecs = kTiles * 16 / kLanes;
  constexpr size_t kPerTile = 16 / kLanes;
  const size_t tilesM = (p.m + 15) / 16, tilesK = (p.k + 15) / 16, tilesN = (p.n + 15) / 16;
  float *cBase = p.c + (n1 * tilesM + m / 16) * kTileElements + (m % 16) * 16;
  const size_t cTile = tilesM * kTileElements;

  Vec sum[kRows][kVecs];
  for (size_t r = 0; r < kRows; ++r)
    for (size_t v = 0; v < kVecs; ++v)
      sum[r][v] =
          p.accumulate
              ? hn::Load(d, cBase + (v / kPerTile) * cTile + r * 16 + (v % kPerTile) * kLanes)
              : hn::Zero(d);
  for (size_t k1 = 0; k1 < tilesK; ++k1) {
    const float *a = p.a + ((m / 16) * tilesK + k1) * kTileElements + (m % 16) * 16;
    const float *b = p.b + (k1 * tilesN + n1) * kTileElements;
    const size_t depth = std::min<size_t>(16, p.k - k1 * 16);
    for (size_t k = 0; k < depth; ++k) {
      Vec row[kVecs];
      for (size_t v = 0; v < kVecs; ++v)
        row[v] = hn::Load(d, b + (v / kPerTile) * kTileElements + k * 16 + (v % kPerTile) * kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        const Vec left = hn::Set(d, a[r * 16 + k]);
        for (size_t v = 0; v < kVecs; ++v)
          sum[r][v] = hn::MulAdd(left, row[v], sum[r][v]);
      }
    }
  }
  for (size_t v = 0; v < kVecs; ++v) {
    const size_t tile = v / kPerTile, column = (v % kPerTile) * kLanes;
    const size_t first = (n1 + tile) * 16 + column;
    for (size_t r = 0; r < kRows; ++r) {
      float *to = cBase + tile * cTile + r * 16 + column;
      if (first + kLanes <= p.n) {
        hn::Store(sum[r][v], d, to);
      } else if (first < p.n) { // tail columns keep what they hold
        HWY_ALIGN float values[kLanes];
        hn::Store(sum[r][v], d, values);
        std::memcpy(to, values, (p.n - first) * sizeof(float));
      }
    }
  }
}

template <size_t kTiles> HWY_INLINE void column(const TileProduct &p, size_t n1) {
  constexpr size_t kRows = hn::MaxLanes(FloatTag()) == 16 ? 8 : 4;
  for (size_t m0 = 0; m0 < p.m; m0 += 16) {
    const size_t end = std::min(m0 + 16, p.m);
    size_t m = m0;
    for (; m + kRows <= end; m += kRows)
      block<kRows, kTiles>(p, m, n1);
    for (; m < end; ++m)
      block<1, kTiles>(p, m, n1);
  }
}

void multiply(const TileProduct &p) {
  constexpr size_t kTiles = hn::MaxLanes(FloatTag()) == 16 ? 2 : 1;
  const size_t tilesN = (p.n + 15) / 16;
  size_t n1 = 0;
  for (; n1 + kTiles <= tilesN; n1 += kTiles)
    column<kTiles>(p, n1);
  for (; n1 < tilesN; ++n1)
    column<1>(p, n1);
}

/// 8x8 transpose of 16-bit elements in 128-bit vectors.
HWY_INLINE void transpose8x8(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow) {
  const hn::Full128<uint16_t> d16;
  const hn::Full128<uint32_t> d32;
  const hn::Full128<uint64_t> d64;
  auto load = [&](int r) {
    return hn::LoadU(d16, reinterpret_cast<const uint16_t *>(src + r * srcRow));
  };
  auto store = [&](auto v, int r) {
    hn::StoreU(hn::BitCast(d16, v), d16, reinterpret_cast<uint16_t *>(dst + r * dstRow));
  };
  const auto r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
  const auto r4 = load(4), r5 = load(5), r6 = load(6), r7 = load(7);
  // Pairs, then quadruples, then halves.
  const auto p0 = hn::BitCast(d32, hn::InterleaveLower(d16, r0, r1));
  const auto p1 = hn::BitCast(d32, hn::InterleaveLower(d16, r2, r3));
  const auto p2 = hn::BitCast(d32, hn::InterleaveLower(d16, r4, r5));
  const auto p3 = hn::BitCast(d32, hn::InterleaveLower(d16, r6, r7));
  const auto p4 = hn::BitCast(d32, hn::InterleaveUpper(d16, r0, r1));
  const auto p5 = hn::BitCast(d32, hn::InterleaveUpper(d16, r2, r3));
  const auto p6 = hn::BitCast(d32, hn::InterleaveUpper(d16, r4, r5));
  const auto p7 = hn::BitCast(d32, hn::InterleaveUpper(d16, r6, r7));
  auto finish = [&](auto x0, auto x1, auto x2, auto x3, int row) {
    const auto lo0 = hn::BitCast(d64, hn::InterleaveLower(d32, x0, x1));
    const auto lo1 = hn::BitCast(d64, hn::InterleaveLower(d32, x2, x3));
    const auto hi0 = hn::BitCast(d64, hn::InterleaveUpper(d32, x0, x1));
    const auto hi1 = hn::BitCast(d64, hn::InterleaveUpper(d32, x2, x3));
    store(hn::InterleaveLower(d64, lo0, lo1), row);
    store(hn::InterleaveUpper(d64, lo0, lo1), row + 1);
    store(hn::InterleaveLower(d64, hi0, hi1), row + 2);
    store(hn::InterleaveUpper(d64, hi0, hi1), row + 3);
  };
  finish(p0, p1, p2, p3, 0);
  finish(p4, p5, p6, p7, 4);
}

void transpose(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow) {
  // Through a buffer, so that source and destination may be the same matrix.
  HWY_ALIGN uint8_t out[512];
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 2; ++c)
      transpose8x8(src + 8 * r * srcRow + 16 * c, srcRow, out + 8 * c * 32 + 16 * r, 32);
  for (int r = 0; r < 16; ++r)
    std::memcpy(dst + r * dstRow, out + r * 32, 32);
}

void toHalf(const float *src, uint16_t *dst, size_t count, bool relu) {
  if (!relu) {
    floatToHalf(src, dst, count);
    return;
  }
  HWY_ALIGN float chunk[256];
  const hn::ScalableTag<float> d;
  const size_t lanes = std::min<size_t>(hn::Lanes(d), 256);
  for (size_t i = 0; i < count; i += 256) { // counts are whole fractals
    for (size_t j = 0; j < 256; j += lanes) {
      const auto x = hn::Add(hn::LoadU(d, src + i + j), hn::Zero(d)); // -0 becomes +0
      hn::Store(hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x), d, chunk + j);
    }
    floatToHalf(chunk, dst + i, 256);
  }
}

} // namespace openatc::sim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace openatc::sim {
HWY_EXPORT(multiply);
HWY_EXPORT(transpose);
HWY_EXPORT(toHalf);

void multiplyTiles(const TileProduct &p) { HWY_DYNAMIC_DISPATCH(multiply)(p); }

void convertTile(const uint16_t *fractal, float *tile) {
  halfToFloat(fractal, tile, kTileElements);
}

void convertTileTransposed(const uint16_t *fractal, float *tile) {
  alignas(64) uint16_t turned[kTileElements];
  transpose16x16(reinterpret_cast<const uint8_t *>(fractal), 32,
                 reinterpret_cast<uint8_t *>(turned), 32);
  halfToFloat(turned, tile, kTileElements);
}

void transpose16x16(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow) {
  HWY_DYNAMIC_DISPATCH(transpose)(src, srcRow, dst, dstRow);
}

void convertToHalf(const float *src, uint16_t *dst, size_t count, bool relu) {
  HWY_DYNAMIC_DISPATCH(toHalf)(src, dst, count, relu);
}

void copyFloats(const float *src, float *dst, size_t count, bool relu) {
  for (size_t i = 0; i < count; ++i)
    dst[i] = !relu ? src[i] : src[i] < 0 ? 0.0f : src[i] + 0.0f;
}

} // namespace openatc::sim
#endif // HWY_ONCE
