//===- TransData.cpp - ND <-> NC1HWC0 -------------------------------------===//
//
// A tile is 16 channels of `tile` positions: [16][positions] on the ND side,
// [positions][16] on the other; vtrans turns one into the other, 16 positions at
// a time. Channels and positions that do not exist repeat ones that do, so that
// padding lanes are finite.
//
//===----------------------------------------------------------------------===//

#include "Moves.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// What is transposed: `images` x `channels` x `plane` elements of `bytes`.
struct Problem {
  int64_t images, channels, plane, bytes;
  Elem elem;
  bool toBlocks; // ND to NC1HWC0

  int64_t channels1() const { return (channels + 15) / 16; }
  int64_t total() const { return images * channels * plane; }
};

Problem problemOf(ascend::KernelOp op) {
  Operation &trans = op.getBody().front().front();
  auto type = mlir::cast<RankedTensorType>(trans.getOperand(0).getType());
  Problem p;
  p.images = type.getDimSize(0);
  p.channels = type.getDimSize(1);
  p.plane = type.getDimSize(2) * type.getDimSize(3);
  p.elem = *elemOf(type.getElementType());
  p.bytes = bytesOf(p.elem);
  p.toBlocks = layoutOf(type) == ascend::Layout::ND;
  return p;
}

class TransDataEmitter {
public:
  TransDataEmitter(const Problem &p, int64_t tile, KernelBuilder &kb, Value in, Value out)
      : p(p), tile(tile), kb(kb), in(in), out(out) {}

  void emit(int64_t blockDim) {
    int64_t bytes = 16 * tile * p.bytes;
    Value inPool = kb.pool("in", MemSpace::UB, bytes, 2);
    Value outPool = kb.pool("out", MemSpace::UB, bytes, 2);
    int64_t parts = (p.plane + tile - 1) / tile;
    kb.forEachTile(p.images * p.channels1() * parts, blockDim, [&](Num item) {
      begin = kb.mul(kb.rem(item, parts), tile);
      Num plane = kb.div(item, parts);
      channel = kb.mul(kb.rem(plane, p.channels1()), 16);
      image = kb.div(plane, p.channels1());
      count = kb.min(tile, kb.sub(p.plane, begin));
      padded = kb.alignUp(count, 16);
      channels = p.channels % 16 ? kb.min(16, kb.sub(p.channels, channel)) : Num(16);
      Value src = kb.acquire(inPool), dst = kb.acquire(outPool);
      if (p.toBlocks)
        toBlocks(src, dst);
      else
        fromBlocks(src, dst);
    });
  }

private:
  Num ndOffset() {
    Num row = kb.add(kb.mul(image, p.channels), channel);
    return kb.mul(kb.add(kb.mul(row, p.plane), begin), p.bytes);
  }
  Num blockOffset() {
    Num row = kb.add(kb.mul(image, p.channels1()), kb.div(channel, 16));
    return kb.mul(kb.add(kb.mul(row, p.plane), begin), 16 * p.bytes);
  }

  void toBlocks(Value src, Value dst) {
    Num row = kb.mul(padded, p.bytes);
    Value from = kb.at(in, ndOffset());
    int64_t tail = p.plane % 16;
    if (p.bytes == 4 && tail && tail <= 8) {
      // The last block of each row would stay unwritten: half of 16 positions is a block.
      Num last = kb.sub(row, 32);
      kb.when(kb.cmp(arith::CmpIPredicate::ne, kb.rem(count, 16), 0), [&] {
        kb.gmToUb(kb.at(src, last), in, 16, std::min<int64_t>(32, p.total() * 4), row, 0);
      });
    }
    kb.gmToUb(src, from, channels, kb.mul(count, p.bytes), row, p.plane * p.bytes);
    if (p.channels % 16)
      kb.gmToUb(kb.at(src, kb.mul(channels, row)), from, kb.sub(16, channels),
                kb.mul(count, p.bytes), row, 0);
    kb.trans(p.elem, dst, src, kb.div(padded, 16), 16 * p.bytes, row, 256 * p.bytes, 16 * p.bytes);
    Num bytes = kb.mul(count, 16 * p.bytes);
    kb.ubToGm(kb.at(out, blockOffset()), dst, 1, bytes, 0, 0);
  }

  void fromBlocks(Value src, Value dst) {
    Num row = kb.mul(padded, p.bytes);
    Value from = kb.at(in, blockOffset());
    int64_t position = 16 * p.bytes;
    kb.gmToUb(src, from, 1, kb.mul(count, position), 0, 0);
    if (p.plane % 16)
      kb.gmToUb(kb.at(src, kb.mul(count, position)), from, kb.sub(padded, count), position,
                position, 0);
    kb.trans(p.elem, dst, src, kb.div(padded, 16), row, 16 * p.bytes, 16 * p.bytes, 256 * p.bytes);
    kb.ubToGm(kb.at(out, ndOffset()), dst, channels, kb.mul(count, p.bytes), p.plane * p.bytes,
              row);
  }

  Problem p;
  int64_t tile;
  KernelBuilder &kb;
  Value in, out;
  Num image = 0, channel = 0, channels = 16, begin = 0, count = 0, padded = 0;
};

class TransDataMover : public Mover {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Problem p = problemOf(op);
    // Two buffers on each side of 16 channels each; at least two tiles a core if there are.
    int64_t most = soc.ubSize / (4 * 16 * p.bytes) / 16 * 16;
    int64_t planes = p.images * p.channels1();
    int64_t parts = std::max<int64_t>(1, 2 * soc.aiCores / std::max<int64_t>(planes, 1));
    int64_t tile = std::max<int64_t>(128, (p.plane + parts - 1) / parts);
    tile = std::min({most, (tile + 15) / 16 * 16, (p.plane + 15) / 16 * 16});
    int64_t items = planes * ((p.plane + tile - 1) / tile);
    Builder b(op.getContext());
    return b.getDictionaryAttr(
        {b.getNamedAttr("block_dim", b.getI64IntegerAttr(std::min(items, soc.aiCores))),
         b.getNamedAttr("tile", b.getI64IntegerAttr(tile))});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    TransDataEmitter(problemOf(op), scheduleValue(op, "tile"), kb, ins[0], outs[0])
        .emit(scheduleValue(op, "block_dim", 1));
    return success();
  }
};

} // namespace

const Mover *transDataMover() {
  static const TransDataMover mover;
  return &mover;
}

} // namespace openatc::kernel
