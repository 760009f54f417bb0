//===- Trace.cpp - Time line of a run for Perfetto and Chrome -------------===//

#include "openatc/Runtime/Trace.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace openatc::rt {

namespace {

// Process 0 shows whole tasks; core c is process c + 1.
constexpr uint32_t kTaskProcess = 0;
constexpr const char *kPipeNames[] = {"scalar", "vector", "cube", "MTE1", "MTE2", "MTE3"};

std::string joined(const std::vector<std::string> &nodes) {
  std::string out;
  for (const std::string &node : nodes)
    out += (out.empty() ? "" : ", ") + node;
  return out;
}

/// Bytes of the UTF-8 sequence at `at`, 0 when it is malformed.
size_t utf8Length(std::string_view text, size_t at) {
  uint8_t lead = uint8_t(text[at]);
  size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || at + length > text.size())
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((uint8_t(text[at + i]) & 0xc0) != 0x80)
      return 0;
  return length;
}

} // namespace

std::string jsonString(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    uint8_t c = uint8_t(text[i]);
    size_t length = utf8Length(text, i);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      out += code;
    } else if (length == 0) {
      out += "\xef\xbf\xbd";
    } else {
      out.append(text, i, length);
    }
    i += std::max<size_t>(length, 1);
  }
  return out + "\"";
}

TraceWriter::TraceWriter(std::ostream &stream) : out(stream) {
  out << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
  nameTrack(kTaskProcess, -1, "tasks");
  nameTrack(kTaskProcess, 0, "AI core");
  nameTrack(kTaskProcess, 1, "AI CPU");
}

void TraceWriter::nameTrack(uint32_t process, int thread, const std::string &name) {
  out << (first ? "\n" : ",\n") << "{\"ph\":\"M\",\"name\":\""
      << (thread < 0 ? "process_name" : "thread_name") << "\",\"pid\":" << process
      << ",\"tid\":" << std::max(thread, 0) << ",\"args\":{\"name\":" << jsonString(name) << "}}";
  first = false;
}

void TraceWriter::addBar(uint32_t process, int thread, const std::string &name, double startUs,
                         double us, const std::string &arguments) {
  char times[80];
  std::snprintf(times, sizeof times, "\"ts\":%.4f,\"dur\":%.4f", startUs, us);
  out << (first ? "\n" : ",\n") << "{\"ph\":\"X\",\"name\":" << jsonString(name)
      << ",\"pid\":" << process << ",\"tid\":" << thread << ',' << times << ",\"args\":{"
      << arguments << "}}";
  first = false;
}

void TraceWriter::addKernel(const om::Kernel &kernel, const om::KernelTask &task,
                            const sim::LaunchResult &result, const SocDescription &soc,
                            double startUs) {
  std::lock_guard guard(mutex);
  if (finished)
    return;
  const sim::KernelStats &stats = result.stats;
  addTaskBar(kernel.name, task.nodes, true, startUs, stats.us, stats.cycles, stats.bound);
  if (result.trace.empty())
    return;
  // The launch comes first, the cores work in what remains of the task's bar.
  double perCycle = soc.clockMHz > 0 ? 1.0 / double(soc.clockMHz) : 0;
  double coresStart = startUs + std::max(0.0, stats.us - double(stats.cycles) * perCycle);

  // Decoded again only here: traces are rare, and the text helps to read them.
  Expected<isa::DecodedProgram> program = isa::decodeProgram(kernel.code.bytes());
  auto describe = [&](uint32_t pc, std::string &name, std::string &arguments) {
    arguments = "\"pc\":" + std::to_string(pc);
    name = "instruction";
    if (program) {
      auto at = std::lower_bound(program->offsets.begin(), program->offsets.end(), pc);
      if (at != program->offsets.end() && *at == pc) {
        std::string text = isa::print(program->instructions[at - program->offsets.begin()]);
        name = text.substr(0, text.find(' '));
        arguments += ",\"text\":" + jsonString(text);
      }
    }
    auto entry = std::upper_bound(kernel.debug.begin(), kernel.debug.end(), pc,
                                  [](uint32_t p, const om::DebugEntry &e) { return p < e.pc; });
    if (entry != kernel.debug.begin() && (--entry)->node < task.nodes.size())
      arguments += ",\"node\":" + jsonString(task.nodes[entry->node]);
  };
  std::string name, arguments;
  for (const sim::TraceEvent &event : result.trace) {
    if (size_t(event.pipe) >= std::size(kPipeNames))
      continue;
    uint32_t process = event.core + 1;
    if (namedCores.size() <= event.core)
      namedCores.resize(event.core + 1);
    if (!namedCores[event.core]) {
      namedCores[event.core] = true;
      nameTrack(process, -1, "core " + std::to_string(event.core));
      for (int pipe = 0; pipe < int(std::size(kPipeNames)); ++pipe)
        nameTrack(process, pipe, kPipeNames[pipe]);
    }
    describe(event.pc, name, arguments);
    addBar(process, int(event.pipe), name, coresStart + double(event.startCycle) * perCycle,
           double(event.endCycle - event.startCycle) * perCycle, arguments);
  }
}

void TraceWriter::addHostTask(const om::HostTask &task, double startUs, double us) {
  std::lock_guard guard(mutex);
  if (finished)
    return;
  addTaskBar(task.op, task.nodes, false, startUs, us, 0, "");
}

void TraceWriter::addTask(const std::string &name, const std::vector<std::string> &nodes,
                          bool aiCore, double startUs, double us, uint64_t cycles,
                          const std::string &bound) {
  std::lock_guard guard(mutex);
  if (finished)
    return;
  addTaskBar(name, nodes, aiCore, startUs, us, cycles, bound);
}

void TraceWriter::addTaskBar(const std::string &name, const std::vector<std::string> &nodes,
                             bool aiCore, double startUs, double us, uint64_t cycles,
                             const std::string &bound) {
  std::string arguments = "\"nodes\":" + jsonString(joined(nodes));
  if (aiCore)
    arguments += ",\"cycles\":" + std::to_string(cycles) + ",\"bound\":" + jsonString(bound);
  addBar(kTaskProcess, aiCore ? 0 : 1, name, startUs, us, arguments);
}

void TraceWriter::addMark(const std::string &name, double startUs, double us) {
  std::lock_guard guard(mutex);
  if (finished)
    return;
  if (!namedMarks)
    nameTrack(kTaskProcess, 2, "application");
  namedMarks = true;
  addBar(kTaskProcess, 2, name, startUs, us, "");
}

void TraceWriter::finish() {
  std::lock_guard guard(mutex);
  if (!std::exchange(finished, true))
    out << "\n]}\n";
}

} // namespace openatc::rt
