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

PixelPlanes::PixelPlanes(KernelBuilder &kb, const Shape &shape)
    : kb(kb), shape(shape), bytes(bytesOf(shape.elem)),
      pitch(shape.windowBytes() / shape.channels) {
  inPool = kb.pool("planes", MemSpace::UB, shape.windows * shape.windowBytes(), 2);
  outPool = kb.pool("pixels", MemSpace::UB, shape.piece * kPixel, 2);
  if (shape.elem != Elem::F16)
    halvesPool = kb.pool("halves", MemSpace::UB, shape.channels * shape.piece * 2, 1);
  rowsPool = kb.pool("rows", MemSpace::UB, shape.piece * kPixel, 1);
}

int64_t PixelPlanes::Shape::ubBytes() const {
  int64_t halves = elem == Elem::F16 ? 0 : 2 * channels;
  return 2 * windows * windowBytes() + piece * (halves + kPixel + 2 * kPixel);
}

int64_t PixelPlanes::Shape::vectorCycles(const SocDescription &soc) const {
  int64_t transposes = cost::vector(soc, isa::Opcode::VTrans, 2, piece / kGroup).busy;
  int64_t rounding =
      elem == Elem::F16 ? 0 : cost::vector(soc, isa::Opcode::VConv, 4, piece / 64).busy;
  return channels * (rounding + transposes) + 4 * transposes + 3 * soc.vectorLatency;
}

void PixelPlanes::prepare() {
  if (shape.elem != Elem::F16)
    halves = kb.acquire(halvesPool);
  rows = kb.acquire(rowsPool);
  // Lanes of channels that do not exist are never written again.
  if (shape.channels < 4)
    kb.dup(Elem::F16, rows, 0, VecShape::flat(4 * shape.piece));
}

void PixelPlanes::load(Value in, Num index, Value planes, Num planePitch, Num count) {
  kb.gmToUb(kb.at(in, kb.mul(index, shape.windowBytes())), planes, shape.channels,
            kb.mul(count, bytes), pitch, planePitch);
}

void PixelPlanes::convert(Value in, Num index, Num count,
                          llvm::function_ref<void(Value, Num, Num)> store) {
  Value window = kb.at(in, kb.mul(index, shape.windowBytes()));
  auto step = [&](Num first) {
    Num pixels = kb.min(shape.piece, kb.sub(count, first));
    Value dst = kb.acquire(outPool), planes = toHalves(window, first, pixels);
    int64_t planePitch = shape.elem == Elem::F16 ? pitch : shape.piece * 2;
    interleave(dst, planes, planePitch, kb.ceilDiv(pixels, kGroup));
    store(dst, first, pixels);
  };
  if (shape.window <= shape.piece)
    step(0);
  else
    kb.loop(0, count, shape.piece, step);
}

/// The planes of a piece as halves, each filled up to whole groups.
Value PixelPlanes::toHalves(Value in, Num first, Num count) {
  Value piece = kb.at(in, kb.mul(first, bytes));
  bool rounds = shape.elem != Elem::F16;
  if (rounds)
    for (int64_t c = 0; c < shape.channels; ++c)
      kb.conv(shape.elem, Elem::F16, kb.at(halves, c * shape.piece * 2), kb.at(piece, c * pitch),
              VecShape::flat(count));
  Value result = rounds ? halves : piece;
  int64_t planePitch = rounds ? shape.piece * 2 : pitch;
  Num written = kb.alignUp(count, 16), rest = kb.sub(kb.alignUp(count, kGroup), written);
  if (rest.isConst(0))
    return result;
  kb.when(kb.cmp(arith::CmpIPredicate::ne, rest, 0), [&] {
    for (int64_t c = 0; c < shape.channels; ++c)
      kb.dup(Elem::F16, kb.at(result, kb.add(kb.mul(written, 2), c * planePitch)), 0,
             VecShape::flat(rest));
  });
  return result;
}

/// `groups` times 256 pixels of all channels. Pixel 16a + b of channel c goes to row
/// (b, c), lane a; then rows (4 pixels b, 4 channels) become row (a, b / 4).
void PixelPlanes::interleave(Value dst, Value planes, int64_t planePitch, Num groups) {
  for (int64_t c = 0; c < shape.channels; ++c)
    kb.trans(Elem::F16, kb.at(rows, c * 32), kb.at(planes, c * planePitch), groups, 4 * 32, 32,
             kGroup * kPixel, kGroup * 2);
  for (int64_t quarter = 0; quarter < 4; ++quarter)
    kb.trans(Elem::F16, kb.at(dst, quarter * 32), kb.at(rows, quarter * 512), groups, 4 * 32, 32,
             kGroup * kPixel, kGroup * kPixel);
}

} // namespace openatc::kernel
