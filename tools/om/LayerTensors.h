//===- LayerTensors.h - What the layers of an offline model compute -------===//
#ifndef OPENATC_TOOLS_OM_LAYERTENSORS_H
#define OPENATC_TOOLS_OM_LAYERTENSORS_H

#include "Reference.h"

#include "openatc/Runtime/Executor.h"

#include <functional>
#include <set>

namespace openatc::tool {

/// Gathers the tensors that tasks leave in memory: each once, complete, as dense row-major
/// values. Slices that the runs of a loop leave one after the other are put together.
class LayerTensors {
public:
  /// Gets a complete tensor and the task that finished it.
  using Receiver = std::function<Status(const om::TensorRef &, size_t task, HostTensor)>;

  LayerTensors(const om::Plan &plan, Receiver receive);

  /// Names of the tensors that will be received.
  std::set<std::string> names() const;

  /// Takes what a task has left; `read` gives the memory of a tensor in its own layout.
  using Reader = std::function<Status(const om::TensorRef &, std::vector<uint8_t> &)>;
  Status take(size_t task, const Reader &read);
  /// Takes them from a folder of dumped files; see the AscendCL configuration of dumps. Tensors
  /// that were not dumped are left out; an error when there are none.
  Status takeDumps(const std::string &folder);
  /// Hands out what was put together from slices, in the order of tasks.
  Status finish();

private:
  struct Parts {
    size_t task = 0;
    om::TensorRef whole;
    std::vector<HostTensor> slices; ///< by index
  };
  const std::vector<om::TensorRef> &outputsOf(size_t task) const;
  const std::vector<om::TensorSlice> &slicesOf(size_t task) const;
  void add(size_t task, const om::TensorSlice &slice, HostTensor tensor);

  const om::Plan &plan;
  Receiver receive;
  std::vector<std::set<std::string>> finals; ///< by task: tensors that are complete after it
  std::set<std::string> wholes;              ///< all of them
  std::map<std::string, Parts> parts;
};

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_LAYERTENSORS_H
