//===- Session.h - A loaded model with its buffers ------------------------===//
#ifndef OPENATC_TOOLS_OM_SESSION_H
#define OPENATC_TOOLS_OM_SESSION_H

#include "Command.h"

#include "openatc/Runtime/Executor.h"

namespace openatc::tool {

/// A device of the model's own SoC, the model loaded on it, and one buffer for each
/// input and output.
class Session {
public:
  /// Loads the file at `path` for `threads` host threads (0: one per hardware thread), to run
  /// the gear named by `gear`, like "8" or "640,640"; "" is the largest one. A model of open
  /// shapes is compiled for those of the .npy files `inputs`.
  static Expected<std::unique_ptr<Session>> open(const std::string &path, unsigned threads,
                                                 const std::string &gear = "",
                                                 const std::vector<std::string> &inputs = {});

  const om::Model &model() const { return loaded->model(); }
  /// What runs: the chosen gear, or the model itself.
  const om::Plan &plan() const { return model().plan(bindings.gear); }
  rt::Execution execution() { return rt::Execution(*loaded, bindings); }
  Status setInput(size_t index, std::span<const uint8_t> bytes);
  Status getOutput(size_t index, std::vector<uint8_t> &bytes);

private:
  std::shared_ptr<rt::Device> device;
  std::shared_ptr<rt::LoadedModel> loaded;
  rt::Bindings bindings;
};

/// "1 kernel", "2 kernels".
std::string counted(size_t count, const std::string &noun);

/// "f32 [1, 3, 224, 224]".
std::string typeText(DType dtype, const host::Shape &shape);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_SESSION_H
