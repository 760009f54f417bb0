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
  NormalizePassOptions normalize;
  normalize.functions = options.fusions.has(Fusion::Functions);
  front.addPass(createNormalizePass(normalize));
  pm.addPass(createEliminateDeadCodePass());

  mlir::OpPassManager &main = pm.nest<mlir::func::FuncOp>();
  FuseBatchNormPassOptions batchNorm;
  batchNorm.fold = options.fusions.has(Fusion::BatchNorm);
  main.addPass(createFuseBatchNormPass(batchNorm));
  if (options.precision == PrecisionMode::ForceFp16 && options.fusions.has(Fusion::Attention)) {
    main.addPass(createFuseAttentionPass());
    if (options.fusions.has(Fusion::Projections))
      main.addPass(createMergeProjectionsPass());
  }
  DecomposePassOptions decompose;
  decompose.mode = nameOf(options.precision).str();
  main.addPass(createDecomposePass(decompose));
  main.addPass(createAssignEnginePass());
  AssignPrecisionPassOptions precision;
  precision.mode = decompose.mode;
  precision.clip = options.clipWeights;
  main.addPass(createAssignPrecisionPass(precision));
  main.addPass(createAssignLayoutPass());
  FormKernelsPassOptions form;
  for (unsigned i = 0; i < kFusions; ++i)
    if (!options.fusions.has(Fusion(i)))
      form.off.push_back(nameOf(Fusion(i)).str());
  main.addPass(createFormKernelsPass(form));
  main.addPass(createVerifyGraphPass());
}

} // namespace openatc::graph
