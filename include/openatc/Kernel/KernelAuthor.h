//===- KernelAuthor.h - One author per kind of kernel ---------------------===//
//
// A kernel kind is a pair of decisions: what schedule a group gets, and what
// instructions a scheduled group becomes. Authors are found by the group's kind.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_KERNEL_KERNELAUTHOR_H
#define OPENATC_KERNEL_KERNELAUTHOR_H

#include "Ascend/AscendOps.h"
#include "openatc/Kernel/KernelBuilder.h"

namespace openatc::kernel {

class KernelAuthor {
public:
  virtual ~KernelAuthor() = default;

  /// The schedule of `op`: at least `block_dim` (i64) and, where the author has
  /// one, `estimate_cycles` (i64, the slowest block without launch overhead).
  /// Emits a diagnostic when no schedule fits the core.
  virtual mlir::FailureOr<mlir::DictionaryAttr> schedule(ascend::KernelOp op,
                                                         const SocDescription &soc) const = 0;

  /// Emits the body: `ins` and `outs` are the GM pointers of the group's operands
  /// and results, dense in the layout of their types.
  virtual mlir::LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, mlir::ValueRange ins,
                                   mlir::ValueRange outs) const = 0;
};

/// The author of `kind`; null when there is none.
const KernelAuthor *authorOf(ascend::KernelKind kind);

/// Reads integer `name` of the schedule of `op`; `fallback` if absent.
int64_t scheduleValue(ascend::KernelOp op, llvm::StringRef name, int64_t fallback = 0);

/// Physical dimensions of a tensor in GM: the shape itself for ND, [N, C1, H, W, C0]
/// for NC1HWC0, [ceil(N/16), ..., M, 16] for FRACTAL_NZ, [N, H, W, 4] for NC1HWC0_C04.
llvm::SmallVector<int64_t> physicalShape(mlir::RankedTensorType type);

/// Layout of a tensor type (ND when there is no encoding).
ascend::Layout layoutOf(mlir::Type type);

/// Instruction type of a tensor's elements; nullopt for types the core has not (f64).
/// Bool is U8.
std::optional<davinci::Elem> elemOf(mlir::Type elementType);

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_KERNELAUTHOR_H
