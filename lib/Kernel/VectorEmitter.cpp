//===- VectorEmitter.cpp - Tiles and instructions of the emitter ----------===//

#include "VectorEmitter.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

static Elem elemOfValue(Value value) {
  return elemOf(mlir::cast<ShapedType>(value.getType()).getElementType()).value_or(Elem::F16);
}

bool isBool(Value value) {
  return mlir::cast<ShapedType>(value.getType()).getElementType().isInteger(1);
}

/// Strides of an instruction whose sources may be single blocks.
VecShape VectorEmitter::shapeOf(Num count, const VectorTile &a, const VectorTile &b) {
  unsigned s0 = a.kind == VectorTile::Block ? 0 : 1;
  unsigned s1 = b.kind == VectorTile::Block ? 0 : 1;
  return {1, count, int64_t(isa::packStrides(1, s0, s1, 8, 8 * s0, 8 * s1)), true};
}

//===----------------------------------------------------------------------===//
// Temporaries
//===----------------------------------------------------------------------===//

void VectorEmitter::restart(Num n) {
  count = n;
  tiles.clear();
  destinations.clear();
  usesLeft.clear();
  for (Temp &temp : temps)
    temp.isFree = true;
}

VectorTile VectorEmitter::takeTemp(Elem elem, VectorTile::Kind kind) {
  int64_t bits = kind == VectorTile::Mask ? 1 : 8 * bytesOf(elem);
  for (auto [number, temp] : llvm::enumerate(temps))
    if (temp.isFree && temp.bits == bits) {
      temp.isFree = false;
      return {temp.ptr, elem, kind, int(number)};
    }
  // A compare writes the bits of whole repeats.
  int64_t slack = kind == VectorTile::Mask ? 16 : 0;
  Value ptr;
  if (kb) {
    Value pool;
    if (shared && temps.size() < shared->pools.size())
      pool = shared->pools[temps.size()];
    else
      pool = kb->pool("vec_tmp", MemSpace::UB, (bits * capacity + 7) / 8 + slack, 1);
    if (shared && temps.size() == shared->pools.size())
      shared->pools.push_back(pool);
    ptr = kb->acquire(pool);
  }
  total.bits += bits;
  total.fixed += 33 + slack;
  temps.push_back({ptr, bits, false});
  return {ptr, elem, kind, int(temps.size()) - 1};
}

void VectorEmitter::giveBack(const VectorTile &tile) {
  if (tile.temp >= 0)
    temps[tile.temp].isFree = true;
}

VectorTile VectorEmitter::constantBlock(Elem elem, double value) {
  auto &known = shared ? shared->constants : constants;
  for (Constant &c : known)
    if (c.elem == elem &&
        KernelBuilder::scalarBits(elem, c.value) == KernelBuilder::scalarBits(elem, value))
      return {c.ptr, elem, VectorTile::Block};
  Value ptr;
  if (kb) {
    // Written once, before all loops.
    Value pool = kb->pool("vec_const", MemSpace::UB, 32, 1);
    OpBuilder::InsertionGuard guard(kb->b);
    kb->b.setInsertionPointAfterValue(pool);
    ptr = kb->acquire(pool);
    kb->dup(elem, ptr, value, VecShape::flat(32 / bytesOf(elem)));
  }
  total.fixed += 32;
  known.push_back({elem, value, ptr});
  return {ptr, elem, VectorTile::Block};
}

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

VectorTile VectorEmitter::operand(Value value) {
  auto it = tiles.find(value);
  if (it != tiles.end())
    return it->second;
  return constantBlock(elemOfValue(value), splatOf(value).value_or(0));
}

VectorTile VectorEmitter::fullOperand(Value value) {
  VectorTile tile = operand(value);
  if (tile.kind != VectorTile::Block)
    return tile;
  VectorTile full = takeTemp(tile.elem);
  if (kb)
    repeatBlock(full.ptr, tile.ptr, tile.elem);
  return tiles[value] = full;
}

VectorTile VectorEmitter::floatOperand(Value value) {
  VectorTile tile = fullOperand(value);
  if (tile.elem != Elem::U8 && tile.elem != Elem::S8)
    return tile;
  VectorTile half = takeTemp(Elem::F16);
  convert(half, tile);
  giveBack(tile);
  return tiles[value] = half;
}

VectorTile VectorEmitter::maskOperand(Value value) {
  if (std::optional<double> constant = splatOf(value)) {
    VectorTile mask = takeTemp(Elem::U8, VectorTile::Mask);
    compareScalar(CondKind::NE, mask, constantBlock(Elem::F16, *constant), 0);
    return tiles[value] = mask;
  }
  VectorTile tile = fullOperand(value);
  if (tile.kind == VectorTile::Mask)
    return tile;
  tile = floatOperand(value);
  VectorTile mask = takeTemp(Elem::U8, VectorTile::Mask);
  compareScalar(CondKind::NE, mask, tile, 0);
  giveBack(tile);
  return tiles[value] = mask;
}

VectorTile VectorEmitter::resultTile(Value value) {
  if (isBool(value))
    return takeTemp(Elem::U8, VectorTile::Mask);
  auto it = destinations.find(value);
  if (it != destinations.end())
    return it->second.front();
  return takeTemp(elemOfValue(value));
}

void VectorEmitter::define(Value value, VectorTile tile) {
  tiles[value] = tile;
  auto it = destinations.find(value);
  if (it != destinations.end()) {
    ArrayRef<VectorTile> wanted = it->second;
    // A tile that is no temporary is the first destination itself.
    for (const VectorTile &dst : tile.temp < 0 ? wanted.drop_front() : wanted)
      store(dst, tile);
  }
  if (usesLeft.lookup(value) == 0)
    giveBack(tile);
}

void VectorEmitter::releaseOperands(Operation *op) {
  for (Value value : op->getOperands()) {
    auto it = tiles.find(value);
    if (--usesLeft[value] == 0 && it != tiles.end())
      giveBack(it->second);
  }
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// Number of 16-bit lanes of a whole tile.
Num VectorEmitter::halfLanes(const VectorTile &tile) {
  if (tile.kind == VectorTile::Mask)
    return kb->ceilDiv(count, 16);
  int64_t bytes = bytesOf(tile.elem);
  return bytes == 1 ? kb->ceilDiv(count, 2) : kb->mul(count, bytes / 2);
}

void VectorEmitter::repeatBlock(Value dst, Value src, Elem elem) {
  VectorTile block{src, elem, VectorTile::Block};
  bitwise<VOrOp>({dst, elem}, block, block);
}

void VectorEmitter::invert(VectorTile dst, VectorTile src) {
  if (kb)
    kb->unary<VNotOp>(Elem::U16, dst.ptr, src.ptr, VecShape::flat(halfLanes(dst)));
}

void VectorEmitter::convert(VectorTile dst, VectorTile src) {
  if (!kb)
    return;
  bool fromFloat = src.elem == Elem::F16 || src.elem == Elem::F32;
  bool toFloat = dst.elem == Elem::F16 || dst.elem == Elem::F32;
  kb->conv(src.elem, dst.elem, dst.ptr, src.ptr, VecShape::flat(count),
           fromFloat && !toFloat ? RoundKind::Trunc : RoundKind::Rint);
}

void VectorEmitter::round(VectorTile dst, VectorTile src, RoundKind kind) {
  if (kb)
    kb->conv(src.elem, dst.elem, dst.ptr, src.ptr, VecShape::flat(count), kind);
}

void VectorEmitter::select(VectorTile dst, VectorTile mask, VectorTile a, VectorTile b) {
  if (kb)
    kb->sel(bytesOf(dst.elem) == 4 ? Elem::F32 : Elem::F16, dst.ptr, a.ptr, b.ptr, mask.ptr,
            shapeOf(count, a, b));
}

void VectorEmitter::compareScalar(CondKind c, VectorTile dst, VectorTile src, double s) {
  if (kb)
    kb->cmpvs(src.elem, c, dst.ptr, src.ptr, s, shapeOf(count, src, src));
}

//===----------------------------------------------------------------------===//
// Moves between forms
//===----------------------------------------------------------------------===//

void VectorEmitter::store(VectorTile dst, VectorTile src) {
  if (src.kind == VectorTile::Mask) {
    bool isHalf = dst.elem == Elem::F16;
    VectorTile half = isHalf ? dst : takeTemp(Elem::F16);
    select(half, src, constantBlock(Elem::F16, 1), constantBlock(Elem::F16, 0));
    if (isHalf)
      return;
    convertChain(dst, half);
    giveBack(half);
  } else if (src.elem == dst.elem) {
    bitwise<VOrOp>(dst, src, src);
  } else {
    convertChain(dst, src);
  }
}

void VectorEmitter::convertChain(VectorTile dst, VectorTile src) {
  auto isByte = [](Elem e) { return e == Elem::U8 || e == Elem::S8; };
  llvm::SmallVector<Elem> path;
  if (isByte(src.elem) && dst.elem != Elem::F16)
    path.push_back(Elem::F16);
  if (isByte(dst.elem) && src.elem == Elem::F32)
    path.append({Elem::S32, Elem::F32, Elem::F16}); // truncate before half can round up
  if (src.elem == Elem::S32 && dst.elem == Elem::F16)
    path.push_back(Elem::F32);
  VectorTile current = src;
  for (Elem next : path) {
    VectorTile step = takeTemp(next);
    convert(step, current);
    if (current.temp != src.temp)
      giveBack(current);
    current = step;
  }
  convert(dst, current);
  if (current.temp != src.temp)
    giveBack(current);
}

} // namespace openatc::kernel
