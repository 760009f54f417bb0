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

/// Copies one 16-channel column of the tile: all rows m for one (c1, kh, kw).
/// `missing` becomes true when a chunk was never written.
struct ColumnCopy {
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
      const int64_t rowBase = src + ((c1 * win.h + hi) * win.w) * kChunkBytes;
      int64_t wi = wo * win.strideW - win.padL + kw * win.dilW;
      for (int64_t i = 0; i < run; ++i, ++m, wi += win.strideW) {
        uint8_t *to = dst + (m / 16) * fractalStep + (m % 16) * kChunkBytes;
        if (rowInside && wi >= 0 && wi < win.w) {
          const int64_t at = rowBase + wi * kChunkBytes;
          if (checkWritten && !l1.isWritten(uint64_t(at), kChunkBytes)) {
            missing = true;
            return false;
          }
          std::memcpy(to, l1.data() + at, kChunkBytes);
        } else {
          std::memset(to, 0, kChunkBytes);
        }
      }
      wo = 0;
      ++ho;
    }
    return true;
  }
};

/// Records the input rows that a load3d reads, for hazard checks.
void recordRows(Core &core, const Window &win, int64_t src, int64_t mStart, int64_t mExt,
                int64_t c1First, int64_t c1Last, int64_t khFirst, int64_t khLast) {
  const int64_t hoFirst = mStart / win.wo, hoLast = (mStart + mExt - 1) / win.wo;
  const int64_t first = std::max<int64_t>(0, hoFirst * win.strideH - win.padT + khFirst * win.dilH);
  const int64_t last = std::min(win.h - 1, hoLast * win.strideH - win.padT + khLast * win.dilH);
  if (first > last)
    return;
  const int64_t rowBytes = win.w * kChunkBytes;
  core.recordAccess(isa::Space::L1,
                    {src + (c1First * win.h + first) * rowBytes, c1Last - c1First + 1,
                     (last - first + 1) * rowBytes, win.h * rowBytes},
                    false);
}

bool load3d(Core &core, const Values &v) {
  const int64_t dst = v[0], src = v[1], mStart = v[4], mExt = v[5], kStart = v[6], kExt = v[7];
  Window win{uint64_t(v[2]), uint64_t(v[3])};
  if (const char *wrong = win.check())
    return core.trap(wrong);
  if (!core.requireMultiple(dst, kFractalBytes, "dst") || !core.requireMultiple(src, 32, "src") ||
      !core.requireRange(mStart, 0, win.ho * win.wo, "m_start") ||
      !core.requireRange(mExt, 0, win.ho * win.wo - mStart, "m_ext") ||
      !core.requireRange(kStart, 0, 65535 * 16, "k_start") ||
      !core.requireRange(kExt, 0, 65535, "k_ext") || !core.requireMultiple(kStart, 16, "k_start") ||
      !core.requireMultiple(kExt, 16, "k_ext"))
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
  recordRows(core, win, src, mStart, mExt, c1First, c1Last,
             oneChannel ? kFirst % perC1 / win.kw : 0,
             oneChannel ? kLast % perC1 / win.kw : win.kh - 1);
  core.invalidatePanels(core.panelsA, into);

  const bool allWritten = core.l1.isWritten(uint64_t(planes.address), uint64_t(planes.len));
  const ColumnCopy copy{win, core.l1, src, mStart, mExt, !allWritten};
  const int64_t fractalStep = tilesK * kFractalBytes;
  for (int64_t k = kFirst; k <= kLast; ++k) {
    uint8_t *to = core.l0a.data() + dst + (k - kFirst) * kFractalBytes;
    bool missing = false;
    if (!copy(k / perC1, k % perC1 / win.kw, k % perC1 % win.kw, to, fractalStep, missing))
      return core.trap("src: L1 is read before it is written, channel block " +
                       std::to_string(k / perC1));
    // Rows beyond the extent of the last fractal read as zero.
    for (int64_t m = mExt; m < tilesM * 16; ++m)
      std::memset(to + (m / 16) * fractalStep + (m % 16) * kChunkBytes, 0, kChunkBytes);
  }
  return true;
}

} // namespace

bool runCubeLoad(Core &core, const isa::Instruction &inst, const Values &v) {
  return inst.opcode == Opcode::Load3dA ? load3d(core, v) : load2d(core, inst, v);
}

} // namespace openatc::sim
