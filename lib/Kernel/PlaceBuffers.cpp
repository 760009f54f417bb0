//===- PlaceBuffers.cpp - Addresses of on-chip pools ----------------------===//

#include "openatc/Kernel/Passes.h"
#include "openatc/Target/SocDescription.h"

#include <map>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
#define GEN_PASS_DEF_PLACEBUFFERSPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

int64_t capacityOf(const SocDescription &soc, MemSpace space) {
  switch (space) {
  case MemSpace::L1:
    return soc.l1Size;
  case MemSpace::L0A:
    return soc.l0aSize;
  case MemSpace::L0B:
    return soc.l0bSize;
  case MemSpace::L0C:
    return soc.l0cSize;
  case MemSpace::UB:
    return soc.ubSize;
  case MemSpace::GM:
    break;
  }
  return 0;
}

/// How often each pool is read together with an earlier one by a vector instruction.
using ReadPairs = llvm::DenseMap<PoolOp, SmallVector<PoolOp>>;

ReadPairs readPairs(KernelOp kernel) {
  ReadPairs pairs;
  kernel.walk([&](InstOpInterface inst) {
    if (inst.getIsaPipe() != isa::Pipe::V)
      return;
    SmallVector<PoolOp, 3> pools;
    for (unsigned i : inst.getReadOperands())
      if (auto acquire = getRoot(inst->getOperand(i)).getDefiningOp<AcquireOp>())
        pools.push_back(acquire.getPool().getDefiningOp<PoolOp>());
    for (PoolOp a : pools)
      for (PoolOp b : pools)
        if (a != b)
          pairs[a].push_back(b);
  });
  return pairs;
}

struct PlaceBuffers : impl::PlaceBuffersPassBase<PlaceBuffers> {
  using PlaceBuffersPassBase::PlaceBuffersPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
    // The unified buffer has 16 bank groups of one block each; a repeat of 8 blocks reads
    // two operands at once when they begin in different halves of 512 bytes. Room that
    // the schedule leaves is spent on that.
    ReadPairs pairs = readPairs(getOperation());
    llvm::DenseMap<PoolOp, int64_t> half;
    int64_t spare = description->ubSize;
    for (PoolOp pool : getOperation().getBody().getOps<PoolOp>())
      if (pool.getType().getSpace() == MemSpace::UB)
        spare -= pool.getBytes() * pool.getSlots();
    std::map<MemSpace, int64_t> used;
    for (PoolOp pool : getOperation().getBody().getOps<PoolOp>()) {
      MemSpace space = pool.getType().getSpace();
      int64_t bytes = pool.getBytes() * pool.getSlots();
      int64_t capacity = capacityOf(*description, space);
      if (used[space] + bytes > capacity) {
        pool.emitError("buffer \"") << pool.getBufferName() << "\" wants " << bytes << " bytes of "
                                    << stringifyMemSpace(space) << ", " << capacity - used[space]
                                    << " of " << capacity << " are left";
        return signalPassFailure();
      }
      if (space == MemSpace::UB && pairs.contains(pool)) {
        int64_t balance = 0;
        for (PoolOp other : pairs[pool])
          if (auto it = half.find(other); it != half.end())
            balance += it->second ? -1 : 1;
        int64_t wanted = balance > 0 ? 256 : 0;
        int64_t gap = (wanted - used[space] % 512 + 512) % 512;
        if (gap <= spare) {
          spare -= gap;
          used[space] += gap;
        }
        half[pool] = used[space] % 512 >= 256;
      }
      pool.setAddress(used[space]);
      used[space] += bytes;
    }
  }
};

} // namespace
} // namespace openatc::kernel
