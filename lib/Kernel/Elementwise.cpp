//===- Elementwise.cpp - Kernels of elementwise groups --------------------===//
//
// A work item is a tile of rows x lanes. Inputs that vary with both are moved as
// they are; the others are spread out in UB, so that every instruction of the group
// runs over one contiguous range.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "ElementwiseSpace.h"
#include "WorkItems.h"
#include "openatc/Target/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

constexpr int64_t kSmallTile = 2048;  ///< elements below which a tile does not pay
constexpr int64_t kMediumTile = 4096; ///< elements above which a tile is worth cutting

struct Tiling {
  int64_t rows, lanes;

  int64_t items(const ElementwiseSpace &space) const {
    return space.outer() * llvm::divideCeil(space.rows(), rows) *
           llvm::divideCeil(space.lanes(), lanes);
  }
};

/// One tile per core for a small tensor, else about two, whose moves overlap.
Tiling preferredTiling(const ElementwiseSpace &space, const SocDescription &soc) {
  int64_t points = space.outer() * space.rows() * space.lanes();
  int64_t share = llvm::divideCeil(points, soc.aiCores);
  int64_t wanted =
      share > kMediumTile ? std::max(kMediumTile, share / 2) : std::max(kSmallTile, share);
  // Long rows are cut when there are too few of them.
  bool fewRows = space.outer() * space.rows() < 2 * soc.aiCores;
  if (space.rows() == 1 || (fewRows && space.lanes() > 2 * kSmallTile))
    return {1, std::min(space.lanes(), int64_t(llvm::alignTo(wanted, 128)))};
  int64_t rows = std::clamp<int64_t>(wanted / space.pitch(2, space.lanes()), 1, space.rows());
  // One value per row takes repeats of v.brcb or v.or, bursts otherwise.
  int64_t limit = 60000;
  for (const ElementwiseInput &input : space.inputs)
    if (input.spread == Spread::Inner)
      limit = std::min<int64_t>(
          limit, space.pitch(2, space.lanes()) * bytesOf(input.inTile) == 32 ? 2000 : 240);
  return {std::min(rows, limit), space.lanes()};
}

class ElementwiseKernel {
public:
  ElementwiseKernel(ascend::KernelOp op, KernelBuilder &kb, const ElementwiseSpace &space,
                    Tiling tiling)
      : op(op), kb(kb), space(space), tiling(tiling) {}

  LogicalResult emit(ValueRange ins, ValueRange outs, int64_t blockDim);

private:
  /// A tile of the iteration space.
  struct Item {
    SmallVector<Num> start; ///< index of each dimension
    Num rows = 1, lanes = 1, count = 1;
    Num valid = 1; ///< 0: computed only to complete the last turn
    SmallVector<Value> raw;
  };
  Item locate(Num number, Num valid);
  bool isInvariant(const ElementwiseInput &input) const;
  void prepareInvariants();
  void read(Item &tile);
  LogicalResult compute();
  Num offsetOf(ArrayRef<int64_t> strides);
  void load(const ElementwiseInput &input, Value ub, Value gm);
  Value spread(const ElementwiseInput &input, Value raw);
  Value spreadRow(const ElementwiseInput &input, Value raw);
  Value spreadInner(const ElementwiseInput &input, Value raw);
  /// The n-th call for each item gives the same memory.
  Value temp(StringRef name, int64_t bytes) {
    if (nextTemp == temps.size())
      temps.push_back(kb.acquire(kb.pool(name, MemSpace::UB, bytes, 1)));
    return temps[nextTemp++];
  }

  ascend::KernelOp op;
  KernelBuilder &kb;
  const ElementwiseSpace &space;
  Tiling tiling;
  SmallVector<Value> inPools, outPools, gmIns, gmOuts;
  SmallVector<Value> invariants; ///< tiles of inputs that all items share; null for others
  int64_t pitch = 0, capacity = 0;
  SmallVector<Value> temps;
  size_t nextTemp = 0;
  std::optional<VectorEmitter> emitter;
  Item item; ///< the current one
};

/// Splits a work item number into indices; lanes vary fastest.
ElementwiseKernel::Item ElementwiseKernel::locate(Num number, Num valid) {
  size_t rank = space.dims.size();
  Item tile;
  tile.start.assign(rank, 0);
  tile.valid = valid;
  Num rest = number;
  auto take = [&](size_t dim, int64_t size) {
    int64_t tiles = llvm::divideCeil(space.dims[dim], size);
    tile.start[dim] = tiles == 1 ? Num(0) : kb.mul(dim == 0 ? rest : kb.rem(rest, tiles), size);
    if (dim != 0)
      rest = kb.div(rest, tiles);
  };
  take(rank - 1, tiling.lanes);
  take(rank - 2, tiling.rows);
  for (size_t d = rank - 2; d-- > 0;)
    take(d, 1);
  auto extent = [&](size_t dim, int64_t size) -> Num {
    if (space.dims[dim] % size == 0)
      return size;
    return kb.min(size, kb.sub(space.dims[dim], tile.start[dim]));
  };
  tile.lanes = extent(rank - 1, tiling.lanes);
  tile.rows = extent(rank - 2, tiling.rows);
  tile.count = tiling.rows == 1 ? tile.lanes : kb.mul(tile.rows, pitch);
  return tile;
}

Num ElementwiseKernel::offsetOf(ArrayRef<int64_t> strides) {
  Num offset = 0;
  for (auto [index, stride] : llvm::zip(item.start, strides))
    offset = kb.add(offset, kb.mul(index, stride));
  return offset;
}

/// Moves what the tile needs of `input` to UB.
void ElementwiseKernel::load(const ElementwiseInput &input, Value ub, Value gm) {
  int64_t size = bytesOf(input.elem);
  Value src = kb.at(gm, kb.mul(offsetOf(input.strides), size));
  Num laneBytes = kb.mul(item.lanes, size);
  int64_t rowBytes = tiling.lanes * size, pitchBytes = pitch * size;
  int64_t written = llvm::alignTo(rowBytes, 32);
  switch (input.spread) {
  case Spread::Scalar:
    kb.gmToUb(ub, src, 1, size, 32, 32);
    return;
  case Spread::Inner:
    if (tiling.rows == 1)
      kb.gmToUb(ub, src, 1, size, 32, 32);
    else
      kb.gmToUb(ub, src, 1, kb.mul(item.rows, input.firstLane ? 32 : size), 32, 32);
    return;
  case Spread::Row:
    kb.gmToUb(ub, src, 1, laneBytes, 32, 32);
    break;
  case Spread::Full:
    if (tiling.rows == 1 || pitchBytes == rowBytes) {
      kb.gmToUb(ub, src, 1, kb.mul(item.rows, laneBytes), 32, 32);
      return;
    }
    kb.gmToUb(ub, src, item.rows, rowBytes, pitchBytes, rowBytes);
    break;
  }
  // Blocks of the pitch that no row reaches get any values: they are computed with.
  for (int64_t at = written; tiling.rows > 1 && at < pitchBytes; at += 32)
    kb.gmToUb(kb.at(ub, at), src, input.spread == Spread::Full ? item.rows : Num(1),
              std::min<int64_t>(32, rowBytes), pitchBytes, rowBytes);
}

Value ElementwiseKernel::spreadRow(const ElementwiseInput &input, Value raw) {
  int64_t bytes = pitch * bytesOf(input.elem);
  Value tile = temp("row_tile", capacity * bytesOf(input.elem));
  // Short rows block by block, 8 rows a cycle; a move takes a cycle for each 256 bytes of a row.
  auto blocks = unsigned(bytes / 32);
  if (blocks < 8)
    for (unsigned i = 0; i < blocks; ++i)
      kb.binary<VOrOp>(Elem::U16, kb.at(tile, int64_t(i) * 32), kb.at(raw, int64_t(i) * 32),
                       kb.at(raw, int64_t(i) * 32),
                       {1, kb.mul(item.rows, 16),
                        int64_t(isa::packStrides(blocks, 0, 0, 8 * blocks, 0, 0)), true});
  else
    kb.ubToUb(tile, raw, item.rows, bytes, bytes, 0);
  return tile;
}

/// One value for each row: each fills a block (v.brcb), each block its row (v.or).
Value ElementwiseKernel::spreadInner(const ElementwiseInput &input, Value raw) {
  int64_t rowsUp = llvm::alignTo(tiling.rows, 16);
  Elem elem = input.inTile;
  Num values = space.isBlock(input, tiling.rows, tiling.lanes) ? Num(1) : item.rows;
  if (bytesOf(input.elem) == 1) {
    Value half = temp("inner_half", rowsUp * 2);
    kb.conv(input.elem, Elem::F16, half, raw, VecShape::flat(values));
    raw = half;
  }
  if (input.firstLane && tiling.rows > 1) {
    // Padding lanes may hold anything finite: multiply them away, add up the block.
    Value chosen = temp("first_lane", 32), packed = temp("inner_packed", rowsUp * 2);
    kb.dup(Elem::F16, chosen, 0, VecShape::flat(16));
    kb.dup(Elem::F16, chosen, 1, VecShape::flat(1));
    kb.binary<VMulOp>(
        Elem::F16, raw, raw, chosen,
        {1, kb.mul(item.rows, 16), int64_t(isa::packStrides(1, 1, 0, 8, 8, 0)), true});
    kb.reduce<VCgaddOp>(Elem::F16, packed, raw, VecShape::flat(kb.mul(item.rows, 16)));
    raw = packed;
  }
  Value blocks = temp("inner_blocks", rowsUp * 32);
  kb.brcb(elem, blocks, raw, kb.ceilDiv(values, 8), 1, 8);
  int64_t rowBytes = pitch * bytesOf(elem);
  if (space.isBlock(input, tiling.rows, tiling.lanes) || rowBytes == 32)
    return blocks;
  Value tile = temp("inner_tile", capacity * bytesOf(elem));
  if (rowBytes / 256 > tiling.rows) {
    kb.loop(0, item.rows, 1, [&](Num r) {
      Value block = kb.at(blocks, kb.mul(r, 32));
      kb.binary<VOrOp>(Elem::U16, kb.at(tile, kb.mul(r, rowBytes)), block, block,
                       {1, rowBytes / 2, int64_t(isa::packStrides(1, 0, 0, 8, 0, 0)), true});
    });
    return tile;
  }
  uint64_t strides = isa::packStrides(1, 0, 0, unsigned(rowBytes / 32), 1, 1);
  for (int64_t at = 0; at < rowBytes; at += 256)
    kb.binary<VOrOp>(Elem::U16, kb.at(tile, at), blocks, blocks,
                     VecShape::rows(item.rows, std::min<int64_t>(256, rowBytes - at) / 2, strides));
  return tile;
}

Value ElementwiseKernel::spread(const ElementwiseInput &input, Value raw) {
  switch (input.spread) {
  case Spread::Full:
    return raw;
  case Spread::Row:
    if (tiling.rows == 1 || space.isBlock(input, tiling.rows, tiling.lanes))
      return raw;
    return spreadRow(input, raw);
  case Spread::Inner:
  case Spread::Scalar:
    return spreadInner(input, raw);
  }
  return raw;
}

/// Whether all work items see the same of `input`.
bool ElementwiseKernel::isInvariant(const ElementwiseInput &input) const {
  if (input.spread == Spread::Full || input.spread == Spread::Inner)
    return false;
  for (auto [d, stride] : llvm::enumerate(ArrayRef(input.strides).drop_back(1)))
    if (stride && space.dims[d] > 1)
      return false;
  return input.strides.back() == 0 || tiling.lanes == space.lanes();
}

/// Reads and spreads invariant inputs once, in front of the loop over work items.
void ElementwiseKernel::prepareInvariants() {
  item = Item();
  item.start.assign(space.dims.size(), 0);
  item.lanes = tiling.lanes;
  item.rows = tiling.rows;
  item.count = capacity;
  for (auto [i, input] : llvm::enumerate(space.inputs)) {
    invariants.push_back(nullptr);
    if (!isInvariant(input))
      continue;
    Value raw = kb.acquire(inPools[i]);
    load(input, raw, gmIns[i]);
    invariants.back() = spread(input, raw);
  }
  temps.clear();
  nextTemp = 0;
}

void ElementwiseKernel::read(Item &tile) {
  item = tile;
  for (auto [i, input] : llvm::enumerate(space.inputs)) {
    tile.raw.push_back(invariants[i] ? Value() : kb.acquire(inPools[i]));
    if (!invariants[i])
      load(input, tile.raw.back(), gmIns[i]);
  }
}

/// Computes and stores the current item.
LogicalResult ElementwiseKernel::compute() {
  SmallVector<Value> tiles, results;
  for (Value pool : outPools)
    results.push_back(kb.acquire(pool));
  nextTemp = 0;
  for (auto [i, input] : llvm::enumerate(space.inputs))
    tiles.push_back(invariants[i] ? invariants[i] : spread(input, item.raw[i]));
  if (emitter)
    emitter->restart(item.count);
  else
    emitter.emplace(&kb, item.count, capacity);
  if (failed(emitGroup(op, space, *emitter, tiling.rows, tiling.lanes, tiles, results)))
    return failure();
  kb.loc = op.getLoc();
  SmallVector<int64_t> dense(space.dims.size(), 1);
  for (size_t d = dense.size() - 1; d > 0; --d)
    dense[d - 1] = dense[d] * space.dims[d];
  for (auto [i, elem] : llvm::enumerate(space.outputs)) {
    int64_t size = bytesOf(elem);
    Value dst = kb.at(gmOuts[i], kb.mul(offsetOf(dense), size));
    if (tiling.rows == 1 || pitch == tiling.lanes)
      kb.ubToGm(dst, results[i], item.valid, kb.mul(kb.mul(item.rows, item.lanes), size), 32, 32);
    else
      kb.ubToGm(dst, results[i], kb.mul(item.rows, item.valid), tiling.lanes * size,
                tiling.lanes * size, pitch * size);
  }
  return success();
}

LogicalResult ElementwiseKernel::emit(ValueRange ins, ValueRange outs, int64_t blockDim) {
  gmIns.assign(ins.begin(), ins.end());
  gmOuts.assign(outs.begin(), outs.end());
  pitch = space.pitch(tiling.rows, tiling.lanes);
  capacity = tiling.rows * pitch;
  int64_t items = tiling.items(space), slots = items > blockDim ? 2 : 1;
  int64_t rowsUp = llvm::alignTo(tiling.rows, 16);
  for (const ElementwiseInput &input : space.inputs) {
    int64_t size = bytesOf(input.elem), bytes = rowsUp * (input.firstLane ? 32 : size);
    if (input.spread == Spread::Full)
      bytes = capacity * size;
    else if (input.spread == Spread::Row)
      bytes = pitch * size;
    inPools.push_back(kb.pool("in", MemSpace::UB, bytes, isInvariant(input) ? 1 : slots));
  }
  for (Elem elem : space.outputs)
    outPools.push_back(kb.pool("out", MemSpace::UB, capacity * bytesOf(elem), slots));
  // Short groups fit the vector queue: their loads run ahead by themselves. Reading ahead
  // needs both buffers of every tensor, and so two flags for each.
  constexpr size_t kLongGroup = 10;
  size_t instructions = op.getBody().front().getOperations().size();
  for (const ElementwiseInput &input : space.inputs)
    if (input.spread == Spread::Inner)
      instructions += size_t(llvm::divideCeil(pitch * bytesOf(input.inTile), 256));
  bool readsAhead = instructions > kLongGroup &&
                    2 * int64_t(std::max(inPools.size(), outPools.size())) <= kb.soc.eventIds;
  int64_t perTurn = readsAhead ? itemsPerTurn(llvm::divideCeil(items, blockDim)) : 1;
  prepareInvariants();
  LogicalResult result = success();
  kb.loop(kb.blockId(), items, blockDim * perTurn, [&](Num first) {
    SmallVector<Item> turn;
    for (int64_t k = 0; k < perTurn; ++k) {
      Num valid = 1, number = itemOfTurn(kb, first, k, perTurn, items, blockDim, valid);
      turn.push_back(locate(number, valid));
    }
    read(turn[0]);
    for (int64_t k = 0; k < perTurn && succeeded(result); ++k) {
      if (k + 1 < perTurn)
        read(turn[k + 1]);
      item = turn[k];
      result = compute();
    }
  });
  return result;
}

class ElementwiseAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    FailureOr<ElementwiseSpace> space = ElementwiseSpace::of(op);
    if (failed(space))
      return failure();
    Tiling tiling = preferredTiling(*space, soc);
    while (true) {
      FailureOr<int64_t> bytes = elementwiseBytes(op, *space, tiling.rows, tiling.lanes, 2);
      if (failed(bytes))
        return failure();
      if (*bytes <= soc.ubSize)
        break;
      if (tiling.rows > 1)
        tiling.rows = tiling.rows * 3 / 4;
      else if (tiling.lanes > 128)
        tiling.lanes = llvm::alignTo(tiling.lanes * 3 / 4, 128);
      else
        return op.emitError("the group does not fit the unified buffer"), failure();
    }
    if (space->outer() * space->rows() == 1 && tiling.items(*space) > soc.aiCores) {
      // Equal tiles, as many for every core, in full turns of the loop.
      int64_t perBlock = llvm::divideCeil(tiling.items(*space), soc.aiCores);
      perBlock = perBlock > 5 ? llvm::alignTo(perBlock, 4) : perBlock;
      tiling.lanes = llvm::alignTo(llvm::divideCeil(space->lanes(), perBlock * soc.aiCores), 128);
    }
    int64_t items = tiling.items(*space), blockDim = std::min(items, soc.aiCores);
    OpBuilder b(op);
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {number("block_dim", blockDim),
         number("estimate_cycles", estimate(op, *space, tiling, blockDim, soc)),
         number("tile_lanes", tiling.lanes), number("tile_rows", tiling.rows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    FailureOr<ElementwiseSpace> space = ElementwiseSpace::of(op);
    if (failed(space))
      return failure();
    Tiling tiling{scheduleValue(op, "tile_rows", 1), scheduleValue(op, "tile_lanes", 128)};
    return ElementwiseKernel(op, kb, *space, tiling)
        .emit(ins, outs, scheduleValue(op, "block_dim", 1));
  }

private:
  /// Time of the slowest block: the first tile is read, then moves and computation
  /// overlap. Every op is taken for one instruction at 3 cycles for two repeats, between
  /// the 1 cycle of one operand and the 2 of two that collide.
  static int64_t estimate(ascend::KernelOp op, const ElementwiseSpace &space, Tiling tiling,
                          int64_t blockDim, const SocDescription &soc) {
    int64_t points = tiling.rows * tiling.lanes, read = 0, write = 0, compute = 0;
    for (const ElementwiseInput &input : space.inputs)
      if (input.spread == Spread::Full)
        read += points * bytesOf(input.elem);
    for (Elem elem : space.outputs)
      write += points * bytesOf(elem);
    for (Operation &inner : op.getBody().front().without_terminator()) {
      if (mlir::isa<ascend::ConstantOp>(inner))
        continue;
      Type type = mlir::cast<ShapedType>(inner.getOperand(0).getType()).getElementType();
      int64_t repeats = llvm::divideCeil(points * bytesOf(elemOf(type).value_or(Elem::F32)), 256);
      compute += soc.vectorHead + soc.vectorLatency + repeats * 3 / 2;
    }
    int64_t turns = llvm::divideCeil(tiling.items(space), blockDim);
    int64_t reading = cost::gmRead(soc, read, read, false);
    int64_t writing = cost::gmWrite(soc, write, write);
    return std::max(turns * reading + compute, reading + turns * std::max(compute, writing));
  }
};

} // namespace

const KernelAuthor *elementwiseAuthor() {
  static const ElementwiseAuthor author;
  return &author;
}

} // namespace openatc::kernel
