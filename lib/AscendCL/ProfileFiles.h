//===- ProfileFiles.h - What a profile leaves on disk ---------------------===//
#ifndef OPENATC_LIB_ASCENDCL_PROFILEFILES_H
#define OPENATC_LIB_ASCENDCL_PROFILEFILES_H

#include "Dump.h"

#include "openatc/Runtime/Executor.h"

#include <fstream>
#include <map>
#include <memory>
#include <mutex>

namespace openatc::acl {

/// A folder PROF_<n>_<time>_<process> with, in mindstudio_profiler_output, a table of all tasks
/// and a time line for each device. Written while the models run.
class ProfileFiles {
public:
  /// Makes the folder below `path`, and `path` itself.
  static Expected<std::shared_ptr<ProfileFiles>> create(const std::string &path);
  ~ProfileFiles();

  /// The time line of a device.
  rt::TraceWriter &trace(uint32_t device);
  /// Adds the tasks of a run that began at `startUs`; with `bars` to the time line, too.
  void add(const RunPlace &place, const rt::RunStats &stats, double startUs, bool bars);
  /// False when something could not be written.
  bool finish();
  const std::string &folder() const { return directory; }

private:
  explicit ProfileFiles(std::string directory, std::string stamp);
  struct TimeLine {
    std::ofstream file;
    std::unique_ptr<rt::TraceWriter> writer;
  };
  std::string directory, stamp;
  std::mutex mutex;
  std::ofstream table;
  std::map<uint32_t, std::unique_ptr<TimeLine>> timeLines;
  bool finished = false;
};

/// The first ONNX operator of a task; the kernel or host operator where that is unknown.
std::string operatorType(const std::vector<std::string> &types, const std::string &taskName);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_PROFILEFILES_H
