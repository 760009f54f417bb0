//===- FailedTask.h - What a task that failed worked on -------------------===//
#ifndef OPENATC_RUNTIME_FAILEDTASK_H
#define OPENATC_RUNTIME_FAILEDTASK_H

#include "openatc/OfflineModel/Model.h"

#include <functional>

namespace openatc::rt {

/// Name and tensors of a task, for error reports. Tensors of a kernel are those of its
/// arguments whose type the model tells: inputs of the model and results of tasks.
struct FailedTask {
  struct Tensor {
    std::string name; ///< ONNX tensor; may be empty
    DType dtype = DType::Undefined;
    om::Layout layout = om::Layout::ND;
    host::Shape shape;    ///< logical
    uint64_t address = 0; ///< simulator address
  };
  size_t index = 0; ///< in the model's order
  std::string name; ///< ONNX node, else kernel or host operator
  std::vector<Tensor> inputs, outputs;
};

/// Describes task `index` of `plan`, which is what runs of `model`; `addressOf` places the
/// buffers of the run.
FailedTask describeTask(const om::Model &model, const om::Plan &plan, size_t index,
                        const std::function<uint64_t(const om::BufferRef &)> &addressOf);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_FAILEDTASK_H
