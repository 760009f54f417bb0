//===- Profiler.h - Profiling of the process ------------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_PROFILER_H
#define OPENATC_LIB_ASCENDCL_PROFILER_H

#include "ProfileFiles.h"
#include "Registry.h"

#include "acl/acl_prof.h"

#include <nlohmann/json_fwd.hpp>

#include <set>

namespace openatc::acl {

/// Content of an aclprofConfig.
struct ProfileConfig {
  std::set<uint32_t> devices;
  bool pipes = false; ///< the time line shows every instruction on every pipe
};

/// The "profiler" section of a configuration.
struct ProfilerSection {
  bool on = false, pipes = false;
  std::string output = ".";
  std::vector<std::string> withoutEffect; ///< keys that change nothing here
};
Expected<ProfilerSection> parseProfilerSection(const nlohmann::json &section);

/// Delivers records of operators to a pipe of the application; see aclprofModelSubscribe.
class ProfileSubscription;

/// Profiles of the process. They are collected in one of two ways at a time: by the configuration
/// of aclInit for all devices, or between aclprofStart and aclprofStop for those chosen.
class Profiler {
public:
  /// aclInit's section; an invalid one is an error of code 100010.
  aclError configure(const nlohmann::json &section, std::string &why);
  /// aclFinalize: writes what is collected.
  void reset();

  /// Where a run on `device` is recorded; null when it is not.
  std::shared_ptr<ProfileFiles> running(uint32_t device, bool &pipes);
  /// Adds the time of the thread's device as a mark that began at `startUs`; false when no
  /// profile runs.
  bool mark(const std::string &name, double startUs, double endUs, uint32_t device);
  /// True between start and stop of any device.
  bool collects();

  aclError initialize(const std::string &path, std::string &why);
  aclError start(const aclprofConfig *handle, std::string &why);
  aclError stop(const aclprofConfig *handle, std::string &why);
  aclError finalize(std::string &why);

  aclError subscribe(uint32_t model, int pipe, std::string &why);
  aclError unsubscribe(uint32_t model, std::string &why);
  std::shared_ptr<ProfileSubscription> subscription(uint32_t model);

  Registry<ProfileConfig> configs;

private:
  enum class Mode : uint8_t { Off, Configured, Called };
  aclError checkCalled(std::string &why) const;
  Mode mode = Mode::Off;
  std::mutex mutex;
  bool allPipes = false;
  std::string path;
  std::shared_ptr<ProfileFiles> files;
  std::map<const void *, ProfileConfig> started;
  std::map<uint32_t, std::shared_ptr<ProfileSubscription>> subscriptions;
};

/// The one instance.
Profiler &profiler();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_PROFILER_H
