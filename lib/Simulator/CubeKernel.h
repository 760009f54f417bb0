//===- CubeKernel.h - SIMD inner loops of the cube and its loads ----------===//
#ifndef OPENATC_LIB_SIMULATOR_CUBEKERNEL_H
#define OPENATC_LIB_SIMULATOR_CUBEKERNEL_H

#include <cstddef>
#include <cstdint>

namespace openatc::sim {

/// Floats of a converted 16x16 tile.
inline constexpr size_t kTileElements = 256;

/// What a 16x16 tile [k][n] leaves out; zeros of either sign count as nothing.
struct TileRows {
  uint16_t nonzero = 0xffff; ///< bit k: row k has something
  bool diagonal = false;     ///< nothing beside the diagonal
};

/// A tiled product on expanded fractals: `a` holds M1 x K1 tiles [m][k], `b` K1 x N1
/// tiles [k][n], `c` N1 x M1 tiles [m][n]. For every element of the first m rows and
/// n columns the products are added in ascending k, each sum rounded to f32.
struct TileProduct {
  const float *a;
  const float *b;
  float *c;
  size_t m, k, n;
  bool accumulate; ///< start from c instead of zero
  /// Of each tile of b, or null to multiply everything. Products with zeros may be left out
  /// when all of a is finite: sums of halves' products are never -0, so x + 0 is x.
  const TileRows *rows;
};
void multiplyTiles(const TileProduct &p);

/// True when none of `count` floats, a multiple of 64, is infinite or NaN.
bool allFinite(const float *values, size_t count);

/// `count` fractals of halves, srcStride bytes apart, into f32 tiles, tileStride tiles
/// apart. Tiles keep the order [row][column] of the fractal, or swap it when `transpose`.
struct FractalCopy {
  const uint8_t *src;
  size_t srcStride;
  float *tiles;
  size_t tileStride;
  size_t count;
  bool transpose;
  TileRows *rows; ///< filled for each tile unless null; the same stride
};
void expandFractals(const FractalCopy &copy);

/// dst row r of 16 elements = column r of src; row strides in bytes.
void transpose16x16(const uint8_t *src, ptrdiff_t srcRow, uint8_t *dst, ptrdiff_t dstRow);

/// dst[i] = half of src[i], negative values become zero when `relu` (NaN stays), special
/// ones as saturateHalf says when `saturate`. `count` is a multiple of 16.
void convertToHalf(const float *src, uint16_t *dst, size_t count, bool relu, bool saturate);
/// The same without a change of type.
void copyFloats(const float *src, float *dst, size_t count, bool relu);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CUBEKERNEL_H
