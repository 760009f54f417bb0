//===- ArenaPlanner.h - Addresses of intermediate tensors -----------------===//
#ifndef OPENATC_CODEGEN_ARENAPLANNER_H
#define OPENATC_CODEGEN_ARENAPLANNER_H

#include <cstdint>
#include <span>
#include <vector>

namespace openatc::codegen {

/// A tensor that must keep its memory from task `first` (which writes it) through
/// task `last` (which reads it for the last time), both included.
struct Lifetime {
  uint64_t bytes = 0;
  uint32_t first = 0, last = 0;
};

/// Where each tensor lies, and how good that is.
struct ArenaPlan {
  std::vector<uint64_t> offsets; ///< one per lifetime, multiples of the alignment
  uint64_t peak = 0;             ///< bytes that the arena needs
  uint64_t bound = 0;            ///< no plan can need less: most bytes alive at one task
  /// The tensors that make up the bound: those alive at the first task that reaches it.
  std::vector<uint32_t> aliveAtPeak;
};

/// Gives every tensor an offset such that tensors alive at the same task do not
/// overlap. Sizes are rounded up to `alignment` (a power of two), for the bound too.
/// Several greedy orders are tried; where all miss the bound, a search of bounded length
/// reorders the best of them. Equal input gives equal plans. With `reuse` false every tensor
/// has its own memory.
ArenaPlan planArena(std::span<const Lifetime> lifetimes, uint64_t alignment = 512,
                    bool reuse = true);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_ARENAPLANNER_H
