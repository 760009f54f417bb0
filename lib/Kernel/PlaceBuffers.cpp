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

struct PlaceBuffers : impl::PlaceBuffersPassBase<PlaceBuffers> {
  using PlaceBuffersPassBase::PlaceBuffersPassBase;

  void runOnOperation() override {
    auto description = findSoc(soc);
    if (!description) {
      getOperation().emitError(description.message());
      return signalPassFailure();
    }
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
      pool.setAddress(used[space]);
      used[space] += bytes;
    }
  }
};

} // namespace
} // namespace openatc::kernel
