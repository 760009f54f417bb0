//===- CubeLoads.cpp - load2d and load3d: L1 to the cube operands ---------===//

#include "Core.h"
#include "CubeKernel.h"

#include <algorithm>
#include <cstring>

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;

namespace {

constexpr int64_t kFractalBytes = 512;
constexpr int64_t kChunkBytes = 32; // C0 = 16 halves
constexpr int64_t kFewBytes = 8;    // a pixel of 4 halves

bool load2d(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t dst = v[0], src = v[1], n = v[2], dstStride = v[3], srcStride = v[4];
  const bool toB = inst.opcode == Opcode::Load2dB;
  Scratchpad &to = toB ? core.l0b : core.l0a;
  if (!core.requireMultiple(dst, kFractalBytes, "dst") || !core.requireMultiple(src, 32, "src") ||
      !core.requireRange(n, 0, 65535, "n") ||
      !core.requireRange(dstStride, 0, 65535, "dst_stride") ||
      !core.requireRange(srcStride, 0, 65535, "src_stride"))
    return false;
  core.charge(Pipe::MTE1, cost::load2d(core.soc, n, toB));
  if (n == 0)
    return true;
  const Bursts from{src, n, kFractalBytes, srcStride * kFractalBytes};
  const Bursts into{dst, n, kFractalBytes, dstStride * kFractalBytes};
  if (!core.checkRead(core.l1, from, "src") || !core.checkWrite(to, into, "dst"))
    return false;
  core.invalidatePanels(toB ? core.panelsB : core.panelsA, into);
  for (int64_t i = 0; i < n; ++i) {
    const uint8_t *s = core.l1.data() + src + i * from.stride;
    uint8_t *d = to.data() + dst + i * into.stride;
    if (inst.mods.trans)
      transpose16x16(s, kChunkBytes, d, kChunkBytes);
    else
      std::memcpy(d, s, kFractalBytes);
  }
  return true;
}

/// Decoded fmatrix and filter fields of a load3d.
struct Window {
  int64_t w, h, padL, padR, padT, padB;
  int64_t kw, kh, strideW, strideH, dilW, dilH;
  int64_t wo = 0, ho = 0;

  Window(uint64_t fmatrix, uint64_t filter) {
    auto take = [](uint64_t &word, unsigned bits) {
      int64_t field = int64_t(word & ((uint64_t(1) << bits) - 1));
      word >>= bits;
      return field;
    };
    w = take(fmatrix, 16), h = take(fmatrix, 16);
    padL = take(fmatrix, 8), padR = take(fmatrix, 8);
    padT = take(fmatrix, 8), padB = take(fmatrix, 8);
    kw = take(filter, 8), kh = take(filter, 8);
    strideW = take(filter, 8), strideH = take(filter, 8);
    dilW = take(filter, 8), dilH = take(filter, 8);
  }

  /// Empty fields and windows larger than the padded input are errors.
  const char *check() {
    if (w == 0 || h == 0)
      return "fmatrix: the input is empty";
    if (kw == 0 || kh == 0 || strideW == 0 || strideH == 0 || dilW == 0 || dilH == 0)
      return "filter: a size, stride or dilation is 0";
    wo = (w + padL + padR - (dilW * (kw - 1) + 1)) / strideW + 1;
    ho = (h + padT + padB - (dilH * (kh - 1) + 1)) / strideH + 1;
    if (w + padL + padR < dilW * (kw - 1) + 1 || h + padT + padB < dilH * (kh - 1) + 1)
      return "filter: the window is larger than the padded input";
    return nullptr;
  }
};

/// Copies the channels of one kernel position (c1, kh, kw) for all rows m of the tile;
/// `Chunk` bytes a pixel. `missing` becomes true when a chunk was never written.
template <int64_t Chunk> struct ColumnCopy {
  const Window &win;
  const Scratchpad &l1;
  int64_t src;
  int64_t mStart, mExt;
  bool checkWritten;

  bool operator()(int64_t c1, int64_t kh, int64_t kw, uint8_t *dst, int64_t fractalStep,
                  bool &missing) const {
    int64_t ho = mStart / win.wo, wo = mStart % win.wo;
    for (int64_t m = 0; m < mExt;) {
      const int64_t run = std::min(win.wo - wo, mExt - m);
      const int64_t hi = ho * win.strideH - win.padT + kh * win.dilH;
      const bool rowInside = hi >= 0 && hi < win.h;
      const int64_t rowBase = src + ((c1 * win.h + hi) * win.w) * Chunk;
      int64_t wi = wo * win.strideW - win.padL + kw * win.dilW;
      for (int64_t i = 0; i < run; ++i, ++m, wi += win.strideW) {
        uint8_t *to = dst + (m / 16) * fractalStep + (m % 16) * kChunkBytes;
        if (rowInside && wi >= 0 && wi < win.w) {
          const int64_t at = rowBase + wi * Chunk;
          if (checkWritten && !l1.isWritten(uint64_t(at), Chunk)) {
            missing = true;
            return false;
          }
          std::memcpy(to, l1.data() + at, Chunk);
        } else {
          std::memset(to, 0, Chunk);
        }
      }
      wo = 0;
      ++ho;
    }
    return true;
  }
};

/// Records the input rows that a load3d reads, for hazard checks. `pixel` is the bytes
/// of a pixel.
void recordRows(Core &core, const Window &win, int64_t pixel, int64_t src, int64_t mStart,
                int64_t mExt, int64_t c1First, int64_t c1Last, int64_t khFirst, int64_t khLast) {
  const int64_t hoFirst = mStart / win.wo, hoLast = (mStart + mExt - 1) / win.wo;
  const int64_t first = std::max<int64_t>(0, hoFirst * win.strideH - win.padT + khFirst * win.dilH);
  const int64_t last = std::min(win.h - 1, hoLast * win.strideH - win.padT + khLast * win.dilH);
  if (first > last)
    return;
  const int64_t rowBytes = win.w * pixel;
  // Accesses count whole blocks of 32 bytes.
  const int64_t begin = (c1First * win.h + first) * rowBytes / 32 * 32;
  const int64_t end = ((c1First * win.h + last + 1) * rowBytes + 31) / 32 * 32;
  core.recordAccess(isa::Space::L1,
                    {src + begin, c1Last - c1First + 1, end - begin, win.h * rowBytes}, false);
}

/// What both forms of load3d check about their operands.
bool checkLoad3d(Core &core, Window &win, const Values &v) {
  if (const char *wrong = win.check())
    return core.trap(wrong);
  return core.requireMultiple(v[0], kFractalBytes, "dst") &&
         core.requireMultiple(v[1], 32, "src") &&
         core.requireRange(v[4], 0, win.ho * win.wo, "m_start") &&
         core.requireRange(v[5], 0, win.ho * win.wo - v[4], "m_ext") &&
         core.requireRange(v[6], 0, 65535 * 16, "k_start") &&
         core.requireRange(v[7], 0, 65535, "k_ext") && core.requireMultiple(v[6], 16, "k_start") &&
         core.requireMultiple(v[7], 16, "k_ext");
}

/// Rows beyond the extent of the last fractal read as zero.
void clearTailRows(uint8_t *to, int64_t mExt, int64_t tilesM, int64_t fractalStep) {
  for (int64_t m = mExt; m < tilesM * 16; ++m)
    std::memset(to + (m / 16) * fractalStep + (m % 16) * kChunkBytes, 0, kChunkBytes);
}

bool load3d(Core &core, const Values &v) {
  const int64_t dst = v[0], src = v[1], mStart = v[4], mExt = v[5], kStart = v[6], kExt = v[7];
  Window win{uint64_t(v[2]), uint64_t(v[3])};
  if (!checkLoad3d(core, win, v))
    return false;
  core.charge(Pipe::MTE1, cost::load3d(core.soc, win.wo, win.strideW, mStart, mExt, kExt));
  if (mExt == 0 || kExt == 0)
    return true;

  const int64_t tilesK = kExt / 16, tilesM = (mExt + 15) / 16;
  const int64_t perC1 = win.kh * win.kw;
  const int64_t kFirst = kStart / 16, kLast = kFirst + tilesK - 1;
  const int64_t c1First = kFirst / perC1, c1Last = kLast / perC1;
  // The whole input planes of the channels that are touched must be inside L1.
  const int64_t planeBytes = win.h * win.w * kChunkBytes;
  const Bursts planes{src + c1First * planeBytes, 1, (c1Last - c1First + 1) * planeBytes, 0};
  const Bursts into{dst, 1, tilesM * tilesK * kFractalBytes, 0};
  if (!core.checkRange(core.l1, planes, "src") || !core.checkWrite(core.l0a, into, "dst"))
    return false;
  const bool oneChannel = c1First == c1Last;
  recordRows(core, win, kChunkBytes, src, mStart, mExt, c1First, c1Last,
             oneChannel ? kFirst % perC1 / win.kw : 0,
             oneChannel ? kLast % perC1 / win.kw : win.kh - 1);
  core.invalidatePanels(core.panelsA, into);

  const bool allWritten = core.l1.isWritten(uint64_t(planes.address), uint64_t(planes.len));
  const ColumnCopy<kChunkBytes> copy{win, core.l1, src, mStart, mExt, !allWritten};
  const int64_t fractalStep = tilesK * kFractalBytes;
  for (int64_t k = kFirst; k <= kLast; ++k) {
    uint8_t *to = core.l0a.data() + dst + (k - kFirst) * kFractalBytes;
    bool missing = false;
    if (!copy(k / perC1, k % perC1 / win.kw, k % perC1 % win.kw, to, fractalStep, missing))
      return core.trap("src: L1 is read before it is written, channel block " +
                       std::to_string(k / perC1));
    clearTailRows(to, mExt, tilesM, fractalStep);
  }
  return true;
}

/// load3d of a window with 4 channels a pixel: a block of 16 columns is 4 positions.
bool load3dC04(Core &core, const Values &v) {
  const int64_t dst = v[0], src = v[1], mStart = v[4], mExt = v[5], kStart = v[6], kExt = v[7];
  Window win{uint64_t(v[2]), uint64_t(v[3])};
  if (!checkLoad3d(core, win, v))
    return false;
  const int64_t taps = win.kh * win.kw;
  core.charge(Pipe::MTE1, cost::load3dC04(core.soc, win.wo, win.strideW, win.kw, taps, win.dilW,
                                          mStart, mExt, kStart, kExt));
  if (mExt == 0 || kExt == 0)
    return true;
  const int64_t tilesK = kExt / 16, tilesM = (mExt + 15) / 16;
  const Bursts plane{src, 1, (win.h * win.w * kFewBytes + 31) / 32 * 32, 0};
  const Bursts into{dst, 1, tilesM * tilesK * kFractalBytes, 0};
  if (!core.checkRange(core.l1, plane, "src") || !core.checkWrite(core.l0a, into, "dst"))
    return false;
  const int64_t tapFirst = kStart / 4, tapLast = std::min(taps, (kStart + kExt) / 4) - 1;
  if (tapFirst <= tapLast)
    recordRows(core, win, kFewBytes, src, mStart, mExt, 0, 0, tapFirst / win.kw, tapLast / win.kw);
  core.invalidatePanels(core.panelsA, into);

  const bool allWritten = core.l1.isWritten(uint64_t(plane.address), uint64_t(plane.len));
  const ColumnCopy<kFewBytes> copy{win, core.l1, src, mStart, mExt, !allWritten};
  const int64_t fractalStep = tilesK * kFractalBytes;
  for (int64_t k = 0; k < tilesK; ++k) {
    uint8_t *to = core.l0a.data() + dst + k * kFractalBytes;
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t tap = tapFirst + 4 * k + i;
      bool missing = false;
      if (tap < taps &&
          !copy(0, tap / win.kw, tap % win.kw, to + i * kFewBytes, fractalStep, missing))
        return core.trap("src: L1 is read before it is written");
      for (int64_t m = 0; tap >= taps && m < mExt; ++m)
        std::memset(to + (m / 16) * fractalStep + (m % 16) * kChunkBytes + i * kFewBytes, 0,
                    kFewBytes);
    }
    clearTailRows(to, mExt, tilesM, fractalStep);
  }
  return true;
}

} // namespace

bool runCubeLoad(Core &core, const isa::Instruction &inst, const Values &v) {
  if (inst.opcode != Opcode::Load3dA)
    return load2d(core, inst, v);
  return inst.mods.c04 ? load3dC04(core, v) : load3d(core, v);
}

} // namespace openatc::sim
