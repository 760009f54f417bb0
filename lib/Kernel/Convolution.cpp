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
#include "ConvSchedule.h"
#include "openatc/Kernel/KernelAuthor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using openatc::davinci::PipeKind;

namespace openatc::kernel {

namespace {

/// The part of one input axis that a tile reads.
struct Window {
  Num begin, size;         // first row that exists, and how many
  Num padBefore, padAfter; // what the tile wants beyond
};

class ConvEmitter {
public:
  ConvEmitter(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins, ValueRange outs)
      : op(op), kb(kb), ins(ins), outs(outs), g(convGeometry(CubeEpilogue::contraction(op))),
        tile(tileOf(op, g)), pipeline(kb, tile.cube),
        epilogue(kb, op, tile.cube.m1, tile.columns, g.outChannels1, tile.cube.biasN1 > 0) {
    if (g.planes)
      planes.emplace(kb, tile.planes(g));
  }

  LogicalResult emit();

private:
  void locate(Num item);
  /// Which tile comes in place `index`.
  Num itemAt(Num index) { return tile.reverse ? kb.sub(tile.items(g) - 1, index) : index; }
  Window window(Num out0, Num outs, int64_t stride, int64_t pad, int64_t extent, int64_t size);
  void describePipeline();
  void describeEpilogue();
  Num biasColumn();
  void loadBias(Value l1);
  LogicalResult computeItem(Num first, Num columns, Value wholeA = {}, Value wholeB = {},
                            llvm::function_ref<void()> between = {});
  LogicalResult computeAhead(Num trip, Num first, Num columns);
  LogicalResult computeGroups();
  void loadInput(Value l1, Num c1, Num count);
  void loadStuffed(Value l1, Num c1, Num count);
  Value loadPlanes();
  void makePixels(Value in, Value l1);
  void loadFilter(Value l1, Num slice, Num count, Num n1);
  void feedWindow(Value l0a, Value l1, Num slices, Num k1, Num count);
  Num pixelEnd(Num end, int64_t up, int64_t tail, int64_t size);
  Num inputOffset(Num c1, Num row, Num column);
  Num windowBytes();
  Num outputOffset(Num col, Num block, int64_t bytes, int64_t pool);
  void moveColumns(Value ub, Value gm, Num col, Num count, int64_t bytes, bool toGm);
  int64_t bytesOfType(Type type) { return bytesOf(*elemOf(getElementTypeOrSelf(type))); }

  /// Blocks of the accumulator: each image of a tile has its own, but where pixels of all
  /// images are one sequence.
  int64_t blocks() const { return g.isFlat() ? 1 : tile.images; }
  Num blockRows() { return kb.mul(g.isFlat() ? tile.images : 1, kb.mul(hCount, wCount)); }

  ascend::KernelOp op;
  KernelBuilder &kb;
  ValueRange ins, outs;
  ConvGeometry g;
  ConvTile tile;
  CubePipeline pipeline;
  CubeEpilogue epilogue;
  std::optional<PixelPlanes> planes;

  // Where the current tile is; `image` is its first one.
  Num image = 0, superGroup = 0, groupCount = 1, h0 = 0, hCount = 0, w0 = 0, wCount = 0;
  Num coreBegin = 0; ///< first channel block of the core
  Num n1Begin = 0;   ///< first channel block of the tile inside its super-group
  Window rows{0, 0, 0, 0}, columns{0, 0, 0, 0};
};

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

/// Byte offset of a pixel of the input; `c1` counts from the super-group's first.
Num ConvEmitter::inputOffset(Num c1, Num row, Num column) {
  Num channel = kb.add(kb.add(kb.mul(image, g.channels1), kb.mul(superGroup, g.groupC1)), c1);
  Num pixel = kb.add(kb.mul(kb.add(kb.mul(channel, g.h), row), g.w), column);
  return kb.mul(pixel, g.pixelBytes());
}

/// Bytes from the window of one channel block in L1 to the next.
Num ConvEmitter::windowBytes() {
  Num bytes = kb.mul(kb.mul(rows.size, columns.size), g.pixelBytes());
  return g.few ? kb.alignUp(bytes, 32) : bytes;
}

void ConvEmitter::loadInput(Value l1, Num c1, Num count) {
  if (g.planes)
    return makePixels(loadPlanes(), l1);
  if (g.stuffed())
    return loadStuffed(l1, c1, count);
  int64_t plane = g.h * g.w * g.pixelBytes(), perImage = g.channels1 * plane;
  Num slice = kb.mul(kb.mul(rows.size, columns.size), g.pixelBytes());
  // Pixels of several images follow each other inside a channel block, or each image has
  // its own window.
  Num pitch = g.isFlat() ? kb.mul(slice, tile.images) : windowBytes();
  Num nextImage = g.isFlat() ? slice : kb.mul(pitch, count);
  Value src = kb.at(ins[0], inputOffset(c1, rows.begin, columns.begin));
  kb.loop(0, tile.images, 1, [&](Num i) {
    Value to = kb.at(l1, kb.mul(i, nextImage)), from = kb.at(src, kb.mul(i, perImage));
    if (g.h == 1 || columns.size.isConst(g.w))
      return kb.gmToL1(to, from, count, slice, pitch, plane);
    kb.loop(0, count, 1, [&](Num c) {
      kb.gmToL1(kb.at(to, kb.mul(c, slice)), kb.at(from, kb.mul(c, plane)), rows.size,
                kb.mul(columns.size, 32), kb.mul(columns.size, 32), g.w * 32);
    });
  });
}

/// The rows that a tile reads of the planes of its images, in UB.
Value ConvEmitter::loadPlanes() {
  int64_t bytes = bytesOf(*g.planes), plane = g.h * g.w, perImage = g.channels * plane;
  Value in = planes->acquire();
  kb.loop(0, tile.images, 1, [&](Num i) {
    Num first = kb.add(kb.mul(kb.add(image, i), perImage), kb.mul(rows.begin, g.w));
    planes->load(in, i, kb.at(ins[0], kb.mul(first, bytes)), plane * bytes, kb.mul(rows.size, g.w));
  });
  return in;
}

/// Those rows become the windows of pixels in L1.
void ConvEmitter::makePixels(Value in, Value l1) {
  kb.loop(0, tile.images, 1, [&](Num i) {
    Value to = kb.at(l1, kb.mul(i, windowBytes()));
    planes->convert(in, i, kb.mul(rows.size, g.w), [&](Value ub, Num pixel, Num count) {
      Num length = kb.alignUp(kb.mul(count, PixelPlanes::kPixel), 32);
      kb.ubToL1(kb.at(to, kb.mul(pixel, PixelPlanes::kPixel)), ub, 1, length, 0, 0);
    });
  });
}

/// First pixel that lies at or behind stuffed position `end`, of `size` there are.
Num ConvEmitter::pixelEnd(Num end, int64_t up, int64_t tail, int64_t size) {
  Num pixel = kb.ceilDiv(end, up);
  return tail ? kb.min(pixel, size) : pixel;
}

/// Zeroes the window, then puts every pixel at its stuffed place.
void ConvEmitter::loadStuffed(Value l1, Num c1, Num count) {
  Num slice = kb.mul(kb.mul(rows.size, columns.size), 32);
  kb.fillL1(l1, kb.mul(count, slice), 0);
  kb.barrier(PipeKind::MTE2);
  Num rowBegin = kb.ceilDiv(rows.begin, g.upH);
  Num rowEnd = pixelEnd(kb.add(rows.begin, rows.size), g.upH, g.tailH, g.h);
  Num colBegin = kb.ceilDiv(columns.begin, g.upW);
  Num colEnd = pixelEnd(kb.add(columns.begin, columns.size), g.upW, g.tailW, g.w);
  Num between = kb.sub(colEnd, colBegin);
  Num pixels = g.tailW ? kb.max(between, 0) : between;
  Num colShift = kb.mul(kb.sub(kb.mul(colBegin, g.upW), columns.begin), 32);
  kb.loop(0, count, 1, [&](Num c) {
    kb.loop(rowBegin, rowEnd, 1, [&](Num row) {
      Num stuffedRow = kb.sub(kb.mul(row, g.upH), rows.begin);
      Num dst =
          kb.add(kb.add(kb.mul(c, slice), kb.mul(kb.mul(stuffedRow, columns.size), 32)), colShift);
      kb.gmToL1(kb.at(l1, dst), kb.at(ins[0], inputOffset(kb.add(c1, c), row, colBegin)), pixels,
                32, g.upW * 32, 32);
    });
  });
}

void ConvEmitter::loadFilter(Value l1, Num slice, Num count, Num n1) {
  Num row = kb.mul(kb.add(kb.mul(superGroup, g.groupC1), slice), tile.cube.sliceK1);
  Num offset = kb.mul(kb.add(kb.mul(row, g.groupN1), n1Begin), 512);
  kb.gmToL1(l1, kb.at(ins[1], offset), kb.mul(count, tile.cube.sliceK1), kb.mul(n1, 512),
            kb.mul(n1, 512), g.groupN1 * 512);
}

void ConvEmitter::feedWindow(Value l0a, Value l1, Num slices, Num k1, Num count) {
  Num width = g.isFlat() ? kb.mul(columns.size, tile.images) : columns.size;
  Num fmatrix = kb.orr(width, kb.shl(rows.size, 16));
  fmatrix = kb.orr(fmatrix, kb.shl(columns.padBefore, 32));
  fmatrix = kb.orr(fmatrix, kb.shl(columns.padAfter, 40));
  fmatrix = kb.orr(fmatrix, kb.shl(rows.padBefore, 48));
  fmatrix = kb.orr(fmatrix, kb.shl(rows.padAfter, 56));
  int64_t filter =
      g.kw | g.kh << 8 | g.strideW << 16 | g.strideH << 24 | g.dilW << 32 | g.dilH << 40;
  Num nextImage = kb.mul(windowBytes(), slices);
  // Parts of rows of few channels: the windows in front of them are left out.
  Num mStart = g.few ? w0 : Num(0);
  Num block1 = kb.ceilDiv(blockRows(), 16);
  kb.loop(0, blocks(), 1, [&](Num i) {
    kb.load3dA(kb.at(l0a, kb.mul(i, kb.mul(kb.mul(block1, count), 512))),
               kb.at(l1, kb.mul(i, nextImage)), fmatrix, filter, mStart, blockRows(),
               kb.mul(k1, 16), kb.mul(count, 16), g.few);
  });
}

/// Column of the bias in L1, which holds the columns of the core: of one super-group if there
/// is but one, else all.
Num ConvEmitter::biasColumn() {
  return kb.add(kb.mul(superGroup, g.groupN1), kb.sub(n1Begin, coreBegin));
}

/// Channels behind the last one keep their zeros.
void ConvEmitter::loadBias(Value l1) {
  Num count = kb.min(tile.cube.biasN1, kb.sub(g.outChannels1, coreBegin));
  unsigned arg = *CubeEpilogue::biasArgument(op);
  kb.gmToL1(l1, kb.at(ins[arg], kb.mul(coreBegin, 32)), count, 32, 512, 32);
}

void ConvEmitter::describePipeline() {
  pipeline.loadBias = [this](Value l1) { loadBias(l1); };
  pipeline.loadA = [this](Value l1, Num slice, Num count) { loadInput(l1, slice, count); };
  pipeline.loadB = [this](Value l1, Num slice, Num count, Num n1) {
    loadFilter(l1, slice, count, n1);
  };
  pipeline.feedA = [this](Value l0a, Value l1, Num slices, Num k1, Num count, Num) {
    feedWindow(l0a, l1, slices, k1, count);
  };
  pipeline.feedB = [this](Value l0b, Value l1, Num, Num k1, Num count, Num n1) {
    kb.load2dB(l0b, kb.at(l1, kb.mul(kb.mul(k1, n1), 512)), kb.mul(count, n1), 1, 1, false);
  };
}

/// Byte offset in GM of the tile's first position in column `col` of image `block`, where windows
/// of `pool` x `pool` positions have become one.
Num ConvEmitter::outputOffset(Num col, Num block, int64_t bytes, int64_t pool) {
  Num channel = kb.add(kb.mul(kb.add(image, block), g.outChannels1),
                       kb.add(kb.mul(superGroup, g.groupN1), kb.add(n1Begin, col)));
  Num row = kb.add(kb.mul(channel, g.outH / pool), kb.div(h0, pool));
  Num pixel = kb.add(kb.mul(row, g.outW / pool), kb.div(w0, pool));
  return kb.mul(pixel, 16 * bytes);
}

/// Columns of the tile between GM, where each is a part of a plane, and UB.
void ConvEmitter::moveColumns(Value ub, Value gm, Num col, Num count, int64_t bytes, bool toGm) {
  auto move = [&](Num ubOffset, Num gmOffset, Num n, Num len, Num ubStride, Num gmStride) {
    Value near = kb.at(ub, ubOffset), far = kb.at(gm, gmOffset);
    if (toGm)
      kb.ubToGm(far, near, n, len, gmStride, ubStride);
    else
      kb.gmToUb(near, far, n, len, ubStride, gmStride);
  };
  const int64_t pixel = 16 * bytes, pool = toGm && g.pooled ? 2 : 1;
  Num height = kb.div(hCount, pool), row = kb.mul(kb.div(wCount, pool), pixel);
  Num part = kb.mul(height, row), column = kb.mul(part, tile.images);
  bool oneRange = g.outH == 1 || tile.tw == g.outW;
  kb.loop(0, tile.images, 1, [&](Num i) {
    Num place = kb.mul(i, part);
    if (oneRange)
      return move(place, outputOffset(col, i, bytes, pool), count, part, column,
                  g.outH / pool * (g.outW / pool) * pixel);
    kb.loop(0, count, 1, [&](Num c) {
      move(kb.add(place, kb.mul(c, column)), outputOffset(kb.add(col, c), i, bytes, pool), height,
           row, row, g.outW / pool * pixel);
    });
  });
}

void ConvEmitter::describeEpilogue() {
  epilogue.loadFull = [this](Value ub, unsigned arg, Num col, Num count) {
    moveColumns(ub, ins[arg], col, count, bytesOfType(op.getInputs()[arg].getType()), false);
  };
  epilogue.spreadChannel = [this](Value ub, unsigned arg, Num col, Num count) {
    int64_t bytes = 16 * bytesOfType(op.getInputs()[arg].getType());
    Num channel = epilogue.channelBlock(col);
    kb.gmToUb(ub, kb.at(ins[arg], kb.mul(channel, bytes)), count, bytes, bytes, 0);
  };
  epilogue.loadChannels = [this](Value ub, unsigned arg) {
    kb.gmToUb(ub, ins[arg], 1, g.outChannels1 * 32, 0, 0);
  };
  epilogue.channelBlock = [this](Num col) {
    return kb.add(kb.mul(superGroup, g.groupN1), kb.add(n1Begin, col));
  };
  epilogue.store = [this](Value ub, unsigned result, Num col, Num count) {
    moveColumns(ub, outs[result], col, count, bytesOfType(op.getOutputs()[result].getType()), true);
  };
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
