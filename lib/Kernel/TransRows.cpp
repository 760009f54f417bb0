//===- TransRows.cpp - ND <-> FRACTAL_NZ ----------------------------------===//
//
// A tile is some rows of some blocks of 16 columns: whole rows lie one after the other
// on the ND side, whole blocks on the other, so that both moves have long bursts. In
// between one instruction moves 8 blocks of columns for all rows.
//
//===----------------------------------------------------------------------===//

#include "Moves.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// `rows` x `columns` elements of `bytes`.
struct Problem {
  int64_t rows, columns, bytes;
  bool toBlocks; // ND to FRACTAL_NZ

  int64_t planes() const { return llvm::divideCeil(columns, 16); }
  /// 32-byte blocks of 16 elements.
  int64_t parts() const { return bytes / 2; }
};

/// Rows and blocks of columns of a tile.
struct Tile {
  int64_t rows, planes;

  int64_t rowTiles(const Problem &p) const { return llvm::divideCeil(p.rows, rows); }
  int64_t planeTiles(const Problem &p) const { return llvm::divideCeil(p.planes(), planes); }
  int64_t items(const Problem &p) const { return rowTiles(p) * planeTiles(p); }
  /// 32-byte blocks from plane to plane in UB: odd, for 8 of them to lie in different banks.
  int64_t planePitch(const Problem &p) const { return rows * p.parts() | 1; }
  int64_t rowPitch(const Problem &p) const { return planes * p.parts(); }
};

Problem problemOf(ascend::KernelOp op) {
  Operation &trans = op.getBody().front().front();
  auto type = mlir::cast<RankedTensorType>(trans.getOperand(0).getType());
  Problem p;
  p.columns = type.getShape().back();
  p.rows = type.getNumElements() / std::max<int64_t>(p.columns, 1);
  p.bytes = type.getElementTypeBitWidth() / 8;
  p.toBlocks = layoutOf(type) == ascend::Layout::ND;
  return p;
}

/// At least two tiles for each core if there are rows for it, and bursts of 4 KiB.
Tile chooseTile(const Problem &p, const SocDescription &soc) {
  constexpr int64_t kLongRow = 4096, kFewRows = 8;
  int64_t buffer = soc.ubSize / 4 - 64, planeRow = 16 * p.bytes;
  Tile tile;
  tile.planes = p.planes();
  if (tile.planes * (planeRow * kFewRows + 32) > buffer || p.rows < kFewRows)
    tile.planes = std::min<int64_t>(tile.planes, kLongRow / planeRow);
  int64_t most = std::min<int64_t>(buffer / (tile.planes * planeRow) - 1, 254 / p.parts());
  int64_t wanted = llvm::divideCeil(p.rows * tile.planeTiles(p), 2 * soc.aiCores);
  tile.rows = std::clamp<int64_t>(wanted, std::min(kFewRows, p.rows), std::min(most, p.rows));
  // Tiles of equal extent overlap least at the end.
  tile.rows = llvm::divideCeil(p.rows, tile.rowTiles(p));
  return tile;
}

class TransRowsEmitter {
public:
  TransRowsEmitter(const Problem &p, Tile tile, KernelBuilder &kb, Value in, Value out)
      : p(p), tile(tile), kb(kb), in(in), out(out) {}

  void emit(int64_t blockDim) {
    int64_t slots = tile.items(p) > blockDim ? 2 : 1;
    int64_t rowBytes = tile.rows * tile.rowPitch(p) * 32, planeBytes = tile.planes * pitch() * 32;
    Value inPool = kb.pool("in", MemSpace::UB, p.toBlocks ? rowBytes : planeBytes, slots);
    Value outPool = kb.pool("out", MemSpace::UB, p.toBlocks ? planeBytes : rowBytes, slots);
    kb.forEachTile(tile.items(p), blockDim, [&](Num item) {
      int64_t across = tile.planeTiles(p);
      row = kb.mul(kb.div(item, across), tile.rows);
      plane = kb.mul(kb.rem(item, across), tile.planes);
      rows = extent(p.rows, tile.rows, row);
      planes = extent(p.planes(), tile.planes, plane);
      Value src = kb.acquire(inPool), dst = kb.acquire(outPool);
      if (p.toBlocks) {
        loadRows(src);
        rearrange(dst, src);
        kb.ubToGm(kb.at(out, planeOffset()), dst, planes, kb.mul(rows, 16 * p.bytes),
                  p.rows * 16 * p.bytes, pitch() * 32);
      } else {
        kb.gmToUb(src, kb.at(in, planeOffset()), planes, kb.mul(rows, 16 * p.bytes), pitch() * 32,
                  p.rows * 16 * p.bytes);
        rearrange(dst, src);
        moveRows(dst, /*toGm=*/true);
      }
    });
  }

private:
  int64_t pitch() const { return tile.planePitch(p); }
  Num extent(int64_t whole, int64_t part, Num from) {
    return whole % part == 0 ? Num(part) : kb.min(part, kb.sub(whole, from));
  }
  Num rowOffset() { return kb.mul(kb.add(kb.mul(row, p.columns), kb.mul(plane, 16)), p.bytes); }
  Num planeOffset() { return kb.mul(kb.add(kb.mul(plane, p.rows), row), 16 * p.bytes); }

  void moveRows(Value ub, bool toGm) {
    Value gm = kb.at(toGm ? out : in, rowOffset());
    int64_t rowBytes = p.columns * p.bytes, pitchBytes = tile.rowPitch(p) * 32;
    Num count = rows,
        length = kb.mul(kb.min(tile.planes * 16, kb.sub(p.columns, kb.mul(plane, 16))), p.bytes);
    if (rowBytes == pitchBytes) { // dense on both sides
      length = kb.mul(rows, rowBytes);
      count = 1;
    }
    if (toGm)
      kb.ubToGm(gm, ub, count, length, rowBytes, pitchBytes);
    else
      kb.gmToUb(ub, gm, count, length, pitchBytes, rowBytes);
  }

  void loadRows(Value ub) {
    // The second half of a last block of singles would stay unwritten: padding lanes get
    // elements of the row.
    int64_t tail = p.columns % 16, rowBytes = p.columns * p.bytes;
    if (p.bytes == 4 && tail && tail <= 8) {
      int64_t across = tile.planeTiles(p);
      int64_t last = (p.planes() - (across - 1) * tile.planes) * 64 - 32;
      Num isLast = kb.cmp(arith::CmpIPredicate::eq, plane, (across - 1) * tile.planes);
      kb.when(across == 1 ? Num(1) : isLast, [&] {
        kb.gmToUb(kb.at(ub, last), kb.at(in, kb.mul(row, rowBytes)), rows,
                  std::min<int64_t>(32, rowBytes), tile.rowPitch(p) * 32, rowBytes);
      });
    }
    moveRows(ub, /*toGm=*/false);
  }

  /// Moves 8 blocks of columns of all rows at a time; singles in two halves.
  void rearrange(Value dst, Value src) {
    unsigned parts = unsigned(p.parts()), planeStep = unsigned(pitch());
    unsigned rowStep = unsigned(tile.rowPitch(p));
    uint64_t strides = p.toBlocks
                           ? isa::packStrides(planeStep, parts, parts, parts, rowStep, rowStep)
                           : isa::packStrides(parts, planeStep, planeStep, rowStep, parts, parts);
    auto group = [&](Num first, Num lanes) {
      for (int64_t part = 0; part < p.parts(); ++part) {
        Num onRows = kb.add(kb.mul(first, 32 * p.parts()), 32 * part);
        Num onPlanes = kb.add(kb.mul(first, 32 * pitch()), 32 * part);
        Value to = kb.at(dst, p.toBlocks ? onPlanes : onRows);
        Value from = kb.at(src, p.toBlocks ? onRows : onPlanes);
        kb.binary<VOrOp>(Elem::U16, to, from, from, VecShape::rows(rows, lanes, strides));
      }
    };
    if (!planes.isConst())
      return kb.loop(0, planes, 8, [&](Num first) {
        group(first, kb.mul(kb.min(8, kb.sub(planes, first)), 16));
      });
    int64_t tail = tile.planes % 8;
    constexpr int64_t kUnrolled = 96; // planes that are written out
    if (tile.planes <= kUnrolled)
      for (int64_t first = 0; first < tile.planes - tail; first += 8)
        group(first, 128);
    else
      kb.loop(0, tile.planes - tail, 8, [&](Num first) { group(first, 128); });
    if (tail)
      group(tile.planes - tail, tail * 16);
  }

  Problem p;
  Tile tile;
  KernelBuilder &kb;
  Value in, out;
  Num row = 0, plane = 0, rows = 0, planes = 0; ///< of the current tile
};

class TransRowsMover : public Mover {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Problem p = problemOf(op);
    if (p.bytes != 2 && p.bytes != 4)
      return op.emitError("only f16 and f32 have blocks of columns"), failure();
    Tile tile = chooseTile(p, soc);
    Builder b(op.getContext());
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({number("block_dim", std::min(tile.items(p), soc.aiCores)),
                                number("tile_planes", tile.planes),
                                number("tile_rows", tile.rows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    Tile tile{scheduleValue(op, "tile_rows", 1), scheduleValue(op, "tile_planes", 1)};
    TransRowsEmitter(problemOf(op), tile, kb, ins[0], outs[0])
        .emit(scheduleValue(op, "block_dim", 1));
    return success();
  }
};

} // namespace

const Mover *transRowsMover() {
  static const TransRowsMover mover;
  return &mover;
}

} // namespace openatc::kernel
