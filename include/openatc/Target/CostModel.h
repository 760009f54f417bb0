//===- CostModel.h - Cycles of single instructions ------------------------===//
//
// The one copy of the instruction costs: the simulator's timing charges them and
// the compiler's cost model plans with them. Formulas and the source of every
// constant are in docs/timing-model.md.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_TARGET_COSTMODEL_H
#define OPENATC_TARGET_COSTMODEL_H

#include "openatc/ISA/Instruction.h"
#include "openatc/Target/SocDescription.h"

#include <cstdint>

namespace openatc::cost {

/// What an instruction costs in its pipe, in cycles.
struct PipeCost {
  int64_t busy = 0;    ///< the pipe starts nothing else for so long
  int64_t latency = 0; ///< further cycles until a flag or barrier sees the results
};

/// mmad of an m x k by k x n product: head + one cycle per 16x16x16 fractal step.
PipeCost mmad(const SocDescription &soc, int64_t m, int64_t k, int64_t n);

/// load2d of `fractals` fractals of 512 bytes to L0A, or to L0B when `toB`.
PipeCost load2d(const SocDescription &soc, int64_t fractals, bool toB);

/// load3d of rows [mStart, mStart + mExt) and kExt columns of the img2col matrix of a
/// convolution with output width `wo`. One fetch takes 16 neighbouring positions of
/// one input row, so a fractal costs as many fetches as its 16 windows need.
PipeCost load3d(const SocDescription &soc, int64_t wo, int64_t strideW, int64_t mStart,
                int64_t mExt, int64_t kExt);

/// load3d with 4 channels a pixel, where a block of 16 columns holds 4 of the `taps` kernel
/// positions (rows of `kw`, `dilW` apart). Positions that are neighbours in a kernel row
/// share the fetches of the pixels they span; the vendor's factor and head are on top.
PipeCost load3dC04(const SocDescription &soc, int64_t wo, int64_t strideW, int64_t kw, int64_t taps,
                   int64_t dilW, int64_t mStart, int64_t mExt, int64_t kStart, int64_t kExt);

/// l0c_ub of `fractals` fractals of 1024 bytes (on the vector pipe).
PipeCost l0cToUb(const SocDescription &soc, int64_t fractals);

/// dma.l1_ub, dma.ub_l1 and fill.l1: `bytes` at the path's rate.
PipeCost l1ToUb(const SocDescription &soc, int64_t bytes);
PipeCost ubToL1(const SocDescription &soc, int64_t bytes);
PipeCost fillL1(const SocDescription &soc, int64_t bytes);

/// dma.ub_ub of n bursts (on the vector pipe, 256 bytes a cycle).
PipeCost ubToUb(const SocDescription &soc, int64_t n, int64_t bytesPerBurst);

/// Cycles of one repeat (256 bytes of the wider type) without bank conflicts.
/// `bytes` is the size of one element of the wider type.
int64_t vectorSlope(isa::Opcode op, int64_t bytes);

/// A vector instruction of `repeats` repeats. `readConflict` is the number of cycles in
/// which the operands of one repeat can be read: 1 when they lie in different bank
/// groups, 2 for a two-source op on operands that collide (the usual case for two
/// 512-byte aligned buffers). The slope is the larger of the two.
PipeCost vector(const SocDescription &soc, isa::Opcode op, int64_t bytes, int64_t repeats,
                int64_t readConflict = 1);

/// A move from or to global memory by one core that has its port for itself: `bytes`
/// in bursts of `burst` bytes that are not contiguous, all hits or all misses of L2.
int64_t gmRead(const SocDescription &soc, int64_t bytes, int64_t burst, bool l2Hit);
int64_t gmWrite(const SocDescription &soc, int64_t bytes, int64_t burst);

/// Bytes that `burst` bytes occupy on the port when they start a new request.
inline int64_t requestBytes(const SocDescription &soc, int64_t burst) {
  return (burst + soc.gmRequestBytes - 1) / soc.gmRequestBytes * soc.gmRequestBytes;
}

/// Chip DRAM bytes per core clock cycle.
inline double dramBytesPerCycle(const SocDescription &soc) {
  return soc.dramGBs * 1000.0 / double(soc.clockMHz);
}

/// Cycles of the fixed launch overhead of a kernel.
inline double launchCycles(const SocDescription &soc) {
  return soc.kernelLaunchUs * double(soc.clockMHz);
}

} // namespace openatc::cost

#endif // OPENATC_TARGET_COSTMODEL_H
