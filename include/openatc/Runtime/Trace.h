//===- Trace.h - Time line of a run for Perfetto and Chrome ---------------===//
#ifndef OPENATC_RUNTIME_TRACE_H
#define OPENATC_RUNTIME_TRACE_H

#include "openatc/OfflineModel/Model.h"
#include "openatc/Simulator/Device.h"

#include <mutex>
#include <ostream>

namespace openatc::rt {

/// Writes the JSON object form of the Trace Event Format: one process per core, one
/// thread per pipe, one complete event per instruction, times in microseconds. Tasks are
/// a process of their own. Events are streamed, so a long trace needs no memory. Several
/// threads may add at once.
class TraceWriter {
public:
  /// Writes the beginning of the document. `out` must outlive the writer.
  explicit TraceWriter(std::ostream &out);

  /// Adds a kernel launch that began at `startUs`.
  void addKernel(const om::Kernel &kernel, const om::KernelTask &task,
                 const sim::LaunchResult &result, const SocDescription &soc, double startUs);
  /// Adds a task bar of a host operator.
  void addHostTask(const om::HostTask &task, double startUs, double us);
  /// Adds a task bar alone.
  void addTask(const std::string &name, const std::vector<std::string> &nodes, bool aiCore,
               double startUs, double us, uint64_t cycles, const std::string &bound);
  /// Adds a range that the application marked; of no length: a moment.
  void addMark(const std::string &name, double startUs, double us);
  /// Ends the document; what is added afterwards is left out.
  void finish();

private:
  void nameTrack(uint32_t process, int thread, const std::string &name);
  void addTaskBar(const std::string &name, const std::vector<std::string> &nodes, bool aiCore,
                  double startUs, double us, uint64_t cycles, const std::string &bound);
  void addBar(uint32_t process, int thread, const std::string &name, double startUs, double us,
              const std::string &arguments);

  std::mutex mutex;
  std::ostream &out;
  bool first = true, namedMarks = false, finished = false;
  std::vector<bool> namedCores;
};

/// `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_TRACE_H
