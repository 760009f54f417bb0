//===- ReduceKernel.h - Common parts of the reducing kernels --------------===//
//
// A work item is `groups` slices of the tensor [outer, reduced, inner]. A slice stays
// in UB when it fits (resident); otherwise it is read in chunks along the reduced
// dimension, once for every pass that the operator needs. All instructions run over
// whole tiles; the last tile of a dimension is filled up with other values of the tensor.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_REDUCEKERNEL_H
#define OPENATC_LIB_KERNEL_REDUCEKERNEL_H

#include "ReduceShape.h"
#include "RowMath.h"
#include "openatc/Kernel/KernelAuthor.h"

#include "llvm/Support/MathExtras.h"

namespace openatc::kernel {

struct ReducePlan {
  mlir::Operation *op = nullptr; ///< the reducing op; casts may stand around it
  unsigned argument = 0;         ///< number of the operand that is reduced
  ReduceShape shape;
  davinci::Elem in, out; ///< in GM
  davinci::Elem work;    ///< of the computation
  // Extents of a tile.
  int64_t groups = 1, reduced = 1, inner = 1;

  bool resident() const { return reduced == shape.reduced; }
  /// Elements that fill 32-byte blocks in every type.
  int64_t align() const { return 32 / std::min(bytesOf(in), bytesOf(out)); }
  /// Elements of a tile from one reduced position to the next.
  int64_t lanePitch() const { return shape.alongLanes() ? 1 : llvm::alignTo(inner, align()); }
  /// Elements from group to group.
  int64_t groupPitch() const {
    return shape.alongLanes() ? llvm::alignTo(reduced, align()) : reduced * lanePitch();
  }
  /// Elements that chunks of `length` cover.
  int64_t extent(int64_t length) const {
    if (groups == 1)
      return length * lanePitch();
    return groups * groupPitch();
  }
  /// Lanes of a running result: one repeat, or the inner dimension of the tile.
  int64_t accLanes() const { return shape.alongLanes() ? 256 / bytesOf(work) : lanePitch(); }
  /// Results of a tile before they go to GM.
  int64_t results() const { return shape.alongLanes() ? groups : groups * lanePitch(); }
  int64_t innerTiles() const { return llvm::divideCeil(shape.inner, inner); }
  int64_t items() const { return llvm::divideCeil(shape.outer, groups) * innerTiles(); }
  /// Elements of the memory that fold() wants for a whole tile.
  int64_t foldElements() const;
  /// UB bytes of the kernel with this tile.
  int64_t ubBytes() const;

  /// Shape and types of a group, tile not set. Diagnoses what is not supported.
  static mlir::FailureOr<ReducePlan> of(ascend::KernelOp op);
  /// Sets the largest tile that leaves work for all cores and fits; false if none does.
  bool chooseTile(const SocDescription &soc);
};

class ReduceKernel {
public:
  ReduceKernel(KernelBuilder &kb, const ReducePlan &plan, mlir::ValueRange ins, mlir::Value out)
      : kb(kb), plan(plan), ins(ins), gmOut(out) {}

  void emit(int64_t blockDim);

private:
  /// Where an item begins, and what of it lies inside the tensor.
  struct Item {
    Num outerStart = 0, innerStart = 0, groupCount = 1, innerCount = 1;
    Num storedGroups = 1; ///< 0 for an item that only fills up the last round
    mlir::Value in;       ///< read ahead when resident
  };
  Item locate(Num number, Num valid);
  void compute();

  // What is done with an item.
  template <typename Fold, typename Across> void reduce(double identity);
  void softmax();
  void softmaxResident(bool log);
  void softmaxStreamed(bool log);
  void layerNorm();
  void layerNormResident();
  void layerNormStreamed();

  // Moves.
  void forEachChunk(llvm::function_ref<void(Num, int64_t)> body);
  /// Begins to read `length` reduced positions from `start` on.
  mlir::Value fetch(Num start, int64_t length);
  /// What fetch() has read, in the working type.
  mlir::Value widen(mlir::Value in, int64_t length);
  mlir::Value load(Num start, int64_t length) { return widen(fetch(start, length), length); }
  /// Writes a tile: `last` computes it, in the working type, to where it is told; that
  /// is `x` itself when a conversion follows.
  void storeTile(Num start, int64_t length, mlir::Value x,
                 llvm::function_ref<void(mlir::Value)> last);
  void storeResults(mlir::Value values);
  void move(mlir::Value ub, Num start, int64_t length, bool toGm);

  // Statistics: one value for each group, or each lane of the inner dimension.
  /// Folds a resident tile; `scratch` may be `x`.
  template <typename Fold, typename Across> mlir::Value fold(mlir::Value x, mlir::Value scratch);
  mlir::Value accumulator(double identity);
  template <typename Fold> void accumulate(mlir::Value acc, mlir::Value x, int64_t length);
  template <typename Across> mlir::Value finish(mlir::Value acc);
  /// Statistics as the second operand of apply().
  Rows expand(mlir::Value values);
  /// dst = x op statistic, for `length` reduced positions.
  template <typename Op> void apply(mlir::Value dst, mlir::Value x, Rows statistic, int64_t length);

  // Instructions over n contiguous elements.
  template <typename Op> void unary(mlir::Value dst, mlir::Value src, int64_t n) {
    kb.unary<Op>(plan.work, dst, src, VecShape::flat(n));
  }
  template <typename Op> void scalar(mlir::Value x, double s, int64_t n) {
    kb.scalar<Op>(plan.work, x, x, s, VecShape::flat(n));
  }
  void invert(mlir::Value x, int64_t n);
  /// Sum to 1 / sqrt(sum / reduced + epsilon).
  void inverseDeviation(mlir::Value sum);
  /// Memory for scale and bias; reads them if rows are resident.
  void prepareParameters();
  /// Reads scale and bias; once before all items when a row is resident.
  void loadParameters(Num start, int64_t length);
  /// x = x * scale + bias along the lanes.
  void applyParameters(mlir::Value x, int64_t length);

  /// Memory that only the vector pipe touches, for the current item. The n-th call for
  /// each item gives the same memory.
  mlir::Value temp(llvm::StringRef name, int64_t elements);
  int64_t statistics() const { return plan.results(); }

  KernelBuilder &kb;
  const ReducePlan &plan;
  mlir::ValueRange ins;
  mlir::Value gmOut;
  mlir::Value inPool, outPool, workTile;
  llvm::SmallVector<mlir::Value> tempPools;
  size_t nextTemp = 0;
  /// Scale and bias of a normalisation: pool of what is read, memory of converted
  /// values, and where the values are now.
  std::array<mlir::Value, 2> parameterPools, parameterTiles, parameters;
  Item item; ///< the current one
};

//===----------------------------------------------------------------------===//
// Templates
//===----------------------------------------------------------------------===//

template <typename Fold, typename Across>
mlir::Value ReduceKernel::fold(mlir::Value x, mlir::Value scratch) {
  RowMath math(kb, plan.work, plan.groups);
  int64_t pitch = plan.groupPitch(), lanes = plan.lanePitch();
  if (!plan.shape.alongLanes()) {
    int64_t kept = plan.reduced - plan.reduced / 2;
    math.fold<Fold>({scratch, scratch == x ? pitch : kept * lanes}, {x, pitch}, plan.reduced,
                    lanes);
    return scratch;
  }
  mlir::Value packed = temp("packed", plan.groups);
  int64_t foldPitch = scratch == x ? pitch : RowMath::foldPitch(plan.reduced, bytesOf(plan.work));
  math.foldLanes<Fold, Across>(packed, {x, pitch}, {scratch, foldPitch}, plan.reduced);
  return packed;
}

template <typename Fold>
void ReduceKernel::accumulate(mlir::Value acc, mlir::Value x, int64_t length) {
  RowMath math(kb, plan.work, 1);
  int64_t lanes = plan.accLanes();
  int64_t parts = plan.shape.alongLanes() ? length / lanes : length;
  if (parts) {
    math.fold<Fold>({x, lanes}, {x, lanes}, parts, lanes);
    math.binary<Fold>({acc, lanes}, {acc, lanes}, {x, lanes}, lanes);
  }
  if (plan.shape.alongLanes() && length % lanes)
    math.binary<Fold>({acc, lanes}, {acc, lanes}, math.at({x, lanes}, parts * lanes),
                      length % lanes);
}

template <typename Across> mlir::Value ReduceKernel::finish(mlir::Value acc) {
  if (!plan.shape.alongLanes())
    return acc;
  mlir::Value packed = temp("packed", 1);
  RowMath(kb, plan.work, 1).across<Across>(packed, {acc, plan.accLanes()}, plan.accLanes());
  return packed;
}

template <typename Op>
void ReduceKernel::apply(mlir::Value dst, mlir::Value x, Rows statistic, int64_t length) {
  int64_t lanes = plan.lanePitch();
  if (plan.shape.alongLanes())
    RowMath(kb, plan.work, plan.groups)
        .binary<Op>({dst, plan.groupPitch()}, {x, plan.groupPitch()}, statistic, length);
  else
    RowMath(kb, plan.work, length).binary<Op>({dst, lanes}, {x, lanes}, statistic, lanes);
}

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_REDUCEKERNEL_H
