//===- CubeLoads.cpp - load2d and load3d: L1 to the cube operands ---------===//

#include "Core.h"
#include "CubeKernel.h"
#include "CubeWindow.h"

#include <algorithm>

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
  // Tiles of L0B are turned once more: the cube wants rows of k.
  expandFractals({core.l1.data() + src, size_t(from.stride),
                  toB ? core.tilesB(dst) : core.tilesA(dst), size_t(dstStride), size_t(n),
                  inst.mods.trans != toB, toB ? core.rowsB.data() + dst / kFractalBytes : nullptr});
  return true;
}

/// Checks that the pixels which one kernel position reads were written.
bool checkPosition(Core &core, const Window &win, int64_t pixel, int64_t src, int64_t mStart,
                   int64_t mExt, int64_t c1, int64_t kh, int64_t kw) {
  const bool written = forEachRun(win, mStart, mExt, kh, kw, [&](const WindowRun &run) {
    const int64_t row = src + ((c1 * win.h + run.hi) * win.w + run.wi) * pixel;
    const int64_t step = win.strideW * pixel, count = run.end - run.lead;
    const int64_t first = row + run.lead * step;
    if (count <= 0 || core.l1.isWritten(uint64_t(first), uint64_t((count - 1) * step + pixel)))
      return true;
    for (int64_t i = 0; i < count; ++i)
      if (!core.l1.isWritten(uint64_t(first + i * step), uint64_t(pixel)))
        return false;
    return true;
  });
  return written ||
         core.trap("src: L1 is read before it is written, channel block " + std::to_string(c1));
}

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

/// Rows beyond the extent of the last fractals read as zero.
void clearTailRows(const WindowTile &tile) {
  if (tile.mExt % 16 == 0)
    return;
  float *last = tile.tiles + tile.mExt / 16 * tile.tilesK * int64_t(kTileElements);
  for (int64_t k = 0; k < tile.tilesK; ++k)
    std::fill(last + k * 256 + tile.mExt % 16 * 16, last + (k + 1) * 256, 0.0f);
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

  const bool allWritten = core.l1.isWritten(uint64_t(planes.address), uint64_t(planes.len));
  const WindowTile tile{win, core.l1.data() + src, mStart, mExt, core.tilesA(dst), tilesK};
  for (int64_t k = kFirst; k <= kLast; ++k) {
    const int64_t c1 = k / perC1, kh = k % perC1 / win.kw, kw = k % perC1 % win.kw;
    if (!allWritten && !checkPosition(core, win, kChunkBytes, src, mStart, mExt, c1, kh, kw))
      return false;
    expandPosition(tile, c1, kh, kw, (k - kFirst) * 16);
  }
  clearTailRows(tile);
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

  const bool allWritten = core.l1.isWritten(uint64_t(plane.address), uint64_t(plane.len));
  const WindowTile tile{win, core.l1.data() + src, mStart, mExt, core.tilesA(dst), tilesK};
  for (int64_t i = 0; i < 4 * tilesK; ++i) {
    const int64_t tap = tapFirst + i;
    if (tap < taps) {
      const int64_t kh = tap / win.kw, kw = tap % win.kw;
      if (!allWritten && !checkPosition(core, win, kFewBytes, src, mStart, mExt, 0, kh, kw))
        return false;
      expandPositionC04(tile, kh, kw, i * 4);
      continue;
    }
    float *to = tile.tiles + i / 4 * int64_t(kTileElements) + i % 4 * 4;
    for (int64_t m = 0; m < mExt; ++m)
      std::fill_n(to + m / 16 * tilesK * int64_t(kTileElements) + m % 16 * 16, 4, 0.0f);
  }
  clearTailRows(tile);
  return true;
}

} // namespace

bool runCubeLoad(Core &core, const isa::Instruction &inst, const Values &v) {
  if (inst.opcode != Opcode::Load3dA)
    return load2d(core, inst, v);
  return inst.mods.c04 ? load3dC04(core, v) : load3d(core, v);
}

} // namespace openatc::sim
