//===- Moves.cpp - Burst moves and fills ----------------------------------===//

#include "Core.h"

#include <cstring>

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;

namespace {

enum MoveOperand { kDst, kSrc, kN, kLen, kDstStride, kSrcStride };

constexpr int64_t kMaxBursts = 65535;
constexpr int64_t kMaxBurstBytes = (1 << 24) - 1;

int64_t roundUp32(int64_t bytes) { return (bytes + 31) & ~int64_t(31); }

/// Field ranges and on-chip alignment common to all moves.
bool checkFields(Core &core, const Values &v, bool dstOnChip, bool srcOnChip) {
  if (!core.requireRange(v[kN], 0, kMaxBursts, "n") ||
      !core.requireRange(v[kLen], 0, kMaxBurstBytes, "len"))
    return false;
  if (dstOnChip && (!core.requireMultiple(v[kDst], 32, "dst") ||
                    !core.requireMultiple(v[kDstStride], 32, "dst_stride")))
    return false;
  return !srcOnChip || (core.requireMultiple(v[kSrc], 32, "src") &&
                        core.requireMultiple(v[kSrcStride], 32, "src_stride"));
}

/// Copies bursts; a source tail of less than 32 bytes is filled up with zeros when
/// `padTail`.
void copyBursts(uint8_t *dst, const uint8_t *src, const Values &v, bool padTail) {
  const size_t len = size_t(v[kLen]);
  const size_t pad = padTail ? size_t(roundUp32(v[kLen])) - len : 0;
  if (pad == 0 && v[kDstStride] == v[kLen] && v[kSrcStride] == v[kLen]) {
    std::memcpy(dst, src, len * size_t(v[kN]));
    return;
  }
  for (int64_t i = 0; i < v[kN]; ++i) {
    uint8_t *to = dst + i * v[kDstStride];
    const uint8_t *from = src + i * v[kSrcStride];
    if (len == 32) // one C0 chunk: the usual short burst
      std::memcpy(to, from, 32);
    else
      std::memcpy(to, from, len);
    if (pad)
      std::memset(to + len, 0, pad);
  }
}

bool loadFromGm(Core &core, Scratchpad &pad, const Values &v) {
  if (!checkFields(core, v, true, false))
    return false;
  const Bursts from{v[kSrc], v[kN], v[kLen], v[kSrcStride]};
  if (v[kN] > 0 && v[kLen] > 0) {
    const uint8_t *src = core.globalView(from, false, "src");
    if (!src || !core.checkWrite(pad, {v[kDst], v[kN], roundUp32(v[kLen]), v[kDstStride]}, "dst"))
      return false;
    copyBursts(pad.data() + v[kDst], src, v, true);
  }
  core.chargeGm(Pipe::MTE2, from, false);
  return true;
}

bool storeToGm(Core &core, const Values &v) {
  if (!checkFields(core, v, false, true))
    return false;
  const Bursts to{v[kDst], v[kN], v[kLen], v[kDstStride]};
  if (v[kN] > 0 && v[kLen] > 0) {
    if (!core.checkRead(core.ub, {v[kSrc], v[kN], v[kLen], v[kSrcStride]}, "src"))
      return false;
    uint8_t *dst = core.globalView(to, true, "dst");
    if (!dst)
      return false;
    copyBursts(dst, core.ub.data() + v[kSrc], v, false);
  }
  core.chargeGm(Pipe::MTE3, to, true);
  return true;
}

bool moveOnChip(Core &core, Scratchpad &to, Scratchpad &from, const Values &v) {
  if (!checkFields(core, v, true, true) || !core.requireMultiple(v[kLen], 32, "len"))
    return false;
  if (v[kN] == 0 || v[kLen] == 0)
    return true;
  if (!core.checkRead(from, {v[kSrc], v[kN], v[kLen], v[kSrcStride]}, "src") ||
      !core.checkWrite(to, {v[kDst], v[kN], v[kLen], v[kDstStride]}, "dst"))
    return false;
  if (&to != &from) {
    copyBursts(to.data() + v[kDst], from.data() + v[kSrc], v, false);
    return true;
  }
  for (int64_t i = 0; i < v[kN]; ++i)
    std::memmove(to.data() + v[kDst] + i * v[kDstStride], from.data() + v[kSrc] + i * v[kSrcStride],
                 size_t(v[kLen]));
  return true;
}

bool fill(Core &core, const Values &v) {
  const int64_t dst = v[0], len = v[1];
  if (!core.requireMultiple(dst, 32, "dst") || !core.requireMultiple(len, 32, "len") ||
      !core.checkWrite(core.l1, {dst, 1, len, 0}, "dst"))
    return false;
  const uint32_t pattern = uint32_t(v[2]);
  for (int64_t i = 0; i < len; i += 4)
    std::memcpy(core.l1.data() + dst + i, &pattern, 4);
  core.charge(Pipe::MTE2, cost::fillL1(core.soc, len));
  return true;
}

} // namespace

bool runMove(Core &core, const isa::Instruction &inst, const Values &v) {
  const int64_t bytes = int64_t(uint64_t(v[kN]) * uint64_t(v[kLen]));
  switch (inst.opcode) {
  case Opcode::DmaGmToL1:
    return loadFromGm(core, core.l1, v);
  case Opcode::DmaGmToUb:
    return loadFromGm(core, core.ub, v);
  case Opcode::DmaUbToGm:
    return storeToGm(core, v);
  case Opcode::DmaUbToL1:
    if (!moveOnChip(core, core.l1, core.ub, v))
      return false;
    core.charge(Pipe::MTE3, cost::ubToL1(core.soc, bytes));
    return true;
  case Opcode::DmaL1ToUb:
    if (!moveOnChip(core, core.ub, core.l1, v))
      return false;
    core.charge(Pipe::MTE1, cost::l1ToUb(core.soc, bytes));
    return true;
  case Opcode::DmaUbToUb:
    if (!moveOnChip(core, core.ub, core.ub, v))
      return false;
    core.charge(Pipe::V, cost::ubToUb(core.soc, v[kN], v[kLen]));
    return true;
  default:
    return fill(core, v);
  }
}

} // namespace openatc::sim
