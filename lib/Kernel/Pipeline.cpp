//===- Pipeline.cpp - Kernel and core phases ------------------------------===//

#include "openatc/Kernel/Pipeline.h"

#include "openatc/Kernel/Passes.h"
#include "openatc/Target/SocDescription.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace openatc::kernel {

void buildKernelPipeline(OpPassManager &pm, llvm::StringRef soc, bool sliceBatch) {
  if (sliceBatch) {
    SliceBatchPassOptions slices;
    slices.soc = soc.str();
    pm.addPass(createSliceBatchPass(slices));
  }
  pm.addPass(createScheduleKernelsPass({soc.str()}));
  pm.addPass(createVerifyKernelPass({soc.str()}));
}

void buildCorePipeline(OpPassManager &pm, llvm::StringRef soc, bool saturate) {
  pm.addPass(createLowerKernelsPass({soc.str(), saturate}));
  OpPassManager &kernels = pm.nest<davinci::KernelOp>();
  kernels.addPass(createCSEPass());
  auto description = findSoc(soc);
  InsertSyncPassOptions sync;
  if (description)
    sync.eventIds = description->eventIds;
  kernels.addPass(createInsertSyncPass(sync));
  kernels.addPass(createPlaceBuffersPass({soc.str()}));
  kernels.addPass(createVerifySyncPass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  pm.addPass(createVerifyCorePass());
}

} // namespace openatc::kernel
