//===- Pool.cpp - Max and average pooling in NC1HWC0 ----------------------===//
//
// A tile is `th` x `tw` outputs of one block of 16 channels. Its window lies in UB in
// phases: input rows that are a multiple of the row stride apart lie behind each other,
// so that kernel row k of all outputs is one contiguous range, and one instruction
// gathers it. Rows are a multiple of the column stride long, so that afterwards one
// instruction gathers a kernel column of all rows: output column c of row r is pixel
// (r * pitch + c) * stride + k. Rows come first: they leave fewer pixels to read with
// strides. Only what no input covers is filled, with the neutral value.
//
// An average sums in f32 and scales by the number of positions of a whole window; rows
// and columns at the border, whose windows count fewer, are scaled again.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "PoolShape.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

constexpr int64_t kMaxRepeats = 255;

/// A global pool is a reduction of each plane.
bool isGlobal(ascend::KernelOp op) {
  return mlir::isa<ascend::GlobalAveragePoolOp, ascend::GlobalMaxPoolOp>(
      op.getBody().front().front());
}

class PoolEmitter {
public:
  PoolEmitter(const PoolShape &s, const PoolTile &t, KernelBuilder &kb, Value in, Value out)
      : s(s), t(t), kb(kb), in(in), out(out) {}

  void emit(int64_t blockDim);

private:
  /// A tile: its first output and its outputs, and the input columns it sees.
  struct Item {
    Num plane = 0, h0 = 0, w0 = 0, rows = 1;
    Num skip = 0, begin = 0,
        count = 0; ///< window columns before data, first input column, columns of data
  };
  Item locate(Num number);
  /// The rows of a phase that the image has: [lo, hi) of `needed`.
  struct Rows {
    Num lo = 0, hi = 0, needed = 0;
  };
  Rows loadPhase(const PoolPhase &phase, const Item &item, Value window);
  void fillPhase(const PoolPhase &phase, const Rows &r, const Item &item, Value window);
  void fillColumns(Value rows, Num count, const Item &item);
  void fill(Value ptr, Num pixels) {
    kb.dup(s.elem, ptr, neutral(), VecShape::flat(kb.mul(pixels, 16)));
  }
  /// The lowest finite number rather than -inf: what hangs over never becomes a NaN.
  double neutral() const {
    return !s.isMax ? 0 : s.elem == Elem::F16 ? -65504.0 : -3.4028234663852886e38;
  }
  Value gatherRows(Value window, const Item &item);
  void gatherColumns(Value result, Value rows, const Item &item);
  void scale(Value sums, const Item &item);
  Num pixelsOf(const Item &item) { // of the result, with the gaps between its rows
    return kb.add(kb.mul(kb.sub(item.rows, 1), t.pitch), t.tw);
  }

  const PoolShape &s;
  const PoolTile &t;
  KernelBuilder &kb;
  Value in, out;
};

PoolEmitter::Item PoolEmitter::locate(Num number) {
  int64_t wTiles = t.columns(s), hTiles = llvm::divideCeil(s.h.out, t.th);
  Item item;
  item.w0 = kb.mul(wTiles == 1 ? Num(0) : kb.rem(number, wTiles), t.tw);
  Num rest = kb.div(number, wTiles);
  item.h0 = kb.mul(hTiles == 1 ? Num(0) : kb.rem(rest, hTiles), t.th);
  item.plane = s.planes == 1 ? Num(0) : kb.div(rest, hTiles);
  item.rows = s.h.out % t.th ? kb.min(t.th, kb.sub(s.h.out, item.h0)) : Num(t.th);
  Num first = kb.sub(kb.mul(item.w0, s.w.stride), s.w.padBegin);
  int64_t width = (t.tw - 1) * s.w.stride + s.w.extent();
  item.begin = kb.max(first, 0);
  item.skip = kb.sub(item.begin, first);
  item.count = kb.max(kb.sub(kb.min(kb.add(first, width), s.w.in), item.begin), 0);
  return item;
}

/// Moves the rows of a phase.
PoolEmitter::Rows PoolEmitter::loadPhase(const PoolPhase &phase, const Item &item, Value window) {
  int64_t io = s.pixel(), stride = s.h.stride, before = s.h.padBegin - phase.number;
  Value rows = kb.at(window, phase.offset);
  Num needed = kb.add(item.rows, phase.extra), top = kb.mul(item.h0, stride);
  // Rows of the phase above the image, and the first one below it.
  Num lo = 0, hi = needed;
  if (before > 0)
    lo = kb.min(kb.ceilDiv(kb.max(kb.sub(before, top), 0), stride), needed);
  if (s.h.overhangs())
    hi = kb.max(kb.min(kb.ceilDiv(kb.max(kb.sub(s.h.in + before, top), 0), stride), needed), lo);
  Num row = before > 0 ? kb.max(kb.add(kb.sub(top, before), kb.mul(lo, stride)), 0)
                       : kb.add(top, -before);
  Num src = kb.add(kb.mul(kb.add(kb.mul(item.plane, s.h.in), row), s.w.in), item.begin);
  Num dst = kb.add(kb.mul(lo, t.row), item.skip);
  kb.gmToUb(kb.at(rows, kb.mul(dst, io)), kb.at(in, kb.mul(src, io)), kb.sub(hi, lo),
            kb.mul(item.count, io), t.row * io, stride * s.w.in * io);
  return {lo, hi, needed};
}

/// Fills what the moved rows leave.
void PoolEmitter::fillPhase(const PoolPhase &phase, const Rows &r, const Item &item, Value window) {
  Value rows = kb.at(window, phase.offset);
  kb.when(r.lo, [&] { fill(rows, kb.mul(r.lo, t.row)); });
  Num missing = kb.sub(r.needed, r.hi);
  kb.when(missing,
          [&] { fill(kb.at(rows, kb.mul(r.hi, t.row * s.pixel())), kb.mul(missing, t.row)); });
  fillColumns(rows, r.needed, item);
}

/// Fills what lies right of the data of each row and left of that of the next.
void PoolEmitter::fillColumns(Value rows, Num count, const Item &item) {
  int64_t io = s.pixel(), perRepeat = 256 / io;
  kb.when(item.skip, [&] { fill(rows, item.skip); });
  Num gap = kb.sub(t.row, item.count);
  kb.loop(0, gap, perRepeat, [&](Num i) {
    Value first = kb.at(rows, kb.mul(kb.add(kb.add(item.skip, item.count), i), io));
    Num lanes = kb.mul(kb.min(perRepeat, kb.sub(gap, i)), 16);
    kb.loop(0, count, kMaxRepeats, [&](Num r) {
      unsigned rowBlocks = unsigned(t.row * io / 32);
      kb.dup(s.elem, kb.at(first, kb.mul(r, t.row * io)), neutral(),
             VecShape::rows(kb.min(kMaxRepeats, kb.sub(count, r)), lanes,
                            isa::packStrides(1, 0, 0, rowBlocks, 0, 0)));
    });
  });
}

/// The maximum or sum over kernel rows of every pixel of the rows of the result.
Value PoolEmitter::gatherRows(Value window, const Item &item) {
  auto source = [&](int64_t k) {
    auto [phase, row] = t.place(s, k);
    return kb.at(window, t.phases[size_t(phase)].offset + row * t.row * s.pixel());
  };
  if (t.isPlainRow(s))
    return source(0);
  VecShape all = VecShape::flat(kb.mul(item.rows, t.row * 16));
  Value rows = t.inPlace >= 0
                   ? kb.at(window, t.phases[size_t(t.inPlace)].offset)
                   : kb.acquire(kb.pool("rows", MemSpace::UB, t.th * t.row * s.workPixel(), 1));
  bool widens = s.work != s.elem;
  if (widens)
    kb.conv(s.elem, s.work, rows, source(0), all);
  // The first two kernel rows meet in one instruction; in place, the one that lies there
  // and any other.
  int64_t first = 0;
  while (t.inPlace >= 0 && t.place(s, first).first != t.inPlace)
    ++first;
  Value current = widens ? rows : source(first);
  for (int64_t k = 0; k < s.h.kernel; ++k) {
    if (k == first)
      continue;
    if (s.isMax)
      kb.binary<VMaxOp>(s.work, rows, current, source(k), all);
    else if (widens)
      VAxpyOp::create(kb.b, kb.loc, rows, source(k), kb.val(KernelBuilder::scalarBits(s.elem, 1)),
                      kb.val(1), kb.val(all.count), kb.val(all.strides), s.elem, /*counter=*/true,
                      /*widen=*/true);
    else
      kb.binary<VAddOp>(s.work, rows, current, source(k), all);
    current = rows;
  }
  return rows;
}

/// The maximum or sum over kernel columns. A pixel of singles is two blocks, which
/// strides reach one by one.
void PoolEmitter::gatherColumns(Value result, Value rows, const Item &item) {
  bool split = s.w.stride > 1 && s.workPixel() > 32;
  auto unit = unsigned(split ? 2 : 1), step = unsigned(unit * s.w.stride);
  for (int64_t half = 0; half < (split ? 2 : 1); ++half) {
    Value dst = kb.at(result, half * 32);
    auto source = [&](int64_t k) {
      return kb.at(rows, k * s.w.dilation * s.workPixel() + half * 32);
    };
    VecShape v = VecShape::flat(kb.mul(pixelsOf(item), split ? 8 : 16));
    if (s.w.kernel == 1) {
      v.strides = int64_t(isa::packStrides(unit, step, step, 8 * unit, 8 * step, 8 * step));
      kb.binary<VOrOp>(s.work, dst, source(0), source(0), v);
      continue;
    }
    for (int64_t k = 1; k < s.w.kernel; ++k) {
      unsigned left = k == 1 ? step : unit;
      v.strides = int64_t(isa::packStrides(unit, left, step, 8 * unit, 8 * left, 8 * step));
      if (s.isMax)
        kb.binary<VMaxOp>(s.work, dst, k == 1 ? source(0) : dst, source(k), v);
      else
        kb.binary<VAddOp>(s.work, dst, k == 1 ? source(0) : dst, source(k), v);
    }
  }
}

/// Sums become means.
void PoolEmitter::scale(Value sums, const Item &item) {
  kb.scalar<VMulsOp>(s.work, sums, sums, 1.0 / double(s.h.kernel * s.w.kernel),
                     VecShape::flat(kb.mul(pixelsOf(item), 16)));
  int64_t pixel = s.workPixel();
  auto within = [&](int64_t position, Num first, Num count, auto body) {
    Num local = kb.sub(position, first);
    Num inside = kb.mul(kb.cmp(arith::CmpIPredicate::sge, local, 0),
                        kb.cmp(arith::CmpIPredicate::slt, local, count));
    kb.when(inside, [&] { body(local); });
  };
  for (int64_t o : s.h.borders(s.countPad))
    within(o, item.h0, item.rows, [&](Num local) {
      Value row = kb.at(sums, kb.mul(local, t.pitch * pixel));
      kb.scalar<VMulsOp>(s.work, row, row, double(s.h.kernel) / double(s.h.counted(o, s.countPad)),
                         VecShape::flat(t.tw * 16));
    });
  for (int64_t o : s.w.borders(s.countPad))
    within(o, item.w0, t.tw, [&](Num local) {
      auto rowBlocks = unsigned(t.pitch * pixel / 32);
      kb.loop(0, item.rows, kMaxRepeats, [&](Num r) {
        Value column = kb.at(sums, kb.add(kb.mul(local, pixel), kb.mul(r, t.pitch * pixel)));
        kb.scalar<VMulsOp>(s.work, column, column,
                           double(s.w.kernel) / double(s.w.counted(o, s.countPad)),
                           VecShape::rows(kb.min(kMaxRepeats, kb.sub(item.rows, r)), 16,
                                          isa::packStrides(1, 1, 1, rowBlocks, rowBlocks, 0)));
      });
    });
}

void PoolEmitter::emit(int64_t blockDim) {
  int64_t io = s.pixel(), items = t.items(s), slots = items > blockDim ? 2 : 1;
  Value windowPool = kb.pool("window", MemSpace::UB, t.windowBytes, slots);
  Value outPool = kb.pool("out", MemSpace::UB, t.th * t.pitch * io, slots);
  Value sumPool;
  if (t.needsColumns(s))
    sumPool = kb.pool("sums", MemSpace::UB, t.th * t.pitch * s.workPixel(), 1);
  kb.forEachTile(items, blockDim, [&](Num number) {
    Item item = locate(number);
    Value window = kb.acquire(windowPool);
    // All moves before all fills: the window changes hands once.
    SmallVector<Rows> loaded;
    for (const PoolPhase &phase : t.phases)
      loaded.push_back(loadPhase(phase, item, window));
    for (auto [phase, rows] : llvm::zip(t.phases, loaded))
      fillPhase(phase, rows, item, window);
    Value rows = gatherRows(window, item);
    Value tile = kb.acquire(outPool);
    Value result = sumPool ? kb.acquire(sumPool) : tile;
    gatherColumns(result, rows, item);
    if (!s.isMax)
      scale(result, item);
    if (sumPool)
      kb.conv(s.work, s.elem, tile, result, VecShape::flat(kb.mul(pixelsOf(item), 16)));
    Num columns = s.w.out % t.tw ? kb.min(t.tw, kb.sub(s.w.out, item.w0)) : Num(t.tw);
    Num place = kb.add(kb.mul(kb.add(kb.mul(item.plane, s.h.out), item.h0), s.w.out), item.w0);
    kb.ubToGm(kb.at(out, kb.mul(place, io)), tile, item.rows, kb.mul(columns, io), s.w.out * io,
              t.pitch * io);
  });
}

class PoolAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    if (isGlobal(op))
      return reduceAuthor()->schedule(op, soc);
    PoolShape s = PoolShape::of(op);
    std::optional<PoolTile> tile = PoolTile::best(s, soc);
    if (!tile)
      return op.emitError("no tile of this pooling fits the core");
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    // Images larger than half of L2 have left it when they are read.
    int64_t image = s.planes * s.h.in * s.w.in * s.pixel();
    return b.getDictionaryAttr(
        {entry("block_dim", std::min(tile->items(s), soc.aiCores)),
         entry("estimate_cycles", tile->cycles(s, soc, image <= soc.l2Size / 2)),
         entry("tile_h", tile->th), entry("tile_w", tile->tw)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    if (isGlobal(op))
      return reduceAuthor()->emit(op, kb, ins, outs);
    PoolShape s = PoolShape::of(op);
    PoolTile t(s, scheduleValue(op, "tile_h", 1), scheduleValue(op, "tile_w", 1));
    PoolEmitter(s, t, kb, ins[0], outs[0]).emit(scheduleValue(op, "block_dim", 1));
    return success();
  }
};

} // namespace

const KernelAuthor *poolAuthor() {
  static const PoolAuthor author;
  return &author;
}

} // namespace openatc::kernel
