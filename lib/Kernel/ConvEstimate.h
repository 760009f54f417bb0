//===- ConvEstimate.h - Cycles of a tiling of a convolution ---------------===//
#ifndef OPENATC_LIB_KERNEL_CONVESTIMATE_H
#define OPENATC_LIB_KERNEL_CONVESTIMATE_H

#include "ConvSchedule.h"

namespace openatc::kernel {

/// Adds up what each pipe has to do, at the simulator's own rates: the busiest pipe decides,
/// plus the time until it can start and after it has ended.
class ConvEstimate {
public:
  ConvEstimate(ascend::KernelOp op, const ConvGeometry &g, const SocDescription &soc);

  /// Fills in the cycles of `t`, its blocks and how many tiles a trip takes.
  void operator()(ConvTile &t) const;

private:
  /// Cycles to make the pixels of one tile.
  struct Making {
    int64_t load = 0, vector = 0, store = 0;
  };
  int64_t feedA(const ConvTile &t, int64_t rows) const;
  Making makePixels(const ConvTile &t) const;

  const ConvGeometry &g;
  const SocDescription &soc;
  CubeEpilogue::Work works[2]; ///< without and with the bias on the cube
  bool inLoop;                 ///< it runs for one slice of the batch after the other
  int64_t outBytes = 0;        ///< of an element of all results
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CONVESTIMATE_H
