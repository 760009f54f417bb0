//===- Resize.cpp - Nearest and linear resampling in NC1HWC0 --------------===//
//
// A tile is `rows` output rows of one block of 16 channels. For each the scalar unit
// computes which input row, or which two, it shows, in fixed point. Linear blends the
// two rows in f32, then the columns of the result; nearest only copies columns.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "ResizeColumns.h"
#include "openatc/Kernel/KernelAuthor.h"
#include "openatc/Target/CostModel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

constexpr int64_t kHalfPixel = 32, kSinglePixel = 64; // bytes of 16 lanes

struct Resize {
  int64_t planes;
  ResizeShape shape;

  int64_t blocks() const { return shape.linear ? 2 : 1; }
  bool stretches() const { return !shape.columns.isIdentity(); }
};

std::optional<Resize> resizeOf(ascend::KernelOp group) {
  Operation &op = *llvm::find_if(
      group.getBody().front(), [](Operation &inner) { return mlir::isa<ascend::ResizeOp>(inner); });
  auto type = mlir::cast<RankedTensorType>(op.getOperand(0).getType());
  std::string why;
  auto shape = resizeShapeOf(&op, why);
  if (!shape || layoutOf(type) != ascend::Layout::NC1HWC0 || !type.getElementType().isF16()) {
    group.emitError("no kernel resizes this: ") << (shape ? "not f16 in NC1HWC0" : why);
    return std::nullopt;
  }
  return Resize{type.getDimSize(0) * ((type.getDimSize(1) + 15) / 16), std::move(*shape)};
}

/// Pixels of the largest tile on each side.
struct Widths {
  int64_t in = 0, out = 0;

  explicit Widths(ArrayRef<ColumnTile> tiles) {
    for (const ColumnTile &t : tiles) {
      in = std::max(in, t.inCount);
      out = std::max(out, t.outCount);
    }
  }
  /// Bytes of UB for `rows` rows.
  int64_t bytes(const Resize &r, int64_t rows) const {
    int64_t halves = r.stretches() || r.shape.linear ? in + out : in, singles = 0;
    if (r.shape.linear) {
      singles = in + (r.stretches() ? out : 0);
      if (r.shape.rows.blends()) {
        halves += in;
        singles += in;
      }
    }
    return rows * (2 * halves * kHalfPixel + singles * kSinglePixel);
  }
};

class ResizeEmitter {
public:
  ResizeEmitter(const Resize &r, int64_t rows, ArrayRef<ColumnTile> tiles, KernelBuilder &kb,
                Value in, Value out)
      : r(r), rows(rows), tiles(tiles), widths(tiles), kb(kb), in(in), out(out) {}

  void emit(int64_t blockDim) {
    bool copies = !r.shape.linear && !r.stretches();
    upperPool = pool("upper", widths.in, kHalfPixel, 2);
    if (blends())
      lowerPool = pool("lower", widths.in, kHalfPixel, 2);
    if (!copies)
      outPool = pool("out", widths.out, kHalfPixel, 2);
    if (r.shape.linear)
      upperSingles = pool("upper.f32", widths.in, kSinglePixel, 1);
    if (blends())
      lowerSingles = pool("lower.f32", widths.in, kSinglePixel, 1);
    if (r.shape.linear && r.stretches())
      outSingles = pool("out.f32", widths.out, kSinglePixel, 1);
    int64_t groups = (r.shape.rows.out + rows - 1) / rows;
    for (const ColumnTile &tile : tiles)
      kb.forEachTile(r.planes * groups, blockDim, [&](Num item) {
        plane = kb.div(item, groups);
        row0 = kb.mul(kb.rem(item, groups), rows);
        Value upper = kb.acquire(upperPool), lower;
        if (blends())
          lower = kb.acquire(lowerPool);
        load(tile, upper, lower);
        Value result = copies           ? upper
                       : r.shape.linear ? linear(tile, upper, lower)
                                        : nearest(tile, upper);
        Num at = kb.add(kb.mul(kb.add(kb.mul(plane, r.shape.rows.out), row0), r.shape.columns.out),
                        tile.outBegin);
        kb.ubToGm(kb.at(out, kb.mul(at, kHalfPixel)), result,
                  kb.min(rows, kb.sub(r.shape.rows.out, row0)), tile.outCount * kHalfPixel,
                  r.shape.columns.out * kHalfPixel, tile.outCount * kHalfPixel);
      });
  }

private:
  bool blends() const { return r.shape.linear && r.shape.rows.blends(); }

  Value pool(StringRef name, int64_t width, int64_t pixel, int64_t slots) {
    return kb.pool(name, MemSpace::UB, rows * width * pixel, slots);
  }

  /// Fixed-point position of row `i` of the tile. Rows behind the image repeat its
  /// last, so that all extents on chip are constant.
  Num position(Num i) {
    const ResizeAxis &axis = r.shape.rows;
    Num o = kb.min(kb.add(row0, i), axis.out - 1);
    Num at = kb.max(kb.add(kb.mul(o, axis.step), axis.start), 0);
    return kb.min(at, (axis.in - 1) * ResizeAxis::kOne);
  }

  void load(const ColumnTile &tile, Value upper, Value lower) {
    const ResizeAxis &axis = r.shape.rows;
    auto row = [&](Value buffer, Num i, Num source) {
      Num at =
          kb.add(kb.mul(kb.add(kb.mul(plane, axis.in), source), r.shape.columns.in), tile.inBegin);
      kb.gmToUb(kb.at(buffer, kb.mul(i, tile.inCount * kHalfPixel)),
                kb.at(in, kb.mul(at, kHalfPixel)), 1, tile.inCount * kHalfPixel, 0, 0);
    };
    kb.loop(0, rows, 1, [&](Num i) {
      Num source = kb.div(position(i), ResizeAxis::kOne);
      row(upper, i, source);
      if (blends())
        row(lower, i, kb.min(kb.add(source, 1), axis.in - 1));
    });
  }

  Value nearest(const ColumnTile &tile, Value source) {
    Value result = kb.acquire(outPool);
    emitColumns(kb, tile, rows, Elem::F16, result, source);
    return result;
  }

  Value linear(const ColumnTile &tile, Value upper, Value lower) {
    VecShape all = VecShape::flat(rows * tile.inCount * 16);
    Value source = kb.acquire(upperSingles);
    kb.conv(Elem::F16, Elem::F32, source, upper, all);
    if (blends())
      blendRows(tile, source, lower, all);
    Value wide = source;
    if (r.stretches()) {
      wide = kb.acquire(outSingles);
      emitColumns(kb, tile, rows, Elem::F32, wide, source);
    }
    Value result = kb.acquire(outPool);
    kb.conv(Elem::F32, Elem::F16, result, wide, VecShape::flat(rows * tile.outCount * 16));
    return result;
  }

  /// upper += f * (lower - upper) with a fraction f for each row. The scalar unit can
  /// not convert, but the bits of f below those of 1.0 are the number 1 + f; the 1 is
  /// taken off beforehand.
  void blendRows(const ColumnTile &tile, Value upper, Value lower, const VecShape &all) {
    Value step = kb.acquire(lowerSingles);
    kb.conv(Elem::F16, Elem::F32, step, lower, all);
    kb.binary<VSubOp>(Elem::F32, step, step, upper, all);
    kb.binary<VSubOp>(Elem::F32, upper, upper, step, all);
    kb.loop(0, rows, 1, [&](Num i) {
      Num fraction = kb.rem(position(i), ResizeAxis::kOne);
      Num factor = kb.orr(kb.div(fraction, ResizeAxis::kOne >> 23), 0x3f800000);
      Num offset = kb.mul(i, tile.inCount * kSinglePixel);
      VAxpyOp::create(kb.b, kb.loc, kb.at(upper, offset), kb.at(step, offset), kb.val(factor),
                      kb.val(1), kb.val(tile.inCount * 16), kb.val(int64_t(isa::kContiguous)),
                      Elem::F32, /*counter=*/true, /*widen=*/false);
    });
  }

  const Resize &r;
  int64_t rows;
  ArrayRef<ColumnTile> tiles;
  Widths widths;
  KernelBuilder &kb;
  Value in, out;
  Value upperPool, lowerPool, outPool, upperSingles, lowerSingles, outSingles;
  Num plane = 0, row0 = 0;
};

/// Cycles of one tile of `rows` rows: the slowest of what is read, written and
/// computed, and a part of what does not overlap with it.
int64_t tileCycles(const Resize &r, const ColumnTile &tile, int64_t rows,
                   const SocDescription &soc) {
  int64_t head = soc.vectorHead, barrier = head + soc.vectorLatency;
  bool blends = r.shape.linear && r.shape.rows.blends();
  int64_t row = tile.inCount * kHalfPixel, written = rows * tile.outCount * kHalfPixel;
  int64_t reading = cost::gmRead(soc, rows * (blends ? 2 : 1) * row, row, false);
  int64_t writing = cost::gmWrite(soc, written, tile.outCount * kHalfPixel);
  int64_t taps = r.shape.linear ? 2 : 1, compute = 0;
  // Walks and single columns, one repeat for eight blocks or for a row.
  if (r.stretches()) {
    int64_t walks = int64_t(tile.phases.size()) * taps * r.blocks();
    int64_t blocks = tile.phases.empty() ? 0 : rows * tile.outCount * r.blocks() * taps;
    compute = walks * barrier + blocks / 8 + int64_t(tile.singles.size()) * taps * (head + rows);
  }
  if (r.shape.linear) {
    int64_t repeats = rows * tile.inCount / 4;
    compute += 2 * barrier + repeats + rows * tile.outCount / 4;
    if (blends)
      compute += 3 * barrier + 4 * repeats + rows * head;
  }
  return std::max({reading, writing, compute}) + std::min(reading, compute) / 4;
}

class ResizeAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    std::optional<Resize> r = resizeOf(op);
    if (!r)
      return failure();
    // Whole rows if one fits; as many of them as leave two tiles for each core.
    int64_t parts = 1, height = r->shape.rows.out, wide = r->shape.columns.out;
    auto widths = [&] { return Widths(columnTiles(r->shape.columns, parts, r->blocks())); };
    while (widths().bytes(*r, 1) > soc.ubSize && parts < wide)
      ++parts;
    Widths w = widths();
    if (w.bytes(*r, 1) > soc.ubSize)
      return op.emitError("no tile of this resize fits the core");
    int64_t wanted = std::max<int64_t>(1, (2 * soc.aiCores + r->planes - 1) / r->planes);
    // A column is one instruction of at most 255 repeats.
    int64_t rows = std::min<int64_t>(255, (height + wanted - 1) / wanted);
    while (w.bytes(*r, rows) > soc.ubSize)
      --rows;
    int64_t groups = (height + rows - 1) / rows;
    rows = (height + groups - 1) / groups;
    int64_t blockDim = std::min(r->planes * groups, soc.aiCores), cycles = 0;
    for (const ColumnTile &tile : columnTiles(r->shape.columns, parts, r->blocks()))
      cycles += tileCycles(*r, tile, rows, soc);
    cycles *= llvm::divideCeil(r->planes * groups, blockDim);
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({entry("block_dim", blockDim), entry("estimate_cycles", cycles),
                                entry("column_tiles", parts), entry("tile_rows", rows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    std::optional<Resize> r = resizeOf(op);
    if (!r)
      return failure();
    auto tiles = columnTiles(r->shape.columns, scheduleValue(op, "column_tiles", 1), r->blocks());
    ResizeEmitter(*r, scheduleValue(op, "tile_rows", 1), tiles, kb, ins[0], outs[0])
        .emit(scheduleValue(op, "block_dim", 1));
    return success();
  }
};

} // namespace

const KernelAuthor *resizeAuthor() {
  static const ResizeAuthor author;
  return &author;
}

} // namespace openatc::kernel
