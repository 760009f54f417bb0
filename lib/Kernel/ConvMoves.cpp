//===- ConvMoves.cpp - Moves of a convolution between memories ------------===//
//
// What a tile reads and writes: the window of the input, the filter, the operands of
// the epilogue and the result, between GM, L1, L0 and UB.
//
//===----------------------------------------------------------------------===//

#include "ConvEmitter.h"

using namespace mlir;
using openatc::davinci::PipeKind;

namespace openatc::kernel {

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

} // namespace openatc::kernel
