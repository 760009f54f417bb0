//===- TransDataC04.cpp - ND -> NC1HWC0_C04 -------------------------------===//
//
// At most 4 planes of pixels become one plane of pixels with 4 halves each, singles
// being rounded to halves on the way. 256 pixels of a channel are a matrix of 16 x 16:
// one transpose per channel puts rows of 16 pixels that lie 16 apart behind each other,
// 4 pixels by 4 channels of them; one more per 4 pixels makes whole pixels of them.
//
//===----------------------------------------------------------------------===//

#include "Moves.h"

#include "openatc/Target/CostModel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// Pixels of a group: two transposes of 16 rows each.
constexpr int64_t kGroup = 256;
/// Bytes of a pixel in the result.
constexpr int64_t kPixel = 8;

struct Problem {
  int64_t images, channels, plane, bytes;
  Elem elem;

  /// Bytes of UB for a tile of so many pixels: two buffers in and out, one between.
  int64_t ubBytes(int64_t tile) const {
    int64_t half = elem == Elem::F16 ? 0 : 2 * channels;
    return tile * (2 * bytes * channels + half + kPixel + 2 * kPixel);
  }
};

Problem problemOf(ascend::KernelOp op) {
  auto type = mlir::cast<RankedTensorType>(op.getInputs()[0].getType());
  Problem p;
  p.images = type.getDimSize(0);
  p.channels = type.getDimSize(1);
  p.plane = type.getDimSize(2) * type.getDimSize(3);
  p.elem = *elemOf(type.getElementType());
  p.bytes = bytesOf(p.elem);
  return p;
}

class C04Emitter {
public:
  C04Emitter(const Problem &p, int64_t tile, KernelBuilder &kb, Value in, Value out)
      : p(p), tile(tile), kb(kb), in(in), out(out) {}

  void emit(int64_t blockDim) {
    Value inPool = kb.pool("in", MemSpace::UB, p.channels * tile * p.bytes, 2);
    Value outPool = kb.pool("out", MemSpace::UB, tile * kPixel, 2);
    if (p.elem != Elem::F16)
      halves = kb.acquire(kb.pool("halves", MemSpace::UB, p.channels * tile * 2, 1));
    rows = kb.acquire(kb.pool("rows", MemSpace::UB, tile * kPixel, 1));
    // Lanes of channels that do not exist are never written again.
    if (p.channels < 4)
      kb.dup(Elem::F16, rows, 0, VecShape::flat(4 * tile));
    int64_t parts = (p.plane + tile - 1) / tile;
    kb.forEachTile(p.images * parts, blockDim, [&](Num item) {
      Num begin = kb.mul(kb.rem(item, parts), tile), image = kb.div(item, parts);
      Num count = kb.min(tile, kb.sub(p.plane, begin));
      Value src = kb.acquire(inPool), dst = kb.acquire(outPool);
      Num offset = kb.add(kb.mul(image, p.channels * p.plane), begin);
      kb.gmToUb(src, kb.at(in, kb.mul(offset, p.bytes)), p.channels, kb.mul(count, p.bytes),
                tile * p.bytes, p.plane * p.bytes);
      interleave(dst, toHalves(src, count), kb.ceilDiv(count, kGroup));
      Num pixel = kb.add(kb.mul(image, p.plane), begin);
      kb.ubToGm(kb.at(out, kb.mul(pixel, kPixel)), dst, 1, kb.mul(count, kPixel), 0, 0);
    });
  }

private:
  /// The planes of a tile as halves, each filled up to whole groups.
  Value toHalves(Value src, Num count) {
    Value result = p.elem == Elem::F16 ? src : halves;
    for (int64_t c = 0; c < p.channels; ++c) {
      Value plane = kb.at(result, c * tile * 2);
      if (p.elem != Elem::F16)
        kb.conv(p.elem, Elem::F16, plane, kb.at(src, c * tile * p.bytes), VecShape::flat(count));
      if (p.plane % kGroup == 0)
        continue;
      Num written = kb.alignUp(count, 16), rest = kb.sub(kb.alignUp(count, kGroup), written);
      kb.when(kb.cmp(arith::CmpIPredicate::ne, rest, 0), [&] {
        kb.dup(Elem::F16, kb.at(plane, kb.mul(written, 2)), 0, VecShape::flat(rest));
      });
    }
    return result;
  }

  /// `groups` times 256 pixels of all channels. Pixel 16a + b of channel c goes to row
  /// (b, c), lane a; then rows (4 pixels b, 4 channels) become row (a, b / 4).
  void interleave(Value dst, Value planes, Num groups) {
    for (int64_t c = 0; c < p.channels; ++c)
      kb.trans(Elem::F16, kb.at(rows, c * 32), kb.at(planes, c * tile * 2), groups, 4 * 32, 32,
               kGroup * kPixel, kGroup * 2);
    for (int64_t quarter = 0; quarter < 4; ++quarter)
      kb.trans(Elem::F16, kb.at(dst, quarter * 32), kb.at(rows, quarter * 512), groups, 4 * 32, 32,
               kGroup * kPixel, kGroup * kPixel);
  }

  Problem p;
  int64_t tile;
  KernelBuilder &kb;
  Value in, out, halves, rows;
};

class C04Mover : public Mover {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Problem p = problemOf(op);
    int64_t most = soc.ubSize / p.ubBytes(1) / kGroup * kGroup;
    // Even shares for all cores, and two tiles a core where a tile is still worth its start.
    int64_t perCore = p.images * p.plane / (2 * soc.aiCores);
    int64_t wanted = std::clamp<int64_t>(perCore, std::min<int64_t>(1024, most), most);
    int64_t parts = (p.plane + wanted - 1) / wanted;
    int64_t tile = ((p.plane + parts - 1) / parts + kGroup - 1) / kGroup * kGroup;
    int64_t items = p.images * ((p.plane + tile - 1) / tile);
    int64_t blocks = std::min(items, soc.aiCores);
    int64_t load = cost::gmRead(soc, p.channels * tile * p.bytes, tile * p.bytes, false);
    int64_t store = cost::gmWrite(soc, tile * kPixel, tile * kPixel);
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {entry("block_dim", blocks), entry("tile", tile),
         entry("estimate_cycles", (items + blocks - 1) / blocks * std::max(load, store) + store)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    C04Emitter(problemOf(op), scheduleValue(op, "tile"), kb, ins[0], outs[0])
        .emit(scheduleValue(op, "block_dim", 1));
    return success();
  }
};

} // namespace

const Mover *fewChannelsMover() {
  static const C04Mover mover;
  return &mover;
}

} // namespace openatc::kernel
