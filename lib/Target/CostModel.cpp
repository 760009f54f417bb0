//===- CostModel.cpp - Cycles of single instructions ----------------------===//

#include "openatc/Target/CostModel.h"

#include <algorithm>

namespace openatc::cost {
namespace {

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// load3d starts 5 cycles later than load2d (TIK: 15 against 10).
constexpr int64_t kLoad3dExtraHead = 5;
/// With 4 channels a pixel: 35 cycles before, and 1.1 times the cycles (TIK).
constexpr int64_t kC04Head = 35, kC04Tenths = 11;
constexpr int64_t kFractalBytes = 512;
constexpr int64_t kL0cFractalBytes = 1024;
constexpr int64_t kRepeatBytes = 256;

/// Input row fetches of 16 neighbouring positions that `windows` windows need when
/// they start at output position `wo0` of a row of `wo` and step by `stride`.
int64_t fetchesOf(int64_t wo0, int64_t windows, int64_t wo, int64_t stride) {
  int64_t fetches = 0;
  while (windows > 0) {
    int64_t inRow = std::min(windows, wo - wo0);
    fetches += ceilDiv((inRow - 1) * stride + 1, 16);
    windows -= inRow;
    wo0 = 0;
  }
  return fetches;
}

} // namespace

PipeCost mmad(const SocDescription &soc, int64_t m, int64_t k, int64_t n) {
  int64_t steps = ceilDiv(m, 16) * ceilDiv(k, 16) * ceilDiv(n, 16);
  return {soc.mmadHead + steps, std::max<int64_t>(0, soc.mmadLatency - soc.mmadHead)};
}

PipeCost load2d(const SocDescription &soc, int64_t fractals, bool toB) {
  int64_t rate = toB ? soc.l1ToL0bRate : soc.l1ToL0aRate;
  return {soc.loadHead + ceilDiv(fractals * kFractalBytes, rate), 0};
}

PipeCost load3d(const SocDescription &soc, int64_t wo, int64_t strideW, int64_t mStart,
                int64_t mExt, int64_t kExt) {
  wo = std::max<int64_t>(wo, 1);
  int64_t fetches = 0;
  for (int64_t m = 0; m < mExt; m += 16)
    fetches += fetchesOf((mStart + m) % wo, std::min<int64_t>(16, mExt - m), wo, strideW);
  return {soc.loadHead + kLoad3dExtraHead +
              ceilDiv(fetches * ceilDiv(kExt, 16) * kFractalBytes, soc.l1ToL0aRate),
          0};
}

PipeCost load3dC04(const SocDescription &soc, int64_t wo, int64_t strideW, int64_t kw, int64_t taps,
                   int64_t dilW, int64_t mStart, int64_t mExt, int64_t kStart, int64_t kExt) {
  wo = std::max<int64_t>(wo, 1);
  // How often 1, 2, 3 or 4 neighbours of one kernel row stand in one block of columns.
  int64_t runs[5] = {};
  int64_t last = std::min(taps, (kStart + kExt) / 4);
  for (int64_t tap = kStart / 4; tap < last;) {
    int64_t length = std::min({4 - tap % 4, kw - tap % kw, last - tap});
    ++runs[length];
    tap += length;
  }
  int64_t fetches = 0;
  for (int64_t length = 1; length <= 4; ++length) {
    if (!runs[length])
      continue;
    int64_t reach = (length - 1) * dilW + 1, each = 0;
    for (int64_t m = 0; m < mExt; m += 16) {
      int64_t wo0 = (mStart + m) % wo, windows = std::min<int64_t>(16, mExt - m);
      while (windows > 0) {
        int64_t inRow = std::min(windows, wo - wo0);
        // One sweep over all windows of the row, each window, or each position for itself.
        int64_t span = (inRow - 1) * strideW + 1;
        each += std::min({ceilDiv(span + reach - 1, 16), inRow * ceilDiv(reach, 16),
                          length * ceilDiv(span, 16)});
        windows -= inRow;
        wo0 = 0;
      }
    }
    fetches += runs[length] * each;
  }
  return {kC04Head + ceilDiv(ceilDiv(fetches * kC04Tenths, 10) * kFractalBytes, soc.l1ToL0aRate),
          0};
}

PipeCost l0cToUb(const SocDescription &soc, int64_t fractals) {
  return {soc.vectorHead + ceilDiv(fractals * kL0cFractalBytes, soc.l0cToUbRate),
          soc.vectorLatency};
}

PipeCost l1ToUb(const SocDescription &soc, int64_t bytes) {
  return {soc.loadHead + ceilDiv(bytes, soc.l1ToUbRate), 0};
}

PipeCost ubToL1(const SocDescription &soc, int64_t bytes) {
  return {soc.loadHead + ceilDiv(bytes, soc.ubToL1Rate), 0};
}

PipeCost fillL1(const SocDescription &soc, int64_t bytes) { return ubToL1(soc, bytes); }

PipeCost ubToUb(const SocDescription &soc, int64_t n, int64_t bytesPerBurst) {
  return {soc.vectorHead + n * ceilDiv(bytesPerBurst, kRepeatBytes), soc.vectorLatency};
}

int64_t vectorSlope(isa::Opcode op, int64_t bytes) {
  using isa::Opcode;
  const bool half = bytes <= 2;
  switch (op) {
  case Opcode::VDiv:
    return 4;
  case Opcode::VExp:
  case Opcode::VLn:
  case Opcode::VSqrt:
    return half ? 4 : 2;
  case Opcode::VMla:
  case Opcode::VMadd:
    return 6;
  case Opcode::VCadd:
  case Opcode::VCmax:
  case Opcode::VCmin:
    return 7;
  case Opcode::VCgadd:
  case Opcode::VCgmax:
  case Opcode::VCgmin:
    return half ? 7 : 1;
  case Opcode::VTrans: // one 16x16 matrix, 128 or 64 elements a cycle
    return half ? 2 : 4;
  case Opcode::VGather:
    return half ? 24 : 12;
  default:
    return 1;
  }
}

PipeCost vector(const SocDescription &soc, isa::Opcode op, int64_t bytes, int64_t repeats,
                int64_t readConflict) {
  return {soc.vectorHead + repeats * std::max(vectorSlope(op, bytes), readConflict),
          soc.vectorLatency};
}

int64_t gmRead(const SocDescription &soc, int64_t bytes, int64_t burst, bool l2Hit) {
  int64_t moved = ceilDiv(bytes, std::max<int64_t>(burst, 1)) * requestBytes(soc, burst);
  if (l2Hit)
    return soc.gmReadLatency + ceilDiv(moved, soc.l2ReadRate);
  return soc.gmReadLatency + soc.dramLatency +
         ceilDiv(moved, std::min(soc.ddrReadRate, soc.l2ReadRate));
}

int64_t gmWrite(const SocDescription &soc, int64_t bytes, int64_t burst) {
  int64_t moved = ceilDiv(bytes, std::max<int64_t>(burst, 1)) * requestBytes(soc, burst);
  return soc.gmWriteLatency + ceilDiv(moved, std::min(soc.l2WriteRate, soc.ubToL2Rate));
}

} // namespace openatc::cost
