//===- CubeKernel.cpp - SIMD inner loops of the cube and its read-out -----===//

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

/// Stores one vector of results; columns from n on keep what they hold.
HWY_INLINE void storeResult(Vec sum, float *to, size_t column, size_t n) {
  const FloatTag d;
  constexpr size_t kLanes = hn::MaxLanes(FloatTag());
  if (column + kLanes <= n) {
    hn::Store(sum, d, to);
  } else if (column < n) {
    HWY_ALIGN float values[kLanes];
    hn::Store(sum, d, values);
    std::memcpy(to, values, (n - column) * sizeof(float));
  }
}

/// kRows rows of one M fractal against kTiles N fractals. A product of two halves is
/// exact in f32, so fused and separate multiply-add give the same bits.
template <size_t kRows, size_t kTiles, bool kSparse>
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
    auto step = [&](size_t k) HWY_ATTR {
      Vec row[kVecs];
      for (size_t v = 0; v < kVecs; ++v)
        row[v] = hn::Load(d, b + (v / kPerTile) * kTileElements + k * 16 + (v % kPerTile) * kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        const Vec left = hn::Set(d, a[r * 16 + k]);
        for (size_t v = 0; v < kVecs; ++v)
          sum[r][v] = hn::MulAdd(left, row[v], sum[r][v]);
      }
    };
    if constexpr (kSparse) {
      uint32_t set = 0;
      for (size_t t = 0; t < kTiles; ++t)
        set |= p.rows[k1 * tilesN + n1 + t].nonzero;
      for (set &= (1u << depth) - 1; set; set &= set - 1)
        step(size_t(__builtin_ctz(set)));
    } else {
      for (size_t k = 0; k < depth; ++k)
        step(k);
    }
  }
  for (size_t v = 0; v < kVecs; ++v) {
    const size_t tile = v / kPerTile, column = (v % kPerTile) * kLanes;
    for (size_t r = 0; r < kRows; ++r)
      storeResult(sum[r][v], cBase + tile * cTile + r * 16 + column, (n1 + tile) * 16 + column,
                  p.n);
  }
}

template <size_t kTiles, bool kSparse> HWY_INLINE void column(const TileProduct &p, size_t n1) {
  constexpr size_t kRows = hn::MaxLanes(FloatTag()) == 16 ? 8 : 4;
  for (size_t m0 = 0; m0 < p.m; m0 += 16) {
    const size_t end = std::min(m0 + 16, p.m);
    size_t m = m0;
    for (; m + kRows <= end; m += kRows)
      block<kRows, kTiles, kSparse>(p, m, n1);
    for (; m + kRows / 2 <= end; m += kRows / 2)
      block<kRows / 2, kTiles, kSparse>(p, m, n1);
    for (; m < end; ++m)
      block<1, kTiles, kSparse>(p, m, n1);
  }
}

/// One N fractal whose tiles are all diagonal, as depthwise convolutions have them: an
/// element of c has one product for every K fractal. Lanes run over columns.
HWY_INLINE void diagonalColumn(const TileProduct &p, size_t n1) {
  const FloatTag d;
  constexpr size_t kLanes = hn::MaxLanes(FloatTag());
  constexpr size_t kRows = 4; // independent sums
  const size_t tilesM = (p.m + 15) / 16, tilesK = (p.k + 15) / 16, tilesN = (p.n + 15) / 16;
  constexpr size_t kMaxTiles = 4096 / 16;
  HWY_ALIGN float factors[kMaxTiles * 16];
  for (size_t k = 0; k < tilesK * 16; ++k)
    factors[k] = k < p.k ? p.b[(k / 16 * tilesN + n1) * kTileElements + k % 16 * 17] : 0.0f;
  for (size_t column = 0; column < 16; column += kLanes) {
    for (size_t m = 0; m < p.m; m += kRows) { // rows of the last fractal beyond m exist
      const float *a = p.a + m / 16 * tilesK * kTileElements + m % 16 * 16 + column;
      float *c = p.c + (n1 * tilesM + m / 16) * kTileElements + m % 16 * 16 + column;
      Vec sum[kRows];
      for (size_t r = 0; r < kRows; ++r)
        sum[r] = p.accumulate ? hn::Load(d, c + r * 16) : hn::Zero(d);
      for (size_t k1 = 0; k1 < tilesK; ++k1) {
        const Vec factor = hn::Load(d, factors + k1 * 16 + column);
        for (size_t r = 0; r < kRows; ++r)
          sum[r] = hn::MulAdd(hn::Load(d, a + k1 * kTileElements + r * 16), factor, sum[r]);
      }
      for (size_t r = 0; r < kRows && m + r < p.m; ++r)
        storeResult(sum[r], c + r * 16, n1 * 16 + column, p.n);
    }
  }
}

void multiply(const TileProduct &p) {
  constexpr size_t kTiles = hn::MaxLanes(FloatTag()) == 16 ? 2 : 1;
  const size_t tilesK = (p.k + 15) / 16, tilesN = (p.n + 15) / 16;
  auto diagonal = [&](size_t n1) {
    for (size_t k1 = 0; k1 < tilesK; ++k1)
      if (!p.rows[k1 * tilesN + n1].diagonal)
        return false;
    return true;
  };
  for (size_t n1 = 0; n1 < tilesN;) {
    if (p.rows && diagonal(n1)) {
      diagonalColumn(p, n1++);
    } else if (n1 + kTiles <= tilesN) {
      p.rows ? column<kTiles, true>(p, n1) : column<kTiles, false>(p, n1);
      n1 += kTiles;
    } else {
      p.rows ? column<1, true>(p, n1) : column<1, false>(p, n1);
      ++n1;
    }
  }
}

bool finite(const float *values, size_t count) {
  const FloatTag d;
  // Infinity times zero is NaN, and NaN stays. Four sums hide the latency.
  Vec sum[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (size_t i = 0; i < count; i += 4 * hn::Lanes(d))
    for (size_t j = 0; j < 4; ++j)
      sum[j] = hn::MulAdd(hn::Load(d, values + i + j * hn::Lanes(d)), hn::Zero(d), sum[j]);
  const Vec all = hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]));
  return hn::AllTrue(d, hn::Eq(all, hn::Zero(d)));
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

void toHalf(const float *src, uint16_t *dst, size_t count, bool relu, bool saturate) {
  if (!relu && !saturate) {
    floatToHalf(src, dst, count);
    return;
  }
  constexpr float kLargestHalf = 65504;
  const hn::CappedTag<float, 16> d;
  HWY_ALIGN float chunk[256];
  for (size_t i = 0; i < count; i += 256) {
    const size_t n = std::min<size_t>(256, count - i);
    for (size_t j = 0; j < n; j += hn::Lanes(d)) {
      Vec x = hn::LoadU(d, src + i + j);
      if (relu) {
        x = hn::Add(x, hn::Zero(d)); // -0 becomes +0
        x = hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x);
      }
      if (saturate) {
        x = hn::IfThenElseZero(hn::Eq(x, x), x);
        x = hn::Max(hn::Min(x, hn::Set(d, kLargestHalf)), hn::Set(d, -kLargestHalf));
      }
      hn::Store(x, d, chunk + j);
    }
    floatToHalf(chunk, dst + i, n);
  }
}

} // namespace openatc::sim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace openatc::sim {
HWY_EXPORT(multiply);
HWY_EXPORT(transpose);
HWY_EXPORT(toHalf);
HWY_EXPORT(finite);

void multiplyTiles(const TileProduct &p) { HWY_DYNAMIC_DISPATCH(multiply)(p); }

bool allFinite(const float *values, size_t count) {
  return HWY_DYNAMIC_DISPATCH(finite)(values, count);
}

void transpose16x16(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow) {
  HWY_DYNAMIC_DISPATCH(transpose)(src, srcRow, dst, dstRow);
}

void convertToHalf(const float *src, uint16_t *dst, size_t count, bool relu, bool saturate) {
  HWY_DYNAMIC_DISPATCH(toHalf)(src, dst, count, relu, saturate);
}

void copyFloats(const float *src, float *dst, size_t count, bool relu) {
  for (size_t i = 0; i < count; ++i)
    dst[i] = !relu ? src[i] : src[i] < 0 ? 0.0f : src[i] + 0.0f;
}

} // namespace openatc::sim
#endif // HWY_ONCE
