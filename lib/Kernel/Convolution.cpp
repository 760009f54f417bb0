//===- Convolution.cpp - Convolutions on the cube -------------------------===//
//
// A tile is `th` x `tw` output positions, of several images where they are whole, and
// `n1` channel blocks. The input rows it reads lie in L1 as (C1, rows, columns, 16);
// load3d presents them as the img2col matrix. A transposed convolution differs only in
// how the window is filled: pixels are spread out over zeros. A product in FRACTAL_Z is
// the convolution of one row of pixels without a window.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "ConvEmitter.h"
#include "openatc/Kernel/KernelAuthor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace openatc::kernel {

Window ConvEmitter::window(Num out0, Num count, int64_t stride, int64_t pad, int64_t extent,
                           int64_t size) {
  Num first = kb.sub(kb.mul(out0, stride), pad);
  Num last = kb.add(kb.add(first, kb.mul(kb.sub(count, 1), stride)), extent - 1);
  Num begin = kb.max(first, 0);
  Num end = kb.min(last, size - 1);
  return {begin, kb.add(kb.sub(end, begin), 1), kb.sub(begin, first), kb.sub(last, end)};
}

/// Work items count columns of tiles fastest.
void ConvEmitter::locate(Num item) {
  int64_t wTiles = (g.outW + tile.tw - 1) / tile.tw;
  int64_t hTiles = (g.outH + tile.th - 1) / tile.th;
  int64_t gTiles = (g.superGroups + tile.groups - 1) / tile.groups;
  auto next = [&](int64_t count) {
    if (count == 1)
      return Num(0);
    Num index = kb.rem(item, count);
    item = kb.div(item, count);
    return index;
  };
  w0 = kb.mul(next(wTiles), tile.tw);
  h0 = kb.mul(next(hTiles), tile.th);
  superGroup = kb.mul(next(gTiles), tile.groups);
  image = g.batch == tile.images ? Num(0) : kb.mul(item, tile.images);
  wCount = wTiles == 1 ? Num(tile.tw) : kb.min(tile.tw, kb.sub(g.outW, w0));
  hCount = hTiles == 1 ? Num(tile.th) : kb.min(tile.th, kb.sub(g.outH, h0));
  groupCount = kb.min(tile.groups, kb.sub(g.superGroups, superGroup));
  rows = window(h0, hCount, g.strideH, g.padT, g.extentH(), g.stuffedH());
  if (wTiles > 1 && !g.few) {
    columns = window(w0, wCount, g.strideW, g.padL, g.extentW(), g.stuffedW());
  } else {
    // Rows are whole, so that they move in one burst, unless load3d would then count more
    // output columns than there are: a transposed convolution may crop its end.
    int64_t last = (g.outW - 1) * g.strideW - g.padL + g.extentW() - 1;
    bool cropped = last + g.strideW < g.stuffedW();
    columns = {0, cropped ? last + 1 : g.stuffedW(), g.padL,
               std::max<int64_t>(0, last - g.stuffedW() + 1)};
  }
}

/// All columns of one tile of rows; `first` is not 0 for the first tile of the core.
/// `wholeA` and `wholeB` are null when they are still to be loaded. `between` is emitted behind
/// the product and in front of its epilogue, where a tile has all columns.
LogicalResult ConvEmitter::computeItem(Num first, Num count, Value wholeA, Value wholeB,
                                       llvm::function_ref<void()> between) {
  LogicalResult status = success();
  Num slices = kb.min(g.groupC1, kb.sub(g.channels1, kb.mul(superGroup, g.groupC1)));
  if (tile.cube.wholeA && !wholeA) {
    wholeA = pipeline.acquireA();
    loadInput(wholeA, 0, slices);
  }
  auto product = [&](Num n1) {
    n1Begin = kb.add(coreBegin, n1);
    Num columns = kb.min(tile.cube.n1, kb.sub(count, n1));
    Num m = kb.mul(blocks() == 1 ? blockRows() : kb.alignUp(blockRows(), 16), blocks());
    Value acc = pipeline.begin(m, columns, biasColumn());
    pipeline.run(acc, m, columns, slices, wholeA, kb.cmp(arith::CmpIPredicate::eq, n1, 0), first,
                 wholeB);
    if (between)
      between();
    // The last super-group may have columns that no channel stands behind.
    Num behind = kb.add(kb.mul(superGroup, g.groupN1), n1Begin);
    Num valid = kb.min(columns, kb.sub(g.outChannels1, behind));
    if (failed(epilogue.run(acc, blocks(), blockRows(), valid, wCount)))
      status = failure();
  };
  if (tile.cube.n1 >= tile.coreN1(g))
    product(0);
  else
    kb.loop(0, count, tile.cube.n1, product);
  n1Begin = coreBegin;
  return status;
}

/// Several tiles one behind the other. The planes of a tile are loaded two tiles before it;
/// they become pixels while the cube computes the tile before it, which is drained
/// afterwards.
LogicalResult ConvEmitter::computeAhead(Num trip, Num first, Num count) {
  SmallVector<Value> loaded(size_t(tile.ahead)), windows(size_t(tile.ahead));
  auto place = [&](int64_t i) { locate(itemAt(kb.add(kb.mul(trip, tile.ahead), i))); };
  auto load = [&](int64_t i) {
    if (i >= tile.ahead)
      return;
    place(i);
    loaded[size_t(i)] = loadPlanes();
  };
  auto make = [&](int64_t i) {
    if (i >= tile.ahead)
      return;
    place(i);
    windows[size_t(i)] = pipeline.acquireA();
    makePixels(loaded[size_t(i)], windows[size_t(i)]);
  };
  LogicalResult status = success();
  load(0);
  Value filter = pipeline.acquireB();
  kb.when(tile.cube.keepB ? first : Num(1), [&] { loadFilter(filter, 0, g.groupC1, count); });
  load(1);
  make(0);
  for (int64_t i = 0; i < tile.ahead; ++i) {
    load(i + 2);
    place(i);
    auto between = [&] {
      make(i + 1);
      place(i);
    };
    if (failed(computeItem(first, count, windows[size_t(i)], filter, between)))
      status = failure();
  }
  return status;
}

/// A tile of super-groups: products side by side in one accumulator.
LogicalResult ConvEmitter::computeGroups() {
  Num slices = kb.min(tile.groups * g.groupC1, kb.sub(g.channels1, kb.mul(superGroup, g.groupC1)));
  Value a = pipeline.acquireA(), b = pipeline.acquireB();
  loadInput(a, 0, slices);
  loadFilter(b, 0, kb.mul(groupCount, g.groupC1), g.groupN1);
  Num m = kb.mul(blocks() == 1 ? blockRows() : kb.alignUp(blockRows(), 16), blocks());
  Value acc = pipeline.begin(m, kb.mul(groupCount, g.groupN1), biasColumn());
  Num product = kb.mul(kb.mul(kb.ceilDiv(m, 16), g.groupN1), 1024);
  kb.loop(0, groupCount, 1, [&](Num group) {
    Num first = kb.mul(group, g.k1());
    Num rest = kb.mul(kb.sub(slices, kb.mul(group, g.groupC1)), tile.cube.sliceK1);
    pipeline.multiply(kb.at(acc, kb.mul(group, product)), {a, slices, first}, {b, slices, first}, 0,
                      kb.min(g.k1(), rest), m, g.groupN1);
  });
  Num columns =
      kb.min(kb.mul(groupCount, g.groupN1), kb.sub(g.outChannels1, kb.mul(superGroup, g.groupN1)));
  return epilogue.run(acc, blocks(), blockRows(), columns, wCount);
}

LogicalResult ConvEmitter::emit() {
  if (!keepsRotate(tile, g, kb.soc))
    return op.emitError("the schedule keeps more chunks in L1 than the core has flags for, or than "
                        "all of its cores use");
  describePipeline();
  describeEpilogue();
  // Cores of one column of the grid share the filters of that column.
  int64_t coreN1 = tile.coreN1(g);
  Num block = kb.blockId(), count = coreN1, row = block;
  if (tile.gridN > 1) {
    n1Begin = coreBegin = kb.mul(kb.rem(block, tile.gridN), coreN1);
    count = kb.min(coreN1, kb.sub(g.groupN1, n1Begin));
    row = kb.div(block, tile.gridN);
  }
  pipeline.prepare();
  epilogue.prepare();
  if (planes)
    planes->prepare();
  LogicalResult status = success();
  kb.loop(row, tile.items(g) / tile.ahead, tile.blockDim / tile.gridN, [&](Num item) {
    Num first = kb.cmp(arith::CmpIPredicate::eq, item, row);
    if (tile.ahead > 1) {
      if (failed(computeAhead(item, first, count)))
        status = failure();
      return;
    }
    locate(itemAt(item));
    if (failed(tile.isGrouped(g) ? computeGroups() : computeItem(first, count)))
      status = failure();
  });
  return status;
}

namespace {

class ConvAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    auto tile = chooseConvTile(op, convGeometry(CubeEpilogue::contraction(op)), soc);
    if (!tile)
      return op.emitError("no tile of this convolution fits the core");
    return toSchedule(op.getContext(), *tile);
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    return ConvEmitter(op, kb, ins, outs).emit();
  }
};

} // namespace

const KernelAuthor *convAuthor() {
  static const ConvAuthor author;
  return &author;
}

} // namespace openatc::kernel
