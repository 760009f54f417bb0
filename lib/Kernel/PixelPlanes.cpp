//===- PixelPlanes.cpp - Planes of few channels to pixels of 4 halves -----===//
//
// 256 pixels of a channel are a matrix of 16 x 16: one transpose per channel puts rows of
// 16 pixels that lie 16 apart behind each other, 4 pixels by 4 channels of them; one more
// per 4 pixels makes whole pixels of them.
//
//===----------------------------------------------------------------------===//

#include "PixelPlanes.h"

#include "openatc/Target/CostModel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

PixelPlanes::PixelPlanes(KernelBuilder &kb, int64_t channels, Elem elem, int64_t piece)
    : kb(kb), channels(channels), piece(piece), bytes(bytesOf(elem)), elem(elem) {
  inPool = kb.pool("planes", MemSpace::UB, channels * piece * bytes, 2);
  outPool = kb.pool("pixels", MemSpace::UB, piece * kPixel, 2);
  if (elem != Elem::F16)
    halvesPool = kb.pool("halves", MemSpace::UB, channels * piece * 2, 1);
  rowsPool = kb.pool("rows", MemSpace::UB, piece * kPixel, 1);
}

int64_t PixelPlanes::ubBytes(int64_t channels, Elem elem) {
  int64_t halves = elem == Elem::F16 ? 0 : 2 * channels;
  return 2 * bytesOf(elem) * channels + halves + kPixel + 2 * kPixel;
}

int64_t PixelPlanes::vectorCycles(const SocDescription &soc, int64_t channels, Elem elem,
                                  int64_t piece) {
  int64_t transposes = cost::vector(soc, isa::Opcode::VTrans, 2, piece / kGroup).busy;
  int64_t rounding =
      elem == Elem::F16 ? 0 : cost::vector(soc, isa::Opcode::VConv, 4, piece / 64).busy;
  return channels * (rounding + transposes) + 4 * transposes + 3 * soc.vectorLatency;
}

void PixelPlanes::prepare() {
  if (elem != Elem::F16)
    halves = kb.acquire(halvesPool);
  rows = kb.acquire(rowsPool);
  // Lanes of channels that do not exist are never written again.
  if (channels < 4)
    kb.dup(Elem::F16, rows, 0, VecShape::flat(4 * piece));
}

Value PixelPlanes::convert(Value planes, Num pitch, Num count) {
  Value src = kb.acquire(inPool), dst = kb.acquire(outPool);
  kb.gmToUb(src, planes, channels, kb.mul(count, bytes), piece * bytes, pitch);
  interleave(dst, toHalves(src, count), kb.ceilDiv(count, kGroup));
  return dst;
}

void PixelPlanes::run(Value planes, Num pitch, Num count,
                      llvm::function_ref<void(Value, Num, Num)> store) {
  kb.loop(0, count, piece, [&](Num first) {
    Num pixels = kb.min(piece, kb.sub(count, first));
    store(convert(kb.at(planes, kb.mul(first, bytes)), pitch, pixels), first, pixels);
  });
}

/// The planes of a piece as halves, each filled up to whole groups.
Value PixelPlanes::toHalves(Value src, Num count) {
  Value result = elem == Elem::F16 ? src : halves;
  Num written = kb.alignUp(count, 16), rest = kb.sub(kb.alignUp(count, kGroup), written);
  if (elem != Elem::F16)
    for (int64_t c = 0; c < channels; ++c)
      kb.conv(elem, Elem::F16, kb.at(result, c * piece * 2), kb.at(src, c * piece * bytes),
              VecShape::flat(count));
  if (rest.isConst(0))
    return result;
  kb.when(kb.cmp(arith::CmpIPredicate::ne, rest, 0), [&] {
    for (int64_t c = 0; c < channels; ++c)
      kb.dup(Elem::F16, kb.at(result, kb.add(kb.mul(written, 2), c * piece * 2)), 0,
             VecShape::flat(rest));
  });
  return result;
}

/// `groups` times 256 pixels of all channels. Pixel 16a + b of channel c goes to row
/// (b, c), lane a; then rows (4 pixels b, 4 channels) become row (a, b / 4).
void PixelPlanes::interleave(Value dst, Value planes, Num groups) {
  for (int64_t c = 0; c < channels; ++c)
    kb.trans(Elem::F16, kb.at(rows, c * 32), kb.at(planes, c * piece * 2), groups, 4 * 32, 32,
             kGroup * kPixel, kGroup * 2);
  for (int64_t quarter = 0; quarter < 4; ++quarter)
    kb.trans(Elem::F16, kb.at(dst, quarter * 32), kb.at(rows, quarter * 512), groups, 4 * 32, 32,
             kGroup * kPixel, kGroup * kPixel);
}

} // namespace openatc::kernel
