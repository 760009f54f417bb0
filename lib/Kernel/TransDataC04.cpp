//===- TransDataC04.cpp - ND -> NC1HWC0_C04 -------------------------------===//
//
// A tile is a piece of the planes of one image; it becomes as many pixels of 4 halves.
//
//===----------------------------------------------------------------------===//

#include "Moves.h"
#include "PixelPlanes.h"

#include "openatc/Target/CostModel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

constexpr int64_t kGroup = PixelPlanes::kGroup, kPixel = PixelPlanes::kPixel;

struct Problem {
  int64_t images, channels, plane, bytes;
  Elem elem;

  /// A tile is one window and one piece.
  PixelPlanes::Shape shape(int64_t tile) const { return {channels, elem, tile, 1, tile}; }
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

class C04Mover : public Mover {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Problem p = problemOf(op);
    int64_t most = soc.ubSize / p.shape(kGroup).ubBytes() * kGroup;
    // The number of tiles of an image that keeps all cores busy longest: few moves, which
    // all wait for DRAM, and even shares.
    auto cycles = [&](int64_t tile) {
      int64_t items = p.images * ((p.plane + tile - 1) / tile);
      int64_t load = cost::gmRead(soc, p.channels * tile * p.bytes, tile * p.bytes, false);
      int64_t store = cost::gmWrite(soc, tile * kPixel, tile * kPixel);
      return (items + soc.aiCores - 1) / soc.aiCores * std::max(load, store) + store;
    };
    auto tileOf = [&](int64_t parts) {
      return ((p.plane + parts - 1) / parts + kGroup - 1) / kGroup * kGroup;
    };
    int64_t fewest = (p.plane + most - 1) / most, tile = tileOf(fewest);
    for (int64_t parts = fewest + 1; parts <= fewest + 2 * soc.aiCores; ++parts)
      if (cycles(tileOf(parts)) < cycles(tile))
        tile = tileOf(parts);
    int64_t items = p.images * ((p.plane + tile - 1) / tile);
    int64_t blocks = std::min(items, soc.aiCores);
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {entry("block_dim", blocks), entry("tile", tile), entry("estimate_cycles", cycles(tile))});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    Problem p = problemOf(op);
    int64_t tile = scheduleValue(op, "tile"), parts = (p.plane + tile - 1) / tile;
    PixelPlanes planes(kb, p.shape(tile));
    planes.prepare();
    kb.forEachTile(p.images * parts, scheduleValue(op, "block_dim", 1), [&](Num item) {
      Num begin = kb.mul(kb.rem(item, parts), tile), image = kb.div(item, parts);
      Num count = kb.min(tile, kb.sub(p.plane, begin));
      Num source = kb.add(kb.mul(image, p.channels * p.plane), begin);
      Num pixel = kb.add(kb.mul(image, p.plane), begin);
      Value window = planes.acquire();
      planes.load(window, 0, kb.at(ins[0], kb.mul(source, p.bytes)), p.plane * p.bytes, count);
      planes.convert(window, 0, count, [&](Value ub, Num, Num pixels) {
        kb.ubToGm(kb.at(outs[0], kb.mul(pixel, kPixel)), ub, 1, kb.mul(pixels, kPixel), 0, 0);
      });
    });
    return success();
  }
};

} // namespace

const Mover *fewChannelsMover() {
  static const C04Mover mover;
  return &mover;
}

} // namespace openatc::kernel
