//===- CubeTest.cpp - Matrix products and convolutions --------------------===//
//
// References are plain loops over the layouts' index maps.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include <cmath>
#include <random>

using namespace openatc;
using namespace openatc::test;

namespace {

std::vector<float> randomHalves(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float &v : values)
    v = halfToFloat(floatToHalf(float(int(random() % 2001) - 1000) / 500.0f));
  return values;
}

int64_t up16(int64_t v) { return (v + 15) / 16 * 16; }

/// M x K to zZ, K x N to nZ; rows beyond m or n stay `fill`.
std::vector<uint16_t> packA(const std::vector<float> &a, int64_t m, int64_t k, float fill) {
  const int64_t k1 = up16(k) / 16;
  std::vector<uint16_t> out(size_t(up16(m) * up16(k)), floatToHalf(fill));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < k; ++j)
      out[size_t(((i / 16) * k1 + j / 16) * 256 + (i % 16) * 16 + j % 16)] =
          floatToHalf(a[size_t(i * k + j)]);
  return out;
}

std::vector<uint16_t> packB(const std::vector<float> &b, int64_t k, int64_t n, float fill) {
  const int64_t n1 = up16(n) / 16;
  std::vector<uint16_t> out(size_t(up16(k) * up16(n)), floatToHalf(fill));
  for (int64_t j = 0; j < k; ++j)
    for (int64_t c = 0; c < n; ++c)
      out[size_t(((j / 16) * n1 + c / 16) * 256 + (c % 16) * 16 + j % 16)] =
          floatToHalf(b[size_t(j * n + c)]);
  return out;
}

/// Moves A and B to L0 and multiplies `times` times; C comes back as f32.
Kernel productKernel(int64_t m, int64_t k, int64_t n, int times) {
  const int64_t aBytes = up16(m) * up16(k) * 2, bBytes = up16(k) * up16(n) * 2;
  const int64_t tiles = up16(m) / 16 * up16(n) / 16;
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToL1, {0, reg(0), 1, aBytes, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {aBytes, reg(1), 1, bBytes, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE1);
  kernel.add(Opcode::Load2dA, {0, 0, aBytes / 512, 1, 1});
  kernel.add(Opcode::Load2dB, {0, aBytes, bBytes / 512, 1, 1});
  kernel.sync(Pipe::MTE1, Pipe::M);
  for (int i = 0; i < times; ++i)
    kernel.add(Opcode::Mmad, {0, 0, 0, m, k, n, i == 0 ? 1 : 0});
  kernel.sync(Pipe::M, Pipe::V);
  kernel.add(Opcode::L0cToUb, Type::F32, {0, 0, 1, tiles, 0, 0});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(2), 0, 1, tiles * 1024, 0, 0});
  return kernel;
}

/// Which elements of B are not zero.
enum class Pattern { Dense, Diagonal, FewRows };

void checkProduct(int64_t m, int64_t k, int64_t n, int times, Pattern pattern = Pattern::Dense,
                  bool special = false) {
  SCOPED_TRACE(std::to_string(m) + "x" + std::to_string(k) + "x" + std::to_string(n));
  std::vector<float> a = randomHalves(size_t(m * k), 1), b = randomHalves(size_t(k * n), 2);
  for (int64_t x = 0; x < k; ++x)
    for (int64_t j = 0; j < n; ++j)
      if ((pattern == Pattern::Diagonal && x % 16 != j % 16) ||
          (pattern == Pattern::FewRows && x % 5 != 1))
        b[size_t(x * n + j)] = j % 2 ? 0.0f : -0.0f;
  if (special)
    a[size_t(m * k / 2)] = INFINITY;
  Machine machine;
  // NaN in the padding must reach nothing: tails are masked or don't-care. Zeros of B are
  // noticed when the padding is zero, too.
  const float fill = pattern == Pattern::Dense ? std::nanf("") : 0.0f;
  uint64_t ga = machine.put(packA(a, m, k, fill)), gb = machine.put(packB(b, k, n, fill));
  const size_t elements = size_t(up16(m) * up16(n));
  uint64_t gc = machine.put(std::vector<float>(elements, -1.0f));
  Kernel kernel = productKernel(m, k, n, times);
  sim::LaunchOptions hazards;
  hazards.hazards = true;
  machine.run(kernel, {ga, gb, gc}, 1, hazards);
  std::vector<float> c = machine.get<float>(gc, elements);
  const int64_t m1 = up16(m) / 16;
  for (int64_t j = 0; j < up16(n); ++j)
    for (int64_t i = 0; i < up16(m); ++i) {
      float expected = 0; // fused multiply-add, ascending k
      if (i < m && j < n)
        for (int t = 0; t < times; ++t)
          for (int64_t x = 0; x < k; ++x)
            expected = std::fmaf(a[size_t(i * k + x)], b[size_t(x * n + j)], expected);
      const float actual = c[size_t(((j / 16) * m1 + i / 16) * 256 + (i % 16) * 16 + j % 16)];
      if (std::isnan(expected))
        ASSERT_TRUE(std::isnan(actual)) << "row " << i << " column " << j;
      else
        ASSERT_EQ(actual, expected) << "row " << i << " column " << j;
    }
}

TEST(Cube, ZerosOfTheFilterChangeNothing) {
  for (Pattern pattern : {Pattern::Diagonal, Pattern::FewRows})
    for (bool special : {false, true}) {
      checkProduct(32, 48, 16, 2, pattern, special);
      checkProduct(21, 150, 40, 2, pattern, special);
      checkProduct(3, 9, 7, 1, pattern, special);
    }
}

TEST(Cube, ProductsAreExactlyTheAscendingSums) {
  checkProduct(16, 16, 16, 1);
  checkProduct(32, 48, 64, 2);
  checkProduct(17, 33, 5, 1);
  checkProduct(1, 70, 40, 3);
  checkProduct(128, 128, 128, 1);
  checkProduct(9, 16, 80, 2);
}

struct Conv {
  int64_t c, h, w, kh, kw, sh, sw, dh, dw, pt, pb, pl, pr, m0, mExt, k0, kExt;
};

void checkLoad3d(const Conv &s) {
  const int64_t c1 = s.c / 16;
  const int64_t ho = (s.h + s.pt + s.pb - (s.dh * (s.kh - 1) + 1)) / s.sh + 1;
  const int64_t wo = (s.w + s.pl + s.pr - (s.dw * (s.kw - 1) + 1)) / s.sw + 1;
  ASSERT_LE(s.m0 + s.mExt, ho * wo);
  std::vector<float> x = randomHalves(size_t(s.c * s.h * s.w), 3);
  // Read A back through the cube: multiply by the identity.
  const int64_t k = s.kExt;
  std::vector<float> identity(size_t(k * k), 0.0f);
  for (int64_t i = 0; i < k; ++i)
    identity[size_t(i * k + i)] = 1;
  Machine machine;
  uint64_t gx = machine.put(toHalves(x)), gb = machine.put(packB(identity, k, k, 0));
  const int64_t tiles = up16(s.mExt) / 16 * (k / 16), xBytes = s.c * s.h * s.w * 2;
  uint64_t gc = machine.put(std::vector<float>(size_t(tiles * 256)));
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToL1, {0, reg(0), 1, xBytes, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {1 << 19, reg(1), 1, k * k * 2, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE1);
  const uint64_t fmatrix = uint64_t(s.w) | uint64_t(s.h) << 16 | uint64_t(s.pl) << 32 |
                           uint64_t(s.pr) << 40 | uint64_t(s.pt) << 48 | uint64_t(s.pb) << 56;
  const uint64_t filter = uint64_t(s.kw) | uint64_t(s.kh) << 8 | uint64_t(s.sw) << 16 |
                          uint64_t(s.sh) << 24 | uint64_t(s.dw) << 32 | uint64_t(s.dh) << 40;
  kernel.add(Opcode::Load3dA, {0, 0, fmatrix, filter, s.m0, s.mExt, s.k0, s.kExt});
  kernel.add(Opcode::Load2dB, {0, 1 << 19, k * k / 256, 1, 1});
  kernel.sync(Pipe::MTE1, Pipe::M);
  kernel.add(Opcode::Mmad, {0, 0, 0, s.mExt, k, k, 1});
  kernel.sync(Pipe::M, Pipe::V);
  kernel.add(Opcode::L0cToUb, Type::F32, {0, 0, 1, tiles, 0, 0});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(2), 0, 1, tiles * 1024, 0, 0});
  sim::LaunchOptions hazards;
  hazards.hazards = true;
  machine.run(kernel, {gx, gb, gc}, 1, hazards);
  std::vector<float> c = machine.get<float>(gc, size_t(tiles * 256));
  const int64_t m1 = up16(s.mExt) / 16;
  for (int64_t m = 0; m < s.mExt; ++m)
    for (int64_t kk = 0; kk < k; ++kk) {
      const int64_t row = s.m0 + m, col = s.k0 + kk, c0 = col % 16;
      const int64_t block = col / 16, ci = block / (s.kh * s.kw);
      const int64_t fh = block % (s.kh * s.kw) / s.kw, fw = block % s.kw;
      const int64_t hi = row / wo * s.sh - s.pt + fh * s.dh;
      const int64_t wi = row % wo * s.sw - s.pl + fw * s.dw;
      float expected = 0;
      if (hi >= 0 && hi < s.h && wi >= 0 && wi < s.w && ci < c1)
        expected = x[size_t(((ci * s.h + hi) * s.w + wi) * 16 + c0)];
      ASSERT_EQ(c[size_t(((kk / 16) * m1 + m / 16) * 256 + (m % 16) * 16 + kk % 16)], expected)
          << "m " << m << " k " << kk;
    }
}

TEST(Cube, Load3dIsTheImg2colMatrix) {
  checkLoad3d({16, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 64, 0, 144});
  checkLoad3d({32, 9, 7, 3, 2, 2, 1, 1, 2, 0, 2, 1, 3, 16, 19, 32, 96});
  checkLoad3d({16, 15, 15, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3, 32, 32, 16 * 20, 160});
  checkLoad3d({16, 5, 6, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 30, 0, 16});
}

/// The same with 4 channels a pixel: (H, W, 4) in L1, columns (KH, KW, 4) without gaps.
void checkLoad3dC04(const Conv &s) {
  const int64_t ho = (s.h + s.pt + s.pb - (s.dh * (s.kh - 1) + 1)) / s.sh + 1;
  const int64_t wo = (s.w + s.pl + s.pr - (s.dw * (s.kw - 1) + 1)) / s.sw + 1;
  ASSERT_LE(s.m0 + s.mExt, ho * wo);
  std::vector<float> x = randomHalves(size_t(4 * s.h * s.w), 5);
  const int64_t k = s.kExt;
  std::vector<float> identity(size_t(k * k), 0.0f);
  for (int64_t i = 0; i < k; ++i)
    identity[size_t(i * k + i)] = 1;
  Machine machine;
  uint64_t gx = machine.put(toHalves(x)), gb = machine.put(packB(identity, k, k, 0));
  const int64_t tiles = up16(s.mExt) / 16 * (k / 16);
  uint64_t gc = machine.put(std::vector<float>(size_t(tiles * 256)));
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToL1, {64, reg(0), 1, s.h * s.w * 8, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {1 << 19, reg(1), 1, k * k * 2, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE1);
  const uint64_t fmatrix = uint64_t(s.w) | uint64_t(s.h) << 16 | uint64_t(s.pl) << 32 |
                           uint64_t(s.pr) << 40 | uint64_t(s.pt) << 48 | uint64_t(s.pb) << 56;
  const uint64_t filter = uint64_t(s.kw) | uint64_t(s.kh) << 8 | uint64_t(s.sw) << 16 |
                          uint64_t(s.sh) << 24 | uint64_t(s.dw) << 32 | uint64_t(s.dh) << 40;
  kernel.add(Opcode::Load3dA, {0, 64, fmatrix, filter, s.m0, s.mExt, s.k0, s.kExt}).mods.c04 = true;
  kernel.add(Opcode::Load2dB, {0, 1 << 19, k * k / 256, 1, 1});
  kernel.sync(Pipe::MTE1, Pipe::M);
  kernel.add(Opcode::Mmad, {0, 0, 0, s.mExt, k, k, 1});
  kernel.sync(Pipe::M, Pipe::V);
  kernel.add(Opcode::L0cToUb, Type::F32, {0, 0, 1, tiles, 0, 0});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(2), 0, 1, tiles * 1024, 0, 0});
  sim::LaunchOptions hazards;
  hazards.hazards = true;
  machine.run(kernel, {gx, gb, gc}, 1, hazards);
  std::vector<float> c = machine.get<float>(gc, size_t(tiles * 256));
  const int64_t m1 = up16(s.mExt) / 16;
  for (int64_t m = 0; m < s.mExt; ++m)
    for (int64_t kk = 0; kk < k; ++kk) {
      const int64_t row = s.m0 + m, tap = (s.k0 + kk) / 4, channel = (s.k0 + kk) % 4;
      const int64_t hi = row / wo * s.sh - s.pt + tap / s.kw * s.dh;
      const int64_t wi = row % wo * s.sw - s.pl + tap % s.kw * s.dw;
      float expected = 0;
      if (tap < s.kh * s.kw && hi >= 0 && hi < s.h && wi >= 0 && wi < s.w)
        expected = x[size_t((hi * s.w + wi) * 4 + channel)];
      ASSERT_EQ(c[size_t(((kk / 16) * m1 + m / 16) * 256 + (m % 16) * 16 + kk % 16)], expected)
          << "m " << m << " k " << kk;
    }
}

TEST(Cube, Load3dOfFourChannelsPacksKernelPositions) {
  checkLoad3dC04({4, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 64, 0, 48});
  checkLoad3dC04({4, 9, 7, 3, 2, 2, 1, 1, 2, 0, 2, 1, 3, 16, 19, 16, 16});
  checkLoad3dC04({4, 15, 15, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3, 5, 37, 16 * 3, 160});
  checkLoad3dC04({4, 5, 6, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 30, 0, 16});
  checkLoad3dC04({4, 1, 3, 1, 3, 1, 1, 1, 1, 0, 0, 1, 1, 0, 3, 0, 32});
}

TEST(Cube, Load2dTransposesFractals) {
  std::vector<float> a = randomHalves(512, 4);
  Machine machine;
  uint64_t ga = machine.put(toHalves(a));
  std::vector<float> identity(256, 0.0f);
  for (int i = 0; i < 16; ++i)
    identity[size_t(i * 17)] = 1;
  uint64_t gb = machine.put(packB(identity, 16, 16, 0));
  uint64_t gc = machine.put(std::vector<float>(512));
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToL1, {0, reg(0), 1, 1024, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {1024, reg(1), 1, 512, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE1);
  kernel.add(Opcode::Load2dA, {0, 0, 2, 1, 1}).mods.trans = true;
  kernel.add(Opcode::Load2dB, {0, 1024, 1, 1, 1});
  kernel.sync(Pipe::MTE1, Pipe::M);
  kernel.add(Opcode::Mmad, {0, 0, 0, 32, 16, 16, 1});
  kernel.sync(Pipe::M, Pipe::V);
  kernel.add(Opcode::L0cToUb, Type::F32, {0, 0, 1, 2, 0, 0});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(2), 0, 1, 2048, 0, 0});
  machine.run(kernel, {ga, gb, gc});
  std::vector<float> c = machine.get<float>(gc, 512);
  for (int f = 0; f < 2; ++f)
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 16; ++j)
        ASSERT_EQ(c[size_t(f * 256 + i * 16 + j)], a[size_t(f * 256 + j * 16 + i)]);
}

TEST(Cube, ReadOutConvertsAndActivates) {
  std::vector<float> a = randomHalves(256, 5), b = randomHalves(256, 6);
  Machine machine;
  uint64_t ga = machine.put(packA(a, 16, 16, 0)), gb = machine.put(packB(b, 16, 16, 0));
  uint64_t gc = machine.put(std::vector<uint16_t>(256));
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToL1, {0, reg(0), 1, 512, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {512, reg(1), 1, 512, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE1);
  kernel.add(Opcode::Load2dA, {0, 0, 1, 1, 1});
  kernel.add(Opcode::Load2dB, {0, 512, 1, 1, 1});
  kernel.sync(Pipe::MTE1, Pipe::M);
  kernel.add(Opcode::Mmad, {0, 0, 0, 16, 16, 16, 1});
  kernel.sync(Pipe::M, Pipe::V);
  kernel.add(Opcode::L0cToUb, Type::F16, {0, 0, 1, 1, 0, 0}).mods.relu = true;
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(2), 0, 1, 512, 0, 0});
  machine.run(kernel, {ga, gb, gc});
  std::vector<uint16_t> c = machine.get<uint16_t>(gc, 256);
  for (size_t i = 0; i < 16; ++i)
    for (size_t j = 0; j < 16; ++j) {
      float sum = 0;
      for (size_t x = 0; x < 16; ++x)
        sum = std::fmaf(a[i * 16 + x], b[x * 16 + j], sum);
      ASSERT_EQ(c[i * 16 + j], floatToHalf(std::max(sum, 0.0f)));
    }
}

} // namespace
