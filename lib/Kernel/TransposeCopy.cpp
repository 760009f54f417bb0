//===- TransposeCopy.cpp - Copies that turn columns into rows -------------===//
//
// A tile is read in bursts of elements that are neighbours in the input, transposed in
// UB in matrices of 16 x 16 (v.trans), and written in bursts of elements that are
// neighbours in the result.
//
//===----------------------------------------------------------------------===//

#include "TransposeCopy.h"

#include "openatc/Target/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

constexpr int64_t kMatrix = 16; ///< rows and columns of v.trans
constexpr int64_t kMaxRepeats = 255;

int64_t TransposePlan::items() const {
  int64_t n = rowTiles() * columnTiles();
  for (const CopyDim &d : loops)
    n *= d.size;
  return n;
}

/// Time of the slowest block with the tiles of `p`.
static int64_t cyclesOf(const TransposePlan &p, int64_t bytes, const SocDescription &soc) {
  int64_t rows = std::min(p.rowTile, p.rows.size);
  int64_t columns = std::min(p.columnTile, p.columns.size), total = rows * columns * bytes;
  // Whole rows that follow each other without a gap are one burst.
  bool readsAll = columns == p.columns.size && p.rows.src == columns;
  bool writesAll = rows == p.rows.size && p.columns.dst == rows;
  int64_t read = cost::gmRead(soc, total, readsAll ? total : columns * bytes, /*l2Hit=*/true);
  int64_t write = cost::gmWrite(soc, total, writesAll ? total : rows * bytes);
  int64_t across = llvm::divideCeil(rows, kMatrix), along = llvm::divideCeil(columns, kMatrix);
  int64_t slope = cost::vectorSlope(isa::Opcode::VTrans, bytes);
  int64_t compute = across * (soc.vectorHead + along * slope) + soc.vectorLatency;
  int64_t turns = llvm::divideCeil(p.items(), soc.aiCores);
  return read + compute + write + (turns - 1) * std::max({read, compute, write});
}

std::optional<TransposePlan> TransposePlan::of(const CopyPiece &piece, int64_t bytes,
                                               const SocDescription &soc) {
  if (piece.fill || piece.dims.size() < 2 || (bytes != 2 && bytes != 4))
    return std::nullopt;
  TransposePlan plan;
  int rows = -1, columns = -1;
  for (auto [i, d] : llvm::enumerate(piece.dims)) {
    if (d.src <= 0 || d.dst <= 0)
      return std::nullopt;
    rows = d.dst == 1 ? int(i) : rows;
    columns = d.src == 1 ? int(i) : columns;
  }
  if (rows < 0 || columns < 0 || rows == columns)
    return std::nullopt;
  plan.rows = piece.dims[size_t(rows)];
  plan.columns = piece.dims[size_t(columns)];
  for (auto [i, d] : llvm::enumerate(piece.dims))
    if (int(i) != rows && int(i) != columns)
      plan.loops.push_back(d);
  // Bursts shorter than this gain little over single elements, unless they follow each other
  // without a gap.
  constexpr int64_t kShortBurst = 16;
  if ((plan.columns.size * bytes < kShortBurst && plan.rows.src != plan.columns.size) ||
      (plan.rows.size * bytes < kShortBurst && plan.columns.dst != plan.rows.size))
    return std::nullopt;
  std::optional<TransposePlan> best;
  auto sizes = [](int64_t whole) {
    SmallVector<int64_t> result{whole};
    for (int64_t part = llvm::alignTo(whole, kMatrix) / 2; part >= kMatrix; part /= 2)
      result.push_back(llvm::alignTo(part, kMatrix));
    return result;
  };
  for (int64_t columnTile : sizes(plan.columns.size))
    for (int64_t rowTile : sizes(plan.rows.size)) {
      plan.columnTile = columnTile;
      plan.rowTile = rowTile;
      if (4 * plan.capacity() * bytes > soc.ubSize)
        continue;
      plan.cycles = cyclesOf(plan, bytes, soc);
      if (!best || plan.cycles < best->cycles)
        best = plan;
    }
  return best;
}

namespace {

class TransposeEmitter {
public:
  TransposeEmitter(KernelBuilder &kb, const TransposePlan &plan, int64_t bytes)
      : kb(kb), plan(plan), bytes(bytes), elem(bytes == 2 ? Elem::U16 : Elem::U32) {}

  void emit(const CopyPiece &piece, Value in, Value out, int64_t blockDim) {
    int64_t size = plan.capacity() * bytes, slots = plan.items() > blockDim ? 2 : 1;
    Value inPool = kb.pool("columns", MemSpace::UB, size, slots);
    Value outPool = kb.pool("rows", MemSpace::UB, size, slots);
    kb.forEachTile(plan.items(), blockDim, [&](Num item) {
      Num row0 = take(item, plan.rowTiles(), plan.rowTile);
      Num column0 = take(item, plan.columnTiles(), plan.columnTile);
      Num src = kb.add(piece.srcOffset, kb.add(kb.mul(row0, plan.rows.src), column0));
      Num dst = kb.add(piece.dstOffset, kb.add(row0, kb.mul(column0, plan.columns.dst)));
      for (size_t i = plan.loops.size(); i-- > 0;) {
        Num index = i == 0 ? item : take(item, plan.loops[i].size, 1);
        src = kb.add(src, kb.mul(index, plan.loops[i].src));
        dst = kb.add(dst, kb.mul(index, plan.loops[i].dst));
      }
      Num rows = extent(plan.rows.size, plan.rowTile, row0);
      Num columns = extent(plan.columns.size, plan.columnTile, column0);
      Value tile = kb.acquire(inPool), turned = kb.acquire(outPool);
      kb.gmToUb(tile, kb.at(in, kb.mul(src, bytes)), rows, kb.mul(columns, bytes),
                columnPitch() * bytes, plan.rows.src * bytes);
      complete(tile, rows, columns);
      transpose(turned, tile, rows, columns);
      kb.ubToGm(kb.at(out, kb.mul(dst, bytes)), turned, columns, kb.mul(rows, bytes),
                plan.columns.dst * bytes, rowPitch() * bytes);
    });
  }

private:
  /// Splits the fastest index off the number of an item.
  Num take(Num &item, int64_t tiles, int64_t size) {
    if (tiles == 1)
      return 0;
    Num index = kb.mul(kb.rem(item, tiles), size);
    item = kb.div(item, tiles);
    return index;
  }
  Num extent(int64_t whole, int64_t tile, Num first) {
    return whole % tile ? kb.min(tile, kb.sub(whole, first)) : Num(tile);
  }
  int64_t columnPitch() const { return int64_t(llvm::alignTo(plan.columnTile, kMatrix)); }
  int64_t rowPitch() const { return int64_t(llvm::alignTo(plan.rowTile, kMatrix)); }

  /// Gives the blocks of the last matrices that no burst writes a value.
  void complete(Value tile, Num rows, Num columns) {
    Num missing = kb.sub(kb.alignUp(rows, kMatrix), rows);
    kb.when(missing, [&] {
      kb.dup(elem, kb.at(tile, kb.mul(rows, columnPitch() * bytes)), 0,
             VecShape::flat(kb.mul(missing, columnPitch())));
    });
    int64_t block = 32 / bytes;
    if (block == kMatrix || (plan.columns.size + block - 1) / block % 2 == 0)
      return; // 16 columns are one block, or both are there
    Num odd = kb.rem(kb.ceilDiv(columns, block), 2);
    kb.when(odd, [&] {
      Value last = kb.at(tile, kb.mul(kb.alignUp(columns, block), bytes));
      auto pitch = unsigned(columnPitch() * bytes / 32);
      kb.loop(0, rows, kMaxRepeats, [&](Num r) {
        kb.dup(elem, kb.at(last, kb.mul(r, columnPitch() * bytes)), 0,
               VecShape::rows(kb.min(kMaxRepeats, kb.sub(rows, r)), block,
                              isa::packStrides(1, 0, 0, pitch, 0, 0)));
      });
    });
  }

  /// One instruction for each 16 rows or for each 16 columns, whichever are fewer.
  void transpose(Value dst, Value src, Num rows, Num columns) {
    int64_t column = kMatrix * bytes, columnDown = rowPitch() * kMatrix * bytes;
    int64_t rowDown = columnPitch() * kMatrix * bytes;
    Num across = kb.ceilDiv(rows, kMatrix), along = kb.ceilDiv(columns, kMatrix);
    auto instruction = [&](Value to, Value from, Num n, int64_t dstStride, int64_t srcStride) {
      kb.trans(elem, to, from, n, rowPitch() * bytes, columnPitch() * bytes, dstStride, srcStride);
    };
    if (rowPitch() <= columnPitch())
      kb.loop(0, across, 1, [&](Num i) {
        instruction(kb.at(dst, kb.mul(i, column)), kb.at(src, kb.mul(i, rowDown)), along,
                    columnDown, column);
      });
    else
      kb.loop(0, along, 1, [&](Num i) {
        instruction(kb.at(dst, kb.mul(i, columnDown)), kb.at(src, kb.mul(i, column)), across,
                    column, rowDown);
      });
  }

  KernelBuilder &kb;
  const TransposePlan &plan;
  int64_t bytes;
  Elem elem;
};

} // namespace

void emitTranspose(KernelBuilder &kb, const CopyPiece &piece, const TransposePlan &plan,
                   int64_t bytes, Value in, Value out, int64_t blockDim) {
  TransposeEmitter(kb, plan, bytes).emit(piece, in, out, blockDim);
}

} // namespace openatc::kernel
