//===- Convolution.cpp - Convolutions on the cube -------------------------===//
//
// A block takes tiles of `th` x `tw` output positions and `n1` channel blocks. The
// input rows a tile reads lie in L1 as (C1, rows, columns, 16); load3d presents
// them as the img2col matrix. A transposed convolution differs only in how the
// window is filled: pixels are spread out over zeros.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "ConvGeometry.h"
#include "CubeEpilogue.h"
#include "openatc/Kernel/KernelAuthor.h"

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
      : op(op), kb(kb), ins(ins), outs(outs), g(convGeometry(CubeEpilogue::contraction(op))) {
    tile.th = scheduleValue(op, "tile_h");
    tile.tw = scheduleValue(op, "tile_w");
    tile.cube.m1 = (tile.th * tile.tw + 15) / 16;
    tile.cube.n1 = scheduleValue(op, "tile_n1");
    tile.cube.sliceK1 = g.kh * g.kw;
    tile.cube.chunkSlices = scheduleValue(op, "chunk_c1");
    tile.cube.stepK1 = scheduleValue(op, "step_k1");
    tile.cube.aSliceBytes = g.windowH(tile.th) * g.windowW(tile.tw) * 32;
  }

  LogicalResult emit();

private:
  void locate(Num item);
  Window window(Num out0, Num outs, int64_t stride, int64_t pad, int64_t extent, int64_t size);
  void loadInput(Value l1, Num c1, Num count);
  void loadStuffed(Value l1, Num c1, Num count);
  Num pixelEnd(Num end, int64_t up, int64_t tail, int64_t size);
  Num inputOffset(Num c1, Num row, Num column);
  Num outputOffset(Num col, int64_t bytes);
  void moveColumn(Value ub, Value gm, Num col, int64_t bytes, bool toGm);

  ascend::KernelOp op;
  KernelBuilder &kb;
  ValueRange ins, outs;
  ConvGeometry g;
  ConvTile tile;

  // Where the current tile is.
  Num image = 0, superGroup = 0, n1Begin = 0, n1Count = 0, h0 = 0, hCount = 0, w0 = 0, wCount = 0;
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

/// Work items count columns of tiles fastest, so that neighbouring cores share filters.
void ConvEmitter::locate(Num item) {
  int64_t wTiles = (g.outW + tile.tw - 1) / tile.tw;
  int64_t hTiles = (g.outH + tile.th - 1) / tile.th;
  int64_t nTiles = (g.groupN1 + tile.cube.n1 - 1) / tile.cube.n1;
  auto next = [&](int64_t count) {
    Num index = kb.rem(item, count);
    item = kb.div(item, count);
    return index;
  };
  w0 = kb.mul(wTiles == 1 ? Num(0) : next(wTiles), tile.tw);
  h0 = kb.mul(hTiles == 1 ? Num(0) : next(hTiles), tile.th);
  n1Begin = kb.mul(nTiles == 1 ? Num(0) : next(nTiles), tile.cube.n1);
  superGroup = g.superGroups == 1 ? Num(0) : next(g.superGroups);
  image = g.batch == 1 ? Num(0) : item;
  wCount = wTiles == 1 ? Num(tile.tw) : kb.min(tile.tw, kb.sub(g.outW, w0));
  hCount = kb.min(tile.th, kb.sub(g.outH, h0));
  n1Count = kb.min(tile.cube.n1, kb.sub(g.groupN1, n1Begin));
  rows = window(h0, hCount, g.strideH, g.padT, g.extentH(), g.stuffedH());
  if (wTiles > 1) {
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
  return kb.mul(pixel, 32);
}

void ConvEmitter::loadInput(Value l1, Num c1, Num count) {
  if (g.stuffed())
    return loadStuffed(l1, c1, count);
  Num slice = kb.mul(kb.mul(rows.size, columns.size), 32);
  Value src = kb.at(ins[0], inputOffset(c1, rows.begin, columns.begin));
  int64_t plane = g.h * g.w * 32;
  if (columns.size.isConst(g.w))
    return kb.gmToL1(l1, src, count, slice, slice, plane);
  kb.loop(0, count, 1, [&](Num c) {
    kb.gmToL1(kb.at(l1, kb.mul(c, slice)), kb.at(src, kb.mul(c, plane)), rows.size,
              kb.mul(columns.size, 32), kb.mul(columns.size, 32), g.w * 32);
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

/// Byte offset in GM of the tile's first position in column `col` of the result.
Num ConvEmitter::outputOffset(Num col, int64_t bytes) {
  Num channel = kb.add(kb.add(kb.mul(image, g.outChannels1), kb.mul(superGroup, g.groupN1)),
                       kb.add(n1Begin, col));
  Num pixel = kb.add(kb.mul(kb.add(kb.mul(channel, g.outH), h0), g.outW), w0);
  return kb.mul(pixel, 16 * bytes);
}

void ConvEmitter::moveColumn(Value ub, Value gm, Num col, int64_t bytes, bool toGm) {
  Value place = kb.at(gm, outputOffset(col, bytes));
  bool whole = tile.tw == g.outW;
  Num n = whole ? Num(1) : hCount;
  Num len = kb.mul(whole ? kb.mul(hCount, tile.tw) : wCount, 16 * bytes);
  if (toGm)
    kb.ubToGm(place, ub, n, len, g.outW * 16 * bytes, len);
  else
    kb.gmToUb(ub, place, n, len, len, g.outW * 16 * bytes);
}

LogicalResult ConvEmitter::emit() {
  CubePipeline pipeline(kb, tile.cube);
  CubeEpilogue epilogue(kb, op, tile.cube.m1);
  auto bytesOfType = [](Type type) {
    return bytesOf(*elemOf(mlir::cast<RankedTensorType>(type).getElementType()));
  };

  pipeline.loadA = [&](Value l1, Num slice, Num count) { loadInput(l1, slice, count); };
  pipeline.loadB = [&](Value l1, Num slice, Num count, Num n1) {
    Num row = kb.mul(kb.add(kb.mul(superGroup, g.groupC1), slice), tile.cube.sliceK1);
    Num offset = kb.mul(kb.add(kb.mul(row, g.groupN1), n1Begin), 512);
    kb.gmToL1(l1, kb.at(ins[1], offset), kb.mul(count, tile.cube.sliceK1), kb.mul(n1, 512),
              kb.mul(n1, 512), g.groupN1 * 512);
  };
  pipeline.feedA = [&](Value l0a, Value l1, Num, Num k1, Num count, Num m) {
    Num fmatrix = kb.orr(columns.size, kb.shl(rows.size, 16));
    fmatrix = kb.orr(fmatrix, kb.shl(columns.padBefore, 32));
    fmatrix = kb.orr(fmatrix, kb.shl(columns.padAfter, 40));
    fmatrix = kb.orr(fmatrix, kb.shl(rows.padBefore, 48));
    fmatrix = kb.orr(fmatrix, kb.shl(rows.padAfter, 56));
    int64_t filter =
        g.kw | g.kh << 8 | g.strideW << 16 | g.strideH << 24 | g.dilW << 32 | g.dilH << 40;
    kb.load3dA(l0a, l1, fmatrix, filter, 0, m, kb.mul(k1, 16), kb.mul(count, 16));
  };
  pipeline.feedB = [&](Value l0b, Value l1, Num, Num k1, Num count, Num n1) {
    kb.load2dB(l0b, kb.at(l1, kb.mul(kb.mul(k1, n1), 512)), kb.mul(count, n1), 1, 1, false);
  };
  epilogue.loadFull = [&](Value ub, unsigned arg, Num col) {
    moveColumn(ub, ins[arg], col, bytesOfType(op.getInputs()[arg].getType()), false);
  };
  epilogue.loadChannel = [&](Value ub, unsigned arg, Num col, Num count) {
    int64_t bytes = 16 * bytesOfType(op.getInputs()[arg].getType());
    Num channel = kb.add(kb.mul(superGroup, g.groupN1), kb.add(n1Begin, col));
    kb.gmToUb(ub, kb.at(ins[arg], kb.mul(channel, bytes)), count, bytes, bytes, 0);
  };
  epilogue.store = [&](Value ub, unsigned result, Num col) {
    moveColumn(ub, outs[result], col, bytesOfType(op.getOutputs()[result].getType()), true);
  };

  LogicalResult status = success();
  int64_t items = g.batch * g.superGroups * ((g.groupN1 + tile.cube.n1 - 1) / tile.cube.n1) *
                  ((g.outH + tile.th - 1) / tile.th) * ((g.outW + tile.tw - 1) / tile.tw);
  kb.forEachTile(items, scheduleValue(op, "block_dim", 1), [&](Num item) {
    locate(item);
    Num slices = kb.min(g.groupC1, kb.sub(g.channels1, kb.mul(superGroup, g.groupC1)));
    Num m = kb.mul(hCount, wCount);
    Value acc = pipeline.run(m, n1Count, slices);
    // The last super-group may have columns that no channel stands behind.
    Num behind = kb.add(kb.mul(superGroup, g.groupN1), n1Begin);
    Num valid = kb.min(n1Count, kb.sub(g.outChannels1, behind));
    if (failed(epilogue.run(acc, m, valid)))
      status = failure();
  });
  return status;
}

class ConvAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Operation *conv = CubeEpilogue::contraction(op);
    auto type = mlir::cast<RankedTensorType>(conv->getResult(0).getType());
    auto tile = chooseConvTile(
        convGeometry(conv), soc, [&](int64_t m1) { return CubeEpilogue::ubBytes(op, m1); },
        bytesOf(*elemOf(type.getElementType())));
    if (!tile)
      return op.emitError("no tile of this convolution fits the core");
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {entry("block_dim", tile->blockDim), entry("tile_h", tile->th), entry("tile_w", tile->tw),
         entry("tile_n1", tile->cube.n1), entry("chunk_c1", tile->cube.chunkSlices),
         entry("step_k1", tile->cube.stepK1), entry("estimate_cycles", tile->cycles)});
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
