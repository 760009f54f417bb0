//===- Pool.cpp - Max and average pooling in NC1HWC0 ----------------------===//
//
// A tile is `th` x `tw` outputs of one block of 16 channels. Its input window lies
// in UB with the padding written out, in rows whose length is a multiple of the
// column stride, so that one instruction reduces all rows over one kernel column:
// output column c of row r is pixel (r * pitch + c) * stride + offset. Kernel rows
// follow. An average sums in f32 and, where windows hang over the edge, divides by
// the same sums over ones.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "openatc/Kernel/KernelAuthor.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

struct PoolShape {
  int64_t planes, h, w, outH, outW;
  int64_t kh, kw, strideH, strideW, dilH, dilW;
  int64_t padT, padL, padB, padR;
  bool isMax, countPad;
  Elem elem;

  int64_t extentH() const { return (kh - 1) * dilH + 1; }
  int64_t extentW() const { return (kw - 1) * dilW + 1; }
  /// True when every window holds kh * kw counted positions.
  bool uniform() const {
    int64_t lastH = (outH - 1) * strideH + extentH() - padT;
    int64_t lastW = (outW - 1) * strideW + extentW() - padL;
    bool inside = lastH <= h + (countPad ? padB : 0) && lastW <= w + (countPad ? padR : 0);
    return inside && (countPad || (padT == 0 && padL == 0));
  }
};

/// Static sizes of a tile, in pixels.
struct PoolTile {
  int64_t th, tw, rows, row, pitch;

  PoolTile(const PoolShape &s, int64_t th, int64_t tw) : th(th), tw(tw) {
    rows = (th - 1) * s.strideH + s.extentH();
    row = ((tw - 1) * s.strideW + s.extentW() + s.strideW - 1) / s.strideW * s.strideW;
    pitch = row / s.strideW;
  }
  /// Pixels of the window, with what the last kernel column reads beyond it.
  int64_t window(const PoolShape &s) const { return rows * row + s.extentW(); }
};

int64_t at(ArrayRef<int64_t> list, size_t i, int64_t fallback) {
  return i < list.size() ? list[i] : fallback;
}

template <typename Op> void readAttributes(Op op, PoolShape &s) {
  s.kh = op.getKernelShape()[0];
  s.kw = op.getKernelShape()[1];
  s.strideH = at(op.getStrides(), 0, 1);
  s.strideW = at(op.getStrides(), 1, 1);
  s.dilH = at(op.getDilations(), 0, 1);
  s.dilW = at(op.getDilations(), 1, 1);
  s.padT = at(op.getPads(), 0, 0);
  s.padL = at(op.getPads(), 1, 0);
  s.padB = at(op.getPads(), 2, 0);
  s.padR = at(op.getPads(), 3, 0);
}

PoolShape poolShape(ascend::KernelOp op) {
  Operation &pool = op.getBody().front().front();
  auto x = mlir::cast<RankedTensorType>(pool.getOperand(0).getType());
  auto y = mlir::cast<RankedTensorType>(pool.getResult(0).getType());
  PoolShape s;
  s.planes = x.getDimSize(0) * ((x.getDimSize(1) + 15) / 16);
  s.h = x.getDimSize(2);
  s.w = x.getDimSize(3);
  s.outH = y.getDimSize(2);
  s.outW = y.getDimSize(3);
  s.elem = *elemOf(x.getElementType());
  if (auto max = mlir::dyn_cast<ascend::MaxPoolOp>(pool)) {
    readAttributes(max, s);
    s.isMax = true;
    s.countPad = true;
  } else {
    auto average = mlir::cast<ascend::AveragePoolOp>(pool);
    readAttributes(average, s);
    s.isMax = false;
    s.countPad = average.getCountIncludePad();
  }
  return s;
}

/// A global pool is a reduction of each plane.
bool isGlobal(ascend::KernelOp op) {
  return mlir::isa<ascend::GlobalAveragePoolOp, ascend::GlobalMaxPoolOp>(
      op.getBody().front().front());
}

/// Bytes of UB that the buffers of a tile take.
int64_t ubBytes(const PoolShape &s, const PoolTile &t) {
  int64_t io = 16 * bytesOf(s.elem), work = s.isMax ? io : 64;
  int64_t bytes = 2 * t.window(s) * io + 2 * t.th * t.pitch * io; // window and result
  bytes += t.rows * t.pitch * work + t.th * t.pitch * work;       // columns, rows
  if (!s.isMax && s.elem == Elem::F16)
    bytes += t.window(s) * 64;
  if (!s.isMax && !s.uniform())
    bytes += t.window(s) * 64 + t.rows * t.pitch * 64 + t.th * t.pitch * 64;
  return bytes + 16 * 32;
}

class PoolEmitter {
public:
  PoolEmitter(const PoolShape &s, const PoolTile &t, KernelBuilder &kb, Value in, Value out)
      : s(s), t(t), kb(kb), in(in), out(out), work(s.isMax ? s.elem : Elem::F32) {}

  void emit(int64_t blockDim);

private:
  struct Axis {
    Num skip, begin, count; // window rows before data, first input row, rows of data
  };
  Axis locate(Num out0, int64_t outs, int64_t stride, int64_t extent, int64_t pad, int64_t size);
  Value scratch(StringRef name, int64_t pixels) {
    return kb.acquire(kb.pool(name, MemSpace::UB, pixels * pixelBytes(work), 1));
  }
  static int64_t pixelBytes(Elem e) { return 16 * bytesOf(e); }
  void accumulate(Value dst, Value src, const VecShape &v, bool first);
  Value slide(Value window, StringRef name);
  Value onesWindow(const Axis &h, const Axis &w);

  PoolShape s;
  PoolTile t;
  KernelBuilder &kb;
  Value in, out;
  Elem work;
};

/// Which input rows (or columns) a tile of `outs` outputs from `out0` sees.
PoolEmitter::Axis PoolEmitter::locate(Num out0, int64_t outs, int64_t stride, int64_t extent,
                                      int64_t pad, int64_t size) {
  Num first = kb.sub(kb.mul(out0, stride), pad);
  Num end = kb.min(kb.add(first, (outs - 1) * stride + extent), size);
  Num begin = kb.max(first, 0);
  return {kb.sub(begin, first), begin, kb.max(kb.sub(end, begin), 0)};
}

/// dst = src at first, then max(dst, src) or dst + src. `v` walks src with src1's strides.
void PoolEmitter::accumulate(Value dst, Value src, const VecShape &v, bool first) {
  if (first) {
    // The same walk for a single source: its strides move to the first source's place.
    uint64_t p = uint64_t(v.strides.getConst());
    auto field = [&](unsigned at, unsigned bits) { return unsigned(p >> at & ((1u << bits) - 1)); };
    uint64_t one = isa::packStrides(field(0, 8), field(16, 8), 1, field(24, 12), field(48, 12), 8);
    VecShape w{v.repeat, v.count, int64_t(one), v.counter};
    kb.scalar<VMulsOp>(work, dst, src, 1.0, w);
  } else if (s.isMax) {
    kb.binary<VMaxOp>(work, dst, dst, src, v);
  } else {
    kb.binary<VAddOp>(work, dst, dst, src, v);
  }
}

/// Reduces a window over kernel columns, then over kernel rows.
Value PoolEmitter::slide(Value window, StringRef name) {
  Value columns = scratch((name + ".columns").str(), t.rows * t.pitch);
  int64_t pixels = t.rows * t.pitch;
  for (int64_t k = 0; k < s.kw; ++k) {
    Value src = kb.at(window, k * s.dilW * pixelBytes(work));
    // A pixel is one block of f16 or two of f32; strided pairs need a repeat each, of
    // which an instruction has 255.
    if (s.strideW == 1 || bytesOf(work) == 2) {
      VecShape v = VecShape::flat(pixels * 16);
      if (s.strideW > 1)
        v.strides = int64_t(isa::packStrides(1, 1, s.strideW, 8, 8, 8 * s.strideW));
      accumulate(columns, src, v, k == 0);
      continue;
    }
    kb.loop(0, pixels, 255, [&](Num first) {
      VecShape v = VecShape::rows(kb.min(255, kb.sub(pixels, first)), 16,
                                  isa::packStrides(1, 1, 1, 2, 2, 2 * s.strideW));
      accumulate(kb.at(columns, kb.mul(first, 64)), kb.at(src, kb.mul(first, 64 * s.strideW)), v,
                 k == 0);
    });
  }
  Value result = scratch((name + ".rows").str(), t.th * t.pitch);
  int64_t rowBytes = t.pitch * pixelBytes(work);
  int64_t rowsAtOnce = s.strideH == 1 ? t.th : 1;
  for (int64_t k = 0; k < s.kh; ++k)
    kb.loop(0, t.th, rowsAtOnce, [&](Num r) {
      Num from = kb.mul(kb.add(kb.mul(r, s.strideH), k * s.dilH), rowBytes);
      accumulate(kb.at(result, kb.mul(r, rowBytes)), kb.at(columns, from),
                 VecShape::flat(rowsAtOnce * t.pitch * 16), k == 0);
    });
  return result;
}

/// A window of ones where positions count and zeros elsewhere.
Value PoolEmitter::onesWindow(const Axis &h, const Axis &w) {
  Value ones = scratch("ones", t.window(s));
  kb.dup(work, ones, 0, VecShape::flat(t.window(s) * 16));
  kb.loop(0, h.count, 1, [&](Num r) {
    Num pixel = kb.add(kb.mul(kb.add(h.skip, r), t.row), w.skip);
    kb.dup(work, kb.at(ones, kb.mul(pixel, pixelBytes(work))), 1,
           VecShape::flat(kb.mul(w.count, 16)));
  });
  return ones;
}

void PoolEmitter::emit(int64_t blockDim) {
  int64_t io = pixelBytes(s.elem);
  Value windowPool = kb.pool("window", MemSpace::UB, t.window(s) * io, 2);
  Value outPool = kb.pool("out", MemSpace::UB, t.th * t.pitch * io, 2);
  int64_t hTiles = (s.outH + t.th - 1) / t.th, wTiles = (s.outW + t.tw - 1) / t.tw;
  kb.forEachTile(s.planes * hTiles * wTiles, blockDim, [&](Num item) {
    Num w0 = kb.mul(kb.rem(item, wTiles), t.tw);
    Num rest = kb.div(item, wTiles);
    Num h0 = kb.mul(kb.rem(rest, hTiles), t.th);
    Num plane = kb.div(rest, hTiles);
    Axis h = locate(h0, t.th, s.strideH, s.extentH(), s.padT, s.h);
    Axis w = locate(w0, t.tw, s.strideW, s.extentW(), s.padL, s.w);

    Value window = kb.acquire(windowPool);
    // The lowest finite number rather than -inf: what hangs over never becomes a NaN.
    double fill = !s.isMax ? 0 : s.elem == Elem::F16 ? -65504.0 : -3.4028234663852886e38;
    kb.dup(s.elem, window, fill, VecShape::flat(t.window(s) * 16));
    Num dst = kb.mul(kb.add(kb.mul(h.skip, t.row), w.skip), io);
    Num src = kb.add(kb.mul(kb.add(kb.mul(plane, s.h), h.begin), s.w), w.begin);
    kb.gmToUb(kb.at(window, dst), kb.at(in, kb.mul(src, io)), h.count, kb.mul(w.count, io),
              t.row * io, s.w * io);

    Value input = window;
    if (work != s.elem) {
      input = scratch("window.f32", t.window(s));
      kb.conv(s.elem, work, input, window, VecShape::flat(t.window(s) * 16));
    }
    Value result = slide(input, "x");
    VecShape all = VecShape::flat(t.th * t.pitch * 16);
    if (!s.isMax && s.uniform()) {
      kb.scalar<VMulsOp>(work, result, result, 1.0 / double(s.kh * s.kw), all);
    } else if (!s.isMax) {
      int64_t padB = s.countPad ? s.padB : 0, padR = s.countPad ? s.padR : 0;
      int64_t padT = s.countPad ? s.padT : 0, padL = s.countPad ? s.padL : 0;
      Axis hc = locate(h0, t.th, s.strideH, s.extentH(), s.padT - padT, s.h + padT + padB);
      Axis wc = locate(w0, t.tw, s.strideW, s.extentW(), s.padL - padL, s.w + padL + padR);
      Value divisor = slide(onesWindow(hc, wc), "count");
      // Columns between outW and the pitch may count nothing.
      kb.scalar<VMaxsOp>(work, divisor, divisor, 1.0, all);
      kb.binary<VDivOp>(work, result, result, divisor, all);
    }
    Value tile = kb.acquire(outPool);
    if (work != s.elem)
      kb.conv(work, s.elem, tile, result, all);
    else
      kb.scalar<VMulsOp>(work, tile, result, 1.0, all);
    Num rows = kb.min(t.th, kb.sub(s.outH, h0)), columns = kb.min(t.tw, kb.sub(s.outW, w0));
    Num place = kb.add(kb.mul(kb.add(kb.mul(plane, s.outH), h0), s.outW), w0);
    kb.ubToGm(kb.at(out, kb.mul(place, io)), tile, rows, kb.mul(columns, io), s.outW * io,
              t.pitch * io);
  });
}

class PoolAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    if (isGlobal(op))
      return reduceAuthor()->schedule(op, soc);
    PoolShape s = poolShape(op);
    // Full rows where they fit; as many of them as leave two tiles for each core.
    int64_t tw = s.outW, th = s.outH;
    while (ubBytes(s, PoolTile(s, 1, tw)) > soc.ubSize && tw > 1)
      tw = (tw + 1) / 2;
    int64_t wanted = std::max<int64_t>(1, 2 * soc.aiCores / s.planes);
    th = std::max<int64_t>(1, (s.outH + wanted - 1) / wanted);
    while (ubBytes(s, PoolTile(s, th, tw)) > soc.ubSize && th > 1)
      th = (th + 1) / 2;
    if (ubBytes(s, PoolTile(s, th, tw)) > soc.ubSize)
      return op.emitError("no tile of this pooling fits the core");
    int64_t items = s.planes * ((s.outH + th - 1) / th) * ((s.outW + tw - 1) / tw);
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({entry("block_dim", std::min(items, soc.aiCores)),
                                entry("tile_h", th), entry("tile_w", tw)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    if (isGlobal(op))
      return reduceAuthor()->emit(op, kb, ins, outs);
    PoolShape s = poolShape(op);
    PoolTile t(s, scheduleValue(op, "tile_h"), scheduleValue(op, "tile_w"));
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
