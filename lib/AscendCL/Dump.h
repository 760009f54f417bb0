//===- Dump.h - Tensors of running models as files ------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_DUMP_H
#define OPENATC_LIB_ASCENDCL_DUMP_H

#include "DumpConfig.h"

#include "acl/acl_dump.h"
#include "openatc/Runtime/Executor.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace openatc::acl {

/// Where a model runs, as dumps and profiles name it.
struct RunPlace {
  uint32_t model = 0, device = 0, stream = 0;
};

/// A configuration in force, until it ends.
struct ActiveDump {
  DumpConfig config;
  std::string folder; ///< below the dump path: the time when it came into force
  std::atomic<bool> active = true;
};

/// What is to be dumped of a loaded model.
struct ModelDump {
  std::shared_ptr<const ActiveDump> dump;
  std::atomic<uint64_t> iteration = 0;
};

using DumpCallback = int32_t (*)(const acldumpChunk *, int32_t);

/// Dumps of the process: one configuration at a time. Models take the one that is in force when
/// they are loaded.
class Dumps {
public:
  /// aclInit's section. An invalid one is an error of code 100009.
  aclError configure(const nlohmann::json &section, std::string &why);
  /// aclFinalize.
  void reset();

  void modelLoaded(uint32_t model);
  void modelUnloaded(uint32_t model);
  /// What to dump of `model`; null for nothing.
  std::shared_ptr<ModelDump> find(uint32_t model);

  /// aclmdlInitDump and the others; `why` explains a code that is no success.
  aclError initialize(std::string &why);
  aclError set(const char *path);
  aclError finalize(std::string &why);
  void setCallback(DumpCallback function) { callback = function; }
  DumpCallback currentCallback() const { return callback; }

private:
  aclError checkSwitchable(std::string &why) const;
  void start(DumpConfig config);
  void stop();

  std::mutex mutex;
  bool fromInit = false, initialized = false;
  std::shared_ptr<ActiveDump> current;
  std::map<uint32_t, std::shared_ptr<ModelDump>> models;
  std::atomic<DumpCallback> callback = nullptr;
};

/// The one instance.
Dumps &dumps();

/// Dumps the tensors of one run.
class DumpRun {
public:
  DumpRun(std::shared_ptr<ModelDump> model, RunPlace place, const om::Model &contents,
          const om::Plan &plan);

  /// Hooks of rt::ExecuteOptions.
  Status before(size_t task, const rt::Execution &execution);
  Status after(size_t task, const rt::Execution &execution);
  /// The run ended in a failure of the task that was begun last.
  Status failed(const rt::Execution &execution);

private:
  /// A tensor to write: operand or result `index` of a task.
  struct Item {
    bool input;
    size_t index;
    om::TensorRef tensor;
  };
  std::vector<Item> operandsOf(size_t task) const;
  std::vector<Item> resultsOf(size_t task) const;
  Status write(size_t task, const std::vector<Item> &items, const rt::Execution &execution);
  Status write(const std::string &path, std::span<const uint8_t> bytes);
  bool isListed(size_t task) const;
  void warnOfUnknownLayers() const;
  std::string pathOf(size_t task) const;

  std::shared_ptr<ModelDump> model;
  const DumpConfig &config;
  const DumpConfig::Entry *entry; ///< null: nothing is to be dumped
  RunPlace place;
  const om::Model &contents;
  const om::Plan &plan;
  uint64_t iteration;
  size_t begun = 0;
  std::vector<om::TensorRef> known; ///< tensors that earlier tasks left
};

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_DUMP_H
