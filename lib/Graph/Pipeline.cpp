//===- Pipeline.cpp - Graph phase -----------------------------------------===//
#include "openatc/Graph/Pipeline.h"

#include "openatc/Graph/Passes.h"

namespace openatc::graph {

void buildGraphPipeline(mlir::OpPassManager &pm, const GraphPipelineOptions &options) {
  pm.addPass(createVerifyImportPass());
  mlir::OpPassManager &front = pm.nest<mlir::func::FuncOp>();
  front.addPass(createInferShapesPass());
  if (!options.insertOpConf.empty()) {
    InsertAippPassOptions aipp;
    aipp.config = options.insertOpConf;
    aipp.maxPaddedWidth = options.aipp.limits.maxPaddedWidth;
    aipp.nhwc = options.aipp.nhwc;
    aipp.batch = options.aipp.batch;
    front.addPass(createInsertAippPass(aipp));
  }
  front.addPass(createNormalizePass());
  pm.addPass(createEliminateDeadCodePass());

  mlir::OpPassManager &main = pm.nest<mlir::func::FuncOp>();
  main.addPass(createFuseBatchNormPass());
  if (!options.keepFloat32) {
    main.addPass(createFuseAttentionPass());
    main.addPass(createMergeProjectionsPass());
  }
  DecomposePassOptions decompose;
  decompose.halves = !options.keepFloat32;
  main.addPass(createDecomposePass(decompose));
  main.addPass(createAssignEnginePass());
  AssignPrecisionPassOptions precision;
  precision.mode = options.keepFloat32 ? "must_keep_origin_dtype" : "force_fp16";
  main.addPass(createAssignPrecisionPass(precision));
  main.addPass(createAssignLayoutPass());
  main.addPass(createFormKernelsPass());
  main.addPass(createVerifyGraphPass());
}

} // namespace openatc::graph
