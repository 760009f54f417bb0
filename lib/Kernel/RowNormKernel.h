//===- RowNormKernel.h - Normalisation of tiles of rows -------------------===//
//
// A tile is all blocks of columns ("planes") of some rows, in UB as [planes][rows][16].
// Sums over rows are taken in f32: 8 lanes of a row are added up at once, which leaves two
// sums for each row and plane, and these plane by plane.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_ROWNORMKERNEL_H
#define OPENATC_LIB_KERNEL_ROWNORMKERNEL_H

#include "openatc/Kernel/KernelAuthor.h"

#include "llvm/Support/MathExtras.h"

namespace openatc::kernel {

constexpr int64_t kRowUnit = 8;  ///< sums of so many rows fill a block
constexpr int64_t kFractal = 16; ///< rows that the cube adds up at once

/// What a group computes, and on how many rows at a time.
struct NormPlan {
  ascend::LayerNormOp op;
  unsigned argument = 0;                 ///< number of the operand that is normalised
  davinci::Elem in = davinci::Elem::F32; ///< of that operand
  llvm::SmallVector<davinci::Elem, 2> outs;
  int64_t rows = 0, planes = 0; ///< of the tensor
  int64_t tileRows = kRowUnit;
  double epsilon = 0;

  int64_t columns() const { return planes * 16; }
  int64_t pitch() const { return tileRows * 16; } ///< elements of a plane
  int64_t elements() const { return planes * pitch(); }
  int64_t items() const { return llvm::divideCeil(rows, tileRows); }
  bool givesHalves() const { return llvm::is_contained(outs, davinci::Elem::F16); }
  /// Halves in, halves out: only the sums are singles.
  bool inHalves() const {
    return in == davinci::Elem::F16 && !llvm::is_contained(outs, davinci::Elem::F32) &&
           rows >= kFractal;
  }
  mlir::Value parameter(size_t i) const {
    ascend::LayerNormOp norm = op;
    return i == 0 ? norm.getScale() : norm.getBias();
  }
  int64_t ubBytes() const;
  int64_t rowUnit() const { return inHalves() ? kFractal : kRowUnit; }

  /// Diagnoses what is not supported.
  static mlir::FailureOr<NormPlan> of(ascend::KernelOp group);
  /// The largest tile that leaves work for all cores and fits; false if none does.
  bool chooseTile(const SocDescription &soc);
};

/// The loop over tiles; how one is computed depends on the types.
class NormKernel {
public:
  NormKernel(KernelBuilder &kb, const NormPlan &plan, mlir::ValueRange ins, mlir::ValueRange outs)
      : kb(kb), plan(plan), ins(ins), gmOuts(outs) {}
  virtual ~NormKernel() = default;

  void emit(int64_t blockDim);

protected:
  struct Item {
    Num start = 0; ///< first row that is computed
    Num skip = 0;  ///< rows that another tile gives
    Num rows = 0;  ///< rows that are given
    mlir::Value in;
    mlir::Value acc; ///< what the cube has added up
  };
  /// Pools, and what is done once.
  virtual void prepare() = 0;
  virtual void compute(const Item &item) = 0;

  Item locate(Num number, Num valid);
  /// Begins to read a tile.
  virtual void read(Item &item);
  /// Scale (0) or bias (1) in `elem`, as it lies in GM; null if the op has none.
  mlir::Value loadParameter(size_t i, davinci::Elem elem);
  /// Memory for sums over the rows of a tile.
  mlir::Value sumsPool(llvm::StringRef name) {
    return kb.acquire(kb.pool(name, davinci::MemSpace::UB, 2 * plan.planes * plan.tileRows * 4, 1));
  }
  /// Sums of 8 lanes of each row of some planes, then of all of a row in sums[0..rows).
  void addLanes(mlir::Value sums, mlir::Value x, int64_t firstPlane, int64_t planeCount);
  void addPlanes(mlir::Value sums);
  template <typename Op> void onSums(mlir::Value sums, double s) {
    kb.scalar<Op>(davinci::Elem::F32, sums, sums, s, VecShape::flat(plan.tileRows));
  }
  /// Variance to 1 / sqrt(variance + epsilon).
  void inverseDeviation(mlir::Value variance);
  void store(const Item &item, mlir::Value halves, mlir::Value singles);

  KernelBuilder &kb;
  const NormPlan &plan;
  mlir::ValueRange ins, gmOuts;
  mlir::Value one; ///< a block of ones
  mlir::Value inPool;
};

/// Emits the kernel of a group that gives halves made of halves, or of any other.
void emitNormInHalves(KernelBuilder &kb, const NormPlan &plan, mlir::ValueRange ins,
                      mlir::ValueRange outs, int64_t blockDim);
void emitNormInSingles(KernelBuilder &kb, const NormPlan &plan, mlir::ValueRange ins,
                       mlir::ValueRange outs, int64_t blockDim);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ROWNORMKERNEL_H
