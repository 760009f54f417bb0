//===- WorkItems.h - Turns of the loop over work items --------------------===//
#ifndef OPENATC_LIB_KERNEL_WORKITEMS_H
#define OPENATC_LIB_KERNEL_WORKITEMS_H

#include "openatc/Kernel/KernelBuilder.h"

#include "llvm/Support/MathExtras.h"

namespace openatc::kernel {

/// Items that are written out in one turn of the loop, for a block that has `perBlock`.
/// All but the first are read while the one before is computed: the scalar unit cannot
/// run ahead by more instructions than the vector queue holds. The last turn repeats the
/// last item to be complete, so a number that divides well is best.
inline int64_t itemsPerTurn(int64_t perBlock) {
  int64_t best = 1, fewest = perBlock + 1;
  for (int64_t n : {5, 4, 3, 2})
    if (int64_t all = llvm::alignTo(perBlock, n); perBlock > 1 && all < fewest) {
      best = n;
      fewest = all;
    }
  // Repeated items cost more than reading ahead saves when they are many.
  return (fewest - perBlock) * 8 <= perBlock ? best : 1;
}

/// Item number `k` of the turn that begins with `first`. Sets `valid` to 0 when there is
/// no such item: the last item is computed once more, and must not be stored.
inline Num itemOfTurn(KernelBuilder &kb, Num first, int64_t k, int64_t perTurn, int64_t items,
                      int64_t blockDim, Num &valid) {
  Num number = kb.add(first, k * blockDim);
  valid = 1;
  if (k && items % (blockDim * perTurn)) {
    valid = kb.cmp(mlir::arith::CmpIPredicate::slt, number, items);
    number = kb.min(number, items - 1);
  }
  return number;
}

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_WORKITEMS_H
