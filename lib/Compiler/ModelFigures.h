//===- ModelFigures.h - Sizes of an offline model -------------------------===//
#ifndef OPENATC_LIB_COMPILER_MODELFIGURES_H
#define OPENATC_LIB_COMPILER_MODELFIGURES_H

#include "openatc/OfflineModel/Reader.h"

namespace openatc::compiler {

/// The numbers of mode 6 and of the attributes in mode 1, in bytes where they are sizes.
struct ModelFigures {
  int64_t framework = 5; ///< ONNX
  int64_t memory = 0, weights = 0;
  int64_t streams = 1, events = 0;
  int64_t modelDefinition = 0, kernels = 0;
  int64_t customKernels = 0, libraries = 0; ///< there are none
  int64_t tasks = -1;                       ///< they lie inside the model definition

  ModelFigures(const om::Model &model, const om::FileInfo &file)
      : memory(int64_t(model.arenaBytes)), weights(int64_t(model.weights.size())),
        modelDefinition(int64_t(file.metadataBytes)) {
    for (const om::Kernel &kernel : model.kernels)
      kernels += int64_t(kernel.code.size());
  }
};

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_MODELFIGURES_H
