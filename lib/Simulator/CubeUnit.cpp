//===- CubeUnit.cpp - mmad and the read-out of its result -----------------===//

#include "Core.h"
#include "CubeKernel.h"

#include <algorithm>
#include <cstring>

namespace openatc::sim {

using isa::Pipe;
using isa::Type;

namespace {

constexpr int64_t kFractalBytes = 512;
constexpr int64_t kResultBytes = 1024; // a 16x16 f32 fractal of L0C

/// Checks that the first `rows` rows (of 32 bytes) of every fractal were written;
/// the tail rows of the last fractal in the row direction may be anything.
bool checkOperand(Core &core, Scratchpad &pad, int64_t address, int64_t tilesOuter,
                  int64_t tilesInner, int64_t rows, bool rowsAreOuter, const char *operand) {
  const int64_t bytes = tilesOuter * tilesInner * kFractalBytes;
  if (!core.checkRange(pad, {address, 1, bytes, 0}, operand))
    return false;
  core.recordAccess(pad.space(), {address, 1, bytes, 0}, false);
  if (pad.isWritten(uint64_t(address), uint64_t(bytes)))
    return true;
  for (int64_t o = 0; o < tilesOuter; ++o)
    for (int64_t i = 0; i < tilesInner; ++i) {
      const int64_t tile = rowsAreOuter ? o : i;
      const int64_t valid = std::min<int64_t>(16, rows - tile * 16);
      const int64_t at = address + (o * tilesInner + i) * kFractalBytes;
      if (!pad.isWritten(uint64_t(at), uint64_t(valid * 32)))
        return core.trap(std::string(operand) + ": " + pad.name() + " fractal at " +
                         std::to_string(at) + " is read before it is written");
    }
  return true;
}

/// What the tiles of b leave out, when that saves a good part of the work and is allowed.
const TileRows *sparseRows(const Core &core, const float *a, int64_t b, int64_t tilesM,
                           int64_t tilesK, int64_t tilesN) {
  const TileRows *rows = core.rowsB.data() + b / kFractalBytes;
  int64_t kept = 0;
  for (int64_t i = 0; i < tilesK * tilesN; ++i)
    kept += rows[i].diagonal ? 1 : __builtin_popcount(rows[i].nonzero);
  const bool worthwhile = kept * 4 <= tilesK * tilesN * 16 * 3;
  return worthwhile && allFinite(a, size_t(tilesM * tilesK) * kTileElements) ? rows : nullptr;
}

/// Zeros the tail rows and columns of the last fractals of a fresh result.
void clearTails(float *c, int64_t m, int64_t n) {
  const int64_t tilesM = (m + 15) / 16, tilesN = (n + 15) / 16;
  if (m % 16)
    for (int64_t t = 0; t < tilesN; ++t)
      std::memset(c + (t * tilesM + tilesM - 1) * 256 + (m % 16) * 16, 0, size_t(16 - m % 16) * 64);
  if (n % 16)
    for (int64_t row = 0; row < tilesM * 16; ++row)
      std::memset(c + (tilesN - 1) * tilesM * 256 + row * 16 + n % 16, 0, size_t(16 - n % 16) * 4);
}

} // namespace

bool runMmad(Core &core, const isa::Instruction &, const Values &v) {
  const int64_t c = v[0], a = v[1], b = v[2], m = v[3], k = v[4], n = v[5];
  const bool accumulate = v[6] == 0;
  if (!core.requireMultiple(c, kResultBytes, "c") || !core.requireMultiple(a, kFractalBytes, "a") ||
      !core.requireMultiple(b, kFractalBytes, "b") || !core.requireRange(m, 1, 4095, "m") ||
      !core.requireRange(k, 1, 4095, "k") || !core.requireRange(n, 1, 4095, "n") ||
      !core.requireRange(v[6], 0, 1, "init"))
    return false;
  const int64_t tilesM = (m + 15) / 16, tilesK = (k + 15) / 16, tilesN = (n + 15) / 16;
  if (!checkOperand(core, core.l0a, a, tilesM, tilesK, m, true, "a") ||
      !checkOperand(core, core.l0b, b, tilesK, tilesN, n, false, "b"))
    return false;
  const Bursts result{c, 1, tilesM * tilesN * kResultBytes, 0};
  if (accumulate && !core.checkRead(core.l0c, result, "c"))
    return false;
  if (!core.checkWrite(core.l0c, result, "c"))
    return false;

  const float *tilesA = core.tilesA(a);
  float *to = reinterpret_cast<float *>(core.l0c.data() + c);
  multiplyTiles({tilesA, core.tilesB(b), to, size_t(m), size_t(k), size_t(n), accumulate,
                 sparseRows(core, tilesA, b, tilesM, tilesK, tilesN)});
  if (!accumulate)
    clearTails(to, m, n);
  core.charge(Pipe::M, cost::mmad(core.soc, m, k, n));
  return true;
}

bool runL0cToUb(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t dst = v[0], src = v[1], n = v[2], len = v[3], dstStride = v[4], srcStride = v[5];
  const Type type = inst.mods.type;
  if (type != Type::F16 && type != Type::F32)
    return core.trap("l0c_ub writes f16 or f32");
  if (!core.requireRange(n, 0, 4095, "n") || !core.requireRange(len, 0, 65535, "len") ||
      !core.requireMultiple(dst, 32, "dst") || !core.requireMultiple(dstStride, 32, "dst_stride") ||
      !core.requireMultiple(src, kResultBytes, "src") ||
      !core.requireRange(srcStride, 0, 65535, "src_stride"))
    return false;
  core.charge(Pipe::V, cost::l0cToUb(core.soc, n * len));
  if (n == 0 || len == 0)
    return true;
  const int64_t outBytes = len * (type == Type::F16 ? kResultBytes / 2 : kResultBytes);
  if (!core.checkRead(core.l0c, {src, n, len * kResultBytes, srcStride * kResultBytes}, "src") ||
      !core.checkWrite(core.ub, {dst, n, outBytes, dstStride}, "dst"))
    return false;
  for (int64_t i = 0; i < n; ++i) {
    const auto *from =
        reinterpret_cast<const float *>(core.l0c.data() + src + i * srcStride * kResultBytes);
    uint8_t *to = core.ub.data() + dst + i * dstStride;
    const size_t count = size_t(len) * kTileElements;
    if (type == Type::F16) {
      convertToHalf(from, reinterpret_cast<uint16_t *>(to), count, inst.mods.relu,
                    inst.mods.saturate);
    } else {
      copyFloats(from, reinterpret_cast<float *>(to), count, inst.mods.relu);
    }
  }
  return true;
}

} // namespace openatc::sim
