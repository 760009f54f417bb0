//===- VectorEmitter.h - Elementwise operators on tiles in UB -------------===//
//
// Emits the elementwise operators of a kernel region on tiles that lie in UB: the
// whole of an elementwise kernel, and the epilogue of a cube kernel. Every tile is
// flat: element i of all of them belongs to the same point of the iteration space.
//
// Use, once per place in the kernel where the region is computed:
//
//   VectorEmitter v(&kb, count, capacity);
//   v.bind(x, {ptr, Elem::F16});              // inputs, e.g. what the cube has made
//   v.bind(bias, {ptr, Elem::F16, VectorTile::Block});
//   v.bindResult(yielded, {out, Elem::F16});  // the last op writes there
//   if (failed(v.emitBody(block))) ...
//
// With a null builder the same calls emit nothing and `needs()` tells how much UB
// the temporaries take, so a schedule and its kernel cannot disagree.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_VECTOREMITTER_H
#define OPENATC_LIB_KERNEL_VECTOREMITTER_H

#include "VectorSupport.h"
#include "openatc/Kernel/KernelAuthor.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace openatc::kernel {

/// Values of one tensor in UB.
struct VectorTile {
  enum Kind {
    Full,  ///< one element per point
    Block, ///< one 32-byte block that repeats: 16 values of f16, 8 of f32 or s32
    Mask,  ///< one bit per point, as v.cmpv packs them; `elem` has no meaning
  };
  mlir::Value ptr;
  davinci::Elem elem = davinci::Elem::F16;
  Kind kind = Full;
  int temp = -1; ///< number of the emitter's temporary; -1 for memory of others
};

/// UB that the temporaries of a region take.
struct VectorNeeds {
  int64_t bits = 0;  ///< per element of the tile
  int64_t fixed = 0; ///< bytes whatever the tile, rounding of the pools included

  /// Upper bound in bytes for tiles of `capacity` elements.
  int64_t bytes(int64_t capacity) const { return bits * capacity / 8 + fixed; }
};

class VectorEmitter {
public:
  struct Constant {
    davinci::Elem elem;
    double value;
    mlir::Value ptr;
  };
  /// Memory that several emissions of one region share.
  struct Scratch {
    llvm::SmallVector<mlir::Value> pools; ///< of temporaries, in order of first use
    llvm::SmallVector<Constant> constants;
  };

  /// `count` elements at a time, at most `capacity`. `kb` null: measure only.
  VectorEmitter(KernelBuilder *kb, Num count, int64_t capacity)
      : kb(kb), count(count), capacity(capacity) {}

  /// Gives an input of the region, or the result of an op that somebody else
  /// computes (the convolution of a cube group), its tile.
  void bind(mlir::Value value, VectorTile tile) { tiles[value] = tile; }

  /// `value` shall end up in `tile`, which is Full and has the element type of the
  /// value. May be called for any value of the region, several times for one value.
  void bindResult(mlir::Value value, VectorTile tile) { destinations[value].push_back(tile); }

  /// Emits all ops of `body` whose results are not bound, and the copies of inputs
  /// that are results. Emits a diagnostic for an op that whyNotVector refuses.
  mlir::LogicalResult emitBody(mlir::Block &body);

  /// Begins anew with other tiles of `n` elements, in the same temporaries and block.
  void restart(Num n);

  /// Takes temporaries and constants from `scratch`, which outlives the emitter. Every emitter
  /// of one scratch emits the same region.
  void share(Scratch &scratch) { shared = &scratch; }

  /// What the temporaries of everything emitted so far take.
  VectorNeeds needs() const { return total; }

  /// dst[0..count) = the 32-byte block at `src` again and again.
  void repeatBlock(mlir::Value dst, mlir::Value src, davinci::Elem elem);

private:
  struct Temp {
    mlir::Value ptr;
    int64_t bits;
    bool isFree;
  };

  // Tiles of operands and results.
  VectorTile operand(mlir::Value value);
  VectorTile fullOperand(mlir::Value value);
  VectorTile floatOperand(mlir::Value value);
  VectorTile maskOperand(mlir::Value value);
  VectorTile takeTemp(davinci::Elem elem, VectorTile::Kind kind = VectorTile::Full);
  void giveBack(const VectorTile &tile);
  VectorTile constantBlock(davinci::Elem elem, double value);
  VectorTile resultTile(mlir::Value value);
  void define(mlir::Value value, VectorTile tile);
  void releaseOperands(mlir::Operation *op);

  // Single instructions over the whole tile.
  static VecShape shapeOf(Num count, const VectorTile &a, const VectorTile &b);
  Num halfLanes(const VectorTile &tile);
  template <typename Op> void binary(VectorTile dst, VectorTile a, VectorTile b) {
    if (kb)
      kb->binary<Op>(dst.elem, dst.ptr, a.ptr, b.ptr, shapeOf(count, a, b));
  }
  template <typename Op> void unary(VectorTile dst, VectorTile src) {
    if (kb)
      kb->unary<Op>(dst.elem, dst.ptr, src.ptr, VecShape::flat(count));
  }
  template <typename Op> void scalar(VectorTile dst, VectorTile src, double s) {
    if (kb)
      kb->scalar<Op>(dst.elem, dst.ptr, src.ptr, s, VecShape::flat(count));
  }
  template <typename Op> void bitwise(VectorTile dst, VectorTile a, VectorTile b) {
    if (kb)
      kb->binary<Op>(davinci::Elem::U16, dst.ptr, a.ptr, b.ptr, shapeOf(halfLanes(dst), a, b));
  }
  void invert(VectorTile dst, VectorTile src);
  void convert(VectorTile dst, VectorTile src);
  void round(VectorTile dst, VectorTile src, davinci::RoundKind kind);
  void select(VectorTile dst, VectorTile mask, VectorTile a, VectorTile b);
  void compareScalar(davinci::CondKind c, VectorTile dst, VectorTile src, double s);

  // Sequences.
  void store(VectorTile dst, VectorTile src);
  void convertChain(VectorTile dst, VectorTile src);
  mlir::LogicalResult emitOp(mlir::Operation *op);
  mlir::LogicalResult emitUnary(mlir::Operation *op);
  mlir::LogicalResult emitBinary(mlir::Operation *op);
  void emitWithScalar(mlir::Operation *op, mlir::Value x, double c, bool scalarIsLeft);
  void emitClip(ascend::ClipOp op);
  void emitCompare(mlir::Operation *op, davinci::CondKind cond);
  void emitLogic(mlir::Operation *op);
  void emitWhere(ascend::WhereOp op);
  void emitCast(ascend::CastOp op);

  KernelBuilder *kb;
  Num count;
  int64_t capacity;
  llvm::DenseMap<mlir::Value, VectorTile> tiles;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<VectorTile, 1>> destinations;
  llvm::DenseMap<mlir::Value, int64_t> usesLeft;
  llvm::SmallVector<Temp> temps;
  llvm::SmallVector<Constant> constants;
  Scratch *shared = nullptr;
  VectorNeeds total;
};

/// Whether the elements of `value` are i1: such values are masks in between.
bool isBool(mlir::Value value);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_VECTOREMITTER_H
