//===- CubeKernel.h - SIMD inner loops of the cube and its loads ----------===//
#ifndef OPENATC_LIB_SIMULATOR_CUBEKERNEL_H
#define OPENATC_LIB_SIMULATOR_CUBEKERNEL_H

#include <cstddef>
#include <cstdint>

namespace openatc::sim {

/// Floats of a converted 16x16 tile.
inline constexpr size_t kTileElements = 256;

/// A tiled product on converted fractals: `a` holds M1 x K1 tiles [m][k], `b` K1 x N1
/// tiles [k][n], `c` N1 x M1 tiles [m][n]. For every element of the first m rows and
/// n columns the products are added in ascending k, each sum rounded to f32.
struct TileProduct {
  const float *a;
  const float *b;
  float *c;
  size_t m, k, n;
  bool accumulate; ///< start from c instead of zero
};
void multiplyTiles(const TileProduct &p);

/// tile[r * 16 + c] = half value of fractal[r * 16 + c].
void convertTile(const uint16_t *fractal, float *tile);

/// tile[c * 16 + r] = half value of fractal[r * 16 + c].
void convertTileTransposed(const uint16_t *fractal, float *tile);

/// dst row r of 16 elements = column r of src; row strides in bytes.
void transpose16x16(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow);

/// dst[i] = half of src[i], negative values become zero when `relu` (NaN stays).
void convertToHalf(const float *src, uint16_t *dst, size_t count, bool relu);
/// The same without a change of type.
void copyFloats(const float *src, float *dst, size_t count, bool relu);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CUBEKERNEL_H
