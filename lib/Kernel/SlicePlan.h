//===- SlicePlan.h - Which kernels run depth-first over the batch ---------===//
//
// Numbers only, no IR: what each kernel reads and writes goes in, ranges of kernels
// with a number of slices come out.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_SLICEPLAN_H
#define OPENATC_LIB_KERNEL_SLICEPLAN_H

#include "openatc/Target/SocDescription.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace openatc::kernel {

/// A tensor in global memory.
struct PlanTensor {
  int64_t bytes = 0;
  bool isContiguous = true; ///< slices of it are: it may be an operand or result of a loop
  bool isOutput = false;    ///< read outside of all kernels
};

/// Use of a tensor by a kernel; `isCut` when one slice of it makes one slice of the results.
struct PlanUse {
  size_t tensor = 0;
  bool isCut = false;
};

struct PlanKernel {
  std::vector<PlanUse> reads;
  std::vector<size_t> writes;
  /// Per write: the tensor it may take the memory of, if this kernel is the last to read it.
  std::vector<std::optional<size_t>> over;
  int64_t divisor = 1;      ///< numbers of slices divide it; 1: cannot be cut
  bool startsBlock = false; ///< no loop may hold both this kernel and the one before it
};

/// Kernels [begin, end) run `count` times, each time on one slice.
struct PlanSegment {
  size_t begin = 0, end = 0;
  int64_t count = 1;
  bool operator==(const PlanSegment &) const = default;
};

/// What the author of a kernel estimates, operands in L2 and without launch overhead.
struct PlanCycles {
  int64_t all = 0;   ///< of the slowest core; negative when the kernel cannot be cut so
  int64_t reads = 0; ///< of its loads from global memory alone; 0 if not known
};

struct PlanProblem {
  std::vector<PlanTensor> tensors;
  std::vector<PlanKernel> kernels; ///< in program order
  std::vector<int64_t> counts;     ///< numbers of slices to try
  /// Cycles of kernel `k` on one of `count` slices.
  std::function<PlanCycles(size_t k, int64_t count)> cycles;
};

/// False when every tensor is still in L2 when it is read again, so that no plan is better
/// than the kernels as they are. Does not ask for cycles.
bool mayGainFromSlices(const PlanProblem &problem, const SocDescription &soc);

/// Chooses the segments of least estimated time, in order and without gaps; kernels that are
/// not cut are segments of their own.
///
/// The time of a kernel is its launch, plus the larger of its cycles and of its memory time, plus a
/// part of the smaller. Memory time is what passes the cores' ports, misses at their slower rate,
/// and the write-backs of dirty lines, which DRAM serves before the next miss. A tensor is a hit
/// when no more than the L2 holds was touched since its last use; dead tensors cost no DRAM write
/// when their memory is soon used again.
std::vector<PlanSegment> planSlices(const PlanProblem &problem, const SocDescription &soc);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_SLICEPLAN_H
